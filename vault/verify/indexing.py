"""Recomputing the index: what every index entry states, from the entries before it. docs/format/index.md.

For each entry one hash a tag, for each index entry one hash a node above what was changed. Memory: 0.5 kB a tag.
"""

from collections.abc import Iterable, Iterator

from vault.evidence import public
from vault.evidence.anchor import BOOKKEEPING
from vault.evidence.entry import SignedEntry
from vault.evidence.index import Tree
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import Fault, Verdict, broken, not_proven

_COMPLETENESS = Verdict.COMPLETENESS
INDEPENDENT = "an index recomputed by somebody independent"


Filing = tuple[str, tuple[bytes, ...], bytes, tuple[int, bytes] | None]
"""What the index takes in of an entry: its kind, tags and leaf hash; what it states if it is an index itself.

Processes hand over one for each entry, and a named tuple takes five times as long to pickle.
"""


def filing(signed: SignedEntry) -> Filing:
    """That of an entry."""
    entry = signed.entry
    said = None
    if entry.kind == "index" and not entry.record:
        said = public.parse_root(public.split(entry.public_lines[0])[1], f"entry {entry.seq}")
    return entry.kind, entry.tags, signed.hash, said


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

    def take(self, filed: Iterable[Filing | None]) -> Iterator[Fault]:
        """Take in the next entries, None for one that cannot be read; what is wrong with what they state."""
        for one in filed:
            if one is None:  # what it files nobody knows: an index before it does not say
                self.uncovered[1:] = [self.tree.size]
                self.tree.skip()
                continue
            kind, tags, hash_, said = one
            if said is not None:
                yield from self._compare(self.tree.size, said)
            elif kind not in BOOKKEEPING:
                self.uncovered[1:] = [self.tree.size]
            self.tree.add(kind, tags, hash_)

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
