"""The secrets in a keyring: made for a new vault, sealed to members, opened by one of them and checked.

Sealing and opening of the small age files is passed in, since `vault.sealing` stands above the keys.
"""

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field
from hmac import compare_digest
from typing import NamedTuple

from keys.keyring import Keyring, SealedKey, VaultKey
from keys.purposes import KNOWN, Random
from keys.roles import CUSTODIAN, holds
from vault.evidence.defined import frozen
from vault.evidence.strict import refuse

Seal = Callable[[str, bytes], bytes]
"""`seal(recipient, plaintext)`: a binary age file to that recipient."""

Unseal = Callable[[bytes], bytes]
"""`unseal(age_file)`: its plaintext by the member's own identity; raises where it does not open."""


class Holder(NamedTuple):
    """A member (`m2`) who is to hold the keys of his roles, sealed to his age recipient."""

    member: str
    roles: frozenset[str]
    recipient: str


@frozen(eq=False)
class VaultKeys:
    """The secrets that one member holds, by purpose and generation, each checked against the keyring."""

    _secrets: Mapping[tuple[str, int], bytes] = field(repr=False)

    def __repr__(self) -> str:
        held = ", ".join(f"{purpose} {generation}" for purpose, generation in self._secrets)
        return f"VaultKeys({held})"

    def __contains__(self, place: tuple[str, int]) -> bool:
        return place in self._secrets

    def __getitem__(self, place: tuple[str, int]) -> bytes:
        """The secret of (purpose, generation). KeyError where the member does not hold it."""
        return self._secrets[place]

    def generations(self, purpose: str) -> Mapping[int, bytes]:
        """The secrets of one purpose, oldest generation first; empty where the member holds none."""
        return {number: self._secrets[name, number] for name, number in sorted(self._secrets) if name == purpose}

    def with_secret(self, place: tuple[str, int], secret: bytes) -> "VaultKeys":
        """These and one more."""
        return VaultKeys({**self._secrets, place: secret})


def create(
    origin: str, holders: Collection[Holder], seal: Seal, *, hybrid: bool, random: Random = os.urandom
) -> tuple[Keyring, VaultKeys]:
    """The first keys of a new vault, one of each purpose, and all of them for whoever makes it.

    `hybrid` False makes an X25519 content key; the holders' recipients are to match. At least one is a custodian.
    """
    if not any(CUSTODIAN in holder.roles for holder in holders):
        raise ValueError("a vault has at least one custodian, who holds all its keys")
    secrets = {(purpose, 1): KNOWN[purpose].generate(hybrid, random) for purpose in sorted(KNOWN)}
    keys = [VaultKey(name, number, KNOWN[name].value(origin, secrets[name, number])) for name, number in secrets]
    sealed = [line for place, secret in secrets.items() for line in seal_key(place, secret, holders, seal)]
    return Keyring(origin, tuple(keys), tuple(sealed)), VaultKeys(secrets)


class Renewed(NamedTuple):
    """A keyring with new generations, and all that whoever made them holds by now."""

    keyring: Keyring
    keys: VaultKeys


def renew(
    before: Renewed, purpose: str, holders: Collection[Holder], seal: Seal, *, hybrid: bool, random: Random = os.urandom
) -> Renewed:
    """One key's next generation, sealed to those of `holders` whose roles hold it; what there was stays.

    `Malformed` where nobody of them would hold it. KeyError for a purpose that the keyring, or this program, lacks.
    """
    secret = KNOWN[purpose].generate(hybrid, random)
    place = purpose, before.keyring.newest(purpose).generation + 1
    key = VaultKey(*place, KNOWN[purpose].value(before.keyring.origin, secret))
    ring = before.keyring.with_key(key, seal_key(place, secret, holders, seal))
    return Renewed(ring, before.keys.with_secret(place, secret))


def seal_key(place: tuple[str, int], secret: bytes, holders: Iterable[Holder], seal: Seal) -> list[SealedKey]:
    """One key, sealed to those of `holders` whose roles hold it, in the order of their numbers."""
    sealed = [
        SealedKey(*place, holder.member, seal(holder.recipient, secret))
        for holder in holders
        if holds(holder.roles, place[0])
    ]
    return sorted(sealed, key=lambda line: line.order)


def admit(keyring: Keyring, holder: Holder, keys: VaultKeys, seal: Seal) -> Keyring:
    """`keyring` with every generation of the keys of one member more; costs the same however many there are.

    KeyError where `keys` lacks one of them: better no new member than one with half his keys.
    """
    if keyring.sealed_to(holder.member):
        raise ValueError(f"{holder.member} already holds keys")
    places = [key.place for key in keyring.keys if holds(holder.roles, key.purpose)]
    return keyring.with_member(line for place in places for line in seal_key(place, keys[place], [holder], seal))


def open_for(keyring: Keyring, member: str, unseal: Unseal) -> VaultKeys:
    """What `member` holds, of the purposes that this program knows; empty where he holds nothing.

    Raises `Malformed` where a secret is not the one its value stands for, and what `unseal` raises.
    """
    values = {key.place: key.value for key in keyring.keys}
    mine = [sealed for sealed in keyring.sealed_to(member) if sealed.purpose in KNOWN]
    return VaultKeys({sealed.place: _open(keyring.origin, sealed, values[sealed.place], unseal) for sealed in mine})


def _open(origin: str, sealed: SealedKey, value: str, unseal: Unseal) -> bytes:
    secret = unseal(sealed.age_file)
    where = f"keyring, {sealed.purpose} {sealed.generation} sealed to {sealed.member}"
    try:
        found = KNOWN[sealed.purpose].value(origin, secret)
    except ValueError:
        found = ""  # not even a secret of this purpose; the cause may show it
    if not compare_digest(found.encode(), value.encode()):
        refuse(where, f"the secret of {value}")
    return secret
