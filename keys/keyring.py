"""The keyring: which keys a vault has, and each of them sealed to its holders. docs/format/keyring.md.

A `Keyring` that exists keeps the rules of the format; changes make a new one. What is sealed is opaque here:
`vault_keys` opens and seals.
"""

import re
from collections.abc import Iterable
from dataclasses import InitVar, field, replace
from hashlib import sha256
from typing import NamedTuple

from keys.purposes import KNOWN
from keys.signing import Signer
from vault.evidence import note
from vault.evidence.defined import frozen
from vault.evidence.note import Key, Note, check_name
from vault.evidence.public import MEMBER
from vault.evidence.strict import base64_bytes, base64_text, decimal, refuse

FORMAT = "disclosure-vault/keyring/v1"
MAX_KEYRING = 1 << 24
MAX_SEALED = 1 << 16

_PURPOSE = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_VALUE = re.compile(r"[!-~]{1,4096}", re.ASCII)


class VaultKey(NamedTuple):
    """One generation of one key, by its public or check value."""

    purpose: str
    generation: int
    value: str

    @property
    def place(self) -> tuple[str, int]:
        """Purpose and generation: what keys are sorted by."""
        return self.purpose, self.generation

    def __str__(self) -> str:
        return f"key {self.purpose} {self.generation} {self.value}"


@frozen()
class SealedKey:
    """One generation of one key for one member (`m2`): a small age file to his recipient."""

    purpose: str
    generation: int
    member: str
    age_file: bytes = field(repr=False)
    where: InitVar[str] = "keyring"

    def __post_init__(self, where: str) -> None:
        if not re.fullmatch(MEMBER, self.member):
            refuse(where, "a member's name like m2", self.member)
        if not 0 < len(self.age_file) <= MAX_SEALED:
            refuse(where, f"a sealed key of 1 to {MAX_SEALED} bytes", len(self.age_file))

    @property
    def place(self) -> tuple[str, int]:
        """Purpose and generation of the key in it."""
        return self.purpose, self.generation

    @property
    def order(self) -> tuple[str, int, int]:
        """What sealed keys are sorted by; m10 comes after m9."""
        return self.purpose, self.generation, int(self.member[1:])

    def __str__(self) -> str:
        return f"sealed {self.purpose} {self.generation} {self.member} {base64_text(self.age_file)}"


@frozen()
class Keyring:
    """The keys of the vault `origin` and what is sealed of them; raises `Malformed` where the rules are broken."""

    origin: str
    keys: tuple[VaultKey, ...]
    sealed: tuple[SealedKey, ...]
    where: InitVar[str] = "keyring"

    def __post_init__(self, where: str) -> None:
        check_name(self.origin, where)
        generations: dict[str, int] = {}
        for key in self.keys:
            _check_key(key, generations, where)
        if list(self.keys) != sorted(self.keys, key=lambda key: key.place) or not self.keys:
            refuse(where, "keys sorted by purpose and generation, at least one")
        orders = [sealed.order for sealed in self.sealed]
        if orders != sorted(set(orders)):
            refuse(where, "sealed keys sorted by purpose, generation and member, each once")
        if {sealed.place for sealed in self.sealed} != {key.place for key in self.keys}:
            refuse(where, "a key for each that is sealed, and a holder for each key")

    @property
    def text(self) -> str:
        """The note's text, which a custodian signs."""
        return "".join(f"{line}\n" for line in [FORMAT, self.origin, *self.keys, *self.sealed])

    def newest(self, purpose: str) -> VaultKey:
        """The newest generation of a key. KeyError where the vault has none of that purpose."""
        found = [key for key in self.keys if key.purpose == purpose]
        if not found:
            raise KeyError(purpose)
        return found[-1]

    def sealed_to(self, member: str) -> tuple[SealedKey, ...]:
        """What a member holds."""
        return tuple(sealed for sealed in self.sealed if sealed.member == member)

    def with_key(self, key: VaultKey, sealed: Iterable[SealedKey]) -> "Keyring":
        """This keyring with one key more, a new purpose or the next generation, sealed to its holders."""
        keys = sorted([*self.keys, key], key=lambda key: key.place)
        return replace(self, keys=tuple(keys), sealed=_sorted([*self.sealed, *sealed]))

    def with_member(self, sealed: Iterable[SealedKey]) -> "Keyring":
        """This keyring with what is sealed to one member more; nobody else's part changes."""
        return replace(self, sealed=_sorted([*self.sealed, *sealed]))

    def without_member(self, member: str) -> "Keyring":
        """This keyring without a member's part. `Malformed` where he was the last who held some key."""
        return replace(self, sealed=tuple(sealed for sealed in self.sealed if sealed.member != member))


class SignedKeyring(NamedTuple):
    """A keyring as it was read. It counts once `verify` has passed with the custodian's key from the ledger."""

    unverified: Keyring
    note: Note
    sha256: str

    @property
    def unverified_signer(self) -> str:
        """The member (`m1`) whose name the signature line bears."""
        return self.note.unverified_signatures[0].name.rpartition("/")[2]

    def verify(self, custodian: Key, where: str = "keyring") -> Keyring:
        """The keyring, signed by `custodian`. His role and `sha256` are to be compared with the ledger."""
        note.verify(self.note, custodian, where)
        return self.unverified


def sign(keyring: Keyring, custodian: Signer) -> bytes:
    """The keyring's file."""
    _check_signer(keyring, custodian.key.name, "keyring")
    return custodian.note(keyring.text)


def parse(data: bytes, where: str = "keyring") -> SignedKeyring:
    """Read a keyring's file; `Malformed` for anything that `sign` does not write."""
    parsed = note.parse(data, where, limit=MAX_KEYRING)
    keyring = parse_text(parsed.text, where)
    if len(parsed.unverified_signatures) != 1:
        refuse(where, "one signature", len(parsed.unverified_signatures))
    _check_signer(keyring, parsed.unverified_signatures[0].name, where)
    return SignedKeyring(keyring, parsed, sha256(data).hexdigest())


def parse_text(text: str, where: str = "keyring") -> Keyring:
    """Read the text of a keyring's note."""
    lines = text.split("\n")
    if lines[0] != FORMAT or len(lines) < 3:
        refuse(where, f"{FORMAT} and the origin", lines[0])
    fields = [line.split(" ") for line in lines[2:-1]]
    keys = tuple(_parse_key(line, where) for line in fields if line[0] == "key")
    sealed = tuple(_parse_sealed(line, where) for line in fields if line[0] != "key")
    keyring = Keyring(lines[1], keys, sealed, where)
    if keyring.text != text:
        refuse(where, "keys, then sealed keys, each line ending in a newline")
    return keyring


def _sorted(sealed: Iterable[SealedKey]) -> tuple[SealedKey, ...]:
    return tuple(sorted(sealed, key=lambda sealed: sealed.order))


def _check_key(key: VaultKey, generations: dict[str, int], where: str) -> None:
    if not _PURPOSE.fullmatch(key.purpose) or not _VALUE.fullmatch(key.value):
        refuse(where, "a purpose of a-z, 0-9 and -, and a value of printable ASCII", f"{key.purpose} {key.value}")
    where = f"{where}, key {key.purpose} {key.generation}"
    if key.purpose in KNOWN:
        KNOWN[key.purpose].check(key.value, where)
    generations[key.purpose] = generations.get(key.purpose, 0) + 1
    if key.generation != generations[key.purpose]:
        refuse(where, f"generation {generations[key.purpose]}, without a gap", key.generation)


def _check_signer(keyring: Keyring, name: str, where: str) -> None:
    origin, _, member = name.rpartition("/")
    if origin != keyring.origin or not re.fullmatch(MEMBER, member):
        refuse(where, f"a signature by {keyring.origin}/m<n>", name)


def _parse_key(fields: list[str], where: str) -> VaultKey:
    if len(fields) != 4:
        refuse(where, "key <purpose> <generation> <value>", " ".join(fields))
    return VaultKey(fields[1], decimal(fields[2], where), fields[3])


def _parse_sealed(fields: list[str], where: str) -> SealedKey:
    if len(fields) != 5 or fields[0] != "sealed":
        refuse(where, "sealed <purpose> <generation> <member> <age file>", " ".join(fields))
    return SealedKey(fields[1], decimal(fields[2], where), fields[3], base64_bytes(fields[4], where), where)
