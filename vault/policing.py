"""Writing a verifier's policy for this vault: to be handed over, and compared, by another way than the vault."""

from collections.abc import Sequence
from typing import NamedTuple

from vault.anchoring.tsas import read_roots
from vault.archive import Archive
from vault.errors import Misuse
from vault.evidence import policy
from vault.evidence.note import Key
from vault.evidence.policy import Policy
from vault.evidence.quorum import Wanted, compose
from vault.evidence.quorum import parse as parse_quorum
from vault.evidence.strict import Malformed

MAX_PEM = 1 << 20


class Believed(NamedTuple):
    """Whom the verifier is to believe, beyond vault.toml; `enough` of all witnesses is the quorum."""

    witnesses: tuple[Key, ...] = ()
    auditors: tuple[Key, ...] = ()
    roots: tuple[bytes, ...] = ()
    enough: str = "all"


def export(archive: Archive, believed: Believed) -> bytes:
    """The policy: fingerprint, the log keys of all generations, witnesses and TSA roots of vault.toml and further ones.

    Of the witnesses those that audit are auditors too. All of it is the owner's word until it was compared.

    `Misuse` where what was named makes no policy: a key twice, the log as its own witness, more than there are.
    """
    logs = [key for _, pair in archive.history.logs for key in (pair.ed25519, pair.ml_dsa)]
    known = {key.public for place in archive.config.witnesses for key in place.keys}
    wanted = [Wanted(place.name, place.keys, place.url) for place in archive.config.witnesses]
    wanted += _by_name([key for key in believed.witnesses if key.public not in known])
    try:
        quorum = parse_quorum(compose(logs, wanted, believed.enough))
        auditors = [key for place in archive.config.witnesses if place.audits for key in place.keys]
        roots = [root for tsa in archive.config.tsas for root in read_roots(tsa)]
        made = Policy(
            bytes.fromhex(archive.fingerprint),
            tuple(dict.fromkeys([*auditors, *believed.auditors])),
            tuple(dict.fromkeys([*roots, *believed.roots])),
            quorum,
        )
        return bytes(policy.parse(bytes(made), "policy to be written"))
    except Malformed as exc:
        raise Misuse(f"this makes no policy: {exc}", "docs/format/policy.md tells what one is") from exc


def _by_name(keys: Sequence[Key]) -> list[Wanted]:
    """Keys of one name are one witness."""
    names = dict.fromkeys(key.name for key in keys)
    return [Wanted(name, tuple(dict.fromkeys(key for key in keys if key.name == name))) for name in names]


def roots_of(pem: bytes, where: str) -> tuple[bytes, ...]:
    """The certificates of a PEM file, in DER."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_pem_x509_certificates

    if len(pem) > MAX_PEM:
        raise Misuse(f"{where} is larger than {MAX_PEM} bytes", "name a file with root certificates in PEM")
    try:
        return tuple(found.public_bytes(Encoding.DER) for found in load_pem_x509_certificates(pem))
    except ValueError as exc:
        raise Misuse(f"{where} holds no certificate in PEM", "openssl x509 -inform DER turns DER into PEM") from exc
