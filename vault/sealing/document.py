"""Documents of any size: sealed and opened as streams, in constant memory, header and payload kept apart.

header || payload is an age file. What is smaller than WHOLE is done in one piece, larger ones by the pipeline.
"""

import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

from keys.age import FILE_KEY_SIZE, Identity, Recipient
from vault.sealing import header, stream, transfer
from vault.sealing.errors import Damaged
from vault.sealing.transfer import Sink, Source

WHOLE = 4 << 20  # bytes; threads and their blocks cost 7 ms, what they save outweighs that from 8 to 16 MiB on
_BLOCK_CHUNKS = 8
_BLOCK = _BLOCK_CHUNKS * stream.CHUNK
_SEALED_BLOCK = _BLOCK_CHUNKS * stream.SEALED_CHUNK


class Sealed(NamedTuple):
    """A sealed document: its header, and size and SHA-256 of its content and of its payload."""

    header: bytes
    size: int
    sha256: bytes
    payload_size: int
    payload_sha256: bytes


class Fresh(NamedTuple):
    """A new file key, its payload's nonce, and a header that gives the key to recipients. For one payload only."""

    header: bytes
    file_key: bytes
    nonce: bytes

    def __repr__(self) -> str:
        return f"Fresh(nonce={self.nonce!r})"

    @classmethod
    def made(cls, recipients: Sequence[Recipient], random: Callable[[int], bytes] = os.urandom) -> "Fresh":
        """`random(n)` must give n bytes fit for keys."""
        file_key = random(FILE_KEY_SIZE)
        return cls(header.wrap(file_key, recipients), file_key, random(stream.NONCE_SIZE))


class Payload(NamedTuple):
    """A payload to open: the next `size` bytes of `source`, and the SHA-256 they must have if that is to be checked."""

    source: Source
    size: int
    sha256: bytes | None = None


class Content(NamedTuple):
    """Size and SHA-256 of what a payload held."""

    size: int
    sha256: bytes


def seal(
    source: Source, sink: Sink, recipients: Sequence[Recipient], random: Callable[[int], bytes] = os.urandom
) -> Sealed:
    """Seal what `source` holds up to its end, and write the payload to `sink`, at its position: one after another fit.

    Neither file is sought in, synced or closed. After an error of the source or sink, or Ctrl-C, the sink holds part of
    a payload that nothing can open: cut it off. `random(n)` must give n bytes fit for keys.
    """
    fresh = Fresh.made(recipients, random)
    start = transfer.read(source, WHOLE)
    if len(start) < WHOLE:
        return seal_whole(start, sha256(start).digest(), sink, fresh)
    return seal_rest(start, source, sink, fresh)


def seal_whole(content: bytes, content_sha256: bytes, sink: Sink, fresh: Fresh) -> Sealed:
    """As `seal`, of content that is in memory, its SHA-256 known."""
    payload = stream.seal(content, fresh.file_key, fresh.nonce)
    transfer.write(sink, payload)
    return Sealed(fresh.header, len(content), content_sha256, len(payload), sha256(payload).digest())


def seal_rest(start: bytes, source: Source, sink: Sink, fresh: Fresh) -> Sealed:
    """As `seal`, where `start`, WHOLE bytes, was read of `source` already."""
    from vault.sealing.pipeline import Side, run  # 2 ms that small documents don't need

    transfer.write(sink, fresh.nonce)
    reader = _ToTheEnd(source, start)
    content, payload = Side(_BLOCK, sha256()), Side(_SEALED_BLOCK, sha256(fresh.nonce))
    run(reader, content, stream.Sealer(fresh.file_key, fresh.nonce).seal, payload, sink)
    size = reader.size
    return Sealed(fresh.header, size, content.hash.digest(), stream.payload_size(size), payload.hash.digest())


def unseal(
    head: bytes, payload: Payload, sink: Sink, identities: Sequence[Identity], expected_sha256: bytes | None = None
) -> Content:
    """Open a payload and write its content to `sink`; exactly `payload.size` bytes of its source are read.

    Only authentic chunks reach the sink, but that the payload was cut, or is not what was expected, shows at its end:
    publish what was written only after this has returned. NotForUs, Damaged, and what source and sink raise.
    """
    file_key = header.unwrap(head, identities)
    size = stream.content_size(payload.size)
    open_payload = _open_small if payload.size <= WHOLE else _open_large
    content_sha256, payload_sha256 = open_payload(payload, file_key, sink)
    if payload.sha256 not in (None, payload_sha256):
        raise Damaged("payload", "authentic, but its SHA-256 is not the expected one")
    if expected_sha256 not in (None, content_sha256):
        raise Damaged("content", "authentic, but its SHA-256 is not the expected one")
    return Content(size, content_sha256)


class _ToTheEnd:
    """Reads a source up to its end, beginning with what was read already; a byte ahead, to know which block is last."""

    def __init__(self, source: Source, start: bytes) -> None:
        self.size = 0
        self._source = source
        self._ahead = memoryview(start)

    def __call__(self, block: memoryview) -> tuple[memoryview, bool]:
        known = min(len(block), len(self._ahead))
        block[:known], self._ahead = self._ahead[:known], self._ahead[known:]
        filled = block[: known + len(transfer.fill(self._source, block[known:]))]
        if len(filled) == len(block) and not self._ahead:
            self._ahead = memoryview(transfer.read(self._source, 1))
        self.size += len(filled)
        return filled, not self._ahead


class _AllOf:
    """Reads the payload behind its nonce, as many bytes as it has to have."""

    def __init__(self, payload: Payload) -> None:
        self._payload = payload
        self._left = payload.size - stream.NONCE_SIZE

    def __call__(self, block: memoryview) -> tuple[memoryview, bool]:
        wanted = block[: self._left]
        filled = transfer.fill(self._payload.source, wanted)
        self._left -= len(filled)
        if len(filled) < len(wanted):
            raise _cut(self._payload.size - self._left, self._payload)
        return filled, not self._left


def _open_small(payload: Payload, file_key: bytes, sink: Sink) -> tuple[bytes, bytes]:
    sealed = transfer.read(payload.source, payload.size)
    if len(sealed) < payload.size:
        raise _cut(len(sealed), payload)
    plain = stream.open_sealed(sealed, file_key)
    transfer.write(sink, plain)
    return sha256(plain).digest(), sha256(sealed).digest()


def _open_large(payload: Payload, file_key: bytes, sink: Sink) -> tuple[bytes, bytes]:
    from vault.sealing.pipeline import Side, run

    nonce = transfer.read(payload.source, stream.NONCE_SIZE)
    sealed, content = Side(_SEALED_BLOCK, sha256(nonce)), Side(_BLOCK, sha256())
    run(_AllOf(payload), sealed, stream.Opener(file_key, nonce).open, content, sink)
    return content.hash.digest(), sealed.hash.digest()


def _cut(found: int, payload: Payload) -> Damaged:
    return Damaged("payload", f"ends after {found} of {payload.size} bytes")
