"""Recomputing the index: what every index entry states, from the entries before it. docs/format/index.md.

For each entry one hash a tag, for each index entry one hash a node above what was changed. Memory: 0.5 kB a tag.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vault.evidence import public
from vault.evidence.anchor import BOOKKEEPING
from vault.evidence.entry import SignedEntry
from vault.evidence.index import Tree
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import Fault, Verdict, broken, not_proven

_COMPLETENESS = Verdict.COMPLETENESS
INDEPENDENT = "an index recomputed by somebody independent"


class Filing(NamedTuple):
    """What the index takes in of an entry: its kind, tags and leaf hash; what it states if it is an index itself."""

    kind: str
    tags: tuple[bytes, ...]
    hash: bytes
    said: tuple[int, bytes] | None = None


def filing(signed: SignedEntry) -> Filing:
    """That of an entry."""
    entry = signed.entry
    said = None
    if entry.kind == "index" and not entry.record:
        said = public.parse_root(public.split(entry.public_lines[0])[1], f"entry {entry.seq}")
    return Filing(entry.kind, entry.tags, signed.hash, said)


class Recomputed:
    """The index over the entries taken in: `agreeing` of the `stated` roots are those of the entries before them.

    `newest` is the number of the last index entry, -1 without one; `uncovered` are the first and the last entry that it
    says nothing of, bookkeeping apart.
    """

    def __init__(self) -> None:
        self.tree = Tree()
        self.stated = 0
        self.agreeing = 0
        self.newest = -1
        self.uncovered: list[int] = []

    def take(self, filed: Filing | None) -> Iterator[Fault]:
        """Take in the next entry, None for one that cannot be read; what is wrong with what it states."""
        if filed is None:  # what it files nobody knows: an index before it does not say
            self.uncovered = [*self.uncovered[:1], self.tree.size]
            self.tree.skip()
            return
        seq = self.tree.size
        if filed.said is not None:
            yield from self._compare(seq, filed.said)
        elif filed.kind not in BOOKKEEPING:
            self.uncovered = [*self.uncovered[:1], seq]
        self.tree.add(filed.kind, filed.tags, filed.hash)

    def take_all(self, filed: Iterable[Filing | None]) -> Iterator[Fault]:
        """Take in entries in a row."""
        for one in filed:
            yield from self.take(one)

    def _compare(self, seq: int, said: tuple[int, bytes]) -> Iterator[Fault]:
        expected = (seq, self.tree.root)
        self.stated += 1
        self.newest = seq
        self.uncovered = []
        if said == expected:
            self.agreeing += 1
            return
        where = f"index in entry {seq}"
        found = f"{said[0]} {base64_text(said[1])}"
        yield broken(_COMPLETENESS, where, f"the root over {seq} entries, {base64_text(expected[1])}", found)

    def missing(self) -> Iterator[Fault]:
        """What there is no index over."""
        if not self.stated:
            yield not_proven(_COMPLETENESS, "index", INDEPENDENT, "none")
        elif self.uncovered:
            first, last = self.uncovered[0], self.uncovered[-1]
            yield not_proven(_COMPLETENESS, "index", f"an index over entries {first} to {last} too", "none")
