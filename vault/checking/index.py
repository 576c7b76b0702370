"""Checking the index: every root that an index entry states is recomputed from the entries, the stored tables compared.

A second pass over the leaves, in this process alone, once the parts have been followed: for each entry one parse and
one hash a tag, for each index entry one hash a node above what was changed. Memory: about 0.5 kB a tag.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest

from vault.evidence import entry as entries
from vault.evidence import merkle
from vault.evidence.entry import SignedEntry
from vault.evidence.index import Leaf, tags_of
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, Verdict, broken, not_proven
from vault.index.filling import newest, stated
from vault.index.store import IndexStore
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.verify.indexing import INDEPENDENT, Recomputed, filing
from vault.verify.progress import Progress, silent
from vault.verify.report import Report

_TOLD_EVERY = 1_024  # entries
_TABLES = "index tables"


class IndexCheck:
    """`run` says what is wrong with index entries and tables, `conclude` what that is worth."""

    def __init__(self, ledger: SqlcipherLedger, store: IndexStore) -> None:
        self._ledger = ledger
        self._store = store
        self._found = Recomputed()
        self._sums: defaultdict[bytes, int] = defaultdict(int)

    def run(self, progress: Progress = silent) -> Iterator[Fault]:
        """All faults of the index entries, then those of the tables. Raises what cannot be read."""
        size, kept = self._ledger.size(), self._store.head[0]
        compared = kept == 0
        for seq, leaf in enumerate(self._ledger.leaves(0, size)):
            yield from self._take(seq, leaf, keep=seq < kept)
            if seq + 1 == kept:
                compared = True
                yield from self._tables()
            if (seq + 1) % _TOLD_EVERY == 0:
                progress(seq + 1, size)
        progress(size, size)
        if not compared:
            yield broken(Verdict.INTEGRITY, _TABLES, f"at most {size} entries", kept)
        if self._store.head != (said := stated(newest(self._ledger))):
            yield broken(Verdict.INTEGRITY, _TABLES, f"those of the newest index, over {said[0]} entries", kept)

    def _take(self, seq: int, leaf: bytes, *, keep: bool) -> Iterator[Fault]:
        signed = _read(leaf)
        yield from self._found.take([filing(signed) if signed else None])
        for tag in tags_of(signed.entry.kind, signed.entry.tags) if signed and keep else ():
            self._sums[tag] += seq

    def conclude(self, report: Report, auditors: str) -> None:
        """Say what the index is worth: however well it agrees here, its owner alone has recomputed it."""
        found = self._found
        if auditors:
            report.prove(Verdict.COMPLETENESS, f"the index agrees here, and {auditors} recomputed it before cosigning")
        elif found.stated:
            here = f"only here: {found.agreeing} of {found.stated} agree with the entries"
            report.add([not_proven(Verdict.COMPLETENESS, "index", INDEPENDENT, here)])
        report.add(found.missing())

    def _tables(self) -> Iterator[Fault]:
        """What is stored of each tag, every block, and how many entries are listed with which sum of their numbers.

        Which ones they are is compared whenever a list is proven.
        """
        ours = sorted(self._found.tree.leaves())
        for mine, row in zip_longest(ours, self._store.tags()):
            if mine != row:
                yield _other(mine or row)
                return
        leaves = [(tag.hex(), _hash(tag, count, peaks)) for tag, count, peaks in ours]
        for known, stored in zip_longest(leaves, self._store.walk(self._found.tree.root)):
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
