"""The ledger in SQLCipher: entries, subtree hashes, sealed records, checkpoints."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from vault.database import Database
from vault.errors import Damaged
from vault.evidence import merkle
from vault.ledger.store import Head, HeadMoved, NewEntry, SealedRecord


class SqlcipherLedger:
    """The ledger tables of an open database. Appending costs O(log n) reads and writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def appending(self) -> AbstractContextManager[None]:
        """One SQLite write transaction."""
        return self._database.transaction()

    def head(self) -> Head:
        """The last entry's number plus one, and its leaf hash."""
        row = self._database.row("SELECT max(seq) FROM entry")
        return Head() if row[0] is None else Head(row[0] + 1, self.node(0, row[0]))

    def append(self, expected: Head, entries: Sequence[NewEntry]) -> Head:
        """Insert the rows of `entries` after `expected`."""
        if (found := self.head()) != expected:
            raise HeadMoved(f"the ledger has {found.size} entries, not {expected.size}", "repeat it")
        peaks = merkle.peaks_at(found.size, self.node)
        nodes: list[tuple[int, int, bytes]] = []
        last = expected.last
        for seq, new in enumerate(entries, expected.size):
            completed = merkle.append(peaks, seq, last := merkle.leaf_hash(new.leaf))
            nodes += ((level, seq >> level, hash_) for level, hash_ in enumerate(completed))
        numbered = list(enumerate(entries, expected.size))
        insert = self._database.executemany
        insert("INSERT INTO entry VALUES(?, ?, ?)", [(seq, new.kind, new.leaf) for seq, new in numbered])
        insert("INSERT INTO node VALUES(?, ?, ?)", nodes)
        records = [(seq, new.record) for seq, new in numbered if new.record]
        insert("INSERT INTO record VALUES(?, ?)", [(seq, record.sealed) for seq, record in records])
        insert("INSERT INTO record_wrap VALUES(?, ?, ?)", [(seq, r.generation, r.wrap) for seq, r in records])
        return Head(expected.size + len(entries), last)

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The leaves in order; a missing row is `Damaged`."""
        end = self.head().size if stop is None else stop
        rows = self._database.iterate("SELECT seq, leaf FROM entry WHERE seq>=? AND seq<? ORDER BY seq", (start, end))
        expected = start
        for seq, leaf in rows:
            if seq != expected:
                break
            yield leaf
            expected += 1
        if expected < end:
            raise Damaged(f"entry {expected} is missing from the ledger", "restore the vault from a backup")

    def key_leaves(self) -> Iterator[tuple[int, bytes]]:
        """(seq, leaf) of the genesis and key entries, found by an index: O(their number)."""
        sql = "SELECT seq, leaf FROM entry WHERE kind IN ('genesis', 'key') ORDER BY seq"
        yield from self._database.rows(sql)

    def node(self, level: int, number: int) -> bytes:
        """The stored hash of a perfect subtree."""
        row = self._database.row("SELECT hash FROM node WHERE level=? AND number=?", (level, number))
        if row is None:
            raise KeyError((level, number))
        return bytes(row[0])

    def record(self, seq: int) -> SealedRecord | None:
        """The sealed record of entry `seq`."""
        sql = "SELECT sealed, wrap, generation FROM record JOIN record_wrap USING(seq) WHERE seq=?"
        row = self._database.row(sql, (seq,))
        return None if row is None else SealedRecord(*row)

    def records(self, start: int = 0) -> Iterator[tuple[int, SealedRecord]]:
        """(seq, record) of all records still readable, in order, in constant memory."""
        sql = "SELECT seq, sealed, wrap, generation FROM record JOIN record_wrap USING(seq) WHERE seq>=? ORDER BY seq"
        for seq, *rest in self._database.iterate(sql, (start,)):
            yield seq, SealedRecord(*rest)

    def root(self, size: int) -> bytes:
        """The Merkle root over the first `size` entries, from stored subtree hashes: O(log n)."""
        return merkle.fold_peaks(merkle.peaks_at(size, self.node))

    def put_checkpoint(self, size: int, note: bytes, *, keep: bool = False) -> None:
        """Store a signed checkpoint; plain ones before it are dropped, kept ones stay."""
        self._database.execute("DELETE FROM checkpoint WHERE kept=0 AND size<?", (size,))
        self._database.execute(
            "INSERT INTO checkpoint VALUES(?, ?, ?) ON CONFLICT(size) DO UPDATE"
            " SET note=excluded.note, kept=max(kept, excluded.kept)",
            (size, note, int(keep)),
        )

    def checkpoint(self) -> bytes | None:
        """The newest checkpoint."""
        row = self._database.row("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return None if row is None else bytes(row[0])

    def checkpoints(self) -> list[bytes]:
        """All stored checkpoints, oldest first."""
        return [bytes(row[0]) for row in self._database.rows("SELECT note FROM checkpoint ORDER BY size")]
