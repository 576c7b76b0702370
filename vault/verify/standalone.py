#!/usr/bin/env python3
"""Checks what somebody gave you out of a Disclosure Vault. One file, standard library only, made to be read first.

    python3 -I verify.py PATH --policy FILE [--checkpoint FILE]... [--tsa-root FILE]... [--fingerprint 64_HEX_DIGITS]
                         [--require integrity,order,origin]

PATH is one of these, and what has to be PROVEN, unless --require says otherwise, stands behind it:

    a report bundle       folder or zip; read where it lies, never unpacked   integrity, order, origin
    a folder              a ledger in tile form, all entries of a vault       integrity, order, origin
    a receipt             one entry, and as much of its record as is shown    integrity, order
    a consistency proof   an old ledger is the beginning of a newer one       integrity, order
    a completeness proof  all that was filed under some terms, or that        integrity, order, origin, completeness
                          nothing was

What makes more of it than its owner's word comes from outside, never from the bundle itself, by these options:

    --policy       whom you believe: fingerprint, witnesses and how many of them, auditors, time-stamping authorities
    --fingerprint  the SHA-256 alone that names the ledger, from a letter, a contract, an earlier report
    --checkpoint   a checkpoint that you kept: it has to be of this ledger
    --tsa-root     root certificates (PEM or DER) of time-stamping authorities that you trust; needs `openssl`

It says five verdicts, each PROVEN, NOT PROVEN (something is missing) or BROKEN (something contradicts):

    integrity      the bytes are those that were committed to        order  one chain, one tree, seen by your witnesses
    origin         signed by whom the ledger lets, all keys known    time   there by when, by your authorities
    completeness   nothing that was filed is left out

and ends with 0 if nothing is BROKEN and what is required is PROVEN, 1 if not, 2 for wrong use, 4 where nothing is
there, 6 where it cannot be read.

What it skips it lists in each run: ML-DSA-44 signatures and cosignatures (their form alone is looked at; the Ed25519
line beside each is checked), records of a ledger, approvals that records name, pages and tables for people, and time
stamps where you name no authority or have no openssl.

It shares no code with the program that it checks, and was written from that program's format documents: entry.md,
ledger.md, ledger-tiles.md, index.md, anchors.md, record.md, receipt.md, completeness.md, policy.md, report.md. Names
and numbers of steps refer to them. It is long because it is one file. Read it from the top to the bottom: what is
asked, the verdicts, where files lie, how values are spelled, hashes and trees, notes, the policy, entries, whose
signature counts; then ledgers, time, proofs in files, report bundles; arithmetic on the curve comes last. It takes
Python 3.10 or newer, and about 2 ms and 8 kB an entry of a ledger (three minutes for 100,000), 12 ms a transmittal of
a report.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import bisect
import contextlib
import copy
import hashlib
import itertools
import json
import os
import re
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn, Protocol

VERDICTS = ("integrity", "order", "origin", "time", "completeness")
MAX_NUMBER = 2**63 - 1
MAX_CHECKPOINT, MAX_TOKEN, MAX_ENTRY, MAX_INDEX_PROOF = 262_144, 65_536, 65_535, 32_768  # bytes
MAX_RECEIPT, MAX_CONSISTENCY, MAX_COMPLETENESS = 100_990_976, 34_078_720, 64 << 20


# ---- what is asked ----


class Outside(NamedTuple):
    """What the verifier brings."""

    fingerprint: str
    kept: list[tuple[str, bytes]]  # checkpoints, by the names of their files
    roots: list[Path]
    policy: Policy | None = None


def main(words: Sequence[str]) -> int:
    """Check, print, and return the exit code."""
    asked, report = arguments(words), Report()
    try:
        kept = [(str(path), read_file(path, MAX_CHECKPOINT)) for path in asked.checkpoint]
        policy = take_policy(asked)
        fingerprint = policy.fingerprint if policy else asked.fingerprint
        usual = check(asked.path, Outside(fingerprint, kept, asked.tsa_root, policy), report)
    except (Misused, Refused, NotThere, OSError) as exc:
        sys.stderr.write(f"error: {exc}\n")
        return {Misused: 2, Refused: 1, NotThere: 4}.get(type(exc), 6)
    if not usual:
        sys.stderr.write(f"error: {asked.path} is no proof that this program knows, and no folder\n")
        return 2
    tell(report)
    states = {verdict: report.verdict(verdict)[0] for verdict in VERDICTS}
    proven = all(states[verdict] == "PROVEN" for verdict in asked.require or usual)
    return 0 if proven and "BROKEN" not in states.values() else 1


def take_policy(asked: argparse.Namespace) -> Policy | None:
    """The policy that was brought. One that cannot be read is none: nothing is judged by a part of it."""
    try:
        policy = read_policy(read_file(asked.policy, MAX_POLICY)) if asked.policy else None
    except Refused as exc:
        raise Misused(f"{asked.policy}: {exc}") from exc
    if policy and asked.fingerprint not in ("", policy.fingerprint):
        raise Misused("--fingerprint is another one than that of the policy")
    return policy


def check(path: Path, outside: Outside, report: Report) -> Sequence[str]:
    """Fill the report by what lies there, a folder or a file that says in its first line what it is.

    Returns what has to be PROVEN unless told otherwise; nothing for a file of no sort that is known.
    """
    if not path.is_file():
        source = Folder(path)
        if any(os.path.lexists(path / name) for name in (*BAG, "data")):
            check_bundle(source, outside, report)
        else:
            check_ledger(source, outside, report)
        return VERDICTS[:3]
    with path.open("rb") as file:
        if file.read(2) == b"PK":
            check_zip(file, outside, report)
            return VERDICTS[:3]
    data = read_file(path, MAX_RECEIPT)
    judge, usual = PROOFS.get(data[:100].split(b"\n")[0].decode("ascii", "replace"), (None, ()))
    if judge is not None:
        judge(data, outside, report)
    return usual


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """What was asked."""
    parser = argparse.ArgumentParser("verify.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("path", type=Path, help="a folder, or the file of a proof")
    parser.add_argument("--fingerprint", default="", help="64 hex digits that you got another way")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="whom you believe, in a file")
    parser.add_argument("--checkpoint", type=Path, action="append", default=[], metavar="FILE", help="one you kept")
    parser.add_argument("--tsa-root", type=Path, action="append", default=[], metavar="FILE", help="roots you trust")
    parser.add_argument("--require", default="", help="verdicts that have to be PROVEN")
    asked = parser.parse_args(words)
    asked.fingerprint = "".join(asked.fingerprint.split()).lower()
    asked.require = [one.strip() for one in asked.require.split(",") if one.strip()]
    if not re.fullmatch(r"([0-9a-f]{64})?", asked.fingerprint) or not set(asked.require) <= set(VERDICTS):
        parser.error("a fingerprint has 64 hex digits; verdicts are " + ", ".join(VERDICTS))
    return asked


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


# ---- what was found ----


class NotThere(Exception):
    """No such file."""


class Misused(Exception):
    """What was brought from outside is not what it has to be."""


class Refused(Exception):
    """What was read is not what the format says, or contradicts what was signed."""


def refuse(why: str) -> NoReturn:
    """Raise `Refused`."""
    raise Refused(why)


class Report:
    """Faults and what was shown. The worst fault decides a verdict; without any it is PROVEN only if shown."""

    def __init__(self) -> None:
        self.faults: list[tuple[str, str, str]] = []  # verdict, state, what
        self.shown: dict[str, str] = {}
        self.remarks: list[str] = []
        self.skipped: list[str] = ["ML-DSA-44 signatures and cosignatures (their form was checked)"]
        self.fingerprint = ""

    def broken(self, verdict: str, what: str) -> None:
        """Something contradicts."""
        self.faults.append((verdict, "BROKEN", what))

    def missing(self, verdict: str, what: str) -> None:
        """Something is not there."""
        self.faults.append((verdict, "NOT PROVEN", what))

    def judge(self, verdict: str, where: str, check_: Callable[..., object], *given: object) -> bool:
        """Whether `check_` refuses nothing, and finds what it needs."""
        try:
            check_(*given)
        except (Refused, NotThere) as exc:
            self.broken(verdict, f"{where}: {exc}")
            return False
        return True

    def verdict(self, verdict: str) -> tuple[str, list[str]]:
        """The state, and what it rests on, the worst first."""
        for state in ("BROKEN", "NOT PROVEN"):
            if found := [what for one, how, what in self.faults if (one, how) == (verdict, state)]:
                return state, found
        return ("PROVEN", [self.shown[verdict]]) if verdict in self.shown else ("NOT PROVEN", ["not looked at"])


def check_fingerprint(report: Report, first: tuple[int, bytes], expected: str, verdicts: Sequence[str]) -> None:
    """Step 6: number and hash of the genesis. The ledger itself declares all keys: only this ties them to somebody."""
    seq, hash_ = first
    report.fingerprint = hash_.hex()
    if not hash_:
        report.missing("origin", "no genesis can be read")
        return
    for verdict in verdicts:
        if not expected:
            report.missing(verdict, "no fingerprint from outside (--fingerprint): self-asserted")
        elif (seq, hash_.hex()) != (0, expected):
            report.broken(verdict, f"the fingerprint is {hash_.hex()}, of entry {seq}")


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


# ---- where files lie: in a folder, or below a name in one; zips come with the bundles ----


class Source(Protocol):
    """Where files are read from."""

    def read(self, name: str, limit: int) -> bytes:
        """A file of at most `limit` bytes; `NotThere`, `Refused`, OSError."""

    def names(self) -> Iterator[str]:
        """Of all files."""

    def blocks(self, name: str) -> Iterator[bytes]:
        """All of a file, piece by piece."""


class Folder:
    """Files by their names, parts joined by `/`, as they lie in a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, name: str, limit: int) -> bytes:
        """A file of at most `limit` bytes; `NotThere`, `Refused`, OSError."""
        return read_file(self.path / name, limit)

    def names(self) -> Iterator[str]:
        """Of all that is no folder; links are not entered."""

        def stop(exc: OSError) -> NoReturn:
            raise exc

        for parent, folders, files in os.walk(self.path, onerror=stop):
            links = [name for name in folders if Path(parent, name).is_symlink()]
            yield from (Path(parent, name).relative_to(self.path).as_posix() for name in files + links)

    def blocks(self, name: str) -> Iterator[bytes]:
        """All of a file, piece by piece."""
        with (self.path / name).open("rb") as file:
            while block := file.read(1 << 20):
                yield block


class Below:
    """What is below a name, which ends in `/`."""

    def __init__(self, source: Source, beginning: str) -> None:
        self.source, self.beginning = source, beginning

    def read(self, name: str, limit: int) -> bytes:
        """As above it."""
        return self.source.read(self.beginning + name, limit)

    def names(self) -> Iterator[str]:
        """Without what they begin with."""
        return (name[len(self.beginning) :] for name in self.source.names() if name.startswith(self.beginning))

    def blocks(self, name: str) -> Iterator[bytes]:
        """As above it."""
        return self.source.blocks(self.beginning + name)


# ---- how values are spelled: each in one way [entry.md] ----


def number(text: str, limit: int = MAX_NUMBER) -> int:
    """Decimal digits of ASCII, no sign, no leading zero."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text) or int(text) > limit:
        refuse(f"{text[:40]!a} is no number up to {limit}")
    return int(text)


def positive(text: str) -> int:
    """A number from 1."""
    return number(text) or refuse("0 where a number from 1 belongs")


def unbase64(text: str, size: int | None = None) -> bytes:
    """Standard base64 with padding."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        refuse(f"{text[:40]!a} is no base64")
    if base64.b64encode(data).decode() != text or size not in (None, len(data)):
        refuse(f"{text[:40]!a} is not {size} bytes in base64")
    return data


def hash32(text: str) -> bytes:
    """A root, a tag, a hash in base64."""
    return unbase64(text, 32)


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


def fields(text: str, *readers: Callable[[str], Any]) -> list[Any]:
    """As many words as readers, each behind one space, as they read them."""
    found = text.split(" ")
    if len(found) != len(readers):
        refuse(f"{text[:40]!a} has not {len(readers)} fields")
    return [reader(word) for reader, word in zip(readers, found, strict=True)]


def all_lines(text: str) -> list[str]:
    """Lines that each end in LF, without it."""
    *lines, rest = text.split("\n")
    return lines if not rest else refuse("no line feed at its end")


def utc(text: str) -> datetime:
    """An existing moment, with six decimals."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", text):
        refuse(f"{text[:40]!a} is no time like 2026-11-22T17:39:28.123456Z")
    try:
        return datetime.fromisoformat(f"{text[:-1]}+00:00")
    except ValueError:
        refuse(f"{text} is no existing time")


PLAIN_TERM = re.compile(
    r"(?:party|subject):[a-z][a-z0-9-]*:[A-Z0-9]+|document:[0-9a-f]{64}|class:[a-z][a-z0-9-]{0,63}|entry:(?P<seq>\d+)",
    re.ASCII,
)
NAMING_TERM = re.compile(r"(?:party|subject)-name:(?:[A-Z]{2}|-):(.+)|matter:([^:]+):(.+)", re.DOTALL)


def term(text: str) -> str:
    """A term in its one spelling [entry.md, Terms and tags]. [Under another one, whatever was filed seems absent.]"""
    plain, naming = PLAIN_TERM.fullmatch(text), NAMING_TERM.fullmatch(text)
    if len(text.encode()) > 4096 or not (plain or naming):
        refuse(f"{text[:80]!a} is no term")
    if plain and plain["seq"]:
        number(plain["seq"])
    for name in naming.groups() if naming else ():
        if name is not None and not is_folded(name):
            refuse(f"{text[:80]!a} is not in its one spelling")
    return text


def is_folded(name: str) -> bool:
    """Whether a name is spelled as its term has to be. One with a character of a later Unicode is taken as it is."""
    sorts = {unicodedata.category(char) for char in name if char not in "\u200c\u200d"}
    if sorts & {"Cc", "Cf", "Co", "Cs"} or any(ord(x) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(x) <= 0xFDEF for x in name):
        return False
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "Cn" in sorts or " ".join(folded.split()) == name


# ---- hashes and trees [RFC 6962; index.md] ----


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


def left_part(size: int) -> int:
    """The largest power of two below `size`: so many leaves are on the left."""
    return 1 << (size - 1).bit_length() - 1


def climbed(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root of a tree of `size` leaves in which this leaf hash has this place; the path has the lowest first."""
    if size == 1 or not path:
        return leaf if size == 1 and not path else refuse("the path is too long or too short")
    left, (*lower, sibling) = left_part(size), path
    if index < left:
        return node_hash(climbed(leaf, index, left, lower), sibling)
    return node_hash(sibling, climbed(leaf, index - left, size - left, lower))


def check_path(leaf: bytes, index: int, path: Sequence[bytes], head: Head) -> None:
    """RFC 9162 section 2.1.3.2: this leaf hash is number `index` under the checkpoint."""
    if index >= head.size or climbed(leaf, index, head.size, path) != head.root:
        refuse("the path does not lead to the root of the checkpoint")


def both_roots(known: bytes, old: int, new: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots over the first `old` and over all `new` leaves of a subtree, by a consistency proof, lowest hash first.

    `known` is the root of the old tree as long as the subtree begins where that does, so that it is not in the proof.
    """
    if old == new:
        found = [known, *hashes] if known else list(hashes)
        return (found[0], found[0]) if len(found) == 1 else refuse("too many hashes, or too few")
    if not hashes:
        refuse("too few hashes")
    left, (*lower, sibling) = left_part(new), hashes
    if old <= left:
        first, second = both_roots(known, old, left, lower)
        return first, node_hash(second, sibling)
    first, second = both_roots(b"", old - left, new - left, lower)
    return node_hash(sibling, first), node_hash(sibling, second)


def check_prefix(old: Head, new: Head, hashes: Sequence[bytes]) -> None:
    """RFC 9162 section 2.1.4.2: the tree of `old` is the beginning of that of `new`."""
    if old.origin != new.origin or not 0 < old.size <= new.size:
        refuse(f"{old.size} entries of {old.origin!a} are no beginning of {new.size} of {new.origin!a}")
    if both_roots(old.root, old.size, new.size, hashes) != (old.root, new.root):
        refuse("the old checkpoint is over no beginning of what the new one is over")


def kind_tag(kind: str) -> bytes:
    """The tag under which all entries of a kind stand."""
    return sha256(b"disclosure-vault/kind/v1\n" + kind.encode())


def index_leaf(tag: bytes, count: int, root: bytes) -> bytes:
    """SHA-256(0x02 || tag || count || R)."""
    return sha256(b"\x02" + tag + count.to_bytes(8, "big") + root)


def index_node(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x03 || left || right)."""
    return sha256(b"\x03" + left + right)


def bit(tag: bytes, depth: int) -> int:
    """Bit number `depth` of a tag, the most significant one of the first byte being number 0."""
    return tag[depth // 8] >> 7 - depth % 8 & 1


ABSENT = bytes(32)  # a subtree without any tag


class Index:
    """What stands under each tag; `root` makes the root over all of it anew, one or two hashes a tag."""

    def __init__(self) -> None:
        self.lists: dict[bytes, Tree] = {}

    def add(self, kind: str, tags: Sequence[bytes], leaf: bytes) -> None:
        """Take in an entry by its leaf hash."""
        for tag in {kind_tag(kind), *tags}:
            self.lists.setdefault(tag, Tree()).add(leaf_hash(leaf))

    def root(self) -> bytes:
        """A subtree of a single tag is that tag's leaf, at whatever depth."""
        return self.over(sorted(self.lists), 0)

    def over(self, tags: Sequence[bytes], depth: int) -> bytes:
        """The hash over these tags, which share their first `depth` bits."""
        if not tags:
            return ABSENT
        if len(tags) == 1:
            tree = self.lists[tags[0]]
            return index_leaf(tags[0], len(tree), tree.root(len(tree)))
        middle = bisect.bisect_left(tags, 1, key=lambda tag: bit(tag, depth))
        return index_node(self.over(tags[:middle], depth + 1), self.over(tags[middle:], depth + 1))


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
    return text + "\n", [signature_line(line) for line in all_lines(lines)]


def head_of(note: bytes) -> Head:
    """What a checkpoint note says: origin, size, root and nothing more. No signature is verified."""
    lines = open_note(note, MAX_CHECKPOINT)[0].split("\n")
    if len(lines) != 4:
        refuse("a checkpoint has three lines")
    head = Head(key_name(lines[0]), number(lines[1]), hash32(lines[2]))
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


# ---- the verifier's policy [policy.md; C2SP tlog-policy and tlog-cosignature] ----

MAX_POLICY, MAX_QUORUM, MAX_ROOT = 2 << 20, 1 << 20, 16_384  # bytes
YEAR_9999 = 253_370_764_800  # POSIX seconds: later times are none
CLOCKS = timedelta(seconds=60)  # how far a witness's clock may be off


class Policy(NamedTuple):
    """Whom the verifier believes."""

    fingerprint: str
    auditors: list[Key]
    roots: list[bytes]  # of time-stamping authorities, DER
    logs: list[Key]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, list[str]]]  # how many of whom
    quorum: str


class Seen(NamedTuple):
    """What the cosignatures on a checkpoint come to."""

    missing: str  # nothing where the quorum is met
    complete: int | None  # when it was, POSIX seconds
    witnesses: list[str]  # that count
    auditors: list[str]  # that count

    def stamps(self, size: int) -> list[Stamp]:
        """An upper bound for what the checkpoint covers. [One of three that count together back-dates.]"""
        if self.complete is None or self.missing:
            return []
        moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=self.complete)  # noqa: UP017
        return [Stamp(NAMELESS, size, moment - CLOCKS, moment + CLOCKS, lambda _: "")]


def read_policy(data: bytes) -> Policy:
    """A policy in its one spelling, the C2SP part behind the first empty line."""
    head, found, rest = data.partition(b"\n\n")
    lines = utf8(head, MAX_POLICY).split("\n")[::-1]
    if not found or len(data) > MAX_POLICY or len(rest) > MAX_QUORUM or lines.pop() != "disclosure-vault/policy/v1":
        refuse("policy: not disclosure-vault/policy/v1, an empty line and a C2SP policy behind it")

    def take(word: str) -> list[str]:
        found = []
        while lines and lines[-1].startswith(f"{word} "):
            found.append(lines.pop()[len(word) + 1 :])
        return found

    fingerprints = [hex32(text) for text in take("fingerprint")]
    auditors, roots = [vkey(text) for text in take("auditor")], [certificate(text) for text in take("tsa")]
    quorum = read_quorum(rest, head.count(b"\n") + 3)
    keys = [key.public for key in auditors]
    if lines or len(fingerprints) != 1 or len(auditors) > 32 or len(roots) > 32 or len(set(roots)) < len(roots):
        refuse("policy: a fingerprint, then up to 32 different auditors, then up to 32 different roots, nothing else")
    if len(set(keys)) < len(keys) or any(key.kind == ED25519 for key in auditors):
        refuse("policy: an auditor twice, or with a key that is no cosigner's")
    if {key.public for key in quorum[0]} & set(keys):
        refuse("policy: a log that is its own auditor")
    return Policy(fingerprints[0], auditors, roots, *quorum)


def certificate(text: str) -> bytes:
    """DER of one certificate: as long as it says, no more is looked at here."""
    data = unbase64(text)
    whole = len(data) > 4 and data[:2] == b"\x30\x82" and int.from_bytes(data[2:4], "big") == len(data) - 4 > 255
    short = len(data) > 3 and data[:2] == b"\x30\x81" and data[2] == len(data) - 3 > 127
    tiny = len(data) > 2 and data[0] == 0x30 and data[1] == len(data) - 2 < 128
    return data if (whole or short or tiny) and len(data) <= MAX_ROOT else refuse("policy: a root that is no DER")


def read_quorum(data: bytes, first: int = 1) -> tuple[list[Key], dict[str, Key], dict[str, tuple[int, list[str]]], str]:
    """The C2SP part, from line `first` of the file on: logs, witnesses, groups, the quorum."""
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        refuse("policy: not UTF-8")
    if lines.pop() or re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data):
        refuse("policy: a control character, or a last line that does not end")
    logs, witnesses, groups, quorum = list[Key](), dict[str, Key](), dict[str, tuple[int, list[str]]](), list[str]()
    members: set[str] = set()
    for at, line in enumerate(lines, first):
        words = re.findall(r"[^ \t]+", line)
        names = {*witnesses, *groups}
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log" and len(words) in (2, 3):
            logs.append(vkey(words[1]))
        elif words[0] == "witness" and len(words) in (3, 4) and words[1] not in {"none", *names}:
            witnesses[words[1]] = vkey(words[2])
        elif words[0] == "group" and len(words) > 3 and words[1] not in {"none", *names}:
            groups[words[1]] = read_group(words[2:], names - members)
            members |= set(words[3:])
        elif words[0] == "quorum" and len(words) == 2 and not quorum and words[1] in {"none", *names}:
            quorum.append(words[1])
        else:
            refuse(f"policy, line {at}: {line[:60]!a} cannot stand there")
    keys = [key.public for key in (*logs, *witnesses.values())]
    kinds = {key.kind for key in logs} - {ED25519, ML_DSA} or {key.kind for key in witnesses.values()} & {ED25519}
    if len(quorum) != 1 or len(set(keys)) < len(keys) or kinds or max(map(len, (logs, witnesses, groups))) > 256:
        refuse("policy: no quorum, a key twice or of another kind, or too many lines")
    return logs, witnesses, groups, quorum[0]


def read_group(words: Sequence[str], free: Collection[str]) -> tuple[int, list[str]]:
    """How many of whom; each a name of a line before that is in no group yet. [One witness counts twice.]"""
    many, *its = words
    if not set(its) <= set(free) or len(set(its)) < len(its):
        refuse(f"policy: a group of {its[0][:40]!a} and others that are not there, or that are members already")
    return positive(str(number({"any": "1", "all": str(len(its))}.get(many, many), len(its)))), its


def cosigned(note: bytes, policy: Policy, own: Collection[bytes] = ()) -> Seen:
    """Step 14, of a checkpoint that is the ledger's; `own` are log keys that it declared at any time.

    One line that does not hold refuses the note. ML-DSA-44 is looked at by nobody here, and counts for nobody.
    """
    text, lines = open_note(note, MAX_CHECKPOINT)
    origin = text.split("\n")[0]

    def oldest(key: Key) -> int | None:
        """When it cosigned: the oldest of its lines that count."""
        times = []
        for line in (one for one in lines if (one.name, one.id) == (key.name, key.id) and key.kind == ED25519_COSIGNER):
            moment = int.from_bytes(line.value[:8], "big")
            signed = f"cosignature/v1\ntime {moment}\n{text}".encode()
            if len(line.value) != 72 or moment >= 1 << 63 or not verify(key.public, signed, line.value[8:]):
                refuse(f"the cosignature of {key.name!a} does not hold")
            if 0 < moment < YEAR_9999 and key.public not in own and not named_after(key.name, origin):
                times.append(moment)
        return min(times, default=None)

    by_log = [key for key in policy.logs if key.name == origin]
    for key in by_log:
        found = [one.value for one in lines if (one.name, one.id) == (key.name, key.id) and key.kind == ED25519]
        if not all(verify(key.public, text.encode(), value) for value in found):
            refuse(f"the signature of log {key.name!a} does not hold")
    signed_by = [key for key in by_log if (key.name, key.id) in [(one.name, one.id) for one in lines]]
    times = {name: at for name, key in policy.witnesses.items() if (at := oldest(key)) is not None}
    auditors = [key.name for key in policy.auditors if oldest(key) is not None]
    missing, complete = "", None
    if policy.quorum != "none":
        complete = next((at for at in sorted(times.values()) if meets(policy, policy.quorum, times, at)), None)
        missing = f"the quorum {policy.quorum!a} is not met by {sorted(times)}" if complete is None else ""
    if policy.logs and not signed_by:
        missing, auditors = "no log of the policy has signed it", []
    return Seen(missing, complete, sorted(times), auditors)


def named_after(name: str, origin: str) -> bool:
    """Whether a key is the log's or a member's by its name."""
    return name == origin or name.startswith(f"{origin}/")


def meets(policy: Policy, name: str, times: dict[str, int], at: int) -> bool:
    """Whether a witness, or enough of a group, has cosigned by a moment."""
    if name in policy.witnesses:
        return name in times and times[name] <= at
    many, members = policy.groups[name]
    return sum(meets(policy, one, times, at) for one in members) >= many


def judge_cosigned(report: Report, where: str, note: bytes, policy: Policy, keys: Keys) -> Seen | None:
    """The same; a line that does not hold is order BROKEN, since the note is refused."""
    try:
        return cosigned(note, policy, [key.public for _, *pair in keys.logs for key in pair])
    except Refused as exc:
        report.broken("order", f"{where}: {exc}")
        return None


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
WITH_RECORD = {
    "party", "subject", "matter", "request", "outcome", "disclosure", "correction", "receipt", "notice", "nil-return",
    "hold", "erasure", "reseal", "export", "report",
}  # fmt: skip
KEY_KINDS, BOOKKEEPING = ("genesis", "key"), ("index", "anchor", "backup")
CUSTODIAN, KEEPERS, WRITERS = {"custodian"}, {"checkpointer", "custodian"}, {"recorder", "reader", "custodian"}
SIGNERS = dict.fromkeys((*KEY_KINDS, "erasure", "policy", "hold"), CUSTODIAN) | dict.fromkeys(BOOKKEEPING, KEEPERS)


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

    @property
    def signer(self) -> str:
        """m2."""
        return self.signature.name.rpartition("/")[2]

    def all(self, keyword: str) -> list[str]:
        """What stands behind this keyword."""
        return [rest for word, rest in self.lines if word == keyword]

    def head(self, keyword: str) -> tuple[int, bytes]:
        """The size and the root of an `index` or `checkpoint` line."""
        size, root = fields(self.all(keyword)[0], number, hash32)
        return size, root


def read_entry(leaf: bytes) -> Entry:
    """Step 1 [ledger.md]."""
    match = ENTRY.fullmatch(leaf.decode("utf-8", "replace")) if len(leaf) <= MAX_ENTRY else None
    if match is None or len(match["name"]) > 255:
        refuse("not spelled as an entry of version 1, with one signature")
    tags = tuple(hash32(line[4:]) for line in all_lines(match["tags"] or ""))
    lines = tuple((word, rest) for word, _, rest in (x.partition(" ") for x in all_lines(match["lines"] or "")))
    seq, kind, previous = number(match["seq"]), match["kind"], hash32(match["previous"])
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
        match["origin"], seq, kind, utc(match["time"]), hash32(match["record"]) if match["record"] else b"", tags,
        lines, previous, Line(match["name"], signed[:4], signed[4:]), leaf[: leaf.rindex(b"\n\n") + 1], leaf_hash(leaf),
    )  # fmt: skip


N, HEX, KEY = r"(?:0|[1-9][0-9]{0,18})", r"[0-9a-f]{64}", r"[!-~]+"  # a number, a SHA-256, a vkey
RECIPIENT = r"age1(?:[02-9ac-hj-np-z]{58}|pq1[02-9ac-hj-np-z]{1952})"
TOGETHER = ("custodian", "recorder", "reader", "checkpointer")  # roles, in their order; an auditor stands alone
ROLES = "|".join(["auditor", *(",".join(x) for n in (1, 2, 3, 4) for x in itertools.combinations(TOGETHER, n))])
SPELLED = {
    "log": KEY, "vrf": f"{N} {HASH}", "member": f"{MEMBER} (?:{ROLES}) {KEY} {RECIPIENT}", "remove": MEMBER,
    "revoke": f"{MEMBER} {N}", "keyring": HEX, "continues": f"{HEX} (?!0 ){N} {HASH}", "index": f"{N} {HASH}",
    "checkpoint": f"{N} {HASH}", "token": HEX, "cosignature": ".+", "worm": ".+", "rule": "[a-z][a-z0-9.-]{0,63} .+",
    "size": N, "objects": f"{N} {HEX}", "drill": "ok|failed", "approves": HASH,
}  # fmt: skip
NUMBERED = {"vrf": 0, "revoke": 1, "continues": 1, "index": 0, "checkpoint": 0, "size": 0, "objects": 0}  # which field
ONE, MAYBE, MANY = (1,), (0, 1), range(1001)
GRAMMAR: dict[str, dict[str, Collection[int]]] = {  # kinds with public lines: which, in this order, and how many
    "genesis": {"log": (2,), "vrf": ONE, "member": ONE, "keyring": ONE, "continues": MAYBE},
    "key": {"log": (0, 2), "vrf": MAYBE, "member": MANY, "remove": MANY, "revoke": MANY, "keyring": ONE},
    "index": {"index": ONE},
    "anchor": {"checkpoint": ONE, "token": MANY, "cosignature": MANY, "worm": MANY},
    "policy": {"rule": range(1, 1001)},
    "backup": {"size": ONE, "objects": ONE, "drill": MAYBE},
    "approval": {"approves": ONE},
}


def check_lines(kind: str, seq: int, lines: Sequence[tuple[str, str]]) -> None:
    """The lines of the table in its order, as often as it says, sorted; of an unknown kind only the form is known."""
    if kind not in GRAMMAR:
        return None if "cosignature" not in dict(lines) else refuse("cosignature lines in another kind")
    wanted = GRAMMAR[kind]
    for keyword, counts in wanted.items():
        order = [line_order(keyword, rest) for word, rest in lines if word == keyword]
        if len(order) not in counts or order != sorted(set(order)):
            refuse(f"lines `{keyword}` of a {kind}: too few, too many, or not sorted")
    if [word for word, _ in lines] != sorted((word for word, _ in lines if word in wanted), key=list(wanted).index):
        refuse(f"a {kind} with other lines, or in another order")
    size = number(lines[0][1].split(" ")[0]) if kind in BOOKKEEPING else seq
    if (kind == "index" and size != seq) or (kind in ("anchor", "backup") and not 0 < size <= seq):
        refuse(f"{kind} over {size} entries")
    return refuse("an anchor of nothing") if kind == "anchor" and len(lines) == 1 else None


def line_order(keyword: str, text: str) -> int | str:
    """What lines of this keyword are sorted by, of one that is spelled as it has to be."""
    if not re.fullmatch(SPELLED[keyword], text):
        refuse(f"a line `{keyword}` that is not spelled like one")
    words = text.split(" ")
    if keyword in NUMBERED:
        number(words[NUMBERED[keyword]])
    if keyword == "cosignature" and len(signature_line(text).value) not in COSIGNED:
        refuse("cosignature: not of 72 or 2,428 bytes")
    if keyword == "member" and vkey(words[2]).kind != ED25519:
        refuse("member: not an Ed25519 key")
    if keyword == "log":
        kind = vkey(text).kind
        return kind if kind in (ED25519, ML_DSA) else refuse("log: not an Ed25519 or ML-DSA-44 key")
    if keyword in ("member", "remove", "revoke"):
        return int(words[0][1:])
    return words[0] if keyword == "rule" else text


# ---- key history [ledger.md, Key history; entry.md, Whose signature counts] ----


class Member(NamedTuple):
    """Who is present, and what for."""

    roles: frozenset[str]
    key: Key
    recipient: str


def read_member(text: str) -> tuple[str, Member]:
    """Of a `member` line: his number, and what he is."""
    name, roles, key, recipient = fields(text, str, str, vkey, str)
    return name, Member(frozenset(roles.split(",")), key, recipient)


class Keys:
    """Members, log keys, index keys as the ledger declares them, after some entries."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.members: dict[str, Member] = {}
        self.joined = 0
        self.logs: list[tuple[int, Key, Key]] = []  # declared by entry, Ed25519, ML-DSA-44
        self.vrfs: list[tuple[int, bytes]] = []  # declared by entry, index key; by generation, from 1
        self.keyring = ""
        self.revoked: list[tuple[str, int, int]] = []  # member, from entry, declared by entry
        self.used: set[bytes] = set()

    def log_at(self, size: int) -> tuple[Key, Key]:
        """The log keys that sign a checkpoint of `size` entries: those in force after entry size - 1."""
        found = [keys for declared, *keys in self.logs if declared < size]
        return (found[-1][0], found[-1][1]) if found else refuse(f"no log keys are declared before size {size}")

    def signer(self, entry: Entry) -> Key:
        """Step 3: a member present before the entry, with a role that its kind asks for, and his key's id."""
        if entry.kind == "genesis":
            if self.joined:
                refuse("a second genesis")
            member = read_member(entry.all("member")[0])[1]
        else:
            member = self.members.get(entry.signer) or refuse(f"signed by {entry.signer}, no member at this point")
            if not member.roles & SIGNERS.get(entry.kind, WRITERS):
                refuse(f"{entry.signer} may not sign a {entry.kind}")
        if (entry.signature.name, entry.signature.id) != (member.key.name, member.key.id):
            refuse(f"signed under another key than that of {member.key.name!a}")
        return member.key

    def after(self, entry: Entry) -> Keys:
        """Step 5: the state after a genesis or key entry. All of its lines hold, or it is refused."""
        after = copy.copy(self)
        for name, value in vars(self).items():
            setattr(after, name, copy.copy(value))
        after.take(entry)
        return after if vars(after) != vars(self) else refuse("a key entry that changes nothing")

    def take(self, entry: Entry) -> None:
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
            self.take_vrf(entry.seq, *fields(text, number, hash32))
        for text in entry.all("member"):
            self.take_member(*read_member(text))
        for name in entry.all("remove"):
            if self.members.pop(name, None) is None:
                refuse(f"{name}, who is removed, is not present")
        for text in entry.all("revoke"):
            self.take_revocation(entry, *fields(text, str, number))
        self.keyring = entry.all("keyring")[0]
        if not any("custodian" in member.roles for member in self.members.values()):
            refuse("no custodian is left")

    def take_vrf(self, seq: int, generation: int, key: bytes) -> None:
        """The index key of the next generation."""
        if generation != len(self.vrfs) + 1 or good_point(key) is None:
            refuse(f"index key of generation {generation}: not the next one, or no point of prime order")
        self.claim(key)
        self.vrfs.append((seq, key))

    def take_member(self, name: str, member: Member) -> None:
        """He joins with the next number, or has other roles from here on."""
        known = self.members.get(name)
        if member.key.name != f"{self.origin}/{name}":
            refuse(f"the key of {name} is named {member.key.name!a}")
        if known is None:
            self.joined += 1
            if name != f"m{self.joined}":
                refuse(f"{name} joins as number {self.joined}")
            self.claim(member.key.public, member.recipient.encode())
        elif known._replace(roles=member.roles) != member or known.roles == member.roles:
            refuse(f"{name} gets another key, or no other roles")
        self.members[name] = member

    def take_revocation(self, entry: Entry, name: str, first: int) -> None:
        """[By himself: the statement that a key cannot be trusted would rest on that key.]"""
        if int(name[1:]) > self.joined or first > entry.seq or name == entry.signer:
            refuse(f"{name} is revoked who never joined, from later on, or by himself")
        self.members.pop(name, None)
        self.revoked.append((name, first, entry.seq))

    def claim(self, *keys: bytes) -> None:
        """[One key under two names approves what it recorded.]"""
        for key in keys:
            if key in self.used:
                refuse("a key that was declared before")
            self.used.add(key)


class Signers:
    """Judges who signed, entry after entry in the order of the ledger, and remembers it: a revocation reaches back."""

    def __init__(self, origin: str) -> None:
        self.keys = Keys(origin)
        self.signed: dict[str, list[int]] = {}  # by whom: which entries

    def check(self, at: int, entry: Entry) -> None:
        """Steps 3 and 4."""
        key = self.keys.signer(entry)
        if not verify(key.public, entry.text, entry.signature.value):
            refuse(f"the signature of {key.name!a} does not hold")
        self.signed.setdefault(entry.signer, []).append(at)

    def judge(self, at: int, entry: Entry) -> None:
        """Steps 3 to 5: what a key entry declares counts from the next entry on."""
        self.check(at, entry)
        if entry.kind in KEY_KINDS:
            self.keys = self.keys.after(entry)

    def name_revoked(self, report: Report) -> None:
        """Step 11."""
        for name, first, declared in self.keys.revoked:
            for at in self.signed.get(name, []):
                if first <= at < declared:
                    report.missing("origin", f"entry {at}: its signer {name} was revoked later")


# ---- a ledger in tile form [ledger-tiles.md; ledger.md, What a verifier does] ----


class Ledger:
    """Where it lies, the entries followed so far, and the report."""

    def __init__(self, source: Source, note: bytes, claimed: Head, outside: Outside, report: Report) -> None:
        self.source, self.note, self.claimed, self.outside, self.report = source, note, claimed, outside, report
        self.tree, self.index, self.signers = Tree(), Index(), Signers(claimed.origin)
        self.last = sha256(b"")
        self.indexes = self.index_end = 0
        self.transmittals: list[int] = []
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
            if (entry.origin, entry.seq, entry.previous) != (self.claimed.origin, at, self.last):
                said = f"number {entry.seq} of {entry.origin!a}, behind {entry.previous.hex()}"
                self.report.broken("order", f"entry {at}: it says {said}, not what its place and the one before it say")
            self.report.judge("origin", f"entry {at}", self.signers.judge, at, entry)
            self.note_down(at, entry)
        self.last = hash_
        self.tree.add(hash_)

    def note_down(self, at: int, entry: Entry) -> None:
        """What later steps need; and step 15, the index."""
        self.transmittals += [at] if entry.kind == "disclosure" else []
        if entry.kind not in BOOKKEEPING:
            self.news.append(at)
            self.unindexed.append(at)
        if entry.kind == "index" and entry.lines:
            self.indexes += 1
            self.unindexed, self.index_end = [], at + 1
            if entry.head("index") != (at, self.index.root()):
                self.report.broken("completeness", f"entry {at}: another index root than that over the entries before")
        if entry.kind == "anchor" and entry.lines:
            self.anchors.append((entry.seq, *entry.head("checkpoint"), entry.all("token")))
        self.index.add(entry.kind, entry.tags, entry.hash)

    def head(self, size: int) -> Head:
        """What a checkpoint over the first `size` entries has to say; no root for more than there are."""
        return Head(self.claimed.origin, size, self.tree.root(size) if size <= len(self.tree) else b"")

    def check_head(self, note: bytes, size: int) -> None:
        """A checkpoint is over the first `size` entries."""
        if head_of(note) != self.head(size):
            refuse("another head than the ledger had")


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


def read_tile(source: Source, level: str, place: int, width: int) -> list[bytes]:
    """Entries or hashes. Of a partial tile that is not there, the beginning of the full one."""
    whole = width
    try:
        data = source.read(tile_name(level, place, width), 256 * 65537)
    except NotThere:
        if width == 256:
            raise
        data, whole = source.read(tile_name(level, place, 256), 256 * 65537), 256
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
            leaves = read_tile(ledger.source, "entries", place, width)
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
            ledger.report.judge("integrity", name, check_tile, ledger.source, str(level // 8), place, part)


def check_tile(source: Source, level: str, place: int, hashes: Sequence[bytes]) -> None:
    """A tile is of these hashes, or of the entries that have them."""
    found = read_tile(source, level, place, len(hashes))
    if ([leaf_hash(one) for one in found] if level == "entries" else found) != hashes:
        refuse("not the hashes of what is below it, or not the beginning of the tile that it became")


def check_files(ledger: Ledger) -> None:
    """Step 13: what lies there besides. [Somebody puts an older checkpoint back: what was logged since is hidden.]"""
    pattern = re.compile(r"tile/(entries|[0-7])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)
    for name in ledger.source.names():
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
            # A partial tile that became wider is its beginning. [Who read it then saw another history.]
            hashes = ledger.tree.levels[0 if level == "entries" else 8 * int(level)][256 * place : 256 * place + width]
            ledger.report.judge("integrity", name, check_tile, ledger.source, level, place, hashes)


def check_signed(ledger: Ledger, note: bytes, size: int, where: str) -> bool:
    """Step 7, for any checkpoint: both log signatures, and what the ledger was at that size."""
    report, keys = ledger.report, ledger.signers.keys
    if not report.judge("origin", where, lambda: check_log_signatures(note, keys.log_at(size))):
        return False
    return report.judge("order", where, ledger.check_head, note, size)


def check_checkpoints(ledger: Ledger) -> None:
    """Steps 7 and 8: the one given out, the indexed one, those that were kept."""
    report, claimed, size = ledger.report, ledger.claimed, len(ledger.tree)
    if size < claimed.size:
        report.broken("order", f"the checkpoint is over {claimed.size} entries, {size} can be read")
    elif not check_signed(ledger, ledger.note, size, "checkpoint"):
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
            check_signed(ledger, note, head.size, ascii(name))
    found, keys = optional(ledger, "log.vkey", 1 << 14), ledger.signers.keys
    if found is not None and keys.logs and size:
        report.judge("integrity", "log.vkey", lambda: check_key_file(found, keys.log_at(size)))


def optional(ledger: Ledger, name: str, limit: int) -> bytes | None:
    """A file, if there is one."""
    try:
        return ledger.source.read(name, limit)
    except NotThere:
        return None
    except Refused as exc:
        ledger.report.broken("integrity", str(exc))
        return None


def check_key_file(found: bytes, logs: tuple[Key, Key]) -> None:
    """[It misleads programs that know nothing of key histories.]"""
    if found != f"{logs[0].text}\n{logs[1].text}\n".encode():
        refuse("other keys than the log keys in force")


def check_ledger(source: Path | Source, outside: Outside, report: Report) -> Ledger | None:
    """All of a folder; `NotThere` where it is no ledger, OSError where it cannot be read."""
    source = Folder(source) if isinstance(source, Path) else source
    report.skipped.append("records")
    note = source.read("checkpoint", MAX_CHECKPOINT)
    try:
        claimed = head_of(note)
    except Refused as exc:
        report.broken("integrity", f"checkpoint: {exc}")
        return None
    if claimed.size == 0:
        report.broken("integrity", "checkpoint: over nothing, not even a genesis")
        return None
    ledger = Ledger(source, note, claimed, outside, report)
    follow_entries(ledger)
    size = len(ledger.tree)
    check_fingerprint(report, (0, ledger.head(1).root), outside.fingerprint, ("order", "origin"))
    check_checkpoints(ledger)
    seen = check_cosignatures(ledger)
    for seq, over, root, _ in ledger.anchors:  # step 9
        if ledger.head(over).root != root:
            report.broken("order", f"anchor in entry {seq}: another root than that over {over} entries")
    check_tiles(ledger)
    check_files(ledger)
    conclude(ledger)
    report.shown["integrity"] = f"{size} entries and the tree over them match their hashes"
    ruled_out = "" if outside.policy and outside.policy.quorum != "none" else "; a second history was not ruled out"
    report.shown["order"] = f"entries 0 to {size - 1} in one chain{ruled_out}"
    report.shown["origin"] = f"{size} signatures by members with the role, from the genesis on"
    wrong = [one for one in VERDICTS[:3] if report.verdict(one)[0] == "BROKEN"]
    if wrong:  # an index over what was not cut off is complete for what is left
        report.missing("completeness", f"{' and '.join(wrong)} BROKEN: a list is complete of a whole ledger only")
    check_time(ledger, seen)
    return ledger


def check_cosignatures(ledger: Ledger) -> list[Stamp]:
    """Step 14, of the newest checkpoint, or of the one at the newest index; until when which entries were there.

    Where bookkeeping alone came behind the index, an auditor has cosigned that one and nobody this.
    """
    policy, report, found = ledger.outside.policy, ledger.report, list[Stamp]()
    if policy is None:
        return found
    missing = ["no checkpoint that holds"]
    for name in ("checkpoint", "checkpoint-indexed"):
        try:
            note = ledger.source.read(name, MAX_CHECKPOINT)
            head = head_of(note)
            check_log_signatures(note, ledger.signers.keys.log_at(head.size))
            ledger.check_head(note, head.size)
        except (NotThere, Refused):  # told in step 7 or 8
            continue
        if (seen := judge_cosigned(report, name, note, policy, ledger.signers.keys)) is None:
            continue
        if name == "checkpoint":
            missing = [seen.missing] if seen.missing else []
        elif not seen.missing and missing and head.size == ledger.index_end and not ledger.unindexed:
            report.remarks.append(f"the quorum is that of checkpoint {head.size}; bookkeeping came behind it")
            missing = []
        found += seen.stamps(head.size)
    for why in missing:
        report.missing("order", why)
    return found


def conclude(ledger: Ledger) -> None:
    """Step 11, and what completeness rests on: an index over all entries, recomputed here."""
    report = ledger.report
    ledger.signers.name_revoked(report)
    if not ledger.transmittals:
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


NAMELESS = MAX_NUMBER + 1  # in the place of `seq`: no anchor entry names it, and it bounds from above alone


class Openssl:
    """`openssl ts` on copies in a folder of our own, so that what was hashed is what it reads."""

    def __init__(self, program: str, folder: Path, outside: Outside) -> None:
        self.program, self.folder = program, folder
        pems = [read_file(root, MAX_TOKEN) for root in outside.roots]
        pems += outside.policy.roots if outside.policy else []
        ends = b"-----BEGIN CERTIFICATE-----\n%b-----END CERTIFICATE-----\n"
        self.write("roots.pem", b"".join(x if b"-----BEGIN" in x else ends % base64.encodebytes(x) for x in pems))

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


@contextlib.contextmanager
def stamping(outside: Outside, report: Report) -> Iterator[Openssl | None]:
    """What looks at tokens; nothing where there are no roots from outside or no openssl, and that is said."""
    program = shutil.which("openssl")
    rooted = outside.roots or (outside.policy and outside.policy.roots)
    if not rooted or program is None:
        why = "no roots were given (--tsa-root, --policy)" if program else "openssl is not installed"
        report.skipped.append(f"time stamps: {why}")
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Openssl(program, Path(folder), outside)


def now() -> datetime:
    """The one time that the clock is read for."""
    return datetime.now(timezone.utc)  # noqa: UP017


def check_time(ledger: Ledger, seen: Sequence[Stamp]) -> None:
    """Step 16, by tokens and by what the witnesses have seen."""
    stamps = list(seen)
    with stamping(ledger.outside, ledger.report) as openssl:
        for seq, size, root, tokens in ledger.anchors if openssl else ():
            if openssl and tokens and ledger.head(size).root == root:  # else step 9 has told
                stamps += stamps_of(ledger, openssl, seq, size, tokens)
        judge_time(ledger, counted(stamps, now()))


def stamps_of(ledger: Ledger, openssl: Openssl, seq: int, size: int, tokens: Sequence[str]) -> Iterator[Stamp]:
    """The tokens of one anchor that hold; faults go into the report."""
    report, where = ledger.report, f"anchors/{size}"
    try:
        note = ledger.source.read(f"{where}/checkpoint", MAX_CHECKPOINT)
        check_log_signatures(note, ledger.signers.keys.log_at(size))
        ledger.check_head(note, size)
    except NotThere as exc:
        report.missing("time", str(exc))
        return
    except Refused as exc:
        report.broken("time", f"{where}/checkpoint: {exc}")
        return
    for digest in tokens:
        try:
            token = ledger.source.read(f"{where}/{digest}.tsr", MAX_TOKEN)
            yield from stamp_of(report, openssl, (seq, size, digest), note, token)
        except NotThere as exc:
            report.missing("time", str(exc))
        except Refused as exc:
            report.broken("time", f"{where}/{digest}.tsr: {exc}")


def stamp_of(
    report: Report, openssl: Openssl, named: tuple[int, int, str], note: bytes, token: bytes
) -> Iterator[Stamp]:
    """One token: its hash, what it says, whether it holds under the roots at the time that it states."""
    seq, size, digest = named
    if sha256(token).hex() != digest:
        refuse("another hash than its name" if seq == NAMELESS else f"another hash than entry {seq} names")
    openssl.write(f"{digest}.tsr", token)
    openssl.write(f"{digest}.note", note)
    moment, margin = told(openssl.run("-reply", "-in", f"{digest}.tsr", "-text")[1], note)
    against = openssl.check(digest, moment)
    if "certificate verify error" in against and "certificate purpose" not in against:  # another verifier's authority
        report.skipped.append(f"time stamp {digest}: under none of the roots at the time it states")
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


def bounds_of(at: int, stamps: Sequence[Stamp], report: Report) -> datetime | None:
    """By when entry `at` was there, as far as stamps that count show it; BROKEN where they contradict."""
    newest = max((one.seq for one in stamps if one.seq < at), default=-1)
    lower = max((one.first for one in stamps if one.seq == newest), default=None)
    upper = min((one.last for one in stamps if one.size > at), default=None)
    if lower and upper and lower > upper:
        report.broken("time", f"entry {at}: made after {lower} and there by {upper}")
    return upper


def judge_time(ledger: Ledger, stamps: Sequence[Stamp]) -> None:
    """The interval of each entry; PROVEN where all but bookkeeping were there by some moment."""
    report, covered = ledger.report, max((one.size for one in stamps), default=0)
    places = {0, *(one.seq + 1 for one in stamps), *(one.size for one in stamps)}
    for at in sorted(place for place in places if place < len(ledger.tree)):
        bounds_of(at, stamps, report)
    if late := [at for at in ledger.news if at >= covered]:
        report.missing("time", f"entries from {late[0]} on lie under no time stamp or quorum that counts")
    if stamps:
        by = min(one.last for one in stamps if one.size == covered)
        report.shown["time"] = f"entries 0 to {covered - 1} were there by {by.isoformat()}"


# ---- records shown in part [record.md] ----

Shown = tuple[str, object, bytes]  # name, value (None where withheld), SHA-256 of the line
SENDING = {"clock-reason", "event-time", "event-time-basis", "late-reason", "reference"}


def read_record(text: str) -> list[Shown]:
    """A shown record [record.md, A record shown in part]."""
    if len(text.encode()) > 64 << 20:
        refuse("record: more than 67,108,864 bytes")
    lines = [read_shown(line) for line in all_lines(text)]
    names = [name for name, _, _ in lines]
    check_names(names)
    terms = [value for name, value, _ in lines if name.startswith("term.") and value is not None]
    if len(set(terms)) != len(terms) or not all(isinstance(one, str) and term(one) for one in terms):
        refuse("record: a term twice, or one that is no text")
    for name, value, _ in lines:
        last = name.rpartition(".")[2]
        if value is not None and (last == "sha256" or last.endswith("-sha256")):
            hex32(str(value))
        if (
            value is not None
            and last == "name-bytes"
            and (name_ := unbase64(str(value))).decode(errors="replace").encode() == name_
        ):
            refuse(f"record: {name} is UTF-8, and has to stand in clear")
        if value is not None and re.fullmatch(r"approval\.[0-9]+\.entry", name) and type(value) is not int:
            refuse(f"record: {name} is no number")
    return lines


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
    if {f"approval.{one}.entry" for one in numbers.get("approval", ())} - set(names):
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
    for one in terms:
        if isinstance(one, str) and one.startswith("entry:") and number(one[6:]) >= entry.seq:
            refuse("it follows up an entry that is not before it")


# ---- what all proofs in files have in common [receipt.md, Parts and steps 1 to 8] ----


class Placed(NamedTuple):
    """An entry, the number that is claimed for it, and its path in the tree of the checkpoint."""

    seq: int
    entry: Entry
    path: list[bytes] | None  # None in a bundle: its proof cannot be read


class Parts:
    """The parts of a proof, taken one after the other."""

    def __init__(self, data: bytes, version: str, limit: int) -> None:
        lines = utf8(data, limit).split("\n")
        if lines.pop() or lines[:1] != [version]:
            refuse(f"not whole lines behind {version}")
        self.rest: list[tuple[str, str]] = []  # name and lines, the next one last
        at = 1
        while at < len(lines):
            name, _, count = lines[at].partition(" ")
            stop = at + 1 + number(count, 1 << 20)
            if stop > len(lines):
                refuse(f"part {name[:20]!a} is cut")
            self.rest.append((name, "".join(f"{line}\n" for line in lines[at + 1 : stop])))
            at = stop
        self.rest.reverse()

    def next_is(self, name: str) -> bool:
        """Whether the next part has this name."""
        return bool(self.rest) and self.rest[-1][0] == name

    def take(self, name: str) -> str:
        """The next part, which has to have this name."""
        return self.rest.pop()[1] if self.next_is(name) else refuse(f"no part `{name}` where one belongs")

    def take_all(self, name: str, take: Callable[[str], Any]) -> list[Any]:
        """All parts of this name that come next, each as `take` takes it."""
        found = []
        while self.next_is(name):
            found.append(take(name))
        return found

    def take_placed(self, name: str) -> Placed:
        """An entry, and the part `path` behind it."""
        leaf = self.take(name).encode()
        seq, path = read_path(self.take("path"))
        try:
            return Placed(seq, read_entry(leaf), path)
        except Refused as exc:
            refuse(f"part `{name}` of entry {seq}: {exc}")

    def take_keys(self) -> list[Placed]:
        """The key entries that were given."""
        found = self.take_all("key", self.take_placed)
        return found if 0 < len(found) <= 10_000 else refuse("no key entries, or more than 10,000")

    def end(self) -> None:
        """Nothing is behind what was taken."""
        if self.rest:
            refuse(f"a part {self.rest[-1][0][:20]!a} where none belongs")


def read_path(text: str) -> tuple[int, list[bytes]]:
    """`index <number>`, then at most 63 hashes."""
    first, *hashes = all_lines(text) or [""]
    if not first.startswith("index ") or len(hashes) > 63:
        refuse("no index and at most 63 hashes")
    return number(first[6:]), [hash32(one) for one in hashes]


class Proof:
    """Key entries, and the checkpoint under which they and all else stand; what is found goes into the report."""

    def __init__(self, keys: list[Placed], note: bytes, outside: Outside, report: Report) -> None:
        self.head, self.note, self.outside, self.report = head_of(note), note, outside, report
        self.unread: list[int] = []  # key entries of a bundle that cannot be read: behind them no key is known
        self.of_bundle = False  # the place of a key entry is order there, of a proof in one file origin
        self.keys, self.pending = keys, keys[::-1]
        self.signers = Signers(self.head.origin)
        self.holds = True  # all key entries do
        self.placed: set[int] = set()  # the numbers of entries that stand in the tree
        self.seen: Seen | None = None  # step 14, of a checkpoint that holds

    def check(self, shown: Sequence[Placed], verdicts: Sequence[str] = ("order", "origin")) -> bool:
        """Steps 2 to 7 of the entries shown, by ascending number; whether they and the key entries stand in the tree.

        Each is judged by the key entries below its number, the checkpoint by all. The fingerprint is for `verdicts`.
        """
        first = self.keys[0] if self.keys else None
        if first and (first.seq == 0 or not self.of_bundle):
            check_fingerprint(self.report, (first.seq, first.entry.hash), self.outside.fingerprint, verdicts)
        else:
            self.holds = self.report.judge("origin", "key entries", refuse, "no genesis")
        where = [*self.keys, *shown] if self.of_bundle else shown
        for one in where:  # that a proof cannot be read was told
            if one.path is not None and self.report.judge("order", f"entry {one.seq}", self.place, one):
                self.placed.add(one.seq)
        for one in shown:
            self.take_keys(one.seq)
            if self.holds:
                self.report.judge("origin", f"entry {one.seq}", self.signers.check, one.seq, one.entry)
        self.take_keys(MAX_NUMBER + 1)
        holds, policy = self.check_note("checkpoint", self.note, self.head.size), self.outside.policy
        if policy and holds:
            self.seen = judge_cosigned(self.report, "checkpoint", self.note, policy, self.signers.keys)
        if self.seen and self.seen.missing:
            self.report.missing("order", self.seen.missing)
        return self.holds and all(one.seq in self.placed for one in where)

    def recomputed(self, ledger: bool = False) -> None:
        """Origin and completeness rest on an index that somebody recomputed: an auditor, or we from all entries."""
        if not ledger and not (self.seen and self.seen.auditors):
            for verdict in ("origin", "completeness"):
                self.report.missing(verdict, "index recomputed by nobody independent: no auditor of yours, no ledger")

    def place(self, one: Placed) -> None:
        """Step 2."""
        if (one.entry.origin, one.entry.seq) != (self.head.origin, one.seq):
            refuse("another origin or number than its path is of")
        check_path(one.entry.hash, one.seq, one.path or [], self.head)

    def take_keys(self, below: int) -> None:
        """Steps 2 to 5 of the next key entries below a number. Behind one that does not hold nothing is known."""
        while self.holds and self.pending and self.pending[-1].seq < below:
            one = self.pending.pop()
            if self.unread and self.unread[0] < one.seq:
                break
            self.holds = self.report.judge("origin", f"key entry {one.seq}", self.take_key, one)
        if self.holds and self.unread and self.unread[0] < below:
            self.holds = False
            self.report.missing("origin", f"key entry {self.unread[0]} cannot be read: no key is known behind it")

    def take_key(self, one: Placed) -> None:
        """[One that is BROKEN in its ledger has changed nothing there, and is not given.]"""
        place = len(self.keys) - len(self.pending) - 1
        if one.entry.kind not in KEY_KINDS or (place and self.keys[place - 1].seq >= one.seq):
            refuse("not a key entry of that number, ascending")
        if not self.of_bundle:
            self.place(one)
        self.signers.judge(one.seq, one.entry)

    def check_note(self, where: str, note: bytes, size: int) -> bool:
        """Step 7. Nothing but these signatures ties what is shown to its place, so that it is order that breaks."""
        if not self.holds:
            self.report.missing("order", f"{where}: no log keys that hold over it")
            return False
        keys = self.signers.keys
        return self.report.judge("order", where, lambda: check_log_signatures(note, keys.log_at(size)))

    def compare_kept(self, *heads: Head) -> None:
        """Step 8: a checkpoint that was kept is one of the heads; one of another size cannot be compared."""
        for name, note in self.outside.kept:
            try:
                kept = head_of(note)
            except Refused as exc:
                self.report.broken("order", f"{name!a}: {exc}")
                continue
            if kept.size not in [head.size for head in heads]:
                sizes = " or ".join(str(head.size) for head in heads)
                self.report.missing(
                    "order", f"{name!a} is over {kept.size} entries, not {sizes}: it cannot be compared"
                )
            elif kept not in heads:
                self.report.broken("order", f"{name!a}: another head of the same size")


# ---- receipts [receipt.md] ----


def check_receipt(data: bytes, outside: Outside, report: Report) -> None:
    """A receipt, as far as it goes by itself."""
    try:
        parts = Parts(data, "disclosure-vault/receipt/v1", MAX_RECEIPT)
        keys, entry, lines = (
            parts.take_keys(),
            read_entry(parts.take("entry").encode()),
            read_record(parts.take("record")),
        )
        vrfs = read_proofs(parts.take("vrf"), lines) if parts.next_is("vrf") else []
        seq, path, note = read_proof(parts.take("proof"))
        parts.end()
        proof = Proof(keys, note, outside, report)
    except Refused as exc:
        report.broken("integrity", str(exc))
        return
    report.skipped.append("approvals that the record names: their entries are not in a receipt")
    proof.check([Placed(seq, entry, path)])
    report.judge("integrity", "record", check_record, entry, lines)
    if proof.holds:
        report.judge("integrity", "vrf", check_tags, entry, lines, vrfs, proof.signers.keys)
    proof.compare_kept(proof.head)
    report.shown["integrity"] = f"what is shown is of the record that entry {entry.seq} commits to"
    stands = f"entry {entry.seq} stands under checkpoint {proof.head.size}"
    report.shown["order"] = f"{stands}, if the log keys shown are in force there"
    report.missing("origin", "that no key entry was left out, the ledger alone shows")
    report.missing("time", "no time stamp is in a receipt")
    report.missing("completeness", "no index is in a receipt")


def read_proof(text: str) -> tuple[int, list[bytes], bytes]:
    """A C2SP tlog-proof: index, path, checkpoint note. An `extra` line is passed over: nothing signs it."""
    head, _, note = text.partition("\n\n")
    name, *lines = head.split("\n")
    if lines and lines[0].startswith("extra "):
        unbase64(lines.pop(0)[6:]) or refuse("an extra line of nothing")
    if name != "c2sp.org/tlog-proof@v1":
        refuse("not a tlog-proof of version 1")
    return (*read_path("".join(f"{line}\n" for line in lines)), note.encode())


Filed = tuple[str, int, bytes]  # a shown term's name, the generation of the index key, the VRF proof


def read_proofs(text: str, lines: Sequence[Shown]) -> list[Filed]:
    """`term.<n> <generation> <proof>` for shown terms, in their order."""
    words = [fields(line, str, number, str) for line in all_lines(text)]
    found = [(name, generation, unbase64(vrf, 80)) for name, generation, vrf in words]
    names, proven = [name for name, _, _ in found], {name for name, _, _ in found}
    shown = [name for name, value, _ in lines if value is not None and name.startswith("term.")]
    if not found or names != [name for name in shown if name in proven]:
        refuse("vrf: proofs of terms that are not shown, or out of their order")
    return found


def check_tags(entry: Entry, lines: Sequence[Shown], found: Sequence[Filed], keys: Keys) -> None:
    """[Filed under another tag, it would be missing from the list of what went to this recipient.]"""
    values, proven = {name: value for name, value, _ in lines}, set()
    in_force = [key for declared, key in keys.vrfs if declared < entry.seq]
    for name, generation, vrf in found:
        if generation != len(in_force):
            refuse(f"{name}: not the generation in force at the entry")
        tag = tag_of(in_force[-1], str(values[name]), vrf)
        if tag not in entry.tags or tag in proven:
            refuse(f"{name}: not a tag of the entry, or that of another term")
        proven.add(tag)


def tag_of(key: bytes, term_: str, vrf: bytes) -> bytes:
    """The tag of a term under an index key, by its VRF proof [entry.md, Terms and tags]."""
    return vrf_output(key, f"disclosure-vault/term/v1\n{term_}".encode(), vrf)[:32]


# ---- consistency proofs [receipt.md, Consistency] ----


def check_consistency(data: bytes, outside: Outside, report: Report) -> None:
    """The ledger of the old checkpoint is the beginning of that of the new one."""
    try:
        parts = Parts(data, "disclosure-vault/consistency/v1", MAX_CONSISTENCY)
        keys, note, new_note = parts.take_keys(), parts.take("old").encode(), parts.take("new").encode()
        hashes = [hash32(line) for line in all_lines(parts.take("hashes"))]
        parts.end()
        old, proof = head_of(note), Proof(keys, new_note, outside, report)
        if len(hashes) > 126:
            refuse("more than 126 hashes")
    except Refused as exc:
        report.broken("integrity", str(exc))
        return
    proof.check([])
    proof.check_note("old checkpoint", note, old.size)
    report.judge("order", "hashes", check_prefix, old, proof.head, hashes)
    proof.compare_kept(old, proof.head)
    report.shown["integrity"] = "two checkpoints, key entries and hashes, spelled as they should be"
    report.shown["order"] = f"the first {old.size} of {proof.head.size} entries are those of the old checkpoint"
    report.missing("origin", "that no key entry was left out, the ledger alone shows")
    report.missing("time", "no time stamp is in a consistency proof")
    report.missing("completeness", "no index is in a consistency proof")


# ---- completeness proofs [completeness.md; index.md, Index proof] ----


class Under(NamedTuple):
    """An index proof: what stands under a tag."""

    tag: bytes
    generation: int  # of a kind: 0, no VRF proof and no term
    vrf: bytes
    term: str
    leaf: tuple[bytes, int, bytes] | None  # at the end of the path: tag, count, R; None: an absent child
    siblings: list[bytes]  # the lowest first


class Complete(NamedTuple):
    """A completeness proof as it is spelled."""

    end: Placed  # the index entry
    kinds: list[Under]
    terms: list[Under]
    entries: list[Placed]


def check_completeness(data: bytes, outside: Outside, report: Report) -> None:
    """All that was filed under the terms, as far as the owner's index says."""
    try:
        parts = Parts(data, "disclosure-vault/completeness/v1", MAX_COMPLETENESS)
        keys, read = parts.take_keys(), read_complete(parts)
        proof = Proof(keys, parts.take("checkpoint").encode(), outside, report)
        parts.end()
    except Refused as exc:
        report.broken("integrity", str(exc))
        return
    shown = sorted([*read.entries, read.end], key=lambda one: one.seq)
    stand = proof.check(shown, ("order", "origin", "completeness"))
    proof.signers.name_revoked(report)
    proof.compare_kept(proof.head)
    if stand:
        check_lists(read, proof)
    else:
        report.missing("completeness", "key entries or entries shown are BROKEN: no list was compared")
    proof.recomputed()
    report.missing("time", "no time stamp is in a completeness proof")
    report.shown["integrity"] = f"{len(shown)} entries and the proofs about them, spelled as they should be"
    report.shown["order"] = f"the entries shown stand under checkpoint {proof.head.size}"
    report.shown["origin"] = f"{len(shown)} signatures; all key entries that the index counts are here"
    report.shown["completeness"] = "the entries shown are all that was filed under the terms"


def read_complete(parts: Parts) -> Complete:
    """All but the key entries and the checkpoint."""
    end = parts.take_placed("index")
    kinds, terms = (
        [read_under(text.encode()) for text in parts.take_all(name, parts.take)] for name in ("kind", "term")
    )
    entries = parts.take_all("entry", parts.take_placed)
    if [(one.tag, one.generation) for one in kinds] != [(kind_tag(kind), 0) for kind in (*KEY_KINDS, "disclosure")]:
        refuse("not index proofs of the kinds genesis, key, disclosure")
    if not 0 < len(terms) <= 1000:
        refuse("no terms, or more than 1,000")
    before = (b"", 0)
    for one in terms:
        name = one.term.encode()
        if (name, one.generation) != (before[0], before[1] + 1) and not (name > before[0] and one.generation == 1):
            refuse("terms not in their order, or not each with its generations from 1 on")
        before = (name, one.generation)
    numbers = [one.seq for one in entries]
    if numbers != sorted(set(numbers)):
        refuse("entries not by ascending number")
    return Complete(end, kinds, terms, entries)


def read_under(data: bytes) -> Under:
    """An index proof in its one spelling, in a file of its own."""
    version, *lines = all_lines(utf8(data, MAX_INDEX_PROOF)) or [""]
    return under_of(lines) if version == "disclosure-vault/index-proof/v1" else refuse("no index proof of version 1")


def under_of(lines: Sequence[str], before: Sequence[bytes] = ()) -> Under:
    """The same by its lines but the first; `before` are siblings of which it may share the topmost."""
    rest = list(lines[::-1])

    def take(beginning: str) -> str:
        line = rest.pop() if rest else ""
        return line[len(beginning) :] if line.startswith(beginning) else refuse(f"no line `{beginning}` in its place")

    tag, generation, vrf, term_, leaf = hash32(take("tag ")), 0, b"", "", None
    if rest and rest[-1].startswith("vrf "):
        generation, vrf, term_ = filed_under(take("vrf "), take("term "))
    if rest and rest[-1] == "absent":
        rest.pop()
    else:
        found, count, root = fields(take("leaf "), hash32, positive, hash32)
        leaf = (found, count, root)
    common = positive(rest.pop(0)[7:]) if rest and rest[0].startswith("shared ") else 0
    if common > len(before):
        refuse("more siblings shared than there are")
    siblings = [hash32(line) for line in rest[::-1]]
    if before and siblings and common < len(before) and siblings[-1] == before[len(before) - common - 1]:
        refuse("a sibling that is shared and not said to be")
    siblings += before[len(before) - common :]
    if len(siblings) > 255:
        refuse("more than 255 siblings")
    return Under(tag, generation, vrf, term_, leaf, siblings)


def filed_under(vrf: str, term_: str) -> tuple[int, bytes, str]:
    """Generation, VRF proof and term, by what stands behind `vrf` and `term`."""
    return (*fields(vrf, positive, lambda word: unbase64(word, 80)), term(term_))


def read_unders(data: bytes, limit: int, alone: bool = False) -> list[Under]:
    """Many index proofs in one file [report.md]; `alone`: tag, VRF proof and term of each, no path."""
    version, *lines = all_lines(utf8(data, limit)) or [""]
    if version != "disclosure-vault/index-proofs/v1" or (lines and not lines[0].startswith("tag ")):
        refuse("no index proofs of version 1")
    starts = [at for at, line in enumerate(lines) if line.startswith("tag ")]
    found: list[Under] = []
    for start, end in itertools.pairwise([*starts, len(lines)]):
        part = lines[start:end]
        if not alone:
            found.append(under_of(part, found[-1].siblings if found else ()))
        elif len(part) == 3 and part[1].startswith("vrf ") and part[2].startswith("term "):
            found.append(Under(hash32(part[0][4:]), *filed_under(part[1][4:], part[2][5:]), None, []))
        else:
            refuse("not tag, vrf and term alone")
    if [one.tag for one in found] != sorted({one.tag for one in found}) or not all(one.term for one in found):
        refuse("not ascending by tag, or a proof without its term")
    return found


def listed(under: Under, root: bytes) -> tuple[int, bytes]:
    """Count and R of what stands under the tag, by an index with this root; absent is what the list of nothing has.

    [By the bits of the leaf's own tag, any leaf of the tree proves that any tag is absent.]
    """
    found, depth = ABSENT, len(under.siblings)
    if under.siblings[:1] == [ABSENT]:
        refuse("the lowest sibling is absent: what is below it would stand higher up")
    if under.leaf is not None:
        if any(bit(under.leaf[0], at) != bit(under.tag, at) for at in range(depth)):
            refuse("the leaf of a tag that does not share the path")
        found = index_leaf(*under.leaf)
    for at, sibling in zip(range(depth - 1, -1, -1), under.siblings, strict=True):
        found = index_node(sibling, found) if bit(under.tag, at) else index_node(found, sibling)
    if found != root:
        refuse("the path does not lead to the root that the index entry states")
    return under.leaf[1:] if under.leaf and under.leaf[0] == under.tag else (0, root_of([]))


def check_list(under: Under, root: bytes, entries: Sequence[Entry]) -> None:
    """These entries are all that stands under the tag."""
    count, list_root = listed(under, root)
    if (len(entries), root_of([entry.hash for entry in entries])) != (count, list_root):
        refuse(f"{count} entries stand under the tag, not these {len(entries)}")


def check_lists(read: Complete, proof: Proof) -> None:
    """Step 15, of entries that stand in the tree of the checkpoint."""
    report, index, keys = proof.report, read.end, proof.signers.keys
    if index.entry.kind != "index" or index.seq != proof.head.size - 1:
        report.broken("completeness", f"entry {index.seq} is not the index that ends checkpoint {proof.head.size}")
        return
    root = index.entry.head("index")[1]
    try:
        disclosures = count_kinds(read.kinds, root, [one.entry for one in proof.keys])
    except Refused as exc:
        for verdict in ("origin", "completeness"):  # [A removal is left out, and who left has signed.]
            report.broken(verdict, f"kinds: {exc}")
    else:
        for verdict in ("order", "completeness") if not disclosures else ():
            report.missing(verdict, "no disclosure at all")
    filed = by_tag(read, report)
    last = {one.term: one.generation for one in read.terms}
    for one in read.terms:
        if last[one.term] != len(keys.vrfs):
            why = f"{one.term!a}: proofs under {last[one.term]} index keys, not {len(keys.vrfs)}"
            report.broken("completeness", why)
        elif report.judge("completeness", f"{one.term!a}", check_term, one, root, filed[one.tag], keys):
            said = ", ".join(f"{entry.kind} {entry.seq}" for entry in filed[one.tag]) or "nothing"
            report.remarks.append(
                f"filed under {one.term!a}, index key {one.generation}, says the owner's index: {said}"
            )


def by_tag(read: Complete, report: Report) -> dict[bytes, list[Entry]]:
    """The entries shown that carry each of the tags; every one carries some."""
    filed: dict[bytes, list[Entry]] = {one.tag: [] for one in read.terms}
    for entry in (placed.entry for placed in read.entries):
        tags = filed.keys() & set(entry.tags)
        for tag in tags:
            filed[tag].append(entry)
        if not tags:
            report.broken("completeness", f"entry {entry.seq} is under none of the terms")
    return filed


def count_kinds(kinds: Sequence[Under], root: bytes, keys: Sequence[Entry]) -> int:
    """The key entries shown are all there are; returns how many disclosures there are."""
    for kind, under in zip(KEY_KINDS, kinds, strict=False):
        check_list(under, root, [entry for entry in keys if entry.kind == kind])
    return listed(kinds[2], root)[0]


def check_term(under: Under, root: bytes, entries: Sequence[Entry], keys: Keys) -> None:
    """The tag is that of the term under its index key, and these entries are all that carry it."""
    if tag_of(keys.vrfs[under.generation - 1][1], under.term, under.vrf) != under.tag:
        refuse("not the tag of the term")
    check_list(under, root, entries)


PROOFS: dict[str, tuple[Callable[[bytes, Outside, Report], None], Sequence[str]]] = {
    "disclosure-vault/receipt/v1": (check_receipt, VERDICTS[:2]),
    "disclosure-vault/consistency/v1": (check_consistency, VERDICTS[:2]),
    "disclosure-vault/completeness/v1": (check_completeness, (*VERDICTS[:3], "completeness")),
}


# ---- report bundles: where their files lie [report.md, Files] ----

BAG = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "report.note")
UNSEALED = re.compile(r"report\.note|report-[1-9][0-9]{0,3}\.(tsr|pem)|tagmanifest-sha256\.txt", re.ASCII)
EVIDENCE, DOCUMENTS = "data/evidence/", "data/documents/"
NAMED = re.compile(  # the files beside those of data/evidence
    r"bagit\.txt|bag-info\.txt|manifest-sha256\.txt|tagmanifest-sha256\.txt|report\.note|report-[1-9][0-9]{0,3}\.(tsr|pem)"
    r"|data/(report\.(html|pdf)|disclosures\.(csv|xlsx|json)|verify\.py|HOW-TO-VERIFY\.md|documents/[^/]+)",
    re.ASCII,
)
MAX_FILES, MAX_NAME, MAX_DEPTH = 250_000, 400, 8  # files, bytes, folders
LARGE = 1 << 31  # bytes, from which zip64 may be needed: some programs count so far with a sign
BOMB = 1000  # a member may unpack to as many times its size
MAX_STATEMENT, MAX_MANIFEST, MAX_PROOFS = 8 << 20, 128 << 20, 512 << 20  # bytes


def check_names_of_bag(names: Sequence[str]) -> None:
    """Names that stay where they are on every system, each one's own. [Two names, one file: which of them is read?]"""
    if len(names) > MAX_FILES:
        refuse(f"more than {MAX_FILES} files")
    folded: dict[str, str] = {}  # NFC of the case folding; of a folder with `/` behind it
    for name in names:
        parts = name.split("/")
        bad = {"", ".", ".."} & set(parts) or re.search(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]|^[A-Za-z]:", name)
        if bad or len(name.encode(errors="replace")) > MAX_NAME or len(parts) > MAX_DEPTH + 1:
            refuse(f"{name[:80]!a} is no name for a file of a bundle")
        for depth in range(1, len(parts) + 1):
            path = "/".join(parts[:depth])
            key = unicodedata.normalize("NFC", path.casefold())
            kind = f"{path}/" if depth < len(parts) else path
            if folded.setdefault(key, kind) != kind:
                refuse(f"{name[:80]!a} stands there under two names, or as file and folder")
    if len(set(names)) != len(names):
        refuse("a name twice")


def folder_of_bag(folder: Folder) -> None:
    """Regular files and folders with something in them, nothing else."""
    for parent, folders, files in os.walk(folder.path):
        for name in folders + files:
            mode = os.lstat(Path(parent, name)).st_mode
            if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
                refuse(f"{name[:80]!a} is a link or no file")
        if not folders and not files:
            refuse(f"{Path(parent).name[:80]!a} is an empty folder")


class Packed(NamedTuple):
    """A file in a zip, by the directory at its end."""

    name: str
    raw: bytes  # the name's bytes
    flags: int
    method: int
    check: tuple[int, int, int]  # CRC-32, size in the zip, size unpacked
    start: int
    stamp: bytes  # when it was last changed


class Zip:
    """A zip, of which nothing is unpacked to a name that it holds.

    Its members follow each other from its first byte to the directory. [Ten thousand names over one kernel; a second
    name that other programs show.]
    """

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.size = file, file.seek(0, os.SEEK_END)
        start, length, count, tail = self.end_of(self.size)
        members, starts = self.directory(start, length, count), list[tuple[int, int]]()
        for one in members:
            starts.append((one.start, self.end_of_member(one)))
        if sorted(starts) != sorted(starts, key=lambda pair: pair[1]) or start + length != tail:
            refuse("zip: parts that overlap or leave a gap")
        if [one for one, _ in sorted(starts)] + [start] != [0] + [end for _, end in sorted(starts)]:
            refuse("zip: parts that overlap or leave a gap")
        if any(not one.name.startswith("report/") for one in members):
            refuse("zip: not one folder `report`")
        self.members = {one.name[7:]: one for one in members}
        check_names_of_bag([one.name[7:] for one in members])

    def at(self, start: int, length: int) -> bytes:
        """So many bytes from a place."""
        if start < 0 or start + length > self.size:
            refuse("zip: cut")
        self.file.seek(start)
        return self.file.read(length)

    def end_of(self, size: int) -> tuple[int, int, int, int]:
        """Where the directory begins, its length, how many members; where what stands behind it begins."""
        end = struct.unpack("<4s4H2LH", self.at(size - 22, 22))
        mark, disk, first, here, count, length, start, comment = end
        if mark != b"PK\5\6" or disk or first or comment or here != count:
            refuse("zip: it does not end in its end record, or in one with a comment or of several disks")
        tail, found = size - 22, (start, length, count)
        if self.file.seek(max(size - 42, 0)) == size - 42 and self.file.read(4) == b"PK\6\7":
            locator = struct.unpack("<4sLQL", self.at(size - 42, 20))
            wide = struct.unpack("<4sQ2H2L4Q", self.at(locator[2], 56))
            tail, found = locator[2], (wide[9], wide[8], wide[7])
            narrow = (min(wide[9], 0xFFFFFFFF), min(wide[8], 0xFFFFFFFF), min(wide[7], 0xFFFF))
            needed = wide[7] >= 0xFFFF or max(wide[8:10]) >= LARGE
            whole = (wide[0], wide[1], *wide[4:7], locator[1], locator[3]) == (b"PK\6\6", 44, 0, 0, wide[7], 0, 1)
            if not whole or tail != size - 98 or narrow != (start, length, count) or not needed:
                refuse("zip: records of zip64 that say something else, or are not needed")
        if found[1] > MAX_FILES * (46 + MAX_NAME + 40) or found[2] > MAX_FILES:
            refuse(f"zip: more than {MAX_FILES} members")
        return (*found, tail)

    def directory(self, start: int, length: int, count: int) -> list[Packed]:
        """What its directory says."""
        data, at, found = self.at(start, length), 0, list[Packed]()
        while at < length:
            if len(data) < at + 46 or data[at : at + 4] != b"PK\1\2":
                refuse("zip: another directory than its end says")
            _, _, flags, method = struct.unpack_from("<4H", data, at + 4)
            crc, packed, unpacked, name, extra, comment, disk, _, kind, where = struct.unpack_from(
                "<3L5H2L", data, at + 16
            )
            raw, more = data[at + 46 : at + 46 + name], data[at + 46 + name : at + 46 + name + extra]
            wide = [one for one in (unpacked, packed, where) if one == 0xFFFFFFFF]
            if more and (
                len(more) != 4 + 8 * len(wide) or more[:4] != struct.pack("<2H", 1, 8 * len(wide)) or not wide
            ):
                refuse("zip: extra fields")
            if wide and more:
                real = list(struct.unpack(f"<{len(wide)}Q", more[4:]))
                unpacked, packed, where = (real.pop(0) if x == 0xFFFFFFFF else x for x in (unpacked, packed, where))
            regular = stat.S_IFMT(kind >> 16) in (0, stat.S_IFREG) and not kind & 0x18
            if comment or disk or not regular or flags & ~0x080E or method not in (0, 8):
                refuse("zip: a member with a comment, encrypted, of another kind or method")
            if (method == 0 and packed != unpacked) or unpacked > BOMB * packed:
                refuse("zip: a member that unpacks to over 1,000 times its size, or a stored one of two sizes")
            if more and max(unpacked, packed, where) < LARGE:
                refuse("zip: zip64 where it is not needed")
            found.append(
                Packed(
                    self.name(raw, flags), raw, flags, method, (crc, packed, unpacked), where, data[at + 12 : at + 16]
                )
            )
            at += 46 + name + extra
        return found if len(found) == count else refuse("zip: another number of members than its end says")

    def name(self, raw: bytes, flags: int) -> str:
        """Beyond ASCII it is UTF-8, and says so."""
        try:
            return raw.decode() if flags & 0x0800 else raw.decode("ascii")
        except UnicodeDecodeError:
            refuse("zip: a name that is not UTF-8, or does not say so")

    def end_of_member(self, one: Packed) -> int:
        """Where it ends; its own header says what the directory says, sizes may stand behind the data."""
        head = self.at(one.start, 30)
        mark, _, flags, method, stamp, *check, name, extra = struct.unpack("<4s3H4s3L2H", head)
        raw, more = self.at(one.start + 30, name), self.at(one.start + 30 + name, extra)
        said, behind = (check[0], check[1], check[2]), bool(flags & 8)
        if len(more) == 20 and more[:4] == b"\1\0\x10\0" and {*check[1:]} <= {0xFFFFFFFF}:
            unpacked, packed = struct.unpack("<2Q", more[4:])
            said, more = (check[0], packed, unpacked), b"\0" if max(one.check[1:]) < LARGE else b""
            wide = True
        else:
            wide = False
        same = (mark, flags, method, stamp, raw, more) == (b"PK\3\4", one.flags, one.method, one.stamp, one.raw, b"")
        if not same or (said != one.check and not (behind and said == (0, 0, 0))):
            refuse(f"zip: {one.name[:80]!a}: its own header says something else")
        end: int = one.start + 30 + name + extra + one.check[1]
        if not behind:
            return end
        shape = "<L2Q" if wide else "<3L"
        behind_it = struct.pack(shape, *one.check)
        for mark in (b"PK\7\x08", b""):
            if self.at(end, len(mark) + len(behind_it)) == mark + behind_it:
                return end + len(mark) + len(behind_it)
        refuse(f"zip: {one.name[:80]!a}: other sizes behind the data")

    def names(self) -> Iterator[str]:
        """Of all members."""
        return iter(self.members)

    def blocks(self, name: str) -> Iterator[bytes]:
        """What a member unpacks to, piece by piece, never more than it says."""
        one = self.members.get(name)
        if one is None:
            raise NotThere(f"{name}: no such file")
        crc, packed, left = one.check
        unpack = zlib.decompressobj(-15) if one.method else None
        at, sum_, there = one.start + 30 + len(one.raw) + self.extra_of(one), 0, packed
        while there or (unpack and unpack.unconsumed_tail):
            data = unpack.unconsumed_tail if unpack and unpack.unconsumed_tail else b""
            if not data:
                data = self.at(at, min(there, 1 << 18))
                at, there = at + len(data), there - len(data)
            try:
                block = unpack.decompress(data, 1 << 20) if unpack else data
            except zlib.error:
                refuse(f"zip: {name[:80]!a} cannot be unpacked")
            left, sum_ = left - len(block), zlib.crc32(block, sum_)
            if left < 0 or (unpack and unpack.unused_data):
                break
            yield block
        while unpack and not unpack.eof and left > 0 and (block := unpack.decompress(b"", 1 << 20)):
            left, sum_ = left - len(block), zlib.crc32(block, sum_)
            yield block
        if left or sum_ != crc or (unpack and (not unpack.eof or unpack.unused_data)):
            refuse(f"zip: {name[:80]!a} unpacks to something else than it says")

    def extra_of(self, one: Packed) -> int:
        """Of its own header, how many bytes of extra fields."""
        return int.from_bytes(self.at(one.start + 28, 2), "little")

    def read(self, name: str, limit: int) -> bytes:
        """A member of at most `limit` bytes."""
        one = self.members.get(name)
        if one is None:
            raise NotThere(f"{name}: no such file")
        return b"".join(self.blocks(name)) if one.check[2] <= limit else refuse(f"{name}: more than {limit} bytes")


# ---- report bundles: the statement [report.md, Statement] ----


class Statement(NamedTuple):
    """What was asked and what is shown, by who made the bundle."""

    by: str
    head: Head
    complete: list[str]
    every: bool
    within: list[str]
    since: datetime | None
    until: datetime | None
    designations: list[str]
    chosen: list[int]
    withheld: list[re.Pattern[str]]
    selected: list[tuple[int, int]]  # transmittal number, entry
    excluded: list[tuple[int, str]]  # entry, reason
    shown: list[int]  # entries, lines shown, lines withheld
    span: list[int]
    later: int  # entries behind the checkpoint, the maker's word
    documents: list[int]  # how many, bytes
    ledger: bool


REASON = r"[a-z][a-z0-9-]{0,31}"
EXCUSES = ("outside-period", "other-designation", "not-within", "not-chosen")
PATTERN = r"[a-z][a-z0-9-]*(?:\.(?:[a-z0-9-]+|\*))*"


def text_line(text: str) -> str:
    """What a person wrote: any characters but controls."""
    return text if 0 < len(text.encode()) <= 4096 else refuse("a text of no bytes, or of more than 4,096")


def word(pattern: str) -> Callable[[str], str]:
    """What reads a word of this form."""
    return lambda text: text if re.fullmatch(pattern, text) else refuse(f"{text[:40]!a} is not spelled as it has to be")


def numbers_read(many: int) -> Callable[[str], list[int]]:
    """What reads so many numbers."""
    return lambda text: fields(text, *[number] * many)


def pair(*readers: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """What reads fields."""
    return lambda text: tuple(fields(text, *readers))


STATED: list[tuple[str, Collection[int], Callable[[str], Any], bool]] = [  # line, how many, how it is read, ascending
    ("origin", ONE, key_name, False),
    ("made", ONE, utc, False),
    ("by", ONE, word(MEMBER), False),
    ("checkpoint", ONE, pair(number, hash32), False),
    ("for", MAYBE, text_line, False),
    ("purpose", MAYBE, text_line, False),
    ("filter", range(MAX_STATEMENT), text_line, False),
    ("complete", range(MAX_STATEMENT), term, True),
    ("complete-kind", MAYBE, word("disclosure"), False),
    ("within", range(MAX_STATEMENT), term, True),
    ("since", MAYBE, utc, False),
    ("until", MAYBE, utc, False),
    ("designation", range(MAX_STATEMENT), word(REASON), True),
    ("chosen", range(MAX_STATEMENT), positive, True),
    ("withheld", range(4097), pair(word(PATTERN), word(REASON)), True),
    ("transmittal", range(MAX_STATEMENT), pair(positive, number), True),
    ("excluded", range(MAX_STATEMENT), pair(number, word(REASON)), True),
    ("shown", ONE, numbers_read(3), False),
    ("span", MAYBE, numbers_read(2), False),
    ("later", ONE, number, False),
    ("documents", ONE, numbers_read(2), False),
    ("ledger", ONE, word("yes|no"), False),
]


def read_statement(data: bytes) -> Statement:
    """A statement in its one spelling."""
    text = utf8(data, MAX_STATEMENT)
    lines = text.split("\n")[::-1]
    if lines[0] or lines.pop() != "disclosure-vault/report/v1":
        refuse("statement: not version 1, or a last line that does not end")
    said: dict[str, list[Any]] = {}
    for name, counts, reader, ascending in STATED:
        found, given = list[Any](), list[str]()
        while lines[-1].startswith(f"{name} "):
            given.append(lines.pop()[len(name) + 1 :])
            found.append(reader(given[-1]))
        order: list[Any] = [one.encode() if isinstance(one, str) else one for one in found]
        if name in ("transmittal", "excluded", "withheld"):
            order = [one[0] for one in order]
        if name == "transmittal" and any(a[1] >= b[1] for a, b in itertools.pairwise(found)):
            refuse("statement: transmittals whose entries do not ascend as their numbers do")
        if len(found) not in counts or (ascending and any(a >= b for a, b in itertools.pairwise(order))):
            refuse(f"statement: lines `{name}`: too few, too many, or not ascending")
        said[name] = found
    if lines != [""] or (said["complete"] and said["complete-kind"]):
        refuse(f"statement: {lines[-1][:40]!a} is no line that can stand there")
    patterns = [
        re.compile(name.replace(".", r"\.").replace("*", "[0-9]+") + r"(?:\..+)?") for name, _ in said["withheld"]
    ]
    return Statement(
        said["by"][0], Head(said["origin"][0], *said["checkpoint"][0]), said["complete"],
        bool(said["complete-kind"]), said["within"], (said["since"] or [None])[0], (said["until"] or [None])[0],
        said["designation"], said["chosen"], patterns, said["transmittal"], said["excluded"], said["shown"][0],
        (said["span"] or [[]])[0], said["later"][0], said["documents"][0], said["ledger"] == ["yes"],
    )  # fmt: skip


# ---- report bundles: steps 1, 2, 10: what is in data/evidence ----

SEQ = r"([0-9]{6}|[1-9][0-9]{6,18})"
STEMS = re.compile(rf"(genesis|(?:keys|entries)/{SEQ})\.(entry|tlog-proof|record)", re.ASCII)
ANCHORED = re.compile(r"anchors/([1-9][0-9]{0,18})/(checkpoint|([0-9a-f]{64})\.(?:tsr|pem))", re.ASCII)
OTHERS = re.compile(
    r"statement|checkpoint|index/(?:kind-(?:genesis|key|party|disclosure)\.proof|(?:terms|within|follow-ups)\.proofs)"
)
KINDS = (*KEY_KINDS, "party", "disclosure")
NOWHERE = [ABSENT] * 64  # a path longer than any


class Bundle:
    """What was read of a bundle, and the report. What cannot be read is integrity BROKEN, and is not there."""

    def __init__(self, source: Source, outside: Outside, report: Report) -> None:
        self.source, self.outside, self.report = source, outside, report
        self.names = sorted(source.names(), key=lambda name: name.encode(errors="surrogateescape"))
        check_names_of_bag(self.names)
        self.digests: dict[str, tuple[str, int]] = {}  # SHA-256 and size of each file
        self.statement: Statement | None = self.part("statement", MAX_STATEMENT, read_statement)
        self.note = self.part("checkpoint", MAX_CHECKPOINT, note_of_some) or b""
        self.keys: list[Placed] = []
        self.unread_keys: list[int] = []
        self.shown: dict[int, Placed] = {}  # the other entries, by number
        self.records: dict[int, list[Shown]] = {}  # that are those of their entries
        for name in self.names:
            if match := STEMS.fullmatch(name.removeprefix(EVIDENCE)):
                self.take_entry(match)
            elif name.startswith(EVIDENCE) and not self.is_known(name.removeprefix(EVIDENCE)):
                report.broken("integrity", f"{name[:80]!a} has no place in data/evidence")
        self.keys.sort(key=lambda one: one.seq)
        for seq in sorted(self.records):
            report.judge("integrity", f"record of entry {seq}", self.check_filed, seq)
        self.kinds = [self.part(f"index/kind-{kind}.proof", MAX_INDEX_PROOF, read_under) for kind in KINDS]
        self.terms = self.part("index/terms.proofs", MAX_PROOFS, lambda data: read_unders(data, MAX_PROOFS))
        self.follow_ups = self.part("index/follow-ups.proofs", MAX_PROOFS, lambda data: read_unders(data, MAX_PROOFS))
        self.within: list[Under] | None = []
        if f"{EVIDENCE}index/within.proofs" in self.names or (self.statement and self.statement.within):
            self.within = self.part("index/within.proofs", MAX_PROOFS, lambda data: read_unders(data, MAX_PROOFS, True))
            if self.statement and not self.statement.within:
                report.broken("integrity", "index/within.proofs has no place where the statement says no `within`")

        self.stamped = {  # the checkpoints that were stamped, by size
            size: self.part(f"anchors/{size}/checkpoint", MAX_CHECKPOINT, lambda data: (head_of(data), data)[1])
            for size, _ in stamped_in(self)
        }
        self.paths = {  # the proofs that tie them to this one
            int(match[1]): self.part(match[0], 1 << 14, read_consistency)
            for name in self.names
            if (match := re.fullmatch(r"consistency/([1-9][0-9]{0,18})\.proof", name.removeprefix(EVIDENCE), re.ASCII))
        }

    def part(self, name: str, limit: int, read: Callable[[bytes], Any]) -> Any:
        """A file below data/evidence as `read` takes it; None where it is missing or misspelled."""
        try:
            return read(self.source.read(EVIDENCE + name, limit))
        except (Refused, NotThere) as exc:
            self.report.broken("integrity", f"{name}: {exc}")
            return None

    def is_known(self, name: str) -> bool:
        """Whether a file that is no entry may lie there; consistency proofs where there is a stamped checkpoint."""
        if match := re.fullmatch(r"consistency/(.+)\.proof", name):
            own = head_of(self.note).size if self.note else None
            return match[1] != str(own) and f"{EVIDENCE}anchors/{match[1]}/checkpoint" in self.names_set()
        ledger = name.startswith("ledger/") and self.statement is not None and self.statement.ledger
        return bool(ledger or ANCHORED.fullmatch(name) or OTHERS.fullmatch(name))

    def take_entry(self, match: re.Match[str]) -> None:
        """An entry with its proof and record, at the first of its files."""
        stem, sort = match[1], match[3]
        there = [one for one in ("entry", "tlog-proof", "record") if f"{EVIDENCE}{stem}.{one}" in self.names_set()]
        if sort != there[0]:
            return
        if "entry" not in there:
            self.report.broken("integrity", f"{stem}: files of an entry that is not there")
            return
        entry = self.part(f"{stem}.entry", MAX_ENTRY, read_entry)
        seq = int(match[2] or 0)
        proof = self.part(f"{stem}.tlog-proof", 2 * MAX_CHECKPOINT, self.proof)
        if entry is None:
            self.unread_keys += [] if stem.startswith("entries/") else [seq]
            return
        # A proof of another number, or under another checkpoint, leads nowhere: step 2 says so.
        path = None if proof is None else proof[1] if proof[0] == seq else NOWHERE
        placed = Placed(seq, entry, path)
        if stem.startswith("entries/"):
            self.shown[seq] = placed
            self.take_record(stem, entry, "record" in there)
        else:
            self.keys.append(placed)
            if "record" in there:
                self.report.broken("integrity", f"{stem}.record belongs to nothing")

    @cache  # noqa: B019 - one bundle a run
    def names_set(self) -> frozenset[str]:
        """For looking up."""
        return frozenset(self.names)

    def proof(self, data: bytes) -> tuple[int, list[bytes]]:
        """Index and path of a C2SP tlog-proof under this checkpoint, with the log's Ed25519 line alone."""
        if b"\nextra " in data.partition(b"\n\n")[0]:
            refuse("an extra line")
        seq, path, note = read_proof(utf8(data, 2 * MAX_CHECKPOINT))
        head_of(note)
        return seq, path if note in self.notes() else NOWHERE

    @cache  # noqa: B019 - one bundle a run
    def notes(self) -> frozenset[bytes]:
        """The checkpoint with one line by an Ed25519 key of its origin."""
        if not self.note:
            return frozenset()
        text, _, lines = self.note.decode().rpartition("\n\n")
        origin = text.partition("\n")[0]
        alone = [line for line in all_lines(lines) if signature_line(line).name == origin]
        return frozenset(f"{text}\n\n{one}\n".encode() for one in alone if len(signature_line(one).value) == 64)

    def take_record(self, stem: str, entry: Entry, there: bool) -> None:
        """Step 10."""
        if there != bool(entry.record):
            self.report.broken(
                "integrity", f"{stem}: a record beside each entry that commits to one, and beside no other"
            )
        if not there or not entry.record:
            return
        lines = self.part(f"{stem}.record", 96 << 20, lambda data: read_record(whole_lines(data)))
        if lines is not None and self.report.judge("integrity", f"{stem}.record", check_record, entry, lines):
            self.records[int(stem[8:])] = lines

    def check_filed(self, seq: int) -> None:
        """Step 10: a follow-up stands in every list in which what it follows up stands [entry.md, Follow-ups]."""
        lines, kind = self.records[seq], self.shown[seq].entry.kind
        own = terms_of(lines)
        if own is None or (kind not in FOLLOW_UPS and not numbers_in(own)):
            return
        if kind in FOLLOW_UPS and not numbers_in(own):
            refuse(f"a {kind} that is filed under no entry which it follows up")
        for corrects in [value for name, value, _ in lines if name == "corrects"] or [-1]:
            known = type(corrects) is int and corrects in numbers_in(own)
            if kind == "correction" and corrects is not None and not known:
                refuse("a correction that is not filed under the entry which its line `corrects` names")
        for at in numbers_in(own):
            earlier = terms_of(self.records.get(at, []))
            if earlier is None:  # withheld in part: not judged
                continue
            if any(group_of(one) in SHARED and one not in own for one in earlier):
                refuse(f"not filed under the party, subject and matter terms of entry {at}, which it follows up")
            if (first := min(numbers_in(earlier), default=at)) not in numbers_in(own):
                refuse(f"not filed under entry {first}, the first that entry {at} follows up")


FOLLOW_UPS = {"correction", "receipt", "outcome", "notice", "erasure", "hold", "reseal"}
SHARED = ("party", "subject", "matter")


def terms_of(lines: Sequence[Shown]) -> set[str] | None:
    """The terms of a record; None where one is withheld."""
    found = [value for name, value, _ in lines if name.startswith("term.")]
    return None if None in found else {str(one) for one in found}


def numbers_in(terms: Collection[str]) -> set[int]:
    """The entries that are followed up, by terms `entry:<seq>`."""
    return {int(one[6:]) for one in terms if one.startswith("entry:")}


def note_of_some(note: bytes) -> bytes:
    """A checkpoint note over at least the genesis."""
    return note if head_of(note).size else refuse("a checkpoint over nothing")


def whole_lines(data: bytes) -> str:
    """Text of whole lines."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        refuse("not UTF-8")
    return text if text.endswith("\n") else refuse("a last line that does not end")


def check_zip(file: BinaryIO, outside: Outside, report: Report) -> None:
    """A bundle in a zip."""
    try:
        source = Zip(file)
    except Refused as exc:
        report.broken("integrity", f"{exc}; not looked into")
        return
    check_bundle(source, outside, report)


def check_bundle(source: Folder | Zip, outside: Outside, report: Report) -> None:
    """All of a bundle. One that leads elsewhere, or holds two files of a name, is not looked into."""
    try:
        if isinstance(source, Folder):
            folder_of_bag(source)
        bundle = Bundle(source, outside, report)
    except Refused as exc:
        report.broken("integrity", f"{exc}; not looked into")
        return
    report.skipped.append("approvals that records name: their entries are not in a bundle")
    report.skipped.append("data/report.html, report.pdf and the tables: compare them with the records yourself")
    check_bag(bundle)
    judge_bundle(bundle)
    check_documents(bundle)
    wrong = [one for one in VERDICTS[:3] if report.verdict(one)[0] == "BROKEN"]
    if wrong:
        report.missing("completeness", f"{' and '.join(wrong)} BROKEN")


def check_bag(bundle: Bundle) -> None:
    """Step 17: every file but the seal stands in one manifest, with its hash; no other is there."""
    report, listed = bundle.report, dict[str, str]()
    for manifest, fits in (
        ("manifest-sha256.txt", lambda name: name.startswith("data/")),
        ("tagmanifest-sha256.txt", lambda name: name in BAG[:3]),
    ):
        try:
            read = read_manifest(bundle.source.read(manifest, MAX_MANIFEST))
        except (Refused, NotThere) as exc:
            report.broken("integrity", f"{manifest}: {exc}")
            continue
        if strange := [name for name in read if not fits(name)]:
            report.broken("integrity", f"{manifest}: {strange[0][:80]!a} does not belong there")
        listed |= read
    for name in bundle.names:
        try:
            bundle.digests[name] = digest_of(bundle.source.blocks(name))
        except Refused as exc:
            report.broken("integrity", str(exc))
        if name not in listed and not UNSEALED.fullmatch(name):
            report.broken("integrity", f"{name[:80]!a} stands in no manifest")
        if not name.startswith(EVIDENCE) and not NAMED.fullmatch(name):  # [A second page, sealed with the rest.]
            report.broken("integrity", f"{name[:80]!a} is no file that a report has")
    for name, expected in listed.items():
        if bundle.digests.get(name, ("", 0))[0] != expected:
            report.broken("integrity", f"{name[:80]!a}: missing, or other bytes than its manifest says")
    sizes = [size for name, (_, size) in bundle.digests.items() if name.startswith("data/")]
    report.judge("integrity", "bag", check_bag_info, bundle.source, f"{sum(sizes)}.{len(sizes)}")
    report.shown["integrity"] = f"{len(bundle.names)} files and all that is shown match their hashes"


def check_bag_info(source: Source, oxum: str) -> None:
    """The version of BagIt, and how much there is."""
    if source.read("bagit.txt", 1 << 10) != b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        refuse("bagit.txt: not version 1.0 and UTF-8")
    lines = all_lines(whole_lines(source.read("bag-info.txt", 1 << 16)))
    if [line for line in lines if line.lower().startswith("payload-oxum")] != [f"Payload-Oxum: {oxum}"]:
        refuse(f"bag-info.txt: not `Payload-Oxum: {oxum}`, once")


def digest_of(blocks: Iterator[bytes]) -> tuple[str, int]:
    """SHA-256 and size."""
    sum_, size = hashlib.sha256(), 0
    for block in blocks:
        sum_.update(block)
        size += len(block)
    return sum_.hexdigest(), size


def read_manifest(data: bytes) -> dict[str, str]:
    """Hashes by name; ascending by the bytes of the names."""
    found: dict[str, str] = {}
    lines = all_lines(whole_lines(data)) if data else []
    for line in lines:
        match = re.fullmatch(r"([0-9a-f]{64})  ((?:[^%\r]|%0A|%0D|%25)+)", line) or refuse(
            f"{line[:80]!a} is no line of one"
        )
        found[match[2].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")] = match[1]
    names = [name.encode() for name in found]
    return found if names == sorted(names) and len(names) == len(lines) else refuse("not ascending, or a name twice")


# ---- report bundles: the verdicts ----


def judge_bundle(bundle: Bundle) -> None:
    """All steps but 1, 17 and 20."""
    report, stated = bundle.report, bundle.statement
    for verdict in VERDICTS[1:] if not bundle.note else ():
        report.missing(verdict, "there is no checkpoint")
    if not bundle.note:
        return
    proof = Proof(bundle.keys, bundle.note, bundle.outside, report)
    proof.of_bundle, proof.unread = True, bundle.unread_keys
    index = bundle.shown.get(proof.head.size - 1)
    proof.check([bundle.shown[seq] for seq in sorted(bundle.shown)], ("order", "origin", "completeness"))
    proof.signers.name_revoked(report)
    check_seal(bundle, proof)
    stamps = check_anchors(bundle, proof)
    ledger = check_ledger_inside(bundle, proof)
    compare_all_kept(bundle, proof, ledger)
    proof.recomputed(ledger is not None)
    report.shown["order"] = f"{len(bundle.shown)} entries stand under checkpoint {proof.head.size}"
    report.shown["origin"] = "the signatures and the seal hold; all key entries that the index counts are here"
    if stated is None or not proof.holds:
        for verdict in ("time", "completeness"):
            report.missing(verdict, "no statement, or no keys that hold")
        return
    time_of_transmittals(report, stated, stamps)
    tell_query(report, stated, ledger is not None or stated.every)
    if index is None or index.seq not in proof.placed or index.entry.kind != "index":
        report.broken("completeness", f"entry {proof.head.size - 1}, the last one, is no index that is shown there")
        # [A removal is left out, and with it the index entry that counts it.]
        report.missing("origin", "no index that is shown counts the key entries")
    else:
        check_filing(bundle, proof, stated, index.entry.head("index")[1], ledger)
    check_counts(bundle, proof, stated)
    if not stated.complete and not stated.every:
        why = "the query names no party, subject, matter or category: what else there is, nobody can see"
        report.missing("completeness", why)
    report.shown["completeness"] = "all that was filed under the query's terms is here, with what followed it up"


def tell_query(report: Report, stated: Statement, counted_: bool) -> None:
    """What the verdicts speak of: compare the terms with those that you would have formed yourself."""
    report.remarks += [f"asked for: {one!a}" for one in stated.complete]
    selected = ", ".join(f"T-{number_:06d} in entry {seq}" for number_, seq in stated.selected[:20])
    more = f" and {len(stated.selected) - 20} more" if len(stated.selected) > 20 else ""
    report.remarks.append(f"{len(stated.selected)} transmittals: {selected or 'none'}{more}")
    report.remarks += [f"entry {seq} is here and not selected: {reason}" for seq, reason in stated.excluded[:20]]
    report.remarks.append(f"{stated.shown[2]} record lines are withheld; {stated.later} entries came later")
    if not counted_:
        report.remarks.append("transmittal numbers are the owner's word: not all transmittals are here, nor the ledger")


def check_seal(bundle: Bundle, proof: Proof) -> None:
    """Step 18."""
    there = f"{EVIDENCE}statement" in bundle.names

    def check_() -> None:
        note = bundle.source.read("report.note", MAX_STATEMENT + MAX_CHECKPOINT)
        text, lines = open_note(note, MAX_STATEMENT + MAX_CHECKPOINT)
        digest, _ = bundle.digests.get("tagmanifest-sha256.txt", ("", 0))
        said = bundle.source.read(f"{EVIDENCE}statement", MAX_STATEMENT) if there else b""
        if len(lines) != 1 or (there and text.encode() != said + f"tagmanifest {digest}\n".encode()):
            refuse("not the statement and the hash of the tag manifest, signed once")
        if bundle.statement is None:
            return bundle.report.missing("origin", "report.note: no statement that can be read")
        member = proof.signers.keys.members.get(bundle.statement.by) or refuse("by nobody present at the checkpoint")
        if not member.roles & WRITERS or (lines[0].name, lines[0].id) != (member.key.name, member.key.id):
            refuse(f"{bundle.statement.by} may not make a report, or another has signed")
        if not verify(member.key.public, text.encode(), lines[0].value):
            refuse("the signature does not hold")
        return None

    if proof.holds:
        bundle.report.judge("origin", "report.note", check_)


def check_ledger_inside(bundle: Bundle, proof: Proof) -> Ledger | None:
    """The ledger in the bundle, by the part of this file for ledgers; only one in which nothing is BROKEN counts."""
    beginning = f"{EVIDENCE}ledger/"
    there = any(name.startswith(beginning) for name in bundle.names)
    if bundle.statement is None or not bundle.statement.ledger or not there:
        return None
    inner, kept = Report(), [*bundle.outside.kept, ("data/evidence/checkpoint", bundle.note)]
    try:
        ledger = check_ledger(Below(bundle.source, beginning), bundle.outside._replace(kept=kept, policy=None), inner)
    except (NotThere, Refused) as exc:
        bundle.report.broken("integrity", f"ledger: {exc}")
        return None
    for verdict, state, what in inner.faults:
        if state == "BROKEN":
            bundle.report.broken(verdict, f"ledger: {what}")
    broken = any(state == "BROKEN" for _, state, _ in inner.faults)
    return ledger if ledger and not broken and len(ledger.tree) >= proof.head.size else None


def compare_all_kept(bundle: Bundle, proof: Proof, ledger: Ledger | None) -> None:
    """Step 8; where the ledger is there, that one was compared."""
    heads = [proof.head]
    for name in bundle.names:
        if re.fullmatch(rf"{EVIDENCE}anchors/[0-9]+/checkpoint", name):
            with contextlib.suppress(Refused, NotThere):
                heads.append(head_of(bundle.source.read(name, MAX_CHECKPOINT)))
    if ledger is None:
        proof.compare_kept(*heads)


# ---- report bundles: time [report.md, 9 and 16; anchors.md] ----


def check_anchors(bundle: Bundle, proof: Proof) -> list[Stamp]:
    """Steps 9 and 16: stamps and quorums over this checkpoint, and over those that are proven to come before it."""
    report, stamps = bundle.report, proof.seen.stamps(proof.head.size) if proof.seen else []
    # [One under a smaller number bounds what came before it.]
    there = [bundle.shown[seq].entry for seq in sorted(bundle.shown) if seq in proof.placed]
    anchors = [one for one in there if one.kind == "anchor"]
    named = {(one.head("checkpoint")[0], digest): one.seq for one in anchors for digest in one.all("token")}
    with stamping(bundle.outside, report) as openssl:
        for size, tokens in stamped_in(bundle):
            note = bundle.stamped[size]
            if note is None or not report.judge("order", f"anchors/{size}", check_tied, bundle, proof, size, note):
                if note is None:
                    report.broken("order", f"anchors/{size}: no checkpoint that can be tied to this one")
                continue
            if not proof.check_note(f"anchors/{size}/checkpoint", note, size):
                continue
            for one in anchors:
                if one.head("checkpoint")[0] == size and one.head("checkpoint")[1] != head_of(note).root:
                    report.broken("order", f"anchor in entry {one.seq}: another root than that over {size} entries")
            policy = bundle.outside.policy
            seen = judge_cosigned(report, f"anchors/{size}", note, policy, proof.signers.keys) if policy else None
            stamps += seen.stamps(size) if seen else []
            for name, digest in tokens if openssl else ():
                if openssl:
                    stamps += token_of(bundle, openssl, (named.get((size, digest), NAMELESS), size, digest), name, note)
        if openssl:
            check_seal_stamps(bundle, openssl)
        return counted(stamps, now())


def stamped_in(bundle: Bundle) -> list[tuple[int, list[tuple[str, str]]]]:
    """Sizes of stamped checkpoints, and the tokens of each: name of the file, hash in it."""
    folders: dict[int, list[tuple[str, str]]] = {}
    for name in bundle.names:
        if match := ANCHORED.fullmatch(name.removeprefix(EVIDENCE)):
            tokens = folders.setdefault(int(match[1]), [])
            tokens += [(name, match[3])] if name.endswith(".tsr") else []
    return sorted(folders.items())


def check_tied(bundle: Bundle, proof: Proof, size: int, note: bytes) -> None:
    """A stamped checkpoint is over the beginning of what this one is over."""
    head = head_of(note)
    if head.origin != proof.head.origin or head.size != size or size > proof.head.size:
        refuse("a checkpoint of another origin or size")
    if size == proof.head.size:
        return None if head == proof.head else refuse("another tree of the same size")
    read = bundle.paths.get(size) or refuse("no consistency proof that can be read")
    if read[:2] != (size, proof.head.size):
        refuse("a consistency proof of other sizes")
    return check_prefix(head, proof.head, read[2])


def read_consistency(data: bytes) -> tuple[int, int, list[bytes]]:
    """Old size, new size, hashes [report.md, Consistency, hashes alone]."""
    version, old, new, *lines = [*all_lines(whole_lines(data)), "", "", ""][: max(3, data.count(b"\n"))]
    if version != "disclosure-vault/consistency-path/v1" or not (old.startswith("old ") and new.startswith("new ")):
        refuse("not consistency-path of version 1, old and new")
    if len(lines) > 126:
        refuse("more than 126 hashes")
    return number(old[4:]), number(new[4:]), [hash32(line) for line in lines]


def token_of(bundle: Bundle, openssl: Openssl, named: tuple[int, int, str], name: str, note: bytes) -> list[Stamp]:
    """A token, if it holds."""
    try:
        return list(stamp_of(bundle.report, openssl, named, note, bundle.source.read(name, MAX_TOKEN)))
    except (Refused, NotThere) as exc:
        bundle.report.broken("time", f"{name}: {exc}")
        return []


def check_seal_stamps(bundle: Bundle, openssl: Openssl) -> None:
    """Stamps over report.note: they bound nothing, but have to hold."""
    for name in (one for one in bundle.names if re.fullmatch(r"report-[1-9][0-9]{0,3}\.tsr", one, re.ASCII)):
        try:
            note = bundle.source.read("report.note", MAX_STATEMENT + MAX_CHECKPOINT)
            token = bundle.source.read(name, MAX_TOKEN)
            for one in stamp_of(bundle.report, openssl, (NAMELESS, 0, sha256(token).hex()), note, token):
                bundle.report.remarks.append(f"{name}: the report was there by {one.last.isoformat()}")
        except NotThere:  # that there is no report.note was told
            continue
        except Refused as exc:
            bundle.report.broken("time", f"{name}: {exc}")


def time_of_transmittals(report: Report, stated: Statement, stamps: Sequence[Stamp]) -> None:
    """Each one has a proven end."""
    ends = {seq: bounds_of(seq, stamps, report) for _, seq in stated.selected}
    open_ = [seq for seq, end in ends.items() if end is None]
    if open_ or not ends:
        why = (
            f"entry {open_[0]} lies under no time stamp or quorum that counts"
            if open_
            else "no transmittal is selected"
        )
        report.missing("time", why)
    else:
        last = max(end for end in ends.values() if end)
        report.shown["time"] = f"each transmittal was there by its proven end, the last by {last.isoformat()}"


# ---- report bundles: step 15, lists [index.md], and step 19, the query ----


class Filing:
    """What stands under which tag, among the entries shown; proven, not claimed."""

    def __init__(self, bundle: Bundle) -> None:
        # By the numbers that their files have; where an entry names another, step 2 has told.
        self.entries = {seq: bundle.shown[seq].entry._replace(seq=seq) for seq in sorted(bundle.shown)}
        self.records = bundle.records
        self.carriers: dict[bytes, list[Entry]] = {}
        for entry in self.entries.values():
            for tag in entry.tags:
                self.carriers.setdefault(tag, []).append(entry)
        self.follow_ups: dict[int, list[Entry]] = {}  # by the entry that they follow up
        self.groups: dict[str, set[bytes]] = {}  # party, subject, matter, category, document: its tags in the query

    def newest(self, seq: int, name: str) -> tuple[bool, object]:
        """Whether it is known, and the newest value of a line of transmittal `seq`: corrections of it come first."""
        for entry in self.follow_ups.get(seq, ())[::-1]:
            lines = {one: value for one, value, _ in self.records.get(entry.seq, ())}
            if entry.kind != "correction" or "corrects-item" in lines or name not in lines:
                continue
            if lines.get("corrects") == seq:
                return lines[name] is not None, lines[name]
            if lines.get("corrects") is None:
                return False, None
        lines = {one: value for one, value, _ in self.records.get(seq, ())}
        return name not in lines or lines[name] is not None, lines.get(name)


def check_filing(bundle: Bundle, proof: Proof, stated: Statement, root: bytes, ledger: Ledger | None) -> None:
    """Step 15; then what of step 19 rests on it."""
    report, filing = bundle.report, Filing(bundle)
    disclosures = check_kinds(bundle, proof, root, filing)
    recorded = [f"entry:{seq}" for seq, one in filing.entries.items() if one.record]
    lists = (
        ("terms", bundle.terms, stated.complete),
        ("follow-ups", bundle.follow_ups, recorded),
        ("within", bundle.within, stated.within),
    )
    sound = [
        report.judge("completeness", where, check_terms, unders, terms, proof.signers.keys)
        and all([take_list(where, one, root, filing, report) for one in unders or ()])  # noqa: C419 - each is told
        for where, unders, terms in lists
    ]
    for verdict in ("order", "completeness") if disclosures == 0 else ():
        report.missing(verdict, "no disclosure at all")
    if all(sound):
        check_query(bundle, stated, filing, ledger)


def check_terms(unders: list[Under] | None, terms: Sequence[str], keys: Keys) -> None:
    """One proof for each term and each index key, with the tag that the term has under it."""
    expected = sorted((name, at) for name in terms for at in range(1, len(keys.vrfs) + 1))
    if unders is None or sorted((one.term, one.generation) for one in unders) != expected:
        refuse("not one proof that can be read for each term and each index key")
    for one in unders:
        if tag_of(keys.vrfs[one.generation - 1][1], one.term, one.vrf) != one.tag:
            refuse(f"{one.term!a}: not the tag of the term")


def take_list(where: str, under: Under, root: bytes, filing: Filing, report: Report) -> bool:
    """Whether what is shown under the tag is all that the index has there; of a term of `within` nothing says so."""
    found = filing.carriers.get(under.tag, [])
    if where == "follow-ups":
        earlier = filing.follow_ups.setdefault(int(under.term[6:]), [])
        earlier += found
        earlier.sort(key=lambda entry: entry.seq)
    elif (group := group_of(under.term)) != "entry":
        filing.groups.setdefault(group, set()).add(under.tag)
    name = f"{where}, {under.term!a}"
    return where == "within" or report.judge("completeness", name, check_list, under, root, found)


def check_kinds(bundle: Bundle, proof: Proof, root: bytes, filing: Filing) -> int | None:
    """Key entries are all there are; how many disclosures there are, if the index says so."""
    report, counts = bundle.report, dict[str, int]()
    for kind, under in zip(KINDS, bundle.kinds, strict=True):

        def check_(kind: str = kind, under: Under | None = under) -> None:
            if under is None or (under.tag, under.generation) != (kind_tag(kind), 0):
                refuse("no index proof of this kind")
            if kind in KEY_KINDS:
                check_list(under, root, [one.entry for one in proof.keys if one.entry.kind == kind])
            counts[kind] = listed(under, root)[0]

        if not report.judge(
            "completeness", f"kind {kind}", check_
        ):  # [A removal is left out, and who left has signed.]
            report.broken("origin", f"kind {kind}: nothing shows that all key entries are here")
    if "disclosure" in counts and bundle.statement and bundle.statement.every:
        transmittals = [one for one in filing.entries.values() if one.kind == "disclosure"]
        report.judge("completeness", "complete-kind disclosure", check_list, bundle.kinds[3], root, transmittals)
    return counts.get("disclosure")


def group_of(term_: str) -> str:
    """Which group of the query a term belongs to."""
    first = term_.partition(":")[0].removesuffix("-name")
    return {"class": "category"}.get(first, first)


def check_query(bundle: Bundle, stated: Statement, filing: Filing, ledger: Ledger | None) -> None:
    """Step 19: nothing is here that the query does not bring, each transmittal fits it, each excluded one does not."""
    report = bundle.report
    seeds = {seq for seq, one in filing.entries.items() if one.kind == "disclosure"}
    seeds |= {entry.seq for one in bundle.terms or () for entry in filing.carriers.get(one.tag, ())}
    belongs = with_follow_ups(seeds, filing)
    for seq, entry in filing.entries.items():
        last = entry.kind == "index" and seq == max(filing.entries)
        if seq not in belongs and not last and entry.kind != "anchor":
            report.broken("completeness", f"entry {seq}: nothing in the query brings it here")
    check_withheld(bundle, stated, hidden_by({seq for seq, _ in stated.excluded}, filing))
    check_corrected(bundle, filing)
    ordinals = ordinals_of(stated, filing, ledger)
    for number_, seq in stated.selected:
        if seq in filing.entries:  # else the counts are wrong, and say so
            check_selected(seq, number_, ordinals, stated, filing, report)
    for seq, excuse in stated.excluded:
        if seq in filing.entries:
            check_excluded(seq, excuse, ordinals, stated, filing, report)


def check_corrected(bundle: Bundle, filing: Filing) -> None:
    """What a correction under a term of the query is of, is here. [The party was added by that correction alone.]"""
    listed = {entry.seq: entry for one in bundle.terms or () for entry in filing.carriers.get(one.tag, ())}
    for seq, entry in listed.items():
        of = [value for name, value, _ in filing.records.get(seq, ()) if name == "corrects"]
        if entry.kind == "correction" and not any(type(one) is int and one in filing.entries for one in of):
            bundle.report.missing("completeness", f"entry {seq}: what it corrects is not shown, or withheld")


def check_selected(
    seq: int, number_: int, ordinals: dict[int, int] | None, stated: Statement, filing: Filing, report: Report
) -> None:
    """It has its number, and fits the query in every respect."""
    if ordinals is not None and ordinals.get(seq) != number_:
        report.broken("completeness", f"transmittal {number_}: entry {seq} is number {ordinals.get(seq)}")
    for excuse in EXCUSES:
        if (fails := fails_by(excuse, stated, filing, seq, number_)) is None:
            report.missing("completeness", f"transmittal {number_}: what decides, {excuse}, is withheld")
        elif fails:
            report.broken("completeness", f"transmittal {number_}, entry {seq}: it does not fit the query: {excuse}")


def check_excluded(
    seq: int, excuse: str, ordinals: dict[int, int] | None, stated: Statement, filing: Filing, report: Report
) -> None:
    """It does not fit the query, for the reason given."""
    fails = fails_by(excuse, stated, filing, seq, (ordinals or {}).get(seq)) if excuse in EXCUSES else False
    if fails is None and excuse == "not-chosen":  # [T-1 is chosen; its owner calls it T-2, and leaves it out.]
        report.missing("completeness", f"entry {seq}: that its number was not chosen is the owner's word: not counted")
    elif fails is None:
        report.missing("completeness", f"entry {seq}: whether it is {excuse} is withheld")
    elif not fails:
        report.broken("completeness", f"entry {seq} is left out of the query for no reason: {excuse}")


def with_follow_ups(seeds: Collection[int], filing: Filing) -> set[int]:
    """These, what follows them up, and what follows that up."""
    found, rest = set(seeds), list(seeds)
    while rest:
        new = {entry.seq for entry in filing.follow_ups.get(rest.pop(), ())} - found
        found |= new
        rest += new
    return found


def hidden_by(out: set[int], filing: Filing) -> set[int]:
    """Excluded transmittals, and what follows up them or such and nothing else."""
    before: dict[int, set[int]] = {}
    for seq, entries in filing.follow_ups.items():
        for entry in entries:
            before.setdefault(entry.seq, set()).add(seq)
    found = set(out)
    for seq in sorted(before):
        if before[seq] <= found and filing.entries[seq].kind != "disclosure":
            found.add(seq)
    return found


def check_withheld(bundle: Bundle, stated: Statement, hidden: set[int]) -> None:
    """What is withheld fits a pattern; of what is excluded all may be withheld but what says so."""
    for seq, lines in bundle.records.items():
        for name, value, _ in lines:
            if seq not in hidden and value is None and not any(one.fullmatch(name) for one in stated.withheld):
                bundle.report.broken("completeness", f"entry {seq}: {name} is withheld, and no pattern says so")


def ordinals_of(stated: Statement, filing: Filing, ledger: Ledger | None) -> dict[int, int] | None:
    """The number of each transmittal, where all of them are there; else it is the owner's word."""
    if ledger is not None:
        return {seq: at for at, seq in enumerate(ledger.transmittals, 1)}
    if not stated.every:
        return None
    return {seq: at for at, seq in enumerate((s for s, one in filing.entries.items() if one.kind == "disclosure"), 1)}


def fails_by(excuse: str, stated: Statement, filing: Filing, seq: int, number_: int | None) -> bool | None:
    """Whether a transmittal does not fit the query in this respect; None where what decides is withheld."""
    if excuse == "outside-period":
        return fails_by_time(stated, filing, seq)
    if excuse == "other-designation" and stated.designations:
        known, value = filing.newest(seq, "designation")
        return value not in stated.designations if known else None
    if excuse == "not-within":
        tags = {tag for one in (filing.entries[seq], *filing.follow_ups.get(seq, ())) for tag in one.tags}
        return any(not tags & its for its in filing.groups.values())
    if excuse == "not-chosen" and stated.chosen:
        return None if number_ is None else number_ not in stated.chosen
    return False


def fails_by_time(stated: Statement, filing: Filing, seq: int) -> bool | None:
    """The same of the period."""
    if stated.since is None and stated.until is None:
        return False
    known, value = filing.newest(seq, "event-time")
    told_ = moment_of(value)
    at = since_year_1(filing.entries[seq].time) if told_ is None else told_
    early = stated.since is not None and at < since_year_1(stated.since)
    return early or (stated.until is not None and at >= since_year_1(stated.until)) if known else None


WENT_OUT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d))?([+-])(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)


def moment_of(value: object) -> timedelta | None:
    """When something went out, from the beginning of the year 1 in UTC: a time or the beginning of a day."""
    match = WENT_OUT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    hours, minutes, seconds = (int(match[at] or 0) for at in (8, 9, 10))
    try:
        there = datetime(*(int(match[at] or 0) for at in range(1, 7)))  # type: ignore[arg-type]
    except ValueError:
        return None
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return there - datetime(1, 1, 1) - (offset if match[7] == "+" else -offset)


def since_year_1(moment: datetime) -> timedelta:
    """The same of a moment in UTC."""
    return moment.replace(tzinfo=None) - datetime(1, 1, 1)


def check_counts(bundle: Bundle, proof: Proof, stated: Statement) -> None:
    """Step 19: what the statement counts is what is shown."""
    lines = [value for one in bundle.records.values() for _, value, _ in one]
    held = sum(value is None for value in lines)
    transmittals = [seq for seq in sorted(bundle.shown) if bundle.shown[seq].entry.kind == "disclosure"]
    documents = [bundle.digests.get(name, ("", 0))[1] for name in bundle.names if name.startswith(DOCUMENTS)]
    recorded = [seq for seq in sorted(bundle.shown) if bundle.shown[seq].entry.record]
    selected = [seq for _, seq in stated.selected]
    out = [seq for seq, _ in stated.excluded]
    for what, said, found in (
        ("checkpoint", stated.head, proof.head),
        ("shown", stated.shown, [len(bundle.shown), len(lines) - held, held]),
        ("span", stated.span, [recorded[0], recorded[-1]] if recorded else []),
        ("documents", stated.documents, [len(documents), sum(documents)]),
        ("ledger", stated.ledger, any(name.startswith(f"{EVIDENCE}ledger/") for name in bundle.names)),
        ("transmittal, excluded", sorted(selected + out), transmittals),
    ):
        if said != found:
            bundle.report.broken("completeness", f"statement, {what}: it says {said!a}, there is {found!a}"[:300])


def check_documents(bundle: Bundle) -> None:
    """Step 20."""
    seen: set[tuple[str, str]] = set()
    for name in (one for one in bundle.names if one.startswith(DOCUMENTS)):
        match = re.fullmatch(rf"{DOCUMENTS}{SEQ}-([1-9][0-9]{{0,3}})(?:-([^/]+))?", name, re.ASCII)
        lines = {one: value for one, value, _ in bundle.records.get(int(match[1]), ())} if match else {}
        item = f"item.{match[2]}" if match else ""
        found = (lines.get(f"{item}.sha256"), lines.get(f"{item}.size"))
        if not match or found != bundle.digests.get(name) or (match[1], match[2]) in seen:
            bundle.report.broken(
                "integrity", f"{name[:80]!a}: not an item of an entry by size and hash, or there twice"
            )
        if match:
            seen.add((match[1], match[2]))
            called = lines.get(f"{item}.name")
            if not is_called(match[3] or "", called if isinstance(called, str) else ""):
                bundle.report.broken("integrity", f"{name[:80]!a}: another name than its item has, or none")


def is_called(found: str, name: str) -> bool:
    """Whether a document may have this name by that of its item. [`draft.pdf`, which the record calls `final.pdf`.]"""
    last = re.split(r"[/\\]", name)[-1].strip(" .")
    if not found or not name:
        return found == name
    for one in (found, found[1:]) if found[0] == "_" else (found,):
        whole = re.escape(one).replace("_", "(?s:.)")
        if re.fullmatch(whole, last) or (len(last.encode()) > 200 and fits_cut(one, last)):
            return True
    return False


def fits_cut(found: str, last: str) -> bool:
    """Whether it is a beginning and an end of a long name, `_` standing for any character."""
    less = len(last) - len(found)
    same = [a in ("_", b) for a, b in zip(found, last, strict=False)]
    ahead = [*same, False].index(False)
    return less > 0 and all(a in ("_", b) for a, b in zip(found[ahead:], last[less + ahead :], strict=True))


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


@cache  # each key is looked at once
def good_point(data: bytes) -> Point | None:
    """The point of prime order (so not the identity) of which these bytes are the one encoding; else None."""
    point = decode(data)
    return point if point is not None and not neutral(point) and neutral(times(ORDER, point)) else None


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


@cache
def rows_of(key: Point) -> list[list[Point]]:
    """The multiples of -key."""
    return multiples(negative(key))


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is good by the strictest reading: A and R canonical, of prime order; S < L; no cofactor.

    A is looked at; of R it follows. R is compared, as bytes, with the one encoding of S*B - k*A, which lies in the
    group of prime order as A and B do. So only the identity is left to be refused.
    """
    key = good_point(public)
    s = int.from_bytes(signature[32:], "little")
    if key is None or len(signature) != 64 or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    found = add(times_known(s, BASE_ROWS), times_known(k, rows_of(key)))
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
