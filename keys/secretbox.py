"""The symmetric wrap: libsodium's SecretBox (XSalsa20-Poly1305) behind a random 24-byte nonce."""

from collections.abc import Callable

from nacl.bindings import crypto_secretbox_easy, crypto_secretbox_open_easy
from nacl.exceptions import CryptoError

KEY_SIZE = 32
NONCE_SIZE = 24
TAG_SIZE = 16
OVERHEAD = NONCE_SIZE + TAG_SIZE


def seal(plaintext: bytes, key: bytes, random: Callable[[int], bytes]) -> bytes:
    """nonce || box under the 32-byte `key`, which may seal more than once: 24 random bytes do not repeat."""
    nonce = random(NONCE_SIZE)
    return nonce + crypto_secretbox_easy(plaintext, nonce, key)


def unseal(boxed: bytes, key: bytes) -> bytes | None:
    """The plaintext, or None: another key, changed bytes, or too few of them. Which one cannot be told."""
    if len(boxed) < OVERHEAD:
        return None
    try:
        return crypto_secretbox_open_easy(boxed[NONCE_SIZE:], boxed[:NONCE_SIZE], key)
    except CryptoError:
        return None
