"""Checking the index: every root that an index entry states is recomputed from the entries, the stored tables compared.

A second pass over the leaves, in this process alone, once the parts have been followed: for each entry one parse and
one hash a tag, for each index entry one hash a node above what was changed. Memory: about 0.5 kB a tag.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest

from vault.checking.progress import Progress, silent
from vault.evidence import entry as entries
from vault.evidence import merkle
from vault.evidence.entry import SignedEntry
from vault.evidence.index import Leaf, Tree, tags_of
from vault.evidence.strict import Malformed, base64_text
from vault.evidence.verdicts import Fault, Verdict, broken, not_proven
from vault.index.filling import UNINDEXED, newest, stated
from vault.index.store import IndexStore
from vault.ledger.sqlcipher import SqlcipherLedger

_TOLD_EVERY = 1_024  # entries
_TABLES = "index tables"


class IndexCheck:
    """`agreeing` of `stated` index entries say what the entries before them do; `run` says what is wrong."""

    def __init__(self, ledger: SqlcipherLedger, store: IndexStore) -> None:
        self._ledger = ledger
        self._store = store
        self._tree = Tree()
        self._sums: defaultdict[bytes, int] = defaultdict(int)
        self._uncovered: list[int] = []
        self.stated = 0
        self.agreeing = 0

    def run(self, progress: Progress = silent) -> Iterator[Fault]:
        """All faults of the index entries, then those of the tables. Raises what cannot be read."""
        size, kept = self._ledger.size(), self._store.head[0]
        compared = kept == 0
        for seq, leaf in enumerate(self._ledger.leaves(0, size)):
            yield from self._follow(seq, leaf, keep=seq < kept)
            if self._tree.size == kept:
                compared = True
                yield from self._tables()
            if self._tree.size % _TOLD_EVERY == 0:
                progress(seq + 1, size)
        progress(size, size)
        if not compared:
            yield broken(Verdict.INTEGRITY, _TABLES, f"at most {size} entries", kept)
        if self._store.head != (said := stated(newest(self._ledger))):
            yield broken(Verdict.INTEGRITY, _TABLES, f"those of the newest index, over {said[0]} entries", kept)

    def _follow(self, seq: int, leaf: bytes, *, keep: bool) -> Iterator[Fault]:
        signed = _read(leaf)
        if signed is None:
            self._tree.skip()
            return
        entry = signed.entry
        if entry.kind == "index" and not entry.record:
            yield from self._compare(seq, signed)
        elif entry.kind not in UNINDEXED:
            self._uncovered = [*self._uncovered[:1], seq]
        self._tree.add(entry.kind, entry.tags, signed.hash)
        for tag in tags_of(entry.kind, entry.tags) if keep else ():
            self._sums[tag] += seq

    def _compare(self, seq: int, signed: SignedEntry) -> Iterator[Fault]:
        said, expected = stated(signed), (seq, self._tree.root)
        self.stated += 1
        self._uncovered = []
        if said == expected:
            self.agreeing += 1
        else:
            where = f"index in entry {seq}"
            found = f"{said[0]} {base64_text(said[1])}"
            yield broken(Verdict.COMPLETENESS, where, f"the root over {seq} entries, {base64_text(expected[1])}", found)

    def _tables(self) -> Iterator[Fault]:
        """What is stored of each tag, every block, and how many entries are listed with which sum of their numbers.

        Which ones they are is compared whenever a list is proven.
        """
        ours = sorted(self._tree.leaves())
        for mine, row in zip_longest(ours, self._store.tags()):
            if mine != row:
                yield _other(mine or row)
                return
        leaves = [(tag.hex(), _hash(tag, count, peaks)) for tag, count, peaks in ours]
        for known, stored in zip_longest(leaves, self._store.walk(self._tree.root)):
            if not known or not stored or known[1] != stored[1] or not known[0].startswith(stored[0]):
                yield broken(Verdict.INTEGRITY, _TABLES, f"a leaf for each of {len(leaves)} tags", "others")
                return
        totals = [(tag, count, self._sums[tag]) for tag, count, _ in ours]
        for mine, row in zip_longest(totals, self._store.totals()):
            if mine != row:
                yield _other(mine or row)
                return
        if self._store.count_listed() != sum(count for _, count, _ in ours):
            yield broken(Verdict.INTEGRITY, _TABLES, "entries of its tags and no others", "more")

    def missing(self) -> Iterator[Fault]:
        """Why completeness is not proven, however well the index agrees: its owner alone has recomputed it."""
        here = f"only here: {self.agreeing} of {self.stated} agree with the entries" if self.stated else "none"
        yield not_proven(Verdict.COMPLETENESS, "index", "an index recomputed by somebody independent", here)
        if self.stated and self._uncovered:
            first, last = self._uncovered[0], self._uncovered[-1]
            yield not_proven(Verdict.COMPLETENESS, "index", f"an index over entries {first} to {last} too", "none")


def _read(leaf: object) -> SignedEntry | None:
    """The entry; None for what the walk has named, bytes of another form or no bytes at all."""
    try:
        return entries.parse(leaf) if isinstance(leaf, bytes) else None
    except Malformed:
        return None


def _other(row: tuple[bytes, int, object]) -> Fault:
    return broken(Verdict.INTEGRITY, _TABLES, "what the entries say of each tag", f"another of {row[0].hex()}")


def _hash(tag: bytes, count: int, peaks: bytes) -> bytes:
    return Leaf(tag, count, merkle.fold_peaks([peaks[at : at + 32] for at in range(0, len(peaks), 32)])).hash
