"""What one member's identity opens of a vault: the keyring read and judged, the secrets of his roles."""

from dataclasses import field
from pathlib import Path

from keys import age, durable, keyring, vault_keys
from keys.age import Identity as AgeIdentity
from keys.identity import Identity
from keys.keyring import Keyring, SignedKeyring
from keys.purposes import CONTENT, INDEX, KNOWN, LOG, RECORD
from keys.signing import LogSigner, Signer
from keys.subkeys import derive
from keys.vault_keys import VaultKeys
from keys.vrf import IndexKey
from vault.errors import Damaged, Refused, Unavailable
from vault.evidence.defined import frozen
from vault.evidence.members import KeyHistory
from vault.folder import Folder
from vault.sealing import blob
from vault.sealing import errors as sealing

MAX_VAULT_KEY = 1 << 16


@frozen()
class VaultSecrets:
    """What this member's keys open, by purpose; None or empty where the member does not hold the key."""

    signer: Signer
    wrapping: dict[int, bytes] = field(repr=False)
    index: dict[int, IndexKey] = field(repr=False)
    content: tuple[AgeIdentity, ...] = field(repr=False)
    log: LogSigner | None = field(repr=False)
    content_recipient: str
    content_generation: int
    held: VaultKeys = field(repr=False)

    @classmethod
    def of(cls, signer: Signer, ring: Keyring, held: VaultKeys) -> "VaultSecrets":
        """The secrets of the member who signs as `signer`, from what he holds of the keyring."""
        origin, logs, content = ring.origin, held.generations(LOG), ring.newest(CONTENT)
        return cls(
            signer,
            {number: derive(secret, "wrap") for number, secret in held.generations(RECORD).items()},
            {number: IndexKey(secret) for number, secret in held.generations(INDEX).items()},
            tuple(age.parse_identity(secret.decode()) for secret in held.generations(CONTENT).values()),
            LogSigner.from_secret(origin, logs[max(logs)]) if logs else None,
            content.value,
            content.generation,
            held,
        )

    @property
    def member(self) -> str:
        """The member's name, `m2`."""
        return self.signer.key.name.rpartition("/")[2]

    @property
    def hybrid(self) -> bool:
        """Whether the vault's keys are hybrid, by the keyring that a custodian signed.

        [vault.toml says it too, and nobody signs that: whoever edits it would have all that comes later sealed to
        X25519 alone, to be opened by a quantum computer one day.]
        """
        return self.content_recipient.startswith("age1pq")


def read_keyring(place: Folder, origin: str, path: Path | None = None) -> SignedKeyring:
    """The keyring file, or the one at `path`, of the right origin; what it says counts after `check_keyring`."""
    path = path or place.keyring
    ring = parse_keyring(path)
    if ring.unverified.origin != origin:
        raise Refused(
            f"{path} is of {ring.unverified.origin}, {place.config} says {origin}",
            "restore the file that belongs to this vault",
        )
    return ring


def parse_keyring(path: Path) -> SignedKeyring:
    """A keyring file of whatever vault; nothing of it is verified."""
    try:
        data = durable.read(path, keyring.MAX_KEYRING + 1)
    except FileNotFoundError as exc:
        raise Damaged(f"{path} is missing", "restore it from a backup") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}") from exc
    return keyring.parse(data, str(path))


def check_keyring(ring: SignedKeyring, history: KeyHistory) -> None:
    """Refuse a keyring that the ledger does not name, or that no custodian signed."""
    if ring.sha256 != history.keyring.hex():
        raise Damaged(
            "the keyring is not the one that the newest key entry in ledger.db names",
            "one of the two was swapped, edited or rolled back; restore both from one backup",
        )
    custodian = history.members.get(ring.unverified_signer)
    if custodian is None or "custodian" not in custodian.roles:
        raise Damaged(f"the keyring is signed by {ring.unverified_signer}, who is no custodian", "restore it")
    ring.verify(custodian.key)


def unlock(ring: SignedKeyring, mine: Identity) -> tuple[str, VaultKeys]:
    """The member whose sealed keys this identity opens, and the keys; whether he counts, the ledger says.

    Tried in the order of the keyring; the first that opens is ours, since each member has a recipient of his own.
    """
    ages = [mine.hybrid, mine.classic]

    def unseal(age_file: bytes) -> bytes:
        return blob.open_sealed(age_file, ages, limit=MAX_VAULT_KEY)

    unverified = ring.unverified
    for member in dict.fromkeys(sealed.member for sealed in unverified.sealed):
        try:
            return member, vault_keys.open_for(unverified, member, unseal)
        except sealing.NotForUs:
            continue
        except sealing.Damaged as exc:
            raise Damaged(f"keyring: a key sealed to {member} is damaged: {exc}", "restore it from a backup") from exc
    raise Refused(
        f"this identity opens no keys of {unverified.origin}",
        "use the identity that was admitted (DVAULT_IDENTITY), or restore the keyring from a backup if it did before",
    )


def opens_newest(ring: SignedKeyring, mine: Identity) -> str:
    """The member (`m2`) whom this identity opens a keyring as; `Refused` unless that is the newest key of each purpose.

    Whether the keyring is the one that the ledger names, only the opened vault says.
    """
    member, held = unlock(ring, mine)
    newest = {key.purpose: key.place for key in ring.unverified.keys if key.purpose in KNOWN}
    if missing := [purpose for purpose, place in newest.items() if place not in held]:
        raise Refused(
            f"{member} of {ring.unverified.origin} opens no newest key for {', '.join(missing)}",
            "dvault keys member list shows what each member holds",
        )
    return member


def database_key(held: VaultKeys) -> bytes:
    """The key of ledger.db: a subkey of the newest record key, which every role holds."""
    return database_keys(held)[0]


def database_keys(held: VaultKeys) -> list[bytes]:
    """The keys that ledger.db may have: behind a rotation that was cut short it is not the newest. Newest first."""
    records = held.generations(RECORD)
    if not records:
        raise Damaged("keyring: no record key is sealed to this member", "restore it from a backup")
    return [derive(records[number], "sqlcipher") for number in sorted(records, reverse=True)]
