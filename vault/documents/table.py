"""Which payload lies where, and the header that opens it: a table beside the ledger, one row per stored payload."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from vault.database import Database
from vault.errors import Damaged

SCHEMA = """
CREATE TABLE document(
  payload_sha256 BLOB PRIMARY KEY, payload_size INTEGER NOT NULL, sha256 BLOB NOT NULL, size INTEGER NOT NULL,
  generation INTEGER NOT NULL, segment TEXT NOT NULL, offset INTEGER NOT NULL, header BLOB) STRICT;
CREATE INDEX document_by_content ON document(size, sha256);
CREATE INDEX document_by_segment ON document(segment, offset);
"""


class Document(NamedTuple):
    """A sealed document: its content's and its payload's size and SHA-256 (32 bytes), where the payload lies
    (segment, offset), the generation of the content key, and the age header; None once it was destroyed.
    """

    payload_sha256: bytes
    payload_size: int
    sha256: bytes
    size: int
    generation: int
    segment: str
    offset: int
    header: bytes | None

    def __repr__(self) -> str:
        shown = ((name, value) for name, value in self._asdict().items() if name != "header")
        return f"Document({', '.join(f'{name}={value!r}' for name, value in shown)})"


class DocumentTable:
    """The document rows of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, documents: Iterable[Document]) -> None:
        """Insert rows of payloads just stored, within the append transaction."""
        sql = "INSERT INTO document VALUES(?, ?, ?, ?, ?, ?, ?, ?)"
        self._database.executemany(sql, map(_row, documents))

    def drop(self, payloads: Iterable[bytes]) -> None:
        """Remove the rows of payloads that are not there, of a vault that is being restored."""
        self._database.executemany("DELETE FROM document WHERE payload_sha256=?", ((one,) for one in payloads))

    def by_payload(self, payload_sha256: bytes) -> Document | None:
        """The document whose payload has this SHA-256."""
        return _document(self._database.row("SELECT * FROM document WHERE payload_sha256=?", (payload_sha256,)))

    def has_size(self, size: int, generation: int) -> bool:
        """Whether any live document of this generation has this content size: only then is hashing ahead worth it."""
        sql = "SELECT 1 FROM document WHERE size=? AND generation=? AND header IS NOT NULL LIMIT 1"
        return self._database.row(sql, (size, generation)) is not None

    def same_content(self, size: int, sha256: bytes, generation: int) -> Document | None:
        """A live document with this content, sealed under this generation; never an erased one."""
        sql = "SELECT * FROM document WHERE size=? AND sha256=? AND generation=? AND header IS NOT NULL LIMIT 1"
        return _document(self._database.row(sql, (size, sha256, generation)))

    def all(self) -> Iterator[Document]:
        """All rows, in constant memory, segment by segment."""
        return map(checked, self._database.iterate("SELECT * FROM document ORDER BY segment, offset"))

    def last_row(self) -> int:
        """The number of the newest row, 0 if there is none; rows are numbered as they come. O(log n)."""
        return int(self._database.row("SELECT max(rowid) FROM document")[0] or 0)

    def rows(self, after: int, upto: int) -> Iterator[Document]:
        """The documents of the rows after `after` up to `upto`, segment by segment: O(their number)."""
        sql = "SELECT * FROM document WHERE rowid>? AND rowid<=? ORDER BY segment, offset"
        return map(checked, self._database.iterate(sql, (after, upto)))

    def erased(self) -> Iterator[bytes]:
        """The SHA-256 of the payloads whose header was destroyed: O(documents)."""
        return (row[0] for row in self._database.iterate("SELECT payload_sha256 FROM document WHERE header IS NULL"))

    def unchecked(self, first: str, last: str) -> Iterator[tuple[Any, ...]]:
        """The rows of the segments from `first` to `last`, each to be `checked`, in constant memory."""
        sql = "SELECT * FROM document WHERE segment>=? AND segment<=? ORDER BY segment, offset"
        return self._database.iterate(sql, (first, last))

    def of_segment(self, segment: str) -> Iterator[Document]:
        """The documents in one segment, in their order."""
        return map(checked, self.unchecked(segment, segment))

    def segments_in_short(self) -> Iterator[tuple[str, int, int]]:
        """The segments that rows point to: how many bytes rows name in each, and how many of those rows are erased."""
        sql = "SELECT segment, sum(payload_size), sum(header IS NULL) FROM document GROUP BY segment ORDER BY segment"
        return self._database.iterate(sql)

    def spans(self, size: int, count: int) -> Iterator[tuple[str, str]]:
        """First and last segment of spans that together hold all rows, each of about `size` bytes or `count` rows."""
        first, last, bytes_, rows = "", "", 0, 0
        sql = "SELECT segment, sum(payload_size), count(*) FROM document GROUP BY segment ORDER BY segment"
        for last, more_bytes, more_rows in self._database.iterate(sql):
            bytes_, rows = bytes_ + more_bytes, rows + more_rows
            if bytes_ >= size or rows >= count:
                yield first, last
                first, bytes_, rows = last + "\0", 0, 0
        if rows:
            yield first, last

    def payload_bytes(self) -> int:
        """The size of all payloads together."""
        return int(self._database.row("SELECT coalesce(sum(payload_size), 0) FROM document")[0])

    def within(self, segment: str) -> list[bytes]:
        """The SHA-256 of the content of each document in a segment."""
        sql = "SELECT sha256 FROM document WHERE segment=? ORDER BY offset"
        return [bytes(row[0]) for row in self._database.rows(sql, (segment,))]

    def segments(self) -> set[str]:
        """The names of all segments that rows point to."""
        return {row[0] for row in self._database.rows("SELECT DISTINCT segment FROM document")}

    def segment_sizes(self) -> Iterator[tuple[str, int]]:
        """The segments that rows point to, and the size of each: payloads lie in it end to end, and nothing else."""
        sql = "SELECT segment, sum(payload_size) FROM document GROUP BY segment ORDER BY segment"
        return self._database.iterate(sql)


def _row(document: Document) -> tuple[object, ...]:
    placed = (document.generation, document.segment, document.offset, document.header)
    return document.payload_sha256, document.payload_size, document.sha256, document.size, *placed


def _document(row: tuple[Any, ...] | None) -> Document | None:
    return None if row is None else checked(row)


def checked(row: tuple[Any, ...]) -> Document:
    """The row, its values fit to be read by, else `Damaged`; whoever rewrites the file can write others."""
    document = Document(*row)
    numbers = (document.payload_size, document.size, document.generation, document.offset)
    texts = (document.payload_sha256, document.sha256, document.header or b"")
    fit = all(type(number) is int and number >= 0 for number in numbers)
    if not fit or not all(type(text) is bytes for text in texts) or type(document.segment) is not str:
        raise Damaged("the row of a document holds values that none has", "restore the vault from a backup")
    return document
