"""Entries that travel with a proof, each with its place in the tree of the proof's checkpoint; the key entries first.

Without the key entries nobody could tell whose signatures count. That they are all the key entries there are, they do
not show.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vault.evidence import entry as entries
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.entry import SignedEntry
from vault.evidence.members import KEY_KINDS, KeyHistory
from vault.evidence.merkle import HASH_SIZE, MAX_PROOF, check_inclusion, leaf_hash
from vault.evidence.sections import Part, Reader
from vault.evidence.strict import base64_bytes, base64_text, decimal, refuse

MAX_KEYS = 10_000

_KEY, _PATH, _INDEX = "key", "path", "index "


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry's bytes, its number and its path (hashes of 32 bytes, its sibling first), none of it verified."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]


def render(placed: Iterable[Placed], name: str = _KEY) -> list[Part]:
    """The parts of entries, each called `name`: of key entries, unless something else is said."""
    parts: list[Part] = []
    for one in placed:
        lines = [f"{_INDEX}{one.index}", *map(base64_text, one.path), ""]
        parts += [(name, one.leaf.decode()), (_PATH, "\n".join(lines))]
    return parts


def take(reader: Reader, where: str) -> tuple[Placed, ...]:
    """Read the parts of key entries, at least the genesis. Raises `Malformed`."""
    keys: list[Placed] = []
    while reader.has(_KEY) or not keys:
        keys.append(take_one(reader, where, _KEY))
        if len(keys) > MAX_KEYS:
            refuse(where, f"at most {MAX_KEYS} key entries")
    return tuple(keys)


def take_one(reader: Reader, where: str, name: str) -> Placed:
    """Read the two parts of the entry that comes next, which has to be called `name`. Raises `Malformed`."""
    leaf = reader.take(name).encode()
    entries.parse(leaf, f"{where}, {name}")  # what cannot be read is no part of the file, and nothing of it is judged
    first, *hashes = reader.take(_PATH).split("\n")[:-1] or [""]
    if not first.startswith(_INDEX) or len(hashes) > MAX_PROOF:
        refuse(where, f"a path: its index, at most {MAX_PROOF} hashes", first)
    path = tuple(base64_bytes(hash_, f"{where}, path", size=HASH_SIZE) for hash_ in hashes)
    return Placed(leaf, decimal(first[len(_INDEX) :], f"{where}, index"), path)


def check_place(placed: Placed, unverified: Checkpoint, where: str) -> SignedEntry:
    """The entry, which names the origin and number of its place in the tree of `unverified`. Raises `Malformed`."""
    signed = entries.parse(placed.leaf, where)
    if (signed.entry.origin, signed.entry.seq) != (unverified.origin, placed.index):
        found = f"{signed.entry.seq} of {signed.entry.origin}"
        refuse(where, f"number {placed.index} of {unverified.origin}", found)
    check_inclusion(signed.hash, placed.index, unverified.size, placed.path, unverified.root, where)
    return signed


def history(keys: Sequence[Placed], unverified: Checkpoint, before: int, where: str) -> KeyHistory:
    """The keys that the key entries below `before` declare, each in the tree of `unverified`, in ascending order.

    That the checkpoint is signed by such keys is for the caller to see to. Raises `Malformed`.
    """
    found, last = KeyHistory(unverified.origin), -1
    for placed in keys:
        signed = _key_entry(placed, last, unverified, where)
        if placed.index < before:
            found = found.after(signed, f"{where}, entry {placed.index}")
        last = placed.index
    return found


def histories(keys: Sequence[Placed], unverified: Checkpoint, where: str) -> list[tuple[int, KeyHistory]]:
    """The number of each key entry, and the keys after it; else as `history`."""
    found: list[tuple[int, KeyHistory]] = []
    state, last = KeyHistory(unverified.origin), -1
    for placed in keys:
        state = state.after(_key_entry(placed, last, unverified, where), f"{where}, entry {placed.index}")
        last = placed.index
        found.append((last, state))
    return found


def _key_entry(placed: Placed, last: int, unverified: Checkpoint, where: str) -> SignedEntry:
    place = f"{where}, entry {placed.index}"
    signed = entries.parse(placed.leaf, place)
    if signed.entry.kind not in KEY_KINDS or signed.entry.seq != placed.index or placed.index <= last:
        refuse(place, "a genesis or key entry of that number, ascending", f"{signed.entry.kind} {signed.entry.seq}")
    if signed.entry.origin != unverified.origin:
        refuse(place, f"origin {unverified.origin}", signed.entry.origin)
    check_inclusion(signed.hash, placed.index, unverified.size, placed.path, unverified.root, place)
    return signed


def fingerprint(keys: Sequence[Placed]) -> bytes:
    """The leaf hash of the first of them, the genesis (32 bytes)."""
    return leaf_hash(keys[0].leaf)
