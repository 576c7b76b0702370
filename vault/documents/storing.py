"""One act of storing: documents sealed end to end into segments that appear all at once, or not at all."""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field

from keys.age import Recipient
from vault.documents.store import Reader, Segment, SegmentMissing, SegmentStore
from vault.documents.table import Document, DocumentTable
from vault.errors import Unavailable
from vault.sealing.document import seal

SEGMENT_SIZE = 64 << 20  # bytes: a new segment is begun once one has grown past this
_READ = 1 << 20


@dataclass(slots=True)
class Storing:
    """Seal documents with `add`; `commit` makes them durable, `keep` leaves them to the ledger, `abort` takes back.

    Content that is stored already under the same generation of the content key is not sealed again. Two processes that
    store the same content at the same moment store it twice, which costs space and nothing else.
    """

    store: SegmentStore
    table: DocumentTable
    recipient: Recipient
    generation: int
    segment_size: int = SEGMENT_SIZE
    documents: list[Document] = field(default_factory=list)
    _known: dict[tuple[int, bytes], Document] = field(default_factory=dict)
    _sizes: set[int] = field(default_factory=set)
    _segments: list[Segment] = field(default_factory=list)

    def add(self, source: Reader) -> Document:
        """Seal what `source` holds up to its end, or find it stored. Constant memory."""
        size = _size(source)
        known = None if size is None else self._find_ahead(source, size)
        if known is not None:
            return known
        document, segment = self._seal(source)
        if size is None and (known := self._stored(document.size, document.sha256)):
            # A pipe is known only once it was read: what was written of it is cut off again.
            segment.sink.seek(document.offset)
            segment.sink.truncate()
            return known
        self._known[document.size, document.sha256] = document
        self._sizes.add(document.size)
        self.documents.append(document)
        return document

    def commit(self) -> None:
        """Make every segment durable. Without a ledger entry that names them they are orphans `doctor` removes.

        One that is empty again, since what came through a pipe was known, is dropped: no row will ever name it.
        """
        for segment in self._segments:
            segment.commit() if segment.sink.tell() else segment.abort()

    def keep(self) -> None:
        """From here on `abort` takes nothing back: the ledger may hold an entry that needs what was stored."""
        self._segments.clear()
        self.documents.clear()

    def abort(self) -> None:
        """Leave nothing behind of what is not kept. What the store does not let go of is an orphan."""
        for segment in self._segments:
            with suppress(Unavailable):  # another error is on its way up, and says more
                segment.abort()
                self.store.delete(segment.name)

    def _seal(self, source: Reader) -> tuple[Document, Segment]:
        segment = self._segment()
        offset = segment.sink.tell()
        done = seal(source, segment.sink, [self.recipient])
        placed = (self.generation, segment.name, offset, done.header)
        return Document(done.payload_sha256, done.payload_size, done.sha256, done.size, *placed), segment

    def _find_ahead(self, source: Reader, size: int) -> Document | None:
        """Hash ahead only where a document of this very size is known; a second reading of 1 GiB costs half a second.

        A file that changes between the two readings is found by what it was: exactly those bytes are stored.
        """
        if size not in self._sizes and not self.table.has_size(size, self.generation):
            return None
        found = self._stored(size, _hash(source))
        source.seek(0)
        return found

    def _stored(self, size: int, digest: bytes) -> Document | None:
        """The document with this content, if its payload is still there: else now is the time to store it again."""
        if found := self._known.get((size, digest)):
            return found
        found = self.table.same_content(size, digest, self.generation)
        return found if found and self._is_there(found) else None

    def _is_there(self, document: Document) -> bool:
        try:
            with self.store.open(document.segment) as segment:
                return segment.seek(0, os.SEEK_END) >= document.offset + document.payload_size
        except SegmentMissing:
            return False

    def _segment(self) -> Segment:
        if not self._segments or self._segments[-1].sink.tell() >= self.segment_size:
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
