"""One act of storing: documents sealed end to end into segments that appear all at once, or not at all."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import field

from keys.age import Recipient
from vault.documents.store import Reader, Segment, SegmentMissing, SegmentStore
from vault.documents.table import Document, DocumentTable
from vault.errors import Unavailable
from vault.evidence.defined import mutable
from vault.sealing import transfer
from vault.sealing.document import WHOLE, Fresh, Sealed, seal_rest, seal_whole

SEGMENT_SIZE = 64 << 20  # bytes: a new segment is begun once one has grown past this
_READ = 1 << 20


@mutable()
class Storing:
    """Seal documents with `add`; `commit` makes them durable, `keep` leaves them to the ledger, `abort` takes back.

    Content that is stored already under the same generation of the content key is not sealed again. Two processes that
    store the same content at the same moment store it twice, which costs space and nothing else. `tags` are those of
    terms, as far as they were computed on the way; `next_name` is what a new segment is to be called.
    """

    store: SegmentStore
    table: DocumentTable
    recipient: Recipient
    generation: int
    segment_size: int = SEGMENT_SIZE
    documents: list[Document] = field(default_factory=list)
    tags: dict[str, bytes] = field(default_factory=dict)
    next_name: str | None = None
    _known: dict[tuple[int, bytes], Document] = field(default_factory=dict)
    _sizes: dict[int, bool] = field(default_factory=dict)
    _segments: list[Segment] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def add(self, source: Reader) -> Document:
        """Seal what `source` holds up to its end, or find it stored. Constant memory."""
        start = transfer.read(source, WHOLE)
        if len(start) < WHOLE:
            return self.add_whole(start)
        if _can_be_read_again(source):
            return self._add_large(start, source)
        document = self._seal(lambda sink, fresh: seal_rest(start, source, sink, fresh))
        if known := self._stored(document.size, document.sha256):
            # A pipe is known only once it was read: what was written of it is cut off again.
            self._segments[-1].sink.seek(document.offset)
            self._segments[-1].sink.truncate()
            return known
        return self._keep(document)

    def add_whole(self, content: bytes) -> Document:
        """The same of content that is in memory, smaller than `WHOLE`."""
        digest = hashlib.sha256(content).digest()
        return self._stored(len(content), digest) or self._keep(
            self._seal(lambda sink, fresh: seal_whole(content, digest, sink, fresh))
        )

    def _add_large(self, start: bytes, source: Reader) -> Document:
        """Hash ahead only where a document of this very size is known; a second reading of 1 GiB costs half a second.

        A file that changes between the two readings is found by what it was: exactly those bytes are stored.
        """
        size = source.seek(0, os.SEEK_END)
        source.seek(len(start))
        if self._in_table(size) or any(known == size for known, _ in self._known):
            digest = hashlib.sha256(start)
            while block := source.read(_READ):
                digest.update(block)
            if known := self._stored(size, digest.digest()):
                return known
            source.seek(len(start))
        return self._keep(self._seal(lambda sink, fresh: seal_rest(start, source, sink, fresh)))

    def _keep(self, document: Document) -> Document:
        self._known[document.size, document.sha256] = document
        self.documents.append(document)
        return document

    def expect(self, name: str) -> None:
        """Another process may write a segment under this name, to be kept or dropped with those of this one."""
        self._expected.append(name)

    def take(self, documents: Iterable[Document], tags: Mapping[str, bytes]) -> None:
        """What another process has stored in the segments that were expected of it."""
        self.documents.extend(documents)
        self.tags.update(tags)

    def commit(self) -> None:
        """Make every segment durable. Without a ledger entry that names them they are orphans `doctor` removes.

        One that is empty again, since what came through a pipe was known, is dropped: no row will ever name it.
        """
        self._segments += filter(None, map(self.store.begun, self._expected))
        for segment in self._segments:
            segment.commit() if segment.sink.tell() else segment.abort()

    def keep(self) -> None:
        """From here on `abort` takes nothing back: the ledger may hold an entry that needs what was stored."""
        self._segments.clear()
        self._expected.clear()
        self.documents.clear()

    def abort(self) -> None:
        """Leave nothing behind of what is not kept. What the store does not let go of is an orphan."""
        with suppress(Unavailable):
            self._segments += filter(None, map(self.store.begun, self._expected))
        for segment in self._segments:
            with suppress(Unavailable):  # another error is on its way up, and says more
                segment.abort()
                self.store.delete(segment.name)

    def _seal(self, write: Callable[[Reader, Fresh], Sealed]) -> Document:
        segment = self._segment()
        offset = segment.sink.tell()
        done = write(segment.sink, Fresh.made([self.recipient]))
        placed = (self.generation, segment.name, offset, done.header)
        return Document(done.payload_sha256, done.payload_size, done.sha256, done.size, *placed)

    def _in_table(self, size: int) -> bool:
        """Whether any document of this size was stored before: asked once for each size."""
        if size not in self._sizes:
            self._sizes[size] = self.table.has_size(size, self.generation)
        return self._sizes[size]

    def _stored(self, size: int, digest: bytes) -> Document | None:
        """The document with this content, if its payload is still there: else now is the time to store it again."""
        if found := self._known.get((size, digest)):
            return found
        found = self.table.same_content(size, digest, self.generation) if self._in_table(size) else None
        return found if found and self._is_there(found) else None

    def _is_there(self, document: Document) -> bool:
        try:
            with self.store.open(document.segment) as segment:
                return segment.seek(0, os.SEEK_END) >= document.offset + document.payload_size
        except SegmentMissing:
            return False

    def _segment(self) -> Segment:
        if not self._segments or self._segments[-1].sink.tell() >= self.segment_size:
            self._segments.append(self.store.new(self.next_name))
        return self._segments[-1]


def _can_be_read_again(source: Reader) -> bool:
    """Whether `source`, of which WHOLE bytes were read, is a regular file that was at its beginning before."""
    return source.seekable() and source.tell() == WHOLE
