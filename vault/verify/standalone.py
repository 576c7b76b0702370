#!/usr/bin/env python3
"""Checks an exported ledger of Disclosure Vault with the standard library alone. One file, to be read before it is run.

    python3 standalone.py FOLDER [--fingerprint 64_HEX_DIGITS]

It shares no code with the program that wrote the ledger; the rules are those of its format documents entry.md,
ledger.md and ledger-tiles.md. Ed25519 is done with Python's integers: some milliseconds a signature, so it is for small
ledgers, or for patient people. What it does not check it says: the ML-DSA-44 line of the checkpoint, time stamps,
records.

Ends with 0 if nothing is BROKEN and the fingerprint was compared, 1 if not, 2 for wrong use.
"""

import base64
import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


Point = tuple[int, int, int, int]  # extended coordinates (X, Y, Z, T)
Vkey = tuple[str, bytes, bytes]  # name, key id, key or signature
Members = dict[str, tuple[set[str], bytes, bytes, str]]  # roles, key id, key, recipient


class Broken(Exception):
    """A verdict and what is wrong."""


# Ed25519, RFC 8032. A and R: canonical, not the identity, of prime order; S < L; the equation without cofactor.


def decode(data: bytes) -> tuple[int, int] | None:
    """The point (x, y) that 32 bytes encode in their one way, or None."""
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    if len(data) != 32 or y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * ROOT_OF_MINUS_1 % P
    if v * x * x % P != u or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


def add(p: Point, q: Point) -> Point:
    """The sum of two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, point: Point) -> Point:
    """scalar * point."""
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def is_identity(point: Point) -> bool:
    """Whether it is (0, 1)."""
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


def good_point(data: bytes) -> Point | None:
    """The point of prime order that the bytes encode, or None."""
    found = decode(data)
    if found is None or found == (0, 1):
        return None
    point = (*found, 1, found[0] * found[1] % P)
    return point if is_identity(times(L, point)) else None


BASE = good_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)
KEYS: dict[bytes, Point | None] = {}


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is good by the strictest reading."""
    if public not in KEYS:
        KEYS[public] = good_point(public)
    a, r, s = KEYS[public], good_point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or len(signature) != 64:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# Merkle tree, RFC 6962.


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf)."""
    return hashlib.sha256(b"\0" + leaf).digest()


def fold(hashes: list[bytes]) -> bytes:
    """The root over leaf hashes."""
    while len(hashes) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(hashes[::2], hashes[1::2], strict=False)]
        hashes = pairs + hashes[len(hashes) & ~1 :]
    return hashes[0] if hashes else hashlib.sha256(b"").digest()


# Notes and keys.


def unbase64(text: str, size: int) -> bytes:
    """Bytes from their one spelling in base64; Broken otherwise."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as exc:
        raise Broken(f"{text[:40]!a} is no base64") from exc
    if base64.b64encode(data).decode() != text or len(data) != size:
        raise Broken(f"{text[:40]!a} is not {size} bytes in base64")
    return data


def vkey(text: str, kind: int, size: int) -> Vkey:
    """(name, key id, public key) of a vkey."""
    name, key_id, encoded = text.split("+", 2)
    data = unbase64(encoded, 1 + size)
    expected = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if data[0] != kind or key_id != expected.hex():
        raise Broken(f"vkey of {name!a} has another type or id")
    if kind == 1 and good_point(data[1:]) is None:
        raise Broken(f"vkey of {name!a} is no point of prime order")
    return name, expected, data[1:]


def signatures(note: bytes) -> tuple[str, list[Vkey]]:
    """The text of a note, and (name, key id, signature) of each of its lines."""
    text, _, lines = note.decode().rpartition("\n\n")
    found = []
    for line in lines.split("\n")[:-1]:
        mark, name, encoded = line.split(" ")
        data = base64.b64decode(encoded, validate=True)
        if mark != "—" or base64.b64encode(data).decode() != encoded:
            raise Broken(f"{line[:60]!a} is no signature line")
        found.append((name, data[:4], data[4:]))
    return text + "\n", found


# Entries and whose signature counts.

HASH = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
WORD = r"[!-~]+"
ENTRY = re.compile(
    rf"disclosure-vault/entry/v1\n([!-*,-~]{{1,255}})\n(0|[1-9][0-9]{{0,18}})\n([a-z][a-z-]{{0,31}})\n"
    rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T(?:[01][0-9]|2[0-3]):[0-9]{{2}}:[0-9]{{2}}\.[0-9]{{6}}Z)\n"
    rf"(?:record {HASH}\n((?:tag {HASH}\n)*)|((?:[a-z][a-z-]*(?: [!-~—]+)+\n)+))"
    rf"previous ({HASH})\n\n— (\1/m[1-9][0-9]*) ([A-Za-z0-9+/=]{{92}})\n"
)
CUSTODIAN, KEEPERS, WRITERS = {"custodian"}, {"checkpointer", "custodian"}, {"recorder", "reader", "custodian"}
SIGNERS = {
    **dict.fromkeys(("genesis", "key", "erasure", "policy", "hold"), CUSTODIAN),
    **dict.fromkeys(("index", "anchor", "backup"), KEEPERS),
}


class Ledger:
    """The state after some entries: members, log keys, the last leaf hash. `faults` are (verdict, what)."""

    def __init__(self, origin: str) -> None:
        self.origin, self.last = origin, hashlib.sha256(b"").digest()
        self.members: Members = {}
        self.joined = self.disclosures = 0
        self.logs: list[tuple[Vkey, list[str]]] = []
        self.hashes: list[bytes] = []
        self.faults: list[tuple[str, str]] = []
        self.signed: dict[str, list[int]] = {}
        self.revoked: list[tuple[str, int, int]] = []

    def fault(self, verdict: str, what: str) -> None:
        """Take down one."""
        self.faults.append((verdict, what))

    def follow(self, leaf: bytes) -> None:
        """Judge the next leaf."""
        seq, where = len(self.hashes), f"entry {len(self.hashes)}"
        match = ENTRY.fullmatch(leaf.decode("utf-8", "replace"))
        if match is None or len(leaf) > 65535:
            self.fault("integrity", f"{where}: not spelled as an entry")
        else:
            self._place(match, seq, where)
            try:
                self._signer(match, leaf, seq)
            except (Broken, ValueError, KeyError, IndexError) as exc:
                self.fault("origin", f"{where}: {exc}")
        self.last = leaf_hash(leaf)
        self.hashes.append(self.last)

    def _place(self, match: re.Match[str], seq: int, where: str) -> None:
        origin, number, kind, _, tags, _, previous = match.groups()[:7]
        if (origin, int(number)) != (self.origin, seq):
            self.fault("order", f"{where}: it says {origin!a} {number}")
        if unbase64(previous, 32) != self.last:
            self.fault("order", f"{where}: `previous` is not the leaf hash of the entry before")
        if (seq == 0) != (kind == "genesis"):
            self.fault("integrity", f"{where}: a genesis is entry 0, and nothing else is")
        found = [base64.b64decode(line[4:]) for line in (tags or "").split("\n")[:-1]]
        if found != sorted(set(found)) or len(found) > 1200:
            self.fault("integrity", f"{where}: tags are not sorted, each once")
        self.disclosures += kind == "disclosure"

    def _signer(self, match: re.Match[str], leaf: bytes, seq: int) -> None:
        kind, lines = match[3], [line.split(" ") for line in (match[6] or "").split("\n")[:-1]]
        name = match[8].rpartition("/")[2]
        members = self._joining(lines, {}, 0)[0] if kind == "genesis" and not self.joined else self.members
        if name not in members:
            raise Broken(f"signed by {name}, who is no member here")
        roles, key_id, public = members[name][:3]
        if not roles & SIGNERS.get(kind, WRITERS):
            raise Broken(f"{name} may not sign a {kind}")
        signature = unbase64(match[9], 68)
        text = leaf[: leaf.rindex(b"\n\n") + 1]
        if signature[:4] != key_id or not verify(public, text, signature[4:]):
            raise Broken(f"the signature of {name} does not hold")
        if kind in ("genesis", "key"):
            self._keys(lines, seq)
        self.signed.setdefault(name, []).append(seq)

    def _joining(self, lines: list[list[str]], members: Members, joined: int) -> tuple[Members, int]:
        members = dict(members)
        for word, *rest in lines:
            if word == "member":
                member, roles, key, recipient = rest
                name, key_id, public = vkey(key, 1, 32)
                known = members.get(member)
                if name != f"{self.origin}/{member}":
                    raise Broken(f"the key of {member} is named {name!a}")
                if known is None and member != f"m{joined + 1}":
                    raise Broken(f"{member} joins as number {joined + 1}")
                if known is not None and known[2:] != (public, recipient):
                    raise Broken(f"{member} gets another key")
                joined += known is None
                members[member] = (set(roles.split(",")), key_id, public, recipient)
            elif word == "remove":
                del members[rest[0]]
            elif word == "revoke":
                members.pop(rest[0], None)
        return members, joined

    def _keys(self, lines: list[list[str]], seq: int) -> None:
        self.members, self.joined = self._joining(lines, self.members, self.joined)
        if not any("custodian" in member[0] for member in self.members.values()):
            raise Broken("no custodian is left")
        logs = [rest[0] for word, *rest in lines if word == "log"]
        if logs:
            keys = vkey(logs[0], 1, 32), vkey(logs[1], 6, 1312)
            if any(key[0] != self.origin for key in keys):
                raise Broken("log keys are not named by the origin")
            self.logs.append((keys[0], logs))
        self.revoked += [(rest[0], int(rest[1]), seq) for word, *rest in lines if word == "revoke"]


def bundles(folder: Path, size: int) -> Iterator[tuple[str, list[bytes]]]:
    """(path, entries, path of the hash tile) of each bundle."""
    for number in range(-(-size // 256)):
        width = min(256, size - 256 * number)
        digits = f"{number % 1000:03d}"
        rest = number // 1000
        while rest:
            digits, rest = f"x{rest % 1000:03d}/{digits}", rest // 1000
        name = digits + (f".p/{width}" if width < 256 else "")
        data, found = (folder / "tile/entries" / name).read_bytes(), []
        while data:
            length = int.from_bytes(data[:2], "big")
            if len(data) < 2 + length:
                raise Broken(f"tile/entries/{name} is cut")
            found.append(data[2 : 2 + length])
            data = data[2 + length :]
        if len(found) != width:
            raise Broken(f"tile/entries/{name} has {len(found)} entries, not {width}")
        yield name, found


def check(folder: Path, fingerprint: str) -> Ledger:
    """The ledger, all of it judged."""
    note = (folder / "checkpoint").read_bytes()
    text, lines = signatures(note)
    origin, size, encoded, rest = text.split("\n")
    if rest or not re.fullmatch(r"[1-9][0-9]{0,18}", size):
        raise Broken("checkpoint: not origin, size and root")
    ledger, root = Ledger(origin), unbase64(encoded, 32)
    try:
        for name, entries in bundles(folder, int(size)):
            start = len(ledger.hashes)
            for leaf in entries:
                ledger.follow(leaf)
            if (folder / "tile/0" / name).read_bytes() != b"".join(ledger.hashes[start:]):
                ledger.fault("integrity", f"tile/0/{name}: not the leaf hashes of the entries")
    except (OSError, Broken) as exc:
        ledger.fault("integrity", str(exc))
        ledger.fault("order", f"the checkpoint is over {size} entries, {len(ledger.hashes)} can be read")
    if fingerprint and ledger.hashes and ledger.hashes[0].hex() != fingerprint:
        ledger.fault("order", f"the fingerprint is {ledger.hashes[0].hex()}")
        ledger.fault("origin", f"the fingerprint is {ledger.hashes[0].hex()}")
    if len(ledger.hashes) == int(size):
        check_checkpoint(ledger, text, lines, root, folder / "log.vkey")
        check_upper(folder, ledger.hashes)
    return ledger


def check_checkpoint(ledger: Ledger, text: str, lines: list[Vkey], root: bytes, keys: Path) -> None:
    """Its Ed25519 signature under the log keys in force, and its root."""
    if fold(ledger.hashes) != root:
        ledger.fault("order", "checkpoint: another root than that of the entries")
    if not ledger.logs:
        ledger.fault("origin", "checkpoint: no log keys are declared")
        return
    (name, key_id, public), declared = ledger.logs[-1]
    ours = [value for found, id_, value in lines if (found, id_) == (name, key_id)]
    if not ours or not all(verify(public, text.encode(), value) for value in ours):
        ledger.fault("origin", "checkpoint: the Ed25519 signature of the log does not hold")
    second = vkey(declared[1], 6, 1312)
    if not any((found, id_) == second[:2] for found, id_, _ in lines):
        ledger.fault("origin", "checkpoint: the ML-DSA-44 signature of the log is missing")
    if keys.exists() and keys.read_text() != "".join(f"{key}\n" for key in declared):
        ledger.fault("integrity", "log.vkey: other keys than those in force")


def check_upper(folder: Path, hashes: list[bytes]) -> None:
    """The tiles above the leaf hashes."""
    level = 1
    while len(hashes) >= 256:
        hashes = [fold(hashes[at : at + 256]) for at in range(0, len(hashes) & ~255, 256)]
        for at in range(0, len(hashes), 256):
            part = hashes[at : at + 256]
            name = f"{at // 256:03d}" + (f".p/{len(part)}" if len(part) < 256 else "")
            if (folder / f"tile/{level}" / name).read_bytes() != b"".join(part):
                raise Broken(f"tile/{level}/{name}: not the hashes of the tiles below")
        level += 1


def uncovered(folder: Path, size: int) -> Iterator[tuple[str, str]]:
    """(verdict, what) of files that the checkpoint does not cover. [An older checkpoint was put back.]"""
    for path in sorted(path for path in folder.rglob("*") if not path.is_dir()):
        name = path.relative_to(folder).as_posix()
        match = re.fullmatch(r"tile/(entries|[0-7])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", name)
        if match:
            level = 0 if match[1] == "entries" else int(match[1])
            end = 256 * int(re.sub("[x/]", "", match[2])) + int(match[3] or 256)
            if end > size >> 8 * level:
                yield "order", f"{name} lies beyond the checkpoint"
        elif name not in ("checkpoint", "checkpoint-indexed", "log.vkey") and not name.startswith("anchors/"):
            yield "integrity", f"{name[:80]!a} is covered by no checkpoint"


def main(words: list[str]) -> int:
    """Check, print, return the exit code."""
    if len(words) not in (1, 3) or (len(words) == 3 and words[1] != "--fingerprint"):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    fingerprint = "".join(words[2].split()).lower() if len(words) == 3 else ""
    try:
        ledger = check(Path(words[0]), fingerprint)
    except (OSError, ValueError, Broken) as exc:
        sys.stdout.write(f"integrity     BROKEN      {exc}\n")
        return 1
    broken = print_verdicts(ledger, fingerprint, dict(uncovered(Path(words[0]), len(ledger.hashes))))
    return 1 if broken or not fingerprint else 0


def print_verdicts(ledger: Ledger, fingerprint: str, beside: dict[str, str]) -> bool:
    """Print the five verdicts; returns whether any of the first three is not PROVEN."""
    unproven = beside | {"time": "no time stamp was looked at", "completeness": "no index was looked at"}
    if not fingerprint:
        unproven |= dict.fromkeys(("order", "origin"), "no fingerprint from outside: self-asserted")
    for member, first, declared in ledger.revoked:
        if any(first <= seq < declared for seq in ledger.signed.get(member, [])):
            unproven["origin"] = f"entries of {member} from {first} on: their signer was revoked later"
    if not ledger.disclosures:
        unproven["order"] = "no disclosure at all"
    bad = False
    for verdict in ("integrity", "order", "origin", "time", "completeness"):
        faults = [what for found, what in ledger.faults if found == verdict]
        state = "BROKEN" if faults else "NOT PROVEN" if verdict in unproven else "PROVEN"
        why = faults[0] if faults else unproven.get(verdict, f"{len(ledger.hashes)} entries")
        sys.stdout.write(f"{verdict:<12}  {state:<10}  {why}\n")
        bad |= state != "PROVEN" and verdict in ("integrity", "order", "origin")
    sys.stdout.write(f"fingerprint   {ledger.hashes[0].hex() if ledger.hashes else ''}\n")
    sys.stdout.write(
        "skipped: ML-DSA-44 signatures, index keys, time stamps, records; partial tiles that have become full\n"
    )
    sys.stdout.write("No proof covers a disclosure that was never logged.\n")
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
