"""The ledger in SQLCipher: entries, subtree hashes, sealed records, checkpoints."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from vault.database import Database
from vault.errors import Damaged
from vault.evidence import merkle
from vault.evidence.entry import parse
from vault.ledger.store import Head, HeadMoved, NewEntry, SealedRecord

SCHEMA = """
CREATE TABLE entry(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, number INTEGER NOT NULL, leaf BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX entry_by_kind ON entry(kind, number);
CREATE TABLE node(level INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(level, number))
  STRICT, WITHOUT ROWID;
CREATE TABLE record(seq INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE record_wrap(seq INTEGER PRIMARY KEY, generation INTEGER NOT NULL, wrap BLOB NOT NULL) STRICT;
CREATE TABLE checkpoint(size INTEGER PRIMARY KEY, kept INTEGER NOT NULL, note BLOB NOT NULL) STRICT;
CREATE INDEX plain_checkpoint ON checkpoint(size) WHERE kept=0;
"""
# entry.number is the ordinal among its kind, from 1: the number of a transmittal, also where its record was erased.
# entry.kind, entry.number and node follow from the leaves; `restore_derived` writes them anew.

_BATCH = 1_000


class Stored(NamedTuple):
    """All that is stored of one entry, none of it verified; `sealed` and `wrap` are empty where there is none."""

    seq: int
    kind: str
    number: int
    leaf: bytes
    hash: bytes
    sealed: bytes
    wrap: bytes
    generation: int


class SqlcipherLedger:
    """The ledger tables of an open database. Appending costs O(log n) reads and writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def appending(self) -> AbstractContextManager[None]:
        """One SQLite write transaction."""
        return self._database.transaction()

    def head(self) -> Head:
        """The last entry's number plus one, and its leaf hash."""
        size = self.size()
        return Head(size, self.node(0, size - 1)) if size else Head()

    def size(self) -> int:
        """The last entry's number plus one."""
        last = self._database.row("SELECT max(seq) FROM entry")[0]
        return 0 if last is None else int(last) + 1

    def append(self, expected: Head, entries: Sequence[NewEntry]) -> Head:
        """Insert the rows of `entries` after `expected`."""
        if (found := self.head()) != expected:
            raise HeadMoved(f"the ledger has {found.size} entries, not {expected.size}", "repeat it")
        self._insert_entries(entries, expected.size)
        last = self._insert_nodes([new.leaf for new in entries], expected)
        records = [(seq, new.record) for seq, new in enumerate(entries, expected.size) if new.record]
        insert = self._database.executemany
        insert("INSERT INTO record VALUES(?, ?)", [(seq, record.sealed) for seq, record in records])
        insert("INSERT INTO record_wrap VALUES(?, ?, ?)", [(seq, r.generation, r.wrap) for seq, r in records])
        return Head(expected.size + len(entries), last)

    def _insert_entries(self, entries: Sequence[NewEntry], size: int) -> None:
        numbers = {kind: self.count(kind) for kind in {new.kind for new in entries}}
        rows = []
        for seq, new in enumerate(entries, size):
            numbers[new.kind] += 1
            rows.append((seq, new.kind, numbers[new.kind], new.leaf))
        self._database.executemany("INSERT INTO entry VALUES(?, ?, ?, ?)", rows)

    def _insert_nodes(self, leaves: Sequence[bytes], head: Head) -> bytes:
        """The leaf hash of the last leaf."""
        peaks, last = merkle.peaks_at(head.size, self.node), head.last
        nodes: list[tuple[int, int, bytes]] = []
        for seq, leaf in enumerate(leaves, head.size):
            completed = merkle.append(peaks, seq, last := merkle.leaf_hash(leaf))
            nodes += ((level, seq >> level, hash_) for level, hash_ in enumerate(completed))
        self._database.executemany("INSERT INTO node VALUES(?, ?, ?)", nodes)
        return last

    def count(self, kind: str) -> int:
        """How many entries of this kind there are: O(log n)."""
        return int(self._database.row("SELECT max(number) FROM entry WHERE kind=?", (kind,))[0] or 0)

    def last_of(self, kind: str) -> int | None:
        """The number of the newest entry of this kind, None if there is none: O(log n)."""
        row = self._database.row("SELECT seq FROM entry WHERE kind=? ORDER BY number DESC LIMIT 1", (kind,))
        return int(row[0]) if row else None

    def has_since(self, seq: int | None, but: Sequence[str]) -> bool:
        """Whether an entry of a kind other than these stands after entry `seq`: O(entries of those kinds since)."""
        kinds = ", ".join("?" * len(but))
        sql = f"SELECT 1 FROM entry WHERE seq>? AND kind NOT IN ({kinds}) LIMIT 1"  # noqa: S608 - question marks
        return self._database.row(sql, (-1 if seq is None else seq, *but)) is not None

    def number(self, seq: int) -> int:
        """The number of entry `seq` among its kind, from 1."""
        return int(self._database.row("SELECT number FROM entry WHERE seq=?", (seq,))[0])

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

    def stored(self, start: int = -(1 << 63), stop: int = (1 << 63) - 1) -> Iterator[Stored]:
        """All that is stored under the numbers from `start` up to `stop`, in their order, in constant memory."""
        sql = (
            "SELECT seq, kind, entry.number, leaf, coalesce(hash, x''), coalesce(sealed, x''), coalesce(wrap, x''),"
            " coalesce(generation, 0) FROM entry LEFT JOIN node ON level=0 AND node.number=seq"
            " LEFT JOIN record USING(seq) LEFT JOIN record_wrap USING(seq) WHERE seq>=? AND seq<? ORDER BY seq"
        )
        return map(_typed, self._database.iterate(sql, (start, stop)))

    def key_leaves(self, before: int) -> Iterator[tuple[int, bytes]]:
        """(seq, leaf) of the genesis and key entries below `before`, found by an index: O(their number)."""
        sql = "SELECT seq, leaf FROM entry WHERE kind IN ('genesis', 'key') AND seq<? ORDER BY seq"
        yield from self._database.rows(sql, (before,))

    def last_key_entry(self) -> int:
        """The number of the newest genesis or key entry, -1 if there is none: O(log n)."""
        found = [self.last_of(kind) for kind in ("genesis", "key")]
        return max((seq for seq in found if seq is not None), default=-1)

    def kind_leaves(self, kind: str) -> Iterator[tuple[int, bytes]]:
        """(seq, leaf) of the entries filed as `kind`, in order, found by an index: O(their number)."""
        yield from self._database.rows("SELECT seq, leaf FROM entry WHERE kind=? ORDER BY seq", (kind,))

    def first_but(self, start: int, kinds: Sequence[str]) -> int | None:
        """The first entry from `start` on that is filed as none of `kinds`."""
        unlike = ",".join("?" * len(kinds))
        sql = f"SELECT seq FROM entry WHERE seq>=? AND kind NOT IN ({unlike}) ORDER BY seq LIMIT 1"  # noqa: S608 - marks
        found = self._database.row(sql, (start, *kinds))
        return None if found is None else int(found[0])

    def node(self, level: int, number: int) -> bytes:
        """The stored hash of a perfect subtree."""
        row = self._database.row("SELECT hash FROM node WHERE level=? AND number=?", (level, number))
        if row is None:
            raise Damaged(f"tree hash {number} of level {level} is missing", "dvault doctor --rebuild")
        return bytes(row[0])

    def level(self, level: int) -> Iterator[bytes]:
        """The stored subtree hashes of one level in order, in constant memory."""
        rows = self._database.iterate("SELECT hash FROM node WHERE level=? ORDER BY number", (level,))
        return (row[0] for row in rows)

    def count_nodes(self) -> int:
        """How many subtree hashes are stored."""
        return int(self._database.row("SELECT count(*) FROM node")[0])

    def strays(self) -> list[int]:
        """Numbers under which a record or a wrapped key is stored, but no entry."""
        sql = (
            "SELECT seq FROM (SELECT seq FROM record UNION SELECT seq FROM record_wrap)"
            " WHERE seq NOT IN (SELECT seq FROM entry) ORDER BY seq LIMIT 100"
        )
        return [row[0] for row in self._database.rows(sql)]

    def root(self, size: int) -> bytes:
        """The Merkle root over the first `size` entries, from stored subtree hashes: O(log n)."""
        return merkle.fold_peaks(merkle.peaks_at(size, self.node))

    def record(self, seq: int) -> SealedRecord | None:
        """The sealed record of entry `seq`."""
        sql = "SELECT sealed, wrap, generation FROM record JOIN record_wrap USING(seq) WHERE seq=?"
        row = self._database.row(sql, (seq,))
        return None if row is None else SealedRecord(*row)

    def records(self) -> Iterator[int]:
        """The numbers of the entries whose record is still readable, in order, in constant memory."""
        sql = "SELECT seq FROM record JOIN record_wrap USING(seq) ORDER BY seq"
        return (row[0] for row in self._database.iterate(sql))

    def wraps(self, start: int, stop: int) -> Iterator[tuple[int, int, bytes]]:
        """(seq, generation, wrap) of the entries from `start` up to `stop` whose record has its key, in order."""
        sql = "SELECT seq, generation, wrap FROM record_wrap WHERE seq>=? AND seq<? ORDER BY seq"
        return self._database.iterate(sql, (start, stop))

    def unwrapped(self) -> Iterator[int]:
        """The numbers of the records whose key was destroyed, in order: O(records)."""
        sql = "SELECT seq FROM record WHERE seq NOT IN (SELECT seq FROM record_wrap) ORDER BY seq"
        return (row[0] for row in self._database.iterate(sql))

    def keep_sealed(self, records: Iterable[tuple[int, bytes]]) -> None:
        """Keep sealed records whose keys were destroyed, under the numbers of their entries; within a transaction."""
        self._database.executemany("INSERT INTO record VALUES(?, ?)", records)

    def put_checkpoint(self, size: int, note: bytes, *, keep: bool = False) -> None:
        """Store a signed checkpoint; plain ones before it are dropped, kept ones stay."""
        self._database.execute("DELETE FROM checkpoint WHERE kept=0 AND size<?", (size,))
        self._database.execute(
            "INSERT INTO checkpoint VALUES(?, ?, ?) ON CONFLICT(size) DO UPDATE"
            " SET note=excluded.note, kept=max(kept, excluded.kept)",
            (size, int(keep), note),
        )

    def checkpoint(self) -> bytes | None:
        """The newest checkpoint."""
        row = self._database.row("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return None if row is None else bytes(row[0])

    def checkpoints(self, above: int = -(1 << 63), upto: int = (1 << 63) - 1) -> Iterator[tuple[int, bytes]]:
        """(size, note) of the stored checkpoints over more than `above` entries and at most `upto`, smallest first."""
        sql = "SELECT size, note FROM checkpoint WHERE size>? AND size<=? ORDER BY size"
        return self._database.iterate(sql, (above, upto))

    def restore_derived(self) -> None:
        """Write anew what follows from the leaves, within a transaction. `Malformed` names a leaf that cannot be read.

        No checkpoint is signed over hashes that do not fold to the one signed before, so nothing forged gets in.
        """
        self._database.execute("DELETE FROM node")
        self._database.execute("UPDATE entry SET number=-1-seq")  # out of the way of the unique index
        numbers: Counter[str] = Counter()
        head = Head()
        for start in range(0, size := self.size(), _BATCH):
            leaves = list(self.leaves(start, min(start + _BATCH, size)))
            rows = []
            for seq, leaf in enumerate(leaves, start):
                kind = parse(leaf, f"entry {seq}").entry.kind
                numbers[kind] += 1
                rows.append((kind, numbers[kind], seq))
            self._database.executemany("UPDATE entry SET kind=?, number=? WHERE seq=?", rows)
            head = Head(start + len(leaves), self._insert_nodes(leaves, head))


def _typed(row: tuple[Any, ...]) -> Stored:
    """The row, its values of the types that the tables say; whoever rewrites a file can write others."""
    if [type(value) for value in row] != _TYPES:
        raise Damaged(f"the row of entry {row[0]!r} holds values of other types", "restore the vault from a backup")
    return Stored(*row)


_TYPES = [int, str, int, bytes, bytes, bytes, bytes, int]
