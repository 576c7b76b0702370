"""Records, sealed in small: each under its own random key, that key wrapped in 72 bytes beside the headers.

Destroying the wrap erases the record, wherever copies of the sealed bytes lie.
"""

from collections.abc import Callable

from keys import secretbox
from vault.evidence.strict import refuse

WRAP_SIZE = secretbox.OVERHEAD + secretbox.KEY_SIZE


def seal(plaintext: bytes, wrapping_key: bytes, random: Callable[[int], bytes]) -> tuple[bytes, bytes]:
    """(sealed, wrap): `plaintext` under a fresh key, and that key under the 32-byte `wrapping_key`."""
    key = random(secretbox.KEY_SIZE)
    return secretbox.seal(plaintext, key, random), secretbox.seal(key, wrapping_key, random)


def open_sealed(sealed: bytes, wrap: bytes, wrapping_key: bytes, where: str) -> bytes:
    """The plaintext; `Malformed` if either part was changed or belongs elsewhere."""
    key = secretbox.unseal(wrap, wrapping_key) if len(wrap) == WRAP_SIZE else None
    if key is None:
        refuse(f"{where}, wrapped key", f"{WRAP_SIZE} bytes that this vault's record key opens")
    plaintext = secretbox.unseal(sealed, key)
    if plaintext is None:
        refuse(where, "sealed bytes that their own key opens")
    return plaintext
