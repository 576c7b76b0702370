"""Which payload lies where, and the header that opens it: a table beside the ledger, one row per stored payload."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vault.database import Database


@dataclass(frozen=True, slots=True)
class Document:
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
    header: bytes | None = field(repr=False)


class DocumentTable:
    """The document rows of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, documents: Iterable[Document]) -> None:
        """Insert rows of payloads just stored, within the append transaction."""
        self._database.executemany(
            "INSERT INTO document VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (d.payload_sha256, d.payload_size, d.sha256, d.size, d.generation, d.segment, d.offset, d.header)
                for d in documents
            ],
        )

    def by_payload(self, payload_sha256: bytes) -> Document | None:
        """The document whose payload has this SHA-256."""
        row = self._database.row("SELECT * FROM document WHERE payload_sha256=?", (payload_sha256,))
        return None if row is None else Document(*row)

    def has_size(self, size: int, generation: int) -> bool:
        """Whether any live document of this generation has this content size: only then is hashing ahead worth it."""
        sql = "SELECT 1 FROM document WHERE size=? AND generation=? AND header IS NOT NULL LIMIT 1"
        return self._database.row(sql, (size, generation)) is not None

    def same_content(self, size: int, sha256: bytes, generation: int) -> Document | None:
        """A live document with this content, sealed under this generation; never an erased one."""
        row = self._database.row(
            "SELECT * FROM document WHERE size=? AND sha256=? AND generation=? AND header IS NOT NULL LIMIT 1",
            (size, sha256, generation),
        )
        return None if row is None else Document(*row)

    def all(self) -> Iterator[Document]:
        """All rows, in constant memory, segment by segment."""
        return (Document(*row) for row in self._database.iterate("SELECT * FROM document ORDER BY segment, offset"))

    def segments(self) -> set[str]:
        """The names of all segments that rows point to."""
        return {row[0] for row in self._database.rows("SELECT DISTINCT segment FROM document")}
