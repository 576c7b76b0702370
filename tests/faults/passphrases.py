"""Passphrases stretched cheaply: a run under strace takes a tenth of a second, and Argon2id in full takes another.

The file format has no cheap profile and gets none: these identities name the usual one, and open in tests only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from keys import identity_file, secretbox
from keys.identity_file import OpenIdentity
from keys.profiles import DEFAULT, Profile
from keys.protectors.interface import Arguments
from keys.protectors.passphrase import Passphrase, prepare
from vault.evidence.strict import base64_bytes

_CHEAP = Profile(DEFAULT.name, memory=8192, passes=1)  # the least that libsodium takes; tests/faults/zygote.py too


def lock_cheaply(path: Path, opened: OpenIdentity, words: str) -> None:
    """Write the identity anew at `path`, under the same passphrase."""
    path.unlink()
    identity_file.create(path, opened.identity, [Passphrase(lambda: words, _CHEAP)])


@dataclass(frozen=True, slots=True)
class Cheap:
    """Unlocks what a program that stretches cheaply has locked."""

    words: str = field(repr=False)

    @property
    def name(self) -> str:
        """That of the protector it stands in for."""
        return "passphrase"

    def lock(self, file_key: bytes) -> Arguments:
        """As the program does."""
        return Passphrase(lambda: self.words, _CHEAP).lock(file_key)

    def unlock(self, locks: Sequence[Arguments], where: str) -> bytes:
        """The file key of the one lock; ValueError if these are not the words."""
        ((_, salt, box),) = locks
        key = secretbox.unseal(base64_bytes(box, where), _CHEAP.stretch(prepare(self.words), base64_bytes(salt, where)))
        if key is None:
            raise ValueError(f"{where}: another passphrase")
        return key
