"""Reading stored documents back: opened, or still sealed as the age file that header and payload are."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

from keys.age import Identity
from vault.documents.store import Reader, SegmentStore
from vault.documents.table import Document
from vault.errors import Damaged, NotFound
from vault.sealing import transfer
from vault.sealing.document import Payload, unseal
from vault.sealing.transfer import Sink

_BLOCK = 1 << 20


def write_content(store: SegmentStore, document: Document, sink: Sink, identities: Sequence[Identity]) -> None:
    """Write the content; it counts only if this returns. `sealing.Damaged`, `sealing.NotForUs`, `SegmentMissing`.

    Every chunk is authenticated before it is written; an end that was cut, or content or payload with another SHA-256
    than recorded, shows at its end.
    """
    with _opened(store, document) as (header, segment):
        payload = Payload(segment, document.payload_size, document.payload_sha256)
        unseal(header, payload, sink, identities, document.sha256)


def write_sealed(store: SegmentStore, document: Document, sink: Sink) -> None:
    """Write header and payload, which any age program opens; they count only if this returns."""
    with _opened(store, document) as (header, segment):
        transfer.write(sink, header)
        for block in _hashed(segment, document):
            transfer.write(sink, block)


def check_payload(store: SegmentStore, document: Document) -> None:
    """Read the payload and compare its SHA-256: what can be done without the content key."""
    with _opened(store, document) as (_, segment):
        for _block in _hashed(segment, document):
            pass


@contextmanager
def _opened(store: SegmentStore, document: Document) -> Iterator[tuple[bytes, Reader]]:
    """Header of a live document, and its segment at the beginning of the payload."""
    if document.header is None:
        raise NotFound("the document was erased", "dvault show tells when and why")
    with store.open(document.segment) as segment:
        segment.seek(document.offset)
        yield document.header, segment


def _hashed(segment: Reader, document: Document) -> Iterator[bytes]:
    """The payload in blocks; `Damaged` after the last one if it was cut or is another."""
    digest, left = sha256(), document.payload_size
    while left and (block := segment.read(min(left, _BLOCK))):
        digest.update(block)
        left -= len(block)
        yield block
    if left or digest.digest() != document.payload_sha256:
        what = "was cut" if left else "holds a payload with another SHA-256 than recorded"
        raise Damaged(f"segment {document.segment} {what}", "restore it from a backup")
