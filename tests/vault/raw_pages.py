"""What lies in the pages of a SQLCipher file and of its log, decrypted one by one, free space and free pages too."""

from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from vault.database import PAGE, SALT_SIZE, log_of

RESERVED = 80  # bytes at the end of a page: IV, then HMAC-SHA512
_LOG_HEADER, _FRAME_HEADER = 32, 24


def decrypted(path: Path, key: bytes) -> bytes:
    """Every page of the file, then every frame of its write-ahead log, end to end; what another key made is noise."""
    data = path.read_bytes()
    log = log_of(path).read_bytes()[_LOG_HEADER:] if log_of(path).exists() else b""
    frame = _FRAME_HEADER + PAGE
    pages = [data[at : at + PAGE] for at in range(0, len(data), PAGE)]
    frames = [log[at + _FRAME_HEADER : at + frame] for at in range(0, len(log) - frame + 1, frame)]
    first = [int.from_bytes(log[at : at + 4]) == 1 for at in range(0, len(log) - frame + 1, frame)]
    marked = [(page, number == 0) for number, page in enumerate(pages)] + list(zip(frames, first, strict=True))
    return b"".join(_decrypted(page, key, salted=salted) for page, salted in marked)


def _decrypted(page: bytes, key: bytes, *, salted: bool) -> bytes:
    cipher = Cipher(AES(key), CBC(page[-RESERVED : -RESERVED + 16])).decryptor()
    return cipher.update(page[SALT_SIZE if salted else 0 : -RESERVED])
