"""The age payload: a nonce, then ChaCha20-Poly1305 chunks of 64 KiB that cannot be dropped, moved or added (STREAM).

Knows nothing of headers. C2SP age.md, "Payload"; Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption
and its Nonce-Reuse Misuse-Resistance, 2015.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault.sealing.errors import Damaged

NONCE_SIZE = 16
CHUNK = 64 * 1024
TAG_SIZE = 16
SEALED_CHUNK = CHUNK + TAG_SIZE


def payload_size(size: int) -> int:
    """Bytes that content of `size` bytes takes when sealed, without the header."""
    chunks = max(1, -(-size // CHUNK))
    return NONCE_SIZE + size + TAG_SIZE * chunks


def content_size(sealed: int) -> int:
    """Bytes of content in a payload of `sealed` bytes; Damaged where no content gives that size."""
    if sealed < NONCE_SIZE:
        raise Damaged("nonce", f"{sealed} bytes in place of {NONCE_SIZE}")
    chunks = -(-(sealed - NONCE_SIZE) // SEALED_CHUNK)
    size = sealed - NONCE_SIZE - TAG_SIZE * chunks
    # Fails for less than a tag in the last chunk, and for an empty last chunk after others: two ends for one content.
    if size < 0 or payload_size(size) != sealed:
        raise Damaged("payload", f"{sealed} bytes, a size that no payload has: cut short or added to")
    return size


def seal(plain: bytes, file_key: bytes, nonce: bytes) -> bytearray:
    """The whole payload of small content: nonce and chunks."""
    payload = bytearray(payload_size(len(plain)))
    payload[:NONCE_SIZE] = nonce
    Sealer(file_key, nonce).seal(memoryview(plain), memoryview(payload)[NONCE_SIZE:], last=True)
    return payload


def open_sealed(payload: bytes, file_key: bytes) -> bytearray:
    """The content of a whole small payload; Damaged if it is not authentic to its last byte."""
    plain = bytearray(content_size(len(payload)))
    view = memoryview(payload)
    Opener(file_key, payload[:NONCE_SIZE]).open(view[NONCE_SIZE:], memoryview(plain), last=True)
    return plain


class Sealer:
    """Seals one payload, block after block. Never two with the same file key and nonce."""

    __slots__ = ("_cipher", "_ended", "_index")

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        self._cipher = _cipher(file_key, nonce)
        self._index = 0
        self._ended = False

    def seal(self, plain: memoryview, sealed: memoryview, *, last: bool) -> int:
        """Write the chunks of `plain` into `sealed`; the number of bytes written, a tag more for each chunk.

        Every block but the last is a whole number of chunks; none is empty but the only one of empty content.
        """
        if self._ended or (len(plain) % CHUNK and not last) or (not plain and (self._index or not last)):
            raise ValueError("a block after the last one, an empty one, or one that is no whole number of chunks")
        self._ended = last
        end = 0
        for start in range(0, len(plain) or 1, CHUNK):
            chunk = plain[start : start + CHUNK]
            begin, end = end, end + len(chunk) + TAG_SIZE
            nonce = _nonce(self._index, last and start + CHUNK >= len(plain))
            self._cipher.encrypt_into(nonce, chunk, None, sealed[begin:end])
            self._index += 1
        return end


class Opener:
    """Opens one payload, block after block."""

    __slots__ = ("_cipher", "_index")

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        self._cipher = _cipher(file_key, nonce)
        self._index = 0

    def open(self, sealed: memoryview, plain: memoryview, *, last: bool) -> int:
        """Write what the chunks of `sealed` hold into `plain`; the number of bytes written, all authentic.

        `last` says that the payload ends here, so that a cut or lengthened one is Damaged. Every block but the last is
        a whole number of sealed chunks.
        """
        end = 0
        for start in range(0, len(sealed), SEALED_CHUNK):
            chunk = sealed[start : start + SEALED_CHUNK]
            begin, end = end, end + len(chunk) - TAG_SIZE
            final = last and start + SEALED_CHUNK >= len(sealed)
            try:
                self._cipher.decrypt_into(_nonce(self._index, final), chunk, None, plain[begin:end])
            except InvalidTag as exc:
                raise Damaged("payload", self._diagnosis(chunk, final)) from exc
            self._index += 1
        return end

    def _diagnosis(self, chunk: memoryview, final: bool) -> str:
        """Why a chunk is not authentic; one that is so with the other mark tells that the payload's end was moved."""
        try:
            self._cipher.decrypt(_nonce(self._index, not final), chunk, None)
        except InvalidTag:
            return f"chunk {self._index} (of 64 KiB, from 0) was changed, or is another's"
        if final:
            return f"cut short after chunk {self._index} (of 64 KiB, from 0)"
        return f"goes on after chunk {self._index} (of 64 KiB, from 0), which was the last"


def _cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, nonce, b"payload").derive(file_key))


def _nonce(index: int, last: bool) -> bytes:
    """An 11-byte big-endian counter, then 1 for the last chunk and 0 for the others."""
    return (index << 8 | last).to_bytes(12, "big")
