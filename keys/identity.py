"""A member's own keys, their public half, and the vaults he has seen. docs/format/identity.md.

Three secrets: an Ed25519 seed that signs entries, a hybrid age identity that vault keys are sealed to, and an X25519
age identity in its place for vaults made with `--classic`. `identity_file` keeps them.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import InitVar, field, replace
from hashlib import sha256
from typing import NamedTuple

from keys import age, provenance
from keys.provenance import Provenance
from keys.signing import SEED_SIZE, Signer
from vault.evidence import ed25519
from vault.evidence.defined import frozen
from vault.evidence.note import check_name
from vault.evidence.strict import Malformed, base64_bytes, base64_text, hex_bytes, refuse

_PUBLIC = "dvault_public_v1_"


class PublicIdentity(NamedTuple):
    """The public half: an Ed25519 key (32 bytes) and the two age recipients. `str()` is the public string."""

    ed25519: bytes
    classic: str
    hybrid: str

    def __str__(self) -> str:
        return f"{_PUBLIC}{self.ed25519.hex()}_{self.classic}_{self.hybrid}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public string in 16 groups of four hex digits, to be compared over the phone."""
        digits = sha256(str(self).encode()).hexdigest()
        return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))

    def recipient(self, *, hybrid: bool) -> str:
        """The age recipient that a vault seals to."""
        return self.hybrid if hybrid else self.classic

    @classmethod
    def parse(cls, text: str, where: str = "public string") -> "PublicIdentity":
        """Read a public string; every key in it is checked."""
        fields = text.removeprefix(_PUBLIC).split("_")
        if not text.startswith(_PUBLIC) or len(fields) != 3:
            refuse(where, f"{_PUBLIC}<key>_<recipient>_<recipient>", text)
        public = hex_bytes(fields[0], where, size=ed25519.PUBLIC_SIZE)
        ed25519.check_public(public, where)
        _check_recipient(fields[1], where, hybrid=False)
        _check_recipient(fields[2], where, hybrid=True)
        return cls(public, fields[1], fields[2])


@frozen()
class KnownVault:
    """A vault this member has seen: its origin, the leaf hash of its genesis entry in 64 hex digits, whence that is."""

    origin: str
    fingerprint: str
    provenance: Provenance = Provenance.FIRST_USE
    where: InitVar[str] = "known vault"

    def __post_init__(self, where: str) -> None:
        check_name(self.origin, where)
        hex_bytes(self.fingerprint, where, size=32)

    def __str__(self) -> str:
        return f"vault {self.origin} {self.fingerprint} {self.provenance}"


@frozen(eq=False)
class Identity:
    """The secrets of one member and the vaults he knows, sorted by origin; `repr` shows neither."""

    seed: bytes = field(repr=False)
    hybrid: age.Identity = field(repr=False)
    classic: age.Identity = field(repr=False)
    vaults: tuple[KnownVault, ...] = field(default=(), repr=False)

    @classmethod
    def generate(cls, random: Callable[[int], bytes] = os.urandom) -> "Identity":
        """A new identity. `random(n)` gives n bytes fit for keys."""
        return cls(random(SEED_SIZE), age.generate(True, random), age.generate(False, random))

    @property
    def public(self) -> PublicIdentity:
        """What is handed to a custodian."""
        key = self.signer("public").key
        return PublicIdentity(key.public, str(self.classic.recipient()), str(self.hybrid.recipient()))

    def signer(self, name: str) -> Signer:
        """Signs notes as `name`, which in a vault is `<origin>/m<n>`."""
        return Signer.from_seed(name, self.seed)

    def known(self, origin: str) -> KnownVault | None:
        """What is remembered of a vault, None for one never seen."""
        return next((vault for vault in self.vaults if vault.origin == origin), None)

    def fingerprint_of(self, origin: str) -> str | None:
        """The fingerprint remembered for a vault, None for one never seen."""
        known = self.known(origin)
        return known.fingerprint if known else None

    def with_vault(self, origin: str, fingerprint: str, provenance: Provenance = Provenance.FIRST_USE) -> "Identity":
        """This identity, knowing one vault more, or knowing better whence its fingerprint is; never worse.

        ValueError where the origin is known under another fingerprint: that is another vault under the same name, and
        `without_vault` has to be said first.
        """
        known = self.known(origin)
        if known and known.fingerprint != fingerprint:
            raise ValueError(f"{origin} is known by the fingerprint {known.fingerprint}, not {fingerprint}")
        best = provenance.best(known.provenance) if known else provenance
        others = self.without_vault(origin).vaults
        return replace(self, vaults=_sorted([*others, KnownVault(origin, fingerprint, best)]))

    def without_vault(self, origin: str) -> "Identity":
        """This identity, having forgotten a vault."""
        return replace(self, vaults=tuple(vault for vault in self.vaults if vault.origin != origin))


def body_text(identity: Identity) -> str:
    """The secret lines of an identity file."""
    lines = [
        f"ed25519 {base64_text(identity.seed)}",
        f"hybrid {identity.hybrid.secret_text()}",
        f"classic {identity.classic.secret_text()}",
        *identity.vaults,
    ]
    return "".join(f"{line}\n" for line in lines)


def parse_body(text: str, where: str) -> Identity:
    """Read the secret lines; an error shows none of them."""
    lines = [line.split(" ") for line in text.split("\n")[:-1]]
    if [line[0] for line in lines[:3]] != ["ed25519", "hybrid", "classic"] or any(len(line) != 2 for line in lines[:3]):
        refuse(where, "ed25519, hybrid and classic, then the vaults")
    identity = _parse_secrets([line[1] for line in lines[:3]], where)
    if identity is None:
        refuse(where, "an Ed25519 seed, a hybrid age identity and an X25519 one")
    vaults = {vault.origin: vault for vault in (_parse_vault(line, where) for line in lines[3:])}
    identity = replace(identity, vaults=_sorted(vaults.values()))
    if body_text(identity) != text:
        refuse(where, "the secret lines in their one spelling, vaults sorted and each once")
    return identity


def _parse_vault(fields: list[str], where: str) -> KnownVault:
    known = provenance.parse(fields[-1])
    if len(fields) != 4 or fields[0] != "vault" or known is None:
        refuse(where, "vault <origin> <fingerprint> and founded, compared or first-use")
    return KnownVault(fields[1], fields[2], known, where)


def _parse_secrets(fields: list[str], where: str) -> Identity | None:
    try:
        seed = base64_bytes(fields[0], where, size=SEED_SIZE)
        hybrid, classic = age.parse_identity(fields[1]), age.parse_identity(fields[2])
    except ValueError:
        return None  # its cause may show a secret, and would be chained to whatever is raised here
    fitting = hybrid.recipient().post_quantum and not classic.recipient().post_quantum
    return Identity(seed, hybrid, classic) if fitting else None


def _sorted(vaults: Iterable[KnownVault]) -> tuple[KnownVault, ...]:
    return tuple(sorted(vaults, key=lambda vault: vault.origin.encode()))


def _check_recipient(text: str, where: str, *, hybrid: bool) -> None:
    try:
        recipient = age.parse_recipient(text)
    except age.BadKey as exc:
        raise Malformed(where, "an age recipient", text) from exc
    if recipient.post_quantum != hybrid:
        refuse(where, "an X25519 recipient, then a hybrid one", text)
