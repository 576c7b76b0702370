#!/usr/bin/env python3
"""Checks an exported ledger or a proof of Disclosure Vault. One file, standard library only, to be read first.

    python3 verify.py FOLDER_OR_PROOF [--fingerprint 64_HEX_DIGITS] [--checkpoint FILE]... [--tsa-root FILE]...
                      [--require integrity,order,origin]

A proof is a receipt, a consistency proof (the ledger of one checkpoint is the beginning of that of another) or a
completeness proof (all that was filed under some terms).

It is long because it is one file: a stranger reads and keeps it whole, and nothing has to be installed beside it.

It shares no code with the program that wrote the ledger and was made from its format documents (entry.md, ledger.md,
ledger-tiles.md, index.md, anchors.md, receipt.md, record.md, completeness.md), to which the names in brackets refer.
What makes more of a ledger than its owner's word comes from outside, by these options:

    --fingerprint  the SHA-256 that names the ledger, from a letter, a contract, an earlier report
    --checkpoint   a checkpoint that you kept: it has to be the beginning of this ledger
    --tsa-root     root certificates (PEM or DER) of time-stamping authorities that you trust; needs `openssl`
    --require      which verdicts have to be PROVEN; by default integrity, order and origin, of a receipt and of a
                   consistency proof the first two, of a completeness proof all but time

Five verdicts come out, each PROVEN, NOT PROVEN (something is missing) or BROKEN (something contradicts). Ends with 0 if
nothing is BROKEN and what is required is PROVEN, 1 if not, 2 for wrong use, 4 where there is no ledger, 6 where it
cannot be read. At the end it lists what it has not checked. It knows no auditor: that the index behind a completeness
proof is true it cannot tell from the file, so that origin and completeness of one are NOT PROVEN at best; whoever has
the ledger gives its folder, and this program recomputes the index.

How fast: Ed25519 with Python's integers takes about 1 ms a signature, all of it about 2 ms an entry, so 100,000 entries
take some three minutes; memory is about 8 kB an entry. The file is read from the bottom up: `main`, the proofs
(`check_completeness`, `check_consistency`, `check_receipt`), `check_ledger`; above them entries, keys, index, notes; at
the top arithmetic.
"""

import argparse
import base64
import binascii
import copy
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

VERDICTS = ("integrity", "order", "origin", "time", "completeness")
MAX_NUMBER = 2**63 - 1
MAX_CHECKPOINT, MAX_TOKEN, MAX_RECEIPT = 262_144, 65_536, 100_990_976  # bytes
MAX_CONSISTENCY, MAX_COMPLETENESS, MAX_INDEX_PROOF = 34_078_720, 64 << 20, 32_768  # bytes


class Refused(Exception):
    """What was read is not what the format says, or contradicts what was signed."""


def refuse(why: str) -> NoReturn:
    """Raise `Refused`."""
    raise Refused(why)


# ---- Ed25519 (RFC 8032, entry.md "Signature") and VRF proofs (RFC 9381) on the curve -x^2 + y^2 = 1 + d x^2 y^2 ----

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
D2 = 2 * D % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
WINDOW = 5  # bits of a scalar that one addition takes in

Point = tuple[int, int, int, int]  # extended coordinates: x = X/Z, y = Y/Z, T = XY/Z
NEUTRAL: Point = (0, 1, 1, 0)


def add(p: Point, q: Point) -> Point:
    """The sum; complete on this curve, so that no pair of points is special."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = p[3] * q[3] % P * D2, 2 * p[2] * q[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def neutral(p: Point) -> bool:
    """Whether it is the identity, (0, 1)."""
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


def negative(p: Point) -> Point:
    """-p."""
    return -p[0] % P, p[1], p[2], -p[3] % P


def times(scalar: int, point: Point) -> Point:
    """scalar * point, by doubling and adding."""
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def encode(point: Point) -> bytes:
    """The one encoding of a point, 32 bytes."""
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Point | None:
    """The point of which these 32 bytes are the one encoding, of whatever order; else None."""
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
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


GOOD: dict[bytes, Point | None] = {}  # by encoding: each key is looked at once


def good_point(data: bytes) -> Point | None:
    """The point of prime order (so not the identity) of which these bytes are the one encoding; else None."""
    if data not in GOOD:
        point = decode(data)
        prime = point is not None and not neutral(point) and neutral(times(ORDER, point))
        GOOD[data] = point if prime else None
    return GOOD[data]


def multiples(point: Point) -> list[list[Point]]:
    """Row r holds 0, 1, ... 31 times 2^(5r) * point: with it, scalar * point is 51 additions and no doubling."""
    rows = []
    for _ in range(0, 256, WINDOW):
        row = [NEUTRAL]
        while len(row) < 1 << WINDOW:
            row.append(add(row[-1], point))
        rows.append(row)
        point = add(row[-1], point)
    return rows


def times_known(scalar: int, rows: list[list[Point]]) -> Point:
    """scalar * point, from the multiples of the point."""
    result = NEUTRAL
    for row in rows:
        result = add(result, row[scalar & (1 << WINDOW) - 1])
        scalar >>= WINDOW
    return result


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or NEUTRAL
BASE_ROWS = multiples(BASE)
KEY_ROWS: dict[bytes, list[list[Point]]] = {}


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is good by the strictest reading: A and R canonical, of prime order; S < L; no cofactor.

    A is looked at; of R it follows. R is compared, as bytes, with the one encoding of S*B - k*A, which lies in the
    group of prime order as A and B do. So only the identity is left to be refused.
    """
    key = good_point(public)
    s = int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or s >= ORDER:
        return False
    if public not in KEY_ROWS:
        KEY_ROWS[public] = multiples(negative(key))
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    found = add(times_known(s, BASE_ROWS), times_known(k, KEY_ROWS[public]))
    return encode(found) == signature[:32] and not neutral(found)


def hashed_to_curve(public: bytes, alpha: bytes) -> Point:
    """H, RFC 9381 section 5.4.1.1: try and increment."""
    for counter in range(256):
        digest = hashlib.sha512(b"\x03\x01" + public + alpha + bytes([counter, 0])).digest()
        point = decode(digest[:32])
        if point is not None and not neutral(times(8, point)):
            return times(8, point)
    refuse("no point for this VRF input")


def vrf_output(public: bytes, alpha: bytes, proof: bytes) -> bytes:
    """What this index key has for `alpha`, 64 bytes, by its VRF proof, RFC 9381 section 5.3 [entry.md, Terms and tags].

    A tag is the first half of it.
    """
    key, gamma, s = good_point(public), good_point(proof[:32]), int.from_bytes(proof[48:], "little")
    if key is None or gamma is None or s >= ORDER or len(proof) != 80:
        refuse("VRF proof: the key and Gamma have to be of prime order, s below it")
    h = hashed_to_curve(public, alpha)
    c = int.from_bytes(proof[32:48], "little")
    u = add(times(s, BASE), negative(times(c, key)))
    v = add(times(s, h), negative(times(c, gamma)))
    points = b"".join(encode(point) for point in (key, h, gamma, u, v))
    if hashlib.sha512(b"\x03\x02" + points + b"\0").digest()[:16] != proof[32:48]:
        refuse("VRF proof: not by this key for this term")
    return hashlib.sha512(b"\x03\x03" + encode(times(8, gamma)) + b"\0").digest()


# ---- Merkle tree, RFC 6962 ----


def sha256(data: bytes) -> bytes:
    """32 bytes."""
    return hashlib.sha256(data).digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf). [A leaf passes for an inner node.]"""
    return sha256(b"\0" + leaf)


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\1" + left + right)


class Tree:
    """All hashes of perfect subtrees: `levels[8][3]` is over leaves 768 to 1023."""

    def __init__(self) -> None:
        self.levels: list[list[bytes]] = [[]]

    def __len__(self) -> int:
        return len(self.levels[0])

    def add(self, hash_: bytes) -> None:
        """Take in the next leaf hash."""
        self.levels[0].append(hash_)
        level = 0
        while len(self.levels[level]) % 2 == 0:
            if level + 1 == len(self.levels):
                self.levels.append([])
            self.levels[level + 1].append(node_hash(*self.levels[level][-2:]))
            level += 1

    def root(self, size: int) -> bytes:
        """The root over the first `size` leaves."""
        found = b""
        for level, hashes in enumerate(self.levels):
            if size >> level & 1:
                peak = hashes[(size >> level) - 1]
                found = node_hash(peak, found) if found else peak
        return found or sha256(b"")


def root_of(inputs: Sequence[bytes]) -> bytes:
    """The root over leaf inputs."""
    tree = Tree()
    for one in inputs:
        tree.add(leaf_hash(one))
    return tree.root(len(inputs))


def check_path(found: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 section 2.1.3.2: leaf hash `found` is number `index` of the tree of `size` leaves with that root."""
    if index >= size:
        refuse(f"number {index} in a tree of {size}")
    last = size - 1
    for sibling in path:
        if last == 0:
            refuse("the path is too long")
        if index & 1 or index == last:
            found = node_hash(sibling, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        index, last = index >> 1, last >> 1
    if last or found != root:
        refuse("the path does not lead to the root of the checkpoint")


# ---- the index over tags [index.md] ----


def kind_tag(kind: str) -> bytes:
    """Under which all entries of a kind stand."""
    return sha256(b"disclosure-vault/kind/v1\n" + kind.encode())


def index_leaf(tag: bytes, count: int, root: bytes) -> bytes:
    """SHA-256(0x02 || tag || count || R)."""
    return sha256(b"\x02" + tag + count.to_bytes(8, "big") + root)


class Index:
    """What stands under each tag; `root` makes the root over all of it anew, one or two hashes a tag."""

    def __init__(self) -> None:
        self.size = 0
        self.lists: dict[bytes, Tree] = {}

    def add(self, kind: str, tags: Sequence[bytes], leaf: bytes) -> None:
        """Take in an entry by its leaf hash."""
        for tag in {kind_tag(kind), *tags}:
            self.lists.setdefault(tag, Tree()).add(leaf_hash(leaf))

    def root(self) -> bytes:
        """A subtree without a tag is 32 zero bytes, one of a single tag is that tag's leaf, at whatever depth."""
        tags = sorted(self.lists)

        def over(low: int, high: int, depth: int) -> bytes:
            if high - low < 2:
                return self.leaf(tags[low]) if low < high else bytes(32)
            bit = [tag[depth // 8] >> 7 - depth % 8 & 1 for tag in (tags[low], tags[high - 1])]
            middle = high if bit == [0, 0] else low if bit == [1, 1] else first_one(low, high, depth)
            return sha256(b"\x03" + over(low, middle, depth + 1) + over(middle, high, depth + 1))

        def first_one(low: int, high: int, depth: int) -> int:
            while low < high:
                middle = (low + high) // 2
                if tags[middle][depth // 8] >> 7 - depth % 8 & 1:
                    high = middle
                else:
                    low = middle + 1
            return low

        return over(0, len(tags), 0)

    def leaf(self, tag: bytes) -> bytes:
        """That of all that stands under a tag."""
        tree = self.lists[tag]
        return index_leaf(tag, len(tree), tree.root(len(tree)))


# ---- strict readers: one spelling for each value ----


def number(text: str, limit: int = MAX_NUMBER) -> int:
    """Decimal digits of ASCII, no sign, no leading zero."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or int(text) > limit:
        refuse(f"{text[:40]!a} is no number up to {limit}")
    return int(text)


def unbase64(text: str, size: int | None = None) -> bytes:
    """Standard base64 with padding, in its one spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        refuse(f"{text[:40]!a} is no base64")
    if base64.b64encode(data).decode() != text or size not in (None, len(data)):
        refuse(f"{text[:40]!a} is not {size} bytes in base64")
    return data


def hex32(text: str) -> str:
    """64 lower-case hex digits."""
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else refuse(f"{text[:40]!a} is no SHA-256 in hex")


def utf8(data: bytes, limit: int) -> str:
    """Text without control characters but LF, of at most `limit` bytes."""
    if len(data) > limit:
        refuse(f"more than {limit} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        refuse("not UTF-8")
    return refuse("a control character") if re.search(r"[\x00-\x09\x0b-\x1f]", text) else text


# ---- signed notes and checkpoints [ledger.md, Checkpoint] ----

NAME = re.compile(r"[^+\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
ED25519, ED25519_COSIGNER, ML_DSA = 1, 4, 6
KEY_SIZES = {ED25519: 32, ED25519_COSIGNER: 32, ML_DSA: 1312}
COSIGNED = (8 + 64, 8 + 2420)  # bytes: a time, then Ed25519 or ML-DSA-44


class Key(NamedTuple):
    """A public key as a vkey spells it."""

    text: str
    name: str
    kind: int
    id: bytes
    public: bytes


class Line(NamedTuple):
    """A signature line."""

    name: str
    id: bytes
    value: bytes


class Head(NamedTuple):
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes


def key_name(name: str) -> str:
    """The name of a key, 1 to 255 bytes without white space or `+`."""
    return name if NAME.fullmatch(name) and len(name.encode()) <= 255 else refuse(f"{name[:40]!a} is no key name")


def vkey(text: str) -> Key:
    """`<name>+<8 hex digits>+<base64>`; the base64 may hold further `+`."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        refuse(f"{text[:40]!a} is no vkey")
    data = unbase64(parts[2])
    key_id = sha256(key_name(parts[0]).encode() + b"\n" + data)[:4]
    if len(data) - 1 != KEY_SIZES.get(data[0] if data else 0) or key_id.hex() != parts[1]:
        refuse(f"vkey of {parts[0][:40]!a}: another type, size or id")
    if data[0] != ML_DSA and good_point(data[1:]) is None:
        refuse(f"vkey of {parts[0][:40]!a}: no canonical point of prime order")
    return Key(text, parts[0], data[0], key_id, data[1:])


def signature_line(line: str) -> Line:
    """`— <name> <base64>`."""
    mark, name, encoded = [*line.split(" ", 2), "", ""][:3]
    data = unbase64(encoded)
    if mark != "—" or len(data) <= 4:
        refuse(f"{line[:40]!a} is no signature line")
    return Line(key_name(name), data[:4], data[4:])


def open_note(data: bytes, limit: int) -> tuple[str, list[Line]]:
    """The text, which ends at the last empty line, and the signature lines, none of them verified."""
    text, found, lines = utf8(data, limit).rpartition("\n\n")
    if not found or not lines.endswith("\n") or lines.count("\n") > 64:
        refuse("not a text, an empty line and 1 to 64 signature lines")
    return text + "\n", [signature_line(line) for line in lines[:-1].split("\n")]


def head_of(note: bytes) -> Head:
    """What a checkpoint note says: origin, size, root and nothing more. No signature is verified."""
    lines = open_note(note, MAX_CHECKPOINT)[0].split("\n")
    if len(lines) != 4:
        refuse("a checkpoint has three lines")
    head = Head(key_name(lines[0]), number(lines[1]), unbase64(lines[2], 32))
    return head if head.size or head.root == sha256(b"") else refuse("size 0 with the root of something")


def check_log_signatures(note: bytes, logs: tuple[Key, Key]) -> None:
    """All lines of the log's Ed25519 key hold, at least one; of ML-DSA-44 ones the form alone, at least one."""
    text, lines = open_note(note, MAX_CHECKPOINT)
    if not text.startswith(f"{logs[0].name}\n"):
        refuse("a checkpoint of another origin")
    ed25519, ml_dsa = ([line.value for line in lines if (line.name, line.id) == (key.name, key.id)] for key in logs)
    if not ed25519 or not all(verify(logs[0].public, text.encode(), value) for value in ed25519):
        refuse("the Ed25519 signature of the log is missing or does not hold")
    if not ml_dsa or not all(len(value) == COSIGNED[1] and value[0] < 128 for value in ml_dsa):
        refuse("the ML-DSA-44 signature of the log is missing or misshapen")


# ---- entries [entry.md] ----

HASH = r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]="
MEMBER = r"m[1-9][0-9]{0,5}"
# Printable ASCII with single spaces; `cosignature` alone has an em dash.
PUBLIC = r"(?!(?:record|tag|previous) )(?:[a-z][a-z-]{0,31}(?: [!-~]+)+|cosignature — [!-~]+ [!-~]+)"
ENTRY = re.compile(
    rf"disclosure-vault/entry/v1\n(?P<origin>[!-*,-~]{{1,255}})\n(?P<seq>[0-9]{{1,19}})\n"
    rf"(?P<kind>[a-z][a-z-]{{0,31}})\n(?P<time>[0-9T:.-]{{26}}Z)\n"
    rf"(?:record (?P<record>{HASH})\n(?P<tags>(?:tag {HASH}\n)*)|(?P<lines>(?:{PUBLIC}\n)+))"
    rf"previous (?P<previous>{HASH})\n\n— (?P<name>(?P=origin)/{MEMBER}) "
    rf"(?P<signed>[A-Za-z0-9+/]{{90}}[AEIMQUYcgkosw048]=)\n"
)
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{6})Z", re.ASCII)
RECIPIENT = re.compile(r"age1(?:[02-9ac-hj-np-z]{58}|pq1[02-9ac-hj-np-z]{1952})")
ROLES = ("custodian", "recorder", "reader", "auditor", "checkpointer")
WITH_RECORD = {
    "party", "subject", "matter", "request", "outcome", "disclosure", "correction", "receipt", "notice", "nil-return",
    "hold", "erasure", "reseal", "export", "report",
}  # fmt: skip
BOOKKEEPING = {"index", "anchor", "backup"}
CUSTODIAN, KEEPERS, WRITERS = {"custodian"}, {"checkpointer", "custodian"}, {"recorder", "reader", "custodian"}
SIGNERS = {
    "genesis": CUSTODIAN, "key": CUSTODIAN, "erasure": CUSTODIAN, "policy": CUSTODIAN, "hold": CUSTODIAN,
    "index": KEEPERS, "anchor": KEEPERS, "backup": KEEPERS,
}  # fmt: skip


class Entry(NamedTuple):
    """An entry, spelled as it should be; nothing of it is verified."""

    origin: str
    seq: int
    kind: str
    time: datetime
    record: bytes
    tags: tuple[bytes, ...]
    lines: tuple[tuple[str, str], ...]  # (keyword, the rest)
    previous: bytes
    signature: Line
    text: bytes
    hash: bytes

    def all(self, keyword: str) -> list[str]:
        """What stands behind this keyword."""
        return [rest for word, rest in self.lines if word == keyword]

    def head(self, keyword: str) -> tuple[int, bytes]:
        """The size and the root of an `index` or `checkpoint` line."""
        size, root = self.all(keyword)[0].split(" ")
        return int(size), unbase64(root)


def read_entry(leaf: bytes) -> Entry:
    """Step 1 [ledger.md]."""
    match = ENTRY.fullmatch(leaf.decode("utf-8", "replace")) if len(leaf) <= 65535 else None
    if match is None or len(match["name"]) > 255:
        refuse("not spelled as an entry of version 1, with one signature")
    tags = tuple(unbase64(line[4:]) for line in (match["tags"] or "").split("\n")[:-1])
    lines = tuple((word, rest) for word, _, rest in (x.partition(" ") for x in (match["lines"] or "").split("\n")[:-1]))
    seq, kind, previous = number(match["seq"]), match["kind"], unbase64(match["previous"])
    if len(tags) > 1200 or list(tags) != sorted(set(tags)):
        refuse("more than 1,200 tags, or not sorted by their bytes, each once")
    if (seq == 0) != (kind == "genesis") or (seq == 0 and previous != sha256(b"")):
        refuse("a genesis is entry 0, behind nothing, and no other entry is one")
    if kind in GRAMMAR if match["record"] else kind in WITH_RECORD:
        refuse(f"a record where public lines belong, or the other way round, in kind {kind}")
    if lines:
        check_lines(kind, seq, lines)
    signed = unbase64(match["signed"])
    return Entry(
        match["origin"], seq, kind, utc(match["time"]), unbase64(match["record"]) if match["record"] else b"", tags,
        lines, previous, Line(match["name"], signed[:4], signed[4:]), leaf[: leaf.rindex(b"\n\n") + 1], leaf_hash(leaf),
    )  # fmt: skip


def utc(text: str) -> datetime:
    """An existing moment."""
    match = TIME.fullmatch(text) or refuse("no time like 2026-11-22T17:39:28.123456Z")
    year, month, day, hour, minute, second, micro = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, micro, timezone.utc)  # noqa: UP017 - for older Pythons
    except ValueError:
        refuse(f"{text} is no existing time")


def fields(text: str, count: int) -> list[str]:
    """So many words."""
    found = text.split(" ")
    return found if len(found) == count else refuse(f"{text[:40]!a} has not {count} fields")


def member_number(name: str) -> int:
    """Of m2: 2."""
    return int(name[1:]) if re.fullmatch(MEMBER, name) else refuse(f"{name[:40]!a} is no member")


# Readers of public lines: each returns what repeated lines are sorted by, strictly ascending.


def line_log(text: str) -> int:
    """A vkey."""
    kind = vkey(text).kind
    return kind if kind in (ED25519, ML_DSA) else refuse("log: not an Ed25519 or ML-DSA-44 key")


def line_member(text: str) -> int:
    """Name, roles, vkey, age recipient."""
    name, roles, key, recipient = fields(text, 4)
    listed = roles.split(",")
    if listed != [role for role in ROLES if role in listed] or ("auditor" in listed and len(listed) > 1):
        refuse(f"member: {roles[:60]!a} are no roles in their order")
    if vkey(key).kind != ED25519 or not RECIPIENT.fullmatch(recipient):
        refuse("member: not an Ed25519 key and an age recipient")
    return member_number(name)


def line_root(text: str) -> int:
    """Size and root."""
    size, root = fields(text, 2)
    return number(size) if unbase64(root, 32) else 0


def line_vrf(text: str) -> int:
    """Generation and key; the point is judged in the key history."""
    return line_root(text)


def line_revoke(text: str) -> int:
    """Member and sequence number."""
    name, seq = fields(text, 2)
    return member_number(name) if number(seq) >= 0 else 0


def line_continues(text: str) -> int:
    """Fingerprint, size from 1, root."""
    fingerprint, _, rest = text.partition(" ")
    hex32(fingerprint)
    return line_root(rest) or refuse("continues: nothing")


def line_cosignature(text: str) -> str:
    """A signature line with a time."""
    return text if len(signature_line(text).value) in COSIGNED else refuse("cosignature: not of 72 or 2,428 bytes")


def line_rule(text: str) -> str:
    """Name and words."""
    name, _, rest = text.partition(" ")
    return name if rest and re.fullmatch(r"[a-z][a-z0-9.-]{0,63}", name) else refuse("rule: no name and value")


def line_objects(text: str) -> int:
    """Count and SHA-256."""
    count, digest = fields(text, 2)
    return number(count) if hex32(digest) else 0


def line_drill(text: str) -> str:
    """One of two words."""
    return text if text in ("ok", "failed") else refuse("drill: neither ok nor failed")


ONE, MAYBE, MANY = (1,), (0, 1), range(1001)
GRAMMAR: dict[str, list[tuple[str, Collection[int], Callable[[str], Any]]]] = {
    "genesis": [("log", (2,), line_log), ("vrf", ONE, line_vrf), ("member", ONE, line_member), ("keyring", ONE, hex32),
                ("continues", MAYBE, line_continues)],
    "key": [("log", (0, 2), line_log), ("vrf", MAYBE, line_vrf), ("member", MANY, line_member),
            ("remove", MANY, member_number), ("revoke", MANY, line_revoke), ("keyring", ONE, hex32)],
    "index": [("index", ONE, line_root)],
    "anchor": [("checkpoint", ONE, line_root), ("token", MANY, hex32), ("cosignature", MANY, line_cosignature),
               ("worm", MANY, str)],
    "policy": [("rule", range(1, 1001), line_rule)],
    "backup": [("size", ONE, number), ("objects", ONE, line_objects), ("drill", MAYBE, line_drill)],
    "approval": [("approves", ONE, lambda text: unbase64(text, 32))],
}  # fmt: skip


def check_lines(kind: str, seq: int, lines: Sequence[tuple[str, str]]) -> None:
    """The lines of the table in its order, as often as it says, sorted; of an unknown kind only the form is known."""
    rest = list(lines)
    if kind not in GRAMMAR and any(word == "cosignature" for word, _ in lines):
        refuse("cosignature lines in another kind")
    for keyword, counts, read in GRAMMAR.get(kind, []):
        found = []
        while rest and rest[0][0] == keyword:
            found.append(read(rest.pop(0)[1]))
        if len(found) not in counts or found != sorted(set(found)):
            refuse(f"lines `{keyword}` of a {kind}: too few, too many, or not sorted")
    if rest and kind in GRAMMAR:
        refuse(f"a {kind} has no line `{rest[0][0]}` there")
    size = int(lines[0][1].split(" ")[0]) if kind in BOOKKEEPING else seq
    if (kind == "index" and size != seq) or (kind in ("anchor", "backup") and not 0 < size <= seq):
        refuse(f"{kind} over {size} entries")
    if kind == "anchor" and len(lines) == 1:
        refuse("an anchor of nothing")


# ---- key history [ledger.md, Key history; entry.md, Whose signature counts] ----


class Member(NamedTuple):
    """Who is present, and what for."""

    roles: frozenset[str]
    key: Key
    recipient: str


class Keys:
    """Members, log keys, index keys as the ledger declares them, after some entries."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.members: dict[str, Member] = {}
        self.joined = 0
        self.logs: list[tuple[int, Key, Key]] = []  # declared by entry, Ed25519, ML-DSA-44
        self.vrfs: list[bytes] = []  # by generation, from 1
        self.keyring = ""
        self.revoked: list[tuple[str, int, int]] = []  # member, from entry, declared by entry
        self.used: set[bytes] = set()

    def log_at(self, size: int) -> tuple[Key, Key]:
        """The log keys that sign a checkpoint of `size` entries: those in force after entry size - 1."""
        found = [keys for declared, *keys in self.logs if declared < size]
        return (found[-1][0], found[-1][1]) if found else refuse(f"no log keys are declared before size {size}")

    def check_signer(self, entry: Entry) -> Key:
        """Step 3: a member present before the entry, with a role that its kind asks for, and his key's id."""
        name = entry.signature.name.rpartition("/")[2]
        if entry.kind == "genesis":
            if self.joined:
                refuse("a second genesis")
            fields_ = entry.all("member")[0].split(" ")
            member = Member(frozenset(fields_[1].split(",")), vkey(fields_[2]), fields_[3])
        else:
            member = self.members.get(name) or refuse(f"signed by {name}, who is no member at this point")
            if not member.roles & SIGNERS.get(entry.kind, WRITERS):
                refuse(f"{name} may not sign a {entry.kind}")
        if (entry.signature.name, entry.signature.id) != (member.key.name, member.key.id):
            refuse(f"signed under another key than that of {member.key.name!a}")
        return member.key

    def after(self, entry: Entry) -> "Keys":
        """Steps 3 to 5 of a genesis or key entry: the state after it. All of its lines hold, or it is refused."""
        key = self.check_signer(entry)
        check_signature(entry, key)
        after = copy.deepcopy(self)
        after.take(entry, key.name.rpartition("/")[2])
        return after if vars(after) != vars(self) else refuse("a key entry that changes nothing")

    def take(self, entry: Entry, signer: str) -> None:
        """Line by line."""
        if logs := [vkey(text) for text in entry.all("log")]:
            if any(key.name != self.origin for key in logs):
                refuse("log keys that are not named after the origin")
            self.claim(*(key.public for key in logs))
            self.logs.append((entry.seq, logs[0], logs[1]))
        named = [rest.split(" ")[0] for word, rest in entry.lines if word in ("member", "remove", "revoke")]
        if len(set(named)) != len(named):
            refuse("a member in two lines")
        for text in entry.all("vrf"):
            self.take_vrf(*text.split(" "))
        for text in entry.all("member"):
            self.take_member(*text.split(" "))
        for name in entry.all("remove"):
            if self.members.pop(name, None) is None:
                refuse(f"{name}, who is removed, is not present")
        for text in entry.all("revoke"):
            name, first = text.split(" ")
            self.take_revocation(name, first, entry.seq, signer)
        self.keyring = entry.all("keyring")[0]
        if not any("custodian" in member.roles for member in self.members.values()):
            refuse("no custodian is left")

    def take_vrf(self, generation: str, encoded: str) -> None:
        """The index key of the next generation."""
        key = unbase64(encoded)
        if int(generation) != len(self.vrfs) + 1 or good_point(key) is None:
            refuse(f"index key of generation {generation}: not the next one, or no point of prime order")
        self.claim(key)
        self.vrfs.append(key)

    def take_member(self, name: str, roles: str, text: str, recipient: str) -> None:
        """He joins with the next number, or has other roles from here on."""
        member, known = Member(frozenset(roles.split(",")), vkey(text), recipient), self.members.get(name)
        if member.key.name != f"{self.origin}/{name}":
            refuse(f"the key of {name} is named {member.key.name!a}")
        if known is None:
            self.joined += 1
            if name != f"m{self.joined}":
                refuse(f"{name} joins as number {self.joined}")
            self.claim(member.key.public, recipient.encode())
        elif known._replace(roles=member.roles) != member or known.roles == member.roles:
            refuse(f"{name} gets another key, or no other roles")
        self.members[name] = member

    def take_revocation(self, name: str, first: str, seq: int, signer: str) -> None:
        """[By himself: the statement that a key cannot be trusted would rest on that key.]"""
        if member_number(name) > self.joined or int(first) > seq or name == signer:
            refuse(f"{name} is revoked who never joined, from later on, or by himself")
        self.members.pop(name, None)
        self.revoked.append((name, int(first), seq))

    def claim(self, *keys: bytes) -> None:
        """[One key under two names approves what it recorded.]"""
        for key in keys:
            if key in self.used:
                refuse("a key that was declared before")
            self.used.add(key)


def check_signature(entry: Entry, key: Key) -> None:
    """Step 4."""
    if not verify(key.public, entry.text, entry.signature.value):
        refuse(f"the signature of {key.name!a} does not hold")


# ---- what was found ----


class Report:
    """Faults and what was shown. The worst fault decides a verdict; without any it is PROVEN only if shown."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str, str]] = []
        self.shown: dict[str, str] = {}
        self.skipped: list[str] = []
        self.remarks: list[str] = []
        self.fingerprint = ""

    def broken(self, verdict: str, what: str) -> None:
        """Something contradicts."""
        self.faults.append((verdict, "BROKEN", what))

    def missing(self, verdict: str, what: str) -> None:
        """Something is not there."""
        self.faults.append((verdict, "NOT PROVEN", what))

    def judge(self, verdict: str, where: str, check: Callable[[], object]) -> bool:
        """Whether `check` refuses nothing."""
        try:
            check()
        except Refused as exc:
            self.broken(verdict, f"{where}: {exc}")
            return False
        return True

    def verdict(self, verdict: str) -> tuple[str, list[str]]:
        """The state, and what it rests on, the worst first."""
        for state in ("BROKEN", "NOT PROVEN"):
            if found := [what for one, how, what in self.faults if (one, how) == (verdict, state)]:
                return state, found
        return ("PROVEN", [self.shown[verdict]]) if verdict in self.shown else ("NOT PROVEN", ["not looked at"])


class Outside(NamedTuple):
    """What the verifier brings."""

    fingerprint: str
    kept: list[tuple[str, bytes]]
    roots: list[Path]


class NotThere(Exception):
    """No such file."""


def read_file(path: Path, limit: int) -> bytes:
    """A regular file of at most `limit` bytes; `NotThere`, `Refused`, or OSError where it cannot be told."""
    try:
        # Not to wait for a writer where a FIFO lies in the place of a file.
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            data = file.read(limit + 1) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise NotThere(f"{path}: no such file") from exc
    except IsADirectoryError:
        data = None
    return data if data is not None and len(data) <= limit else refuse(f"{path}: no file of at most {limit} bytes")


# ---- a ledger in tile form [ledger-tiles.md; ledger.md, What a verifier does] ----


class Ledger:
    """A folder, the entries followed so far, and the report."""

    def __init__(self, folder: Path, note: bytes, claimed: Head, outside: Outside, report: Report) -> None:
        self.folder, self.note, self.claimed, self.outside, self.report = folder, note, claimed, outside, report
        self.tree, self.index, self.keys = Tree(), Index(), Keys(claimed.origin)
        self.last = sha256(b"")
        self.signed: dict[str, list[int]] = {}  # by whom, where the signer may
        self.disclosures = self.indexes = 0
        self.unindexed: list[int] = []  # since the newest index entry, bookkeeping apart
        self.news: list[int] = []  # all but bookkeeping
        self.anchors: list[tuple[int, int, bytes, list[str]]] = []  # entry, size, root, tokens

    def follow(self, leaf: bytes) -> None:
        """Steps 1 to 5 of the next leaf. It counts in the tree whatever is wrong with it."""
        at, hash_ = len(self.tree), leaf_hash(leaf)
        try:
            entry = read_entry(leaf)
        except Refused as exc:
            self.report.broken("integrity", f"entry {at}: {exc}")
            self.news.append(at)
            self.unindexed.append(at)
        else:
            self.place(at, entry)
            self.report.judge("origin", f"entry {at}", lambda: self.sign(at, entry))
            self.note_down(at, entry)
        self.last = hash_
        self.tree.add(hash_)

    def place(self, at: int, entry: Entry) -> None:
        """Step 2."""
        if (entry.origin, entry.seq) != (self.claimed.origin, at):
            self.report.broken("order", f"entry {at}: it says {entry.origin!a} {entry.seq}")
        if entry.previous != self.last:
            self.report.broken("order", f"entry {at}: `previous` is not the leaf hash of the entry before")

    def sign(self, at: int, entry: Entry) -> None:
        """Steps 3 to 5. Who may sign is remembered, as a revocation reaches back."""
        if entry.kind in ("genesis", "key"):
            self.keys = self.keys.after(entry)
            self.signed.setdefault(entry.signature.name, []).append(at)
        else:
            key = self.keys.check_signer(entry)
            self.signed.setdefault(entry.signature.name, []).append(at)
            check_signature(entry, key)

    def note_down(self, at: int, entry: Entry) -> None:
        """What later steps need; and step 15, the index."""
        self.disclosures += entry.kind == "disclosure"
        if entry.kind not in BOOKKEEPING:
            self.news.append(at)
            self.unindexed.append(at)
        if entry.kind == "index" and entry.lines:
            self.indexes += 1
            self.unindexed = []
            if entry.head("index") != (at, self.index.root()):
                self.report.broken("completeness", f"entry {at}: another index root than that over the entries before")
        if entry.kind == "anchor" and entry.lines:
            self.anchors.append((entry.seq, *entry.head("checkpoint"), entry.all("token")))
        self.index.add(entry.kind, entry.tags, entry.hash)

    def root(self, size: int) -> bytes:
        """That over the first `size` entries; nothing for more than there are."""
        return self.tree.root(size) if size <= len(self.tree) else b""


def tile_name(level: str, place: int, width: int) -> str:
    """`tile/0/x001/x234/067.p/5`."""
    digits, rest = f"{place % 1000:03d}", place // 1000
    while rest:
        digits, rest = f"x{rest % 1000:03d}/{digits}", rest // 1000
    return f"tile/{level}/{digits}" + (f".p/{width}" if width < 256 else "")


def cut_bundle(data: bytes, count: int) -> tuple[list[bytes], bytes]:
    """The first `count` entries of a bundle, and what is behind them."""
    found: list[bytes] = []
    for _ in range(count):
        length = int.from_bytes(data[:2], "big")
        if len(data) < 2 + length:
            refuse(f"{len(found)} whole entries, not {count}")
        found.append(data[2 : 2 + length])
        data = data[2 + length :]
    return found, data


def read_tile(folder: Path, level: str, place: int, width: int) -> list[bytes]:
    """Entries or hashes. Of a partial tile that is not there, the beginning of the full one."""
    whole = width
    try:
        data = read_file(folder / tile_name(level, place, width), 256 * 65537)
    except NotThere:
        if width == 256:
            raise
        data, whole = read_file(folder / tile_name(level, place, 256), 256 * 65537), 256
    if level == "entries":
        found, rest = cut_bundle(data, whole)
    else:
        found, rest = [data[at : at + 32] for at in range(0, len(data), 32)], b""
    if rest or len(found) != whole or (level != "entries" and len(data) != 32 * whole):
        refuse(f"not {whole} of them and nothing more")
    return found[:width]


def follow_entries(ledger: Ledger) -> None:
    """Steps 1 to 5, to the size that the checkpoint says or the first entry that cannot be read."""
    size = ledger.claimed.size
    for place in range(-(-size // 256)):
        width = min(256, size - 256 * place)
        try:
            leaves = read_tile(ledger.folder, "entries", place, width)
        except (NotThere, Refused) as exc:
            ledger.report.broken("integrity", f"{tile_name('entries', place, width)}: {exc}")
            return
        for leaf in leaves:
            ledger.follow(leaf)


def check_tiles(ledger: Ledger) -> None:
    """Step 12: each hash tile, those above the leaf hashes too."""
    for level in range(0, len(ledger.tree.levels), 8):
        hashes = ledger.tree.levels[level]
        for place in range(-(-len(hashes) // 256)):
            part = hashes[256 * place : 256 * place + 256]
            name = tile_name(str(level // 8), place, len(part))
            if len(part) < 256 and level and len(ledger.tree) < ledger.claimed.size:
                continue  # of a ledger that was cut, how wide it would be is not known
            try:
                if read_tile(ledger.folder, str(level // 8), place, len(part)) != part:
                    ledger.report.broken("integrity", f"{name}: not the hashes of what is below it")
            except (NotThere, Refused) as exc:
                ledger.report.broken("integrity", f"{name}: {exc}")


def check_files(ledger: Ledger) -> None:
    """Step 13: what lies there besides. [Somebody puts an older checkpoint back: what was logged since is hidden.]"""
    pattern = re.compile(r"tile/(entries|[0-7])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)
    for name in all_names(ledger.folder):
        if name in ("checkpoint", "checkpoint-indexed", "log.vkey") or name.startswith("anchors/"):
            continue
        match = pattern.fullmatch(name)
        level = match[1] if match else ""
        place, width = (int(re.sub("[x/]", "", match[2])), int(match[3] or 256)) if match else (0, 0)
        if not match or tile_name(level, place, width) != name:
            ledger.report.missing("integrity", f"{name[:80]!a} is covered by no checkpoint")
            continue
        there = max((ledger.claimed.size >> 8 * (0 if level == "entries" else int(level))) - 256 * place, 0)
        if width > there:
            ledger.report.missing("order", f"{name} lies beyond the checkpoint")
        elif width < min(there, 256) and len(ledger.tree) == ledger.claimed.size:
            check_outgrown(ledger, level, place, width)


def check_outgrown(ledger: Ledger, level: str, place: int, width: int) -> None:
    """A partial tile that has become wider is its beginning. [Who read it then saw another history.]"""
    name = tile_name(level, place, width)
    try:
        found = read_tile(ledger.folder, level, place, width)
    except (NotThere, Refused) as exc:
        ledger.report.broken("integrity", f"{name}: {exc}")
        return
    hashes = ledger.tree.levels[0 if level == "entries" else 8 * int(level)][256 * place : 256 * place + width]
    if ([leaf_hash(one) for one in found] if level == "entries" else found) != hashes:
        ledger.report.broken("integrity", f"{name}: not the beginning of the tile that it became")


def all_names(folder: Path) -> Iterator[str]:
    """Of all that is no folder; links are not entered."""

    def stop(exc: OSError) -> NoReturn:
        raise exc

    for parent, folders, files in os.walk(folder, onerror=stop):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        yield from (Path(parent, name).relative_to(folder).as_posix() for name in files + links)


def check_head(ledger: Ledger, note: bytes, expected: Head, where: str) -> bool:
    """Step 7, for any checkpoint: both log signatures, and what the ledger was at that size."""
    report = ledger.report
    if not report.judge("origin", where, lambda: check_log_signatures(note, ledger.keys.log_at(expected.size))):
        return False
    return report.judge("order", where, lambda: head_of(note) == expected or refuse("another head than the ledger had"))


def check_checkpoints(ledger: Ledger) -> None:
    """Steps 7 and 8: the one given out, the indexed one, those that were kept."""
    report, claimed, size = ledger.report, ledger.claimed, len(ledger.tree)
    if size < claimed.size:
        report.broken("order", f"the checkpoint is over {claimed.size} entries, {size} can be read")
    elif not check_head(ledger, ledger.note, Head(claimed.origin, size, ledger.root(size)), "checkpoint"):
        report.missing("order", "no checkpoint that holds is over the entries")
    kept = list(ledger.outside.kept)
    if (indexed := optional(ledger, "checkpoint-indexed", MAX_CHECKPOINT)) is not None:
        kept.append(("checkpoint-indexed", indexed))
    for name, note in kept:
        try:
            head = head_of(note)
        except Refused as exc:
            report.broken("order", f"{name!a}: {exc}")
            continue
        if head.size > size:
            report.broken("order", f"{name!a} is over {head.size} entries: it was cut, or an older copy put back")
        else:
            check_head(ledger, note, Head(claimed.origin, head.size, ledger.root(head.size)), ascii(name))
    keys = optional(ledger, "log.vkey", 1 << 14)
    if keys is not None and ledger.keys.logs and size:
        report.judge("integrity", "log.vkey", lambda: check_key_file(keys, ledger.keys.log_at(size)))


def optional(ledger: Ledger, name: str, limit: int) -> bytes | None:
    """A file, if there is one."""
    try:
        return read_file(ledger.folder / name, limit)
    except NotThere:
        return None
    except Refused as exc:
        ledger.report.broken("integrity", str(exc))
        return None


def check_key_file(found: bytes, logs: tuple[Key, Key]) -> None:
    """[It misleads programs that know nothing of key histories.]"""
    if found != f"{logs[0].text}\n{logs[1].text}\n".encode():
        refuse("other keys than the log keys in force")


def check_ledger(folder: Path, outside: Outside, report: Report) -> None:
    """All of a folder; `NotThere` where it is no ledger, OSError where it cannot be read."""
    report.skipped = ["ML-DSA-44 signatures (their form was checked)", "witnesses' cosignatures", "records"]
    note = read_file(folder / "checkpoint", MAX_CHECKPOINT)
    try:
        claimed = head_of(note)
    except Refused as exc:
        report.broken("integrity", f"checkpoint: {exc}")
        return
    if claimed.size == 0:
        report.broken("integrity", "checkpoint: over nothing, not even a genesis")
        return
    ledger = Ledger(folder, note, claimed, outside, report)
    follow_entries(ledger)
    size = len(ledger.tree)
    check_fingerprint(report, ledger.root(1), outside.fingerprint)
    check_checkpoints(ledger)
    for seq, over, root, _ in ledger.anchors:  # step 9
        if ledger.root(over) != root:
            report.broken("order", f"anchor in entry {seq}: another root than that over {over} entries")
    check_tiles(ledger)
    check_files(ledger)
    conclude(ledger)
    report.shown["integrity"] = f"{size} entries and the tree over them match their hashes"
    report.shown["order"] = f"entries 0 to {size - 1} in one chain; a second history was not ruled out"
    report.shown["origin"] = f"{size} signatures by members with the role, from the genesis on"
    wrong = [one for one in VERDICTS[:3] if report.verdict(one)[0] == "BROKEN"]
    if wrong:  # an index over what was not cut off is complete for what is left
        report.missing("completeness", f"{' and '.join(wrong)} BROKEN: a list is complete of a whole ledger only")
    check_time(ledger)


def check_fingerprint(report: Report, found: bytes, expected: str, *more: str) -> None:
    """Step 6, for order, origin and `more`. The ledger itself declares all keys: only this ties them to somebody."""
    report.fingerprint = found.hex()
    if not found:
        report.missing("origin", "no genesis can be read")
        return
    for verdict in ("order", "origin", *more):
        if not expected:
            report.missing(verdict, "no fingerprint from outside (--fingerprint): self-asserted")
        elif found.hex() != expected:
            report.broken(verdict, f"the fingerprint is {found.hex()}")


def conclude(ledger: Ledger) -> None:
    """Step 11, and what completeness rests on: an index over all entries, recomputed here."""
    report = ledger.report
    for name, first, declared in ledger.keys.revoked:
        for at in ledger.signed.get(f"{ledger.claimed.origin}/{name}", []):
            if first <= at < declared:
                report.missing("origin", f"entry {at}: its signer {name} was revoked later")
    if not ledger.disclosures:
        report.missing("order", "no disclosure at all")
        report.missing("completeness", "no disclosure at all")
    if not ledger.outside.fingerprint:
        report.missing("completeness", "no fingerprint from outside (--fingerprint): self-asserted")
    if not ledger.indexes:
        report.missing("completeness", "no index entry")
    elif ledger.unindexed:
        report.missing("completeness", f"no index over entries {ledger.unindexed[0]} to {ledger.unindexed[-1]}")
    report.shown["completeness"] = "the index was recomputed here from all entries: a list proven by it is complete"


# ---- time [anchors.md], by `openssl ts` ----

MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
UNSTATED = timedelta(seconds=60)  # accuracy of a token that states none


class Stamp(NamedTuple):
    """A token that holds at the time it states: named by entry `seq`, over `size` entries, true from first to last."""

    seq: int
    size: int
    first: datetime
    last: datetime
    holds_at: Callable[[datetime], str]  # what openssl has against it at another moment


class Openssl:
    """`openssl ts` on copies in a folder of our own, so that what was hashed is what it reads."""

    def __init__(self, program: str, folder: Path, roots: Sequence[Path]) -> None:
        self.program, self.folder = program, folder
        pems = [read_file(root, MAX_TOKEN) for root in roots]
        self.write("roots.pem", b"".join(pem if b"-----BEGIN" in pem else as_pem(pem) for pem in pems))

    def write(self, name: str, data: bytes) -> None:
        """Make a file."""
        (self.folder / name).write_bytes(data)

    def run(self, *words: str) -> tuple[bool, str]:
        """Whether it ended well, and all it said."""
        command = [self.program, "ts", *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, check=False)
        return done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")

    def check(self, name: str, moment: datetime) -> str:
        """What is against token and note `name` at a moment: nothing, or openssl's words."""
        at = str(int(moment.timestamp()))
        words = ["-in", f"{name}.tsr", "-data", f"{name}.note", "-CAfile", "roots.pem", "-attime", at]
        good, said = self.run("-verify", *words)
        return "" if good and "Verification: OK" in said else said or "no answer"


def as_pem(der: bytes) -> bytes:
    """A certificate in PEM."""
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"


def told(said: str, note: bytes) -> tuple[datetime, timedelta]:
    """Time and accuracy by `openssl ts -reply -text`; refused unless granted, over these bytes by SHA-256 or longer."""
    hashed = re.search(r"^Hash Algorithm: (sha256|sha384|sha512)$", said, re.MULTILINE) or refuse("another hash")
    rows = re.findall(r"^ +[0-9a-f]{4} - ((?:[0-9a-f]{2}[ -]){1,16})", said, re.MULTILINE)
    if not re.search(r"^Status: Granted\.$", said, re.MULTILINE):
        refuse("not granted, or not without modifications")
    if re.sub("[ -]", "", "".join(rows)) != hashlib.new(hashed[1], note).hexdigest():
        refuse("stamped were other bytes than the note")
    return time_told(said), accuracy_told(said)


def time_told(said: str) -> datetime:
    """`Time stamp: Nov 22 17:43:40.25 2026 GMT`."""
    pattern = r"^Time stamp: (\w{3}) +(\d+) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\d* (\d{4}) GMT$"
    match = re.search(pattern, said, re.MULTILINE | re.ASCII) or refuse("no time is told")
    month, day, clock, part, year = match.groups()
    number_ = MONTHS.index(month) // 3 + 1 if month in MONTHS else refuse("no month")
    return utc(f"{year}-{number_:02d}-{day.zfill(2)}T{clock}.{(part or '').ljust(6, '0')}Z")


def accuracy_told(said: str) -> timedelta:
    """`Accuracy: 0x01 seconds, 0x01F4 millis, 0x64 micros`, parts that are missing being unspecified."""
    text = re.search(r"^Accuracy: (.*)$", said, re.MULTILINE)
    parts = re.findall(r"0x([0-9A-Fa-f]+) (seconds|millis|micros)", text[1] if text else "")
    units = {"seconds": 1_000_000, "millis": 1_000, "micros": 1}
    return timedelta(microseconds=sum(int(value, 16) * units[unit] for value, unit in parts)) if parts else UNSTATED


def check_time(ledger: Ledger) -> None:
    """Step 16. Nothing is run, and time is NOT PROVEN, without roots from outside or without openssl."""
    program = shutil.which("openssl")
    if not ledger.outside.roots or program is None:
        why = "no roots were given (--tsa-root)" if program else "openssl is not installed"
        ledger.report.skipped.append(f"time stamps: {why}")
        ledger.report.missing("time", f"no time stamp was looked at: {why}")
        return
    with tempfile.TemporaryDirectory() as folder:
        openssl = Openssl(program, Path(folder), ledger.outside.roots)
        stamps: list[Stamp] = []
        for seq, size, root, tokens in ledger.anchors:
            if tokens and ledger.root(size) == root:  # else step 9 has told
                stamps += stamps_of(ledger, openssl, seq, size, tokens)
        judge_time(ledger, counted(stamps, datetime.now(timezone.utc)))  # noqa: UP017


def stamps_of(ledger: Ledger, openssl: Openssl, seq: int, size: int, tokens: Sequence[str]) -> Iterator[Stamp]:
    """The tokens of one anchor that hold; faults go into the report."""
    report, where = ledger.report, f"anchors/{size}"
    try:
        note = read_file(ledger.folder / where / "checkpoint", MAX_CHECKPOINT)
        check_log_signatures(note, ledger.keys.log_at(size))
        if head_of(note) != Head(ledger.claimed.origin, size, ledger.root(size)):
            refuse("another head than the ledger had")
    except NotThere as exc:
        report.missing("time", str(exc))
        return
    except Refused as exc:
        report.broken("time", f"{where}/checkpoint: {exc}")
        return
    for digest in tokens:
        try:
            token = read_file(ledger.folder / where / f"{digest}.tsr", MAX_TOKEN)
            yield from stamp_of(ledger, openssl, (seq, size, digest), note, token)
        except NotThere as exc:
            report.missing("time", str(exc))
        except Refused as exc:
            report.broken("time", f"{where}/{digest}.tsr: {exc}")


def stamp_of(
    ledger: Ledger, openssl: Openssl, named: tuple[int, int, str], note: bytes, token: bytes
) -> Iterator[Stamp]:
    """One token: its hash, what it says, whether it holds under the roots at the time that it states."""
    seq, size, digest = named
    if sha256(token).hex() != digest:
        refuse(f"another hash than entry {seq} names")
    openssl.write(f"{digest}.tsr", token)
    openssl.write(f"{digest}.note", note)
    moment, margin = told(openssl.run("-reply", "-in", f"{digest}.tsr", "-text")[1], note)
    against = openssl.check(digest, moment)
    if "certificate verify error" in against and "certificate purpose" not in against:  # another verifier's authority
        ledger.report.skipped.append(f"anchors/{size}/{digest}.tsr: under none of the roots at the time it states")
    elif against:
        refuse("openssl does not accept it: " + " ".join(against.split())[-200:].encode("ascii", "replace").decode())
    else:
        yield Stamp(seq, size, moment - margin, moment + margin, lambda at: openssl.check(digest, at))


def counted(stamps: Sequence[Stamp], now: datetime) -> list[Stamp]:
    """Those whose certificates have not ended, or had not when a stamp that counts covered the entry naming them."""
    kept: list[Stamp] = []
    for stamp in sorted(stamps, key=lambda one: -one.seq):
        renewed = min((one.last for one in kept if one.size > stamp.seq), default=None)
        if not stamp.holds_at(now) or (renewed is not None and not stamp.holds_at(renewed)):
            kept.append(stamp)
    return kept


def judge_time(ledger: Ledger, stamps: Sequence[Stamp]) -> None:
    """The interval of each entry; PROVEN where all but bookkeeping were there by some moment."""
    report, covered = ledger.report, max((one.size for one in stamps), default=0)
    places = {0, *(one.seq + 1 for one in stamps), *(one.size for one in stamps)}
    for at in sorted(place for place in places if place < len(ledger.tree)):
        newest = max((one.seq for one in stamps if one.seq < at), default=-1)
        lower = max((one.first for one in stamps if one.seq == newest), default=None)
        upper = min((one.last for one in stamps if one.size > at), default=None)
        if lower and upper and lower > upper:
            report.broken("time", f"entry {at}: made after {lower} and there by {upper}")
    if late := [at for at in ledger.news if at >= covered]:
        report.missing("time", f"entries from {late[0]} on lie under no time stamp that counts")
    if stamps:
        by = min(one.last for one in stamps if one.size == covered)
        report.shown["time"] = f"entries 0 to {covered - 1} were there by {by.isoformat()}"


# ---- what all proofs in files have in common [receipt.md, Parts] ----

UNSIGNED = "ML-DSA-44 signatures (their form was checked)", "witnesses' cosignatures"
Parts = list[tuple[str, str]]  # name, whole lines


class Placed(NamedTuple):
    """An entry's bytes, its number and its path, none of it verified."""

    at: int
    leaf: bytes
    path: list[bytes]


def cut_parts(data: bytes, first: str, limit: int) -> Parts:
    """The parts of a file that begins with the line `first`."""
    lines = utf8(data, limit).split("\n")
    if lines.pop() or lines[:1] != [first]:
        refuse(f"not {first} in whole lines")
    parts, at = [], 1
    while at < len(lines):
        name, _, count = lines[at].partition(" ")
        stop = at + 1 + number(count, 1 << 20)
        if stop > len(lines):
            refuse(f"part {name[:20]!a} is cut")
        parts.append((name, "".join(f"{line}\n" for line in lines[at + 1 : stop])))
        at = stop
    return parts[::-1]


def take_part(parts: Parts, name: str) -> str:
    """The next part, which has to be of that name; the list is turned round, so that the next is the last."""
    return parts.pop()[1] if parts and parts[-1][0] == name else refuse(f"no part `{name}` where it belongs")


def take_placed(parts: Parts, name: str) -> list[Placed]:
    """All entries that come next under that name, each with its path."""
    found = []
    while parts and parts[-1][0] == name:
        leaf = take_part(parts, name).encode()
        index, path = read_path(take_part(parts, "path"))
        found.append(Placed(index, leaf, path))
    return found


def take_keys(parts: Parts) -> list[Placed]:
    """The key entries."""
    keys = take_placed(parts, "key")
    return keys if 0 < len(keys) <= 10_000 else refuse("none or more than 10,000 key entries")


def read_path(text: str) -> tuple[int, list[bytes]]:
    """`index <number>`, then at most 63 hashes."""
    first, *hashes = text.split("\n")[:-1] or [""]
    if not first.startswith("index ") or len(hashes) > 63:
        refuse("no index and at most 63 hashes")
    return number(first[6:]), [unbase64(one, 32) for one in hashes]


def check_first(report: Report, keys: Sequence[Placed], outside: Outside, *more: str) -> None:
    """Step 6: the first key entry is number 0, and the one known from outside."""
    check_fingerprint(report, leaf_hash(keys[0].leaf), outside.fingerprint, *more)
    for verdict in ("order", *more) if outside.fingerprint and keys[0].at else ():
        report.broken(verdict, "the first key entry is no genesis")


def check_note(report: Report, note: bytes, keys: Keys | None, size: int, where: str = "checkpoint") -> None:
    """Step 7, by the log keys in force at its size."""
    if keys is None:
        report.missing("order", "no log keys that hold over the checkpoint")
    else:
        report.judge("order", where, lambda: check_log_signatures(note, keys.log_at(size)))


def read_key_entry(placed: Placed, last: int, head: Head) -> Entry:
    """Steps 1 and 2 of a key entry: behind `last`, where the tree of the checkpoint has it."""
    entry = read_entry(placed.leaf)
    if entry.kind not in ("genesis", "key") or placed.at <= last:
        refuse("not a key entry of that number, ascending")
    check_place(entry, placed.at, placed.path, head)
    return entry


def key_history(keys: Sequence[Placed], head: Head, before: int, report: Report) -> Keys | None:
    """Step 5: the keys that those below `before` declare; each stands in the tree of the checkpoint."""
    history, last = Keys(head.origin), -1
    for placed in keys:
        try:
            entry = read_key_entry(placed, last, head)
            history = history.after(entry) if placed.at < before else history
        except Refused as exc:
            report.broken("origin", f"key entry {placed.at}: {exc}")
            return None
        last = placed.at
    return history


def check_place(entry: Entry, index: int, path: Sequence[bytes], head: Head) -> None:
    """Step 2."""
    if (entry.origin, entry.seq) != (head.origin, index):
        refuse("another origin or number than its proof has")
    check_path(entry.hash, index, head.size, path, head.root)


def compare_kept(report: Report, name: str, note: bytes, heads: Sequence[Head]) -> None:
    """Step 8: a proof holds one tree or two, so only a checkpoint of their size can be compared."""
    try:
        kept = head_of(note)
    except Refused as exc:
        report.broken("order", f"{name!a}: {exc}")
        return
    if kept in heads:
        return
    if kept.size in [head.size for head in heads]:
        report.broken("order", f"{name!a}: another head of the same size")
    else:
        report.missing("order", f"{name!a} is over {kept.size} entries, {heads[-1].size} here: it cannot be compared")


# ---- receipts [receipt.md, record.md] ----

Shown = tuple[str, object, bytes]  # name, value (None where withheld), SHA-256 of the line
SENDING = {"clock-reason", "event-time", "event-time-basis", "late-reason", "reference"}


def check_receipt(data: bytes, outside: Outside, report: Report) -> None:
    """A receipt, as far as it goes by itself."""
    report.skipped = [*UNSIGNED, "how terms are spelled"]
    try:
        keys, parts = read_receipt(data)
        entry, lines = read_entry(parts["entry"].encode()), read_record(parts["record"])
        proofs = read_proofs(parts.get("vrf"), lines)
        index, path, note = read_proof(parts["proof"])
        head = head_of(note)
    except Refused as exc:
        report.broken("integrity", str(exc))
        return
    check_first(report, keys, outside)
    report.missing("origin", "that no key entry was left out, the ledger alone shows")
    before = key_history(keys, head, entry.seq, report)
    check_note(report, note, key_history(keys, head, head.size, Report()), head.size)
    report.judge("order", "entry", lambda: check_place(entry, index, path, head))
    if before is not None:
        report.judge("origin", f"entry {entry.seq}", lambda: check_signature(entry, before.check_signer(entry)))
        report.judge("integrity", "vrf", lambda: check_tags(entry, lines, proofs, before))
    report.judge("integrity", "record", lambda: check_record(entry, lines))
    for name, kept in outside.kept:
        compare_kept(report, name, kept, [head])
    report.shown["integrity"] = f"what is shown is of the record that entry {entry.seq} commits to"
    report.shown["order"] = (
        f"entry {entry.seq} stands under checkpoint {head.size}, if the log keys shown are in force there"
    )
    report.missing("time", "no time stamp is in a receipt")
    report.missing("completeness", "no index is in a receipt")


def read_receipt(data: bytes) -> tuple[list[Placed], dict[str, str]]:
    """The key entries, and the other parts by name."""
    parts = cut_parts(data, "disclosure-vault/receipt/v1", MAX_RECEIPT)
    keys, parts = take_keys(parts), parts[::-1]
    wanted = ["entry", "record", *(["vrf"] if "vrf" in dict(parts) else []), "proof"]
    if [name for name, _ in parts] != wanted or ("vrf", "") in parts:
        refuse("other parts than key entries, entry, record, vrf, proof in this order")
    return keys, dict(parts)


def read_proof(text: str) -> tuple[int, list[bytes], bytes]:
    """A C2SP tlog-proof: index, path, checkpoint note. An `extra` line is passed over: nothing signs it."""
    head, _, note = text.partition("\n\n")
    name, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        unbase64(lines.pop(0)[6:]) or refuse("an extra line of nothing")
    if name != "c2sp.org/tlog-proof@v1":
        refuse("not a tlog-proof of version 1")
    return (*read_path("".join(f"{line}\n" for line in lines)), note.encode())


def read_record(text: str) -> list[Shown]:
    """A shown record [record.md, A record shown in part]."""
    if len(text.encode()) > 64 << 20:
        refuse("record: more than 67,108,864 bytes")
    lines = [read_shown(line) for line in text.split("\n")[:-1]]
    names = [name for name, _, _ in lines]
    check_names(names)
    terms = [value for name, value, _ in lines if name.startswith("term.") and value is not None]
    if len(set(terms)) != len(terms) or not all(isinstance(term, str) for term in terms):
        refuse("record: a term twice, or one that is no text")
    for name, value, _ in lines:
        last = name.rpartition(".")[2]
        if value is not None and (last == "sha256" or last.endswith("-sha256")):
            hex32(str(value))
        if value is not None and last == "name-bytes" and not is_no_utf8(unbase64(str(value))):
            refuse(f"record: {name} is UTF-8, and has to stand in clear")
        if value is not None and re.fullmatch(r"approval\.[0-9]+\.entry", name) and type(value) is not int:
            refuse(f"record: {name} is no number")
    return lines


def is_no_utf8(data: bytes) -> bool:
    """Whether these bytes are no text."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


def read_shown(line: str) -> Shown:
    """`= <the line>` or `- <name> <hash>`. Never a bare hash. [It stands for four lines, a recipient among them.]"""
    if line.startswith("- "):
        name, _, encoded = line[2:].partition(" ")
        return name, None, unbase64(encoded, 32)
    array: Any = None
    try:
        array = json.loads(line[2:]) if line.startswith("= ") else None
        again = json.dumps(array, ensure_ascii=False, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        refuse("record: a line that is no JSON")
    good = isinstance(array, list) and [type(part) for part in array[:2]] == [str, str] and len(array) == 3
    if (
        not good
        or len(again) > 16 << 20
        or again != line[2:].encode()
        or not re.fullmatch(r"[A-Za-z0-9+/]{21}[AQgw]==", array[0])
    ):
        refuse("record: a line that is not salt, name and value in their one spelling")
    value = array[2]
    if not isinstance(value, str | bool) and not (type(value) is int and 0 <= value < 2**53):
        refuse("record: a value that is no text, number or truth")
    return array[1], value, sha256(line[2:].encode())


def check_names(names: Sequence[str]) -> None:
    """Names, numbers without a gap, the three groups in their order [record.md, Names; Order and approval]."""
    numbers: dict[str, set[str]] = {}
    for name in names:
        if len(name) > 64 or not re.fullmatch(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)*", name):
            refuse("record: a line with no name")
        first = name.partition(".")[0]
        shape = {"term": r"term\.[0-9]+", "approval": r"approval\.[0-9]+\.[a-z][a-z0-9-]*"}.get(first)
        if shape and not re.fullmatch(shape, name):
            refuse(f"record: {name} is no term or approval")
        for match in re.finditer(r"\.([0-9]+)(?![a-z0-9-])", name):
            numbers.setdefault(name[: match.start()], set()).add(match[1])
    for prefix, found in numbers.items():
        gapless = found == set(map(str, range(1, len(found) + 1)))
        if not gapless or len(found) > {"item": 1000, "term": 1200}.get(prefix, len(found)):
            refuse(f"record: numbers of {prefix} with a gap, or too many")
    if any(f"approval.{one}.entry" not in names for one in numbers.get("approval", ())):
        refuse("record: an approval without its entry")
    groups = [3 if name in SENDING else 2 if name.startswith("approval.") else 1 for name in names]
    if len(set(names)) != len(names) or groups != sorted(groups) or groups[:1] != [1] or len(names) > 100_000:
        refuse("record: a name twice, or lines out of their order")


def check_record(entry: Entry, lines: Sequence[Shown]) -> None:
    """Step 10: the root over the leaf inputs is that of the entry, and there are as many terms as tags."""
    inputs = [f"{name}\n{base64.b64encode(hash_).decode()}\n".encode() for name, _, hash_ in lines]
    if root_of(inputs) != entry.record:
        refuse(f"not the record of entry {entry.seq}")
    terms = [value for name, value, _ in lines if name.startswith("term.")]
    if len(terms) != len(entry.tags):
        refuse(f"{len(terms)} terms, {len(entry.tags)} tags")
    for term in terms:
        if isinstance(term, str) and term.startswith("entry:") and number(term[6:]) >= entry.seq:
            refuse("it follows up an entry that is not before it")


def read_proofs(text: str | None, lines: Sequence[Shown]) -> list[tuple[str, int, bytes]]:
    """`term.<n> <generation> <proof>` for shown terms, in their order."""
    found = [(name, number(gen), unbase64(proof, 80)) for name, gen, proof in map(three, (text or "").split("\n")[:-1])]
    names = [name for name, _, _ in found]
    if names != [name for name, value, _ in lines if name in names and name.startswith("term.") and value is not None]:
        refuse("vrf: proofs of terms that are not shown, or out of their order")
    return found


def three(text: str) -> list[str]:
    """Three words."""
    return fields(text, 3)


def check_tags(entry: Entry, lines: Sequence[Shown], proofs: Sequence[tuple[str, int, bytes]], keys: Keys) -> None:
    """[Filed under another tag, it would be missing from the list of what went to this recipient.]"""
    values, proven = {name: value for name, value, _ in lines}, set()
    for name, generation, proof in proofs:
        if generation != len(keys.vrfs):
            refuse(f"{name}: not the generation in force at the entry")
        term = f"disclosure-vault/term/v1\n{values[name]}"
        tag = vrf_output(keys.vrfs[-1], term.encode(), proof)[:32]
        if tag not in entry.tags or tag in proven:
            refuse(f"{name}: not a tag of the entry, or that of another term")
        proven.add(tag)


# ---- consistency proofs [receipt.md, Consistency] ----


def check_prefix(old: Head, new: Head, hashes: Sequence[bytes]) -> None:
    """RFC 9162 section 2.1.4.2: the tree of `old` is the beginning of that of `new`; equal sizes have no hashes."""
    if not 0 < old.size <= new.size:
        refuse(f"from {old.size} to {new.size} entries nothing is proven")
    if old.size == new.size:
        if hashes or old.root != new.root:
            refuse("two roots of one size, or hashes between them")
        return
    way = [old.root, *hashes] if old.size & (old.size - 1) == 0 else list(hashes)
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = way.pop(0) if way else refuse("no hashes")
    for one in way:
        if last == 0:
            refuse("more hashes than the way to the root is long")
        if place & 1 or place == last:
            was, now = node_hash(one, was), node_hash(one, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = node_hash(now, one)
        place, last = place >> 1, last >> 1
    if last or (was, now) != (old.root, new.root):
        refuse("the old checkpoint is not the beginning of the new one")


def check_consistency(data: bytes, outside: Outside, report: Report) -> None:
    """That the ledger of one checkpoint is the beginning of that of another."""
    report.skipped = [*UNSIGNED]
    try:
        parts = cut_parts(data, "disclosure-vault/consistency/v1", MAX_CONSISTENCY)
        keys, notes = take_keys(parts), [take_part(parts, name).encode() for name in ("old", "new")]
        hashes = [unbase64(line, 32) for line in take_part(parts, "hashes").split("\n")[:-1]]
        old, new = map(head_of, notes)
        if parts:
            refuse("something behind the last part")
    except Refused as exc:
        report.broken("integrity", str(exc))
        return
    check_first(report, keys, outside)
    report.missing("origin", "that no key entry was left out, the ledger alone shows")
    history = key_history(keys, new, new.size, report)
    check_note(report, notes[1], history, new.size, "new checkpoint")
    check_note(report, notes[0], history, old.size, "old checkpoint")
    report.judge("order", "hashes", lambda: check_prefix(old, new, hashes))
    for name, kept in outside.kept:
        compare_kept(report, name, kept, [old, new])
    report.shown["integrity"] = "the proof is whole"
    report.shown["order"] = f"the {old.size} entries of the old checkpoint are the first of {new.size}"
    report.missing("time", "no time stamp is in a consistency proof")
    report.missing("completeness", "no index is in a consistency proof")


# ---- completeness proofs [completeness.md; index.md, Index proof] ----

KINDS = "genesis", "key", "disclosure"


class Under(NamedTuple):
    """An index proof: what is said to stand under a tag, none of it verified. A kind's tag has no term."""

    tag: bytes
    generation: int
    vrf: bytes
    term: str | None
    leaf: tuple[bytes, int, bytes] | None  # tag, count, R; None where the path ends in an absent child
    siblings: list[bytes]


class Complete(NamedTuple):
    """A completeness proof, none of it verified."""

    keys: list[Placed]
    indexed: Placed
    kinds: list[Under]
    terms: list[Under]
    listed: list[Placed]
    note: bytes


def read_under(data: bytes) -> Under:
    """An index proof in its one spelling, but for how terms are spelled."""
    lines = utf8(data, MAX_INDEX_PROOF).split("\n")[::-1]
    if lines.pop(0) or take_line(lines, "disclosure-vault/index-proof/v1"):
        refuse("index proof: not of version 1 in whole lines")
    tag, generation, proof, term = unbase64(take_line(lines, "tag "), 32), 0, b"", None
    if lines and lines[-1].startswith("vrf "):
        first, encoded = fields(take_line(lines, "vrf "), 2)
        generation, proof, term = number(first), unbase64(encoded, 80), take_line(lines, "term ")
        if not generation or not term or len(term.encode()) > 4096:
            refuse("index proof: generation 0, or a term of nothing or more than 4,096 bytes")
    leaf = None if lines and lines[-1] == "absent" and lines.pop() else read_leaf(take_line(lines, "leaf "))
    siblings = [unbase64(line, 32) for line in reversed(lines)]
    if len(siblings) > 255:
        refuse("index proof: more than 255 siblings")
    return Under(tag, generation, proof, term, leaf, siblings)


def take_line(lines: list[str], beginning: str) -> str:
    """What stands behind `beginning` in the next line, the last one of the list."""
    found = lines.pop() if lines else ""
    return found[len(beginning) :] if found.startswith(beginning) else refuse(f"no line `{beginning.strip()}`")


def read_leaf(text: str) -> tuple[bytes, int, bytes]:
    """Tag, count from 1, R."""
    tag, count, root = fields(text, 3)
    return unbase64(tag, 32), number(count) or refuse("index proof: a count of 0"), unbase64(root, 32)


def check_under(under: Under, root: bytes, shown: Sequence[Entry]) -> int:
    """How many stand under the tag in the index with this root; `shown` are all of them.

    Folded by the bits of the tag in question. [By the leaf's own, any leaf proves that any tag is absent.]
    """
    count = count_under(under, root)
    if count != len(shown):
        refuse(f"the index has {count} entries under this tag, {len(shown)} are shown")
    if under.leaf and count:
        if root_of([entry.hash for entry in shown]) != under.leaf[2]:
            refuse("other entries are shown than the index has under this tag")
        if not all(under.tag in (kind_tag(entry.kind), *entry.tags) for entry in shown):
            refuse("an entry is shown that does not carry the tag")
    return count


def count_under(under: Under, root: bytes) -> int:
    """How many stand under the tag in the index with this root."""
    depth = len(under.siblings)
    if depth and under.siblings[0] == bytes(32):
        refuse("the lowest sibling is absent")
    bits = f"{int.from_bytes(under.tag, 'big'):0256b}"[:depth]
    if under.leaf and f"{int.from_bytes(under.leaf[0], 'big'):0256b}"[:depth] != bits:
        refuse("a leaf that does not stand on the way to the tag")
    found = index_leaf(*under.leaf) if under.leaf else bytes(32)
    for bit, sibling in zip(reversed(bits), under.siblings, strict=True):
        found = sha256(b"\x03" + (sibling + found if bit == "1" else found + sibling))
    if found != root:
        refuse("the path does not lead to the root of the index")
    return under.leaf[1] if under.leaf and under.leaf[0] == under.tag else 0


def read_completeness(data: bytes) -> Complete:
    """The parts in their order, the index proofs of the kinds and terms in theirs."""
    parts = cut_parts(data, "disclosure-vault/completeness/v1", MAX_COMPLETENESS)
    keys, indexes = take_keys(parts), take_placed(parts, "index")
    kinds, terms = ([read_under(text.encode()) for text in take_all(parts, name)] for name in ("kind", "term"))
    listed, note = take_placed(parts, "entry"), take_part(parts, "checkpoint").encode()
    numbers = [placed.at for placed in listed]
    if parts or len(indexes) != 1 or numbers != sorted(set(numbers)) or any(len(one.leaf) > 65535 for one in listed):
        refuse("something behind the last part, not one index, or entries out of their order")
    if [(kind.tag, kind.term) for kind in kinds] != [(kind_tag(kind), None) for kind in KINDS]:
        refuse("not the index proofs of kinds genesis, key, disclosure")
    check_terms(terms)
    head_of(note)
    return Complete(keys, indexes[0], kinds, terms, listed, note)


def take_all(parts: Parts, name: str) -> list[str]:
    """All parts that come next under that name."""
    found = []
    while parts and parts[-1][0] == name:
        found.append(take_part(parts, name))
    return found


def check_terms(terms: Sequence[Under]) -> None:
    """1 to 1,000, ascending by their bytes, the generations of each from 1 on."""
    last: tuple[bytes, int] = (b"", 0)
    if not 0 < len(terms) <= 1000:
        refuse("none or more than 1,000 proofs of terms")
    for one in terms:
        if one.term is None:
            refuse("the proof of a term without its term")
        term = one.term.encode()
        if term < last[0] or one.generation != (last[1] + 1 if term == last[0] else 1):
            refuse("terms out of their order, or generations of the index key with a gap")
        last = term, one.generation


def check_completeness(data: bytes, outside: Outside, report: Report) -> None:
    """All that was filed under some terms, as far as the file shows it: not whether its index is true."""
    report.skipped = [*UNSIGNED, "how terms are spelled", "auditors: none is known to this program"]
    try:
        read = read_completeness(data)
    except Refused as exc:
        report.broken("integrity", str(exc))
        return
    head = head_of(read.note)
    check_first(report, read.keys, outside, "completeness")
    last = key_history(read.keys, head, head.size, report)
    check_note(report, read.note, last, head.size)
    listed, index = place_all(read.listed, head, report), place_all([read.indexed], head, report)
    if last is not None:
        check_signers(read.keys, [*(listed or ()), *(index or ())], last, report)
    for name, kept in outside.kept:
        compare_kept(report, name, kept, [head])
    if last is None or listed is None or not index:
        report.missing("completeness", "what is shown does not stand in the tree")
    else:
        check_lists(read, listed, index[0], last, report)
    for verdict in ("origin", "completeness"):
        report.missing(verdict, "index recomputed by nobody independent: no auditor is known to this program")
    report.missing("time", "no time stamp is in a completeness proof")
    report.shown["integrity"] = "the proof is whole"
    report.shown["order"] = f"what is shown stands under checkpoint {head.size}; of what came later it says nothing"
    if report.verdict("completeness")[0] == "BROKEN":
        report.remarks = []  # what contradicts itself says nothing


def place_all(shown: Sequence[Placed], head: Head, report: Report) -> list[Entry] | None:
    """Steps 1 and 2; None if one of them is not what the tree holds."""
    found = []
    for placed in shown:
        try:
            entry = read_entry(placed.leaf)
            check_place(entry, placed.at, placed.path, head)
        except Refused as exc:
            report.broken("order", f"entry {placed.at}: {exc}")
            return None
        found.append(entry)
    return found


def check_signed(entry: Entry, before: Keys) -> None:
    """Steps 3 and 4."""
    check_signature(entry, before.check_signer(entry))


def check_signers(keys: Sequence[Placed], shown: Sequence[Entry], last: Keys, report: Report) -> None:
    """Steps 3, 4 and 11, by the key entries below each entry; those hold."""
    before, declared = Keys(last.origin), [read_entry(placed.leaf) for placed in keys]
    rest = declared[::-1]
    for entry in sorted(shown, key=lambda one: one.seq):
        while rest and rest[-1].seq < entry.seq:
            before = before.after(rest.pop())
        if entry.kind not in ("genesis", "key"):
            report.judge("origin", f"entry {entry.seq}", partial(check_signed, entry, before))
    for name, first, revoked in last.revoked:
        for entry in (*declared, *shown):
            if first <= entry.seq < revoked and entry.signature.name == f"{last.origin}/{name}":
                report.missing("origin", f"entry {entry.seq}: its signer {name} was revoked later")


def check_lists(read: Complete, listed: Sequence[Entry], index: Entry, last: Keys, report: Report) -> None:
    """Step 15."""
    size = head_of(read.note).size
    if index.kind != "index" or index.seq + 1 != size:
        report.broken("completeness", f"entry {index.seq} is no index, or not the last entry of checkpoint {size}")
        return
    root, keys = index.head("index")[1], [read_entry(placed.leaf) for placed in read.keys]
    try:
        for kind, under in zip(KINDS[:2], read.kinds, strict=False):
            check_under(under, root, [entry for entry in keys if entry.kind == kind])
        disclosures = count_under(read.kinds[2], root)
    except Refused as exc:
        for verdict in ("origin", "completeness"):
            report.broken(verdict, f"kinds: {exc}")
        return
    for verdict in ("order", "completeness") if not disclosures else ():
        report.missing(verdict, "no disclosure at all")
    report.judge("completeness", "terms", lambda: check_filed(read, listed, root, last, report))


def check_filed(read: Complete, listed: Sequence[Entry], root: bytes, keys: Keys, report: Report) -> None:
    """Each term by each index key there is, and no entry shown that is under none of them."""
    by_tag: dict[bytes, list[Entry]] = {}
    for entry in listed:
        for tag in entry.tags:
            by_tag.setdefault(tag, []).append(entry)
    filed: dict[str, list[list[Entry]]] = {}
    for one in read.terms:
        if one.generation > len(keys.vrfs):
            refuse(f"{one.term!a}: a generation of the index key that there is not")
        alpha = f"disclosure-vault/term/v1\n{one.term}".encode()
        if vrf_output(keys.vrfs[one.generation - 1], alpha, one.vrf)[:32] != one.tag:
            refuse(f"{one.term!a}: another tag than the term has")
        shown = by_tag.get(one.tag, [])
        check_under(one, root, shown)
        filed.setdefault(str(one.term), []).append(shown)
    if any(len(lists) != len(keys.vrfs) for lists in filed.values()):
        refuse(f"a term without a proof for each of {len(keys.vrfs)} generations of the index key")
    if not {entry.seq for entry in listed} <= {e.seq for lists in filed.values() for one in lists for e in one}:
        refuse("an entry that is under none of the terms")
    for term, lists in filed.items():
        numbers = sorted({f"{entry.seq} {entry.kind}": entry.seq for one in lists for entry in one}.items(), key=second)
        said = ", ".join(name for name, _ in numbers) or "nothing was filed"
        report.remarks.append(f"the owner's index says of {term!a}: {said}")


def second(pair: tuple[str, int]) -> int:
    """Its number."""
    return pair[1]


# ---- the command ----

DESCRIPTION = "Check a ledger in tile form, a receipt, a consistency proof or a completeness proof."
PROOFS: dict[bytes, tuple[Callable[[bytes, Outside, Report], None], Sequence[str]]] = {
    b"disclosure-vault/receipt/v1": (check_receipt, VERDICTS[:2]),
    b"disclosure-vault/consistency/v1": (check_consistency, VERDICTS[:2]),
    b"disclosure-vault/completeness/v1": (check_completeness, (*VERDICTS[:3], "completeness")),
}


def tell(report: Report) -> None:
    """Print the verdicts and what was not checked. What is foreign was made ASCII before."""
    for verdict in VERDICTS:
        state, why = report.verdict(verdict)
        more = f" (and {len(why) - 1} more)" if len(why) > 1 else ""
        sys.stdout.write(f"{verdict:<12}  {state:<10}  {why[0]}{more}\n")
    sys.stdout.write(f"fingerprint   {report.fingerprint}\n")
    sys.stdout.write("".join(f"{what}\n" for what in report.remarks))
    sys.stdout.write("".join(f"skipped: {what}\n" for what in report.skipped))
    sys.stdout.write("No proof covers a disclosure that was never logged.\n")


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """What was asked."""
    parser = argparse.ArgumentParser("verify.py", description=DESCRIPTION)
    parser.add_argument("path", type=Path, help="a folder, or the file of a proof")
    parser.add_argument("--fingerprint", default="", help="64 hex digits that you got another way")
    parser.add_argument("--checkpoint", type=Path, action="append", default=[], metavar="FILE", help="one you kept")
    parser.add_argument("--tsa-root", type=Path, action="append", default=[], metavar="FILE", help="roots you trust")
    parser.add_argument("--require", default="", help="verdicts that have to be PROVEN")
    asked = parser.parse_args(words)
    asked.fingerprint = "".join(asked.fingerprint.split()).lower()
    asked.require = [one.strip() for one in asked.require.split(",") if one.strip()]
    if not re.fullmatch(r"([0-9a-f]{64})?", asked.fingerprint) or not set(asked.require) <= set(VERDICTS):
        parser.error("a fingerprint has 64 hex digits; verdicts are " + ", ".join(VERDICTS))
    return asked


def main(words: Sequence[str]) -> int:
    """Check, print, and return the exit code."""
    asked, report = arguments(words), Report()
    required = asked.require
    try:
        kept = [(str(path), read_file(path, MAX_CHECKPOINT)) for path in asked.checkpoint]
        outside = Outside(asked.fingerprint, kept, asked.tsa_root)
        if asked.path.is_file():
            data = read_file(asked.path, MAX_RECEIPT)
            first = data[:100].split(b"\n")[0]
            if first not in PROOFS:
                sys.stderr.write(f"error: {asked.path} is no proof that this program knows, and no folder\n")
                return 2
            check, usual = PROOFS[first]
            check(data, outside, report)
            required = required or usual
        else:
            check_ledger(asked.path, outside, report)
    except (Refused, NotThere, OSError) as exc:
        sys.stderr.write(f"error: {exc}\n")
        return 4 if isinstance(exc, NotThere) else 6 if isinstance(exc, OSError) else 1
    tell(report)
    states = {verdict: report.verdict(verdict)[0] for verdict in VERDICTS}
    proven = all(states[verdict] == "PROVEN" for verdict in required or VERDICTS[:3])
    return 0 if proven and "BROKEN" not in states.values() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
