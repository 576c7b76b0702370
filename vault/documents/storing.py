"""One act of storing: documents sealed end to end into segments that appear all at once, or not at all."""

import hashlib
import os
from dataclasses import dataclass, field

from keys.age import Recipient
from vault.documents.store import Reader, Segment, SegmentStore
from vault.documents.table import Document, DocumentTable
from vault.sealing.document import seal

SEGMENT_SIZE = 64 << 20  # a new segment is begun once one has grown past this
_READ = 1 << 20


@dataclass(slots=True)
class Storing:
    """Seal documents with `add`; `commit` makes them durable, `abort` leaves nothing behind.

    Content that is stored already under the same generation of the content key is not sealed again.
    """

    store: SegmentStore
    table: DocumentTable
    recipient: Recipient
    generation: int
    documents: list[Document] = field(default_factory=list)
    _known: dict[tuple[int, bytes], Document] = field(default_factory=dict)
    _sizes: set[int] = field(default_factory=set)
    _segments: list[Segment] = field(default_factory=list)

    def add(self, source: Reader) -> Document:
        """Seal what `source` holds up to its end, or find it stored. Constant memory."""
        known = self._find(source)
        if known is not None:
            return known
        segment = self._segment()
        offset = segment.sink.tell()
        sealed = seal(source, segment.sink, [self.recipient])
        document = Document(
            sealed.payload_sha256,
            sealed.payload_size,
            sealed.sha256,
            sealed.size,
            self.generation,
            segment.name,
            offset,
            sealed.header,
        )
        self._known[document.size, document.sha256] = document
        self._sizes.add(document.size)
        self.documents.append(document)
        return document

    def commit(self) -> None:
        """Make every segment durable. Without a ledger entry that names them they are orphans `doctor` removes."""
        for segment in self._segments:
            segment.commit()

    def abort(self) -> None:
        """Drop what is not committed."""
        for segment in self._segments:
            segment.abort()

    def _find(self, source: Reader) -> Document | None:
        """Hash ahead only where a document of this very size is known; a second reading of 1 GiB costs half a second.

        A file that changes between the two readings is found by what it was: exactly those bytes are stored.
        """
        size = _size(source)
        if size is None or not (self.table.has_size(size, self.generation) or size in self._sizes):
            return None
        digest = _hash(source)
        found = self._known.get((size, digest)) or self.table.same_content(size, digest, self.generation)
        source.seek(0)
        return found

    def _segment(self) -> Segment:
        if not self._segments or self._segments[-1].sink.tell() >= SEGMENT_SIZE:
            self._segments.append(self.store.new())
        return self._segments[-1]


def _size(source: Reader) -> int | None:
    """The size of a regular file at its beginning; None for a pipe or what is being read already."""
    if not source.seekable() or source.tell() != 0:
        return None
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    return size


def _hash(source: Reader) -> bytes:
    digest = hashlib.sha256()
    while block := source.read(_READ):
        digest.update(block)
    return digest.digest()
