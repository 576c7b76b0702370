"""The key entries that travel with a proof, each with its place in the tree of the proof's checkpoint.

Without them nobody could tell whose signatures count. That they are all the key entries there are, they do not show.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vault.evidence import entry as entries
from vault.evidence.checkpoint import Checkpoint
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


def render(keys: Iterable[Placed]) -> list[Part]:
    """The parts of key entries."""
    parts: list[Part] = []
    for placed in keys:
        lines = [f"{_INDEX}{placed.index}", *map(base64_text, placed.path), ""]
        parts += [(_KEY, placed.leaf.decode()), (_PATH, "\n".join(lines))]
    return parts


def take(reader: Reader, where: str) -> tuple[Placed, ...]:
    """Read the parts of key entries, at least the genesis. Raises `Malformed`."""
    keys: list[Placed] = []
    while reader.has(_KEY) or not keys:
        leaf = reader.take(_KEY).encode()
        first, *hashes = reader.take(_PATH).split("\n")[:-1]
        if not first.startswith(_INDEX) or len(hashes) > MAX_PROOF or len(keys) >= MAX_KEYS:
            refuse(where, f"a path: its index, at most {MAX_PROOF} hashes", first)
        path = tuple(base64_bytes(hash_, f"{where}, path", size=HASH_SIZE) for hash_ in hashes)
        keys.append(Placed(leaf, decimal(first[len(_INDEX) :], f"{where}, index"), path))
    return tuple(keys)


def history(keys: Sequence[Placed], unverified: Checkpoint, before: int, where: str) -> KeyHistory:
    """The keys that the key entries below `before` declare, each in the tree of `unverified`, in ascending order.

    That the checkpoint is signed by such keys is for the caller to see to. Raises `Malformed`.
    """
    found, last = KeyHistory(unverified.origin), -1
    for placed in keys:
        place = f"{where}, entry {placed.index}"
        signed = entries.parse(placed.leaf, place)
        if signed.entry.kind not in KEY_KINDS or signed.entry.seq != placed.index or placed.index <= last:
            refuse(place, "a genesis or key entry of that number, ascending", f"{signed.entry.kind} {signed.entry.seq}")
        if signed.entry.origin != unverified.origin:
            refuse(place, f"origin {unverified.origin}", signed.entry.origin)
        check_inclusion(signed.hash, placed.index, unverified.size, placed.path, unverified.root, place)
        if placed.index < before:
            found = found.after(signed, place)
        last = placed.index
    return found


def fingerprint(keys: Sequence[Placed]) -> bytes:
    """The leaf hash of the first of them, the genesis (32 bytes)."""
    return leaf_hash(keys[0].leaf)
