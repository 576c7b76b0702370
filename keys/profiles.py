"""Argon2id settings by name, each with its source and date. A file names a profile; it never brings its own numbers.

[A hostile identity file with m = 2^40 would stop the machine that reads it; one with m = 8 KiB would let whoever made
somebody save a passphrase under it guess cheaply.]
"""

from typing import NamedTuple

from nacl.bindings import crypto_pwhash_alg, crypto_pwhash_ALG_ARGON2ID13
from nacl.exceptions import RuntimeError as SodiumError

from keys.errors import CannotUnlock
from vault.evidence.strict import refuse

KEY_SIZE = 32
SALT_SIZE = 16


class Profile(NamedTuple):
    """Argon2id version 1.3 with one lane (libsodium has no more): `memory` in bytes and `passes` over it."""

    name: str
    memory: int
    passes: int

    def stretch(self, passphrase: bytes, salt: bytes) -> bytes:
        """The 32-byte key for a passphrase and its salt of 16 bytes. Raises CannotUnlock where `memory` is not free."""
        try:
            return crypto_pwhash_alg(KEY_SIZE, passphrase, salt, self.passes, self.memory, crypto_pwhash_ALG_ARGON2ID13)
        except SodiumError as exc:
            needed = f"{self.memory >> 20} MiB of memory are needed to check a passphrase, and are not free"
            raise CannotUnlock(needed, "close other programs, then repeat") from exc


# RFC 9106 section 4, second recommended option (t=3, m=64 MiB), September 2021, with one lane for four: the cost of a
# guess is memory x passes and stays; ours takes longer, 0.1 s on a core of 2026. OWASP asks for 46 MiB and one pass.
PASSPHRASE_2026 = Profile("argon2id-2026", memory=64 << 20, passes=3)

DEFAULT = PASSPHRASE_2026
_KNOWN = {profile.name: profile for profile in (PASSPHRASE_2026,)}


def by_name(name: str, where: str) -> Profile:
    """The profile that a file names; an unknown one is `Malformed`."""
    if name not in _KNOWN:
        refuse(where, "a known Argon2id profile: " + ", ".join(_KNOWN), name)
    return _KNOWN[name]
