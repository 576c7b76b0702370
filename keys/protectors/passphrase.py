"""A passphrase locks the identity: Argon2id, then SecretBox. docs/format/identity.md, section Protector passphrase."""

import os
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

from keys import profiles, secretbox
from keys.errors import WrongPassphrase
from keys.profiles import Profile
from keys.protectors.interface import FILE_KEY_SIZE, Arguments
from vault.evidence.strict import base64_bytes, base64_text, refuse

MAX_PASSPHRASE = 4_096  # bytes of UTF-8: a key file named by mistake is noticed, not stretched

_UNUSABLE = {
    "Cc": "a control character",
    "Cs": "a lone surrogate",
    "Cn": f"a character that Unicode {unicodedata.unidata_version} has not assigned",
}


class Passphrase(NamedTuple):
    """Locks and unlocks by what `ask` returns; it is called once per `lock` or `unlock`, and only then.

    `ask` returns the words without the line's end, never keeps them, and never comes from an argument or a variable.
    """

    ask: Callable[[], str]
    profile: Profile = profiles.DEFAULT
    random: Callable[[int], bytes] = os.urandom

    @property
    def name(self) -> str:
        """`passphrase`."""
        return "passphrase"

    def lock(self, file_key: bytes) -> Arguments:
        """`<profile> <salt> <box>`. Raises WrongPassphrase for one that cannot be used."""
        salt = self.random(profiles.SALT_SIZE)
        key = self.profile.stretch(prepare(self.ask()), salt)
        return self.profile.name, base64_text(salt), base64_text(secretbox.seal(file_key, key, self.random))

    def unlock(self, locks: Sequence[Arguments], where: str) -> bytes:
        """The file key. Raises WrongPassphrase; a damaged box looks the same."""
        known = [_parse(arguments, where) for arguments in locks]  # damage is found before anybody is asked
        passphrase = prepare(self.ask())
        for profile, salt, box in known:
            file_key = secretbox.unseal(box, profile.stretch(passphrase, salt))
            if file_key is not None:
                return file_key
        raise WrongPassphrase(f"{where}: wrong passphrase", "mind the keyboard layout and the shift lock")


def prepare(text: str) -> bytes:
    """The bytes that are stretched: every space as U+0020, NFC, UTF-8 (RFC 8265 section 4.2, OpaqueString).

    So a word with an umlaut opens the same file from keyboards that compose it differently. Raises WrongPassphrase for
    one that is empty, too long, or holds what such a rule cannot promise to keep.
    """
    if not text:
        raise WrongPassphrase("the passphrase is empty")
    for character in text:
        if (category := unicodedata.category(character)) in _UNUSABLE:
            raise WrongPassphrase(f"the passphrase holds {_UNUSABLE[category]}")
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in text)
    prepared = unicodedata.normalize("NFC", spaced).encode()
    if len(prepared) > MAX_PASSPHRASE:
        raise WrongPassphrase(f"the passphrase is longer than {MAX_PASSPHRASE} bytes")
    return prepared


def _parse(arguments: Arguments, where: str) -> tuple[Profile, bytes, bytes]:
    if len(arguments) != 3:
        refuse(where, "protector passphrase <profile> <salt> <box>", f"{len(arguments)} arguments")
    name, salt, box = arguments
    return (
        profiles.by_name(name, where),
        base64_bytes(salt, where, size=profiles.SALT_SIZE),
        base64_bytes(box, where, size=secretbox.OVERHEAD + FILE_KEY_SIZE),
    )
