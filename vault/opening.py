"""Making a vault, and opening one: identity, keyring, database, key history, pin, in this order, each checked."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from keys import age, durable, keyring, vault_keys
from keys.identity import Identity
from keys.identity_file import OpenIdentity
from keys.keyring import SignedKeyring
from keys.purposes import CONTENT, INDEX, LOG, RECORD
from keys.signing import LogSigner, Signer
from keys.subkeys import derive
from keys.vault_keys import Holder, VaultKeys
from keys.vrf import IndexKey
from vault import database, folder
from vault.archive import Archive, Clock, VaultSecrets
from vault.catalog.tables import SCHEMA
from vault.documents.local import LocalSegments
from vault.errors import Damaged, Misuse, Refused
from vault.evidence import entry as entries
from vault.evidence import note
from vault.evidence.ed25519 import verify
from vault.evidence.entry import Entry, SignedEntry
from vault.evidence.members import KeyHistory
from vault.evidence.merkle import EMPTY_ROOT, leaf_hash
from vault.evidence.public import MemberLine
from vault.evidence.strict import Malformed, base64_text
from vault.folder import Config, Folder
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.ledger.store import Head, NewEntry
from vault.pins import Pins
from vault.sealing import blob

Random = Callable[[int], bytes]

MAX_VAULT_KEY = 1 << 16
_FOUNDER = "m1"
_ALL_ROLES = frozenset(("custodian",))


def _now() -> datetime:
    return datetime.now(UTC)


def create(
    path: Path, origin: str, identity: OpenIdentity, pins: Pins, *, classic: bool, clock: Clock = _now
) -> Archive:
    """Make a vault at `path` whose custodian is `identity`, with its genesis and first checkpoint; open and pinned.

    vault.toml is written last: a folder without it is no vault, whatever else a crash left there.
    """
    try:
        note.check_name(origin, "origin")
    except Malformed as exc:
        raise Misuse(f"--origin: {exc}", "say it like magnets.example/disclosures: a name only you use") from exc
    if identity.identity.fingerprint_of(origin) is not None:
        raise Refused(
            f"this identity knows another vault called {origin}",
            "choose another --origin; an origin names one ledger for ever",
        )
    made = folder.create(path)
    ring, secrets = _first_keys(origin, identity.identity, classic)
    signer = identity.identity.signer(f"{origin}/{_FOUNDER}")
    ring_data = keyring.sign(ring, signer)
    durable.write_new(made.keyring, ring_data)
    key = _database_key(secrets)
    opened = database.create(made.database, key, SCHEMA)
    signed = _genesis(origin, identity.identity, keyring.parse(ring_data), secrets, clock())
    ledger = SqlcipherLedger(opened)
    with ledger.appending():
        ledger.append(Head(), [NewEntry("genesis", signed.leaf)])
    config = Config(origin, database.key_check(made.database, key), classic)
    fingerprint = leaf_hash(signed.leaf).hex()
    identity.save(identity.identity.with_vault(origin, fingerprint))
    history = KeyHistory(origin).after(signed, "genesis")
    archive = Archive(
        made, config, opened, ledger, LocalSegments(made.segments), history,
        _secrets(origin, _FOUNDER, identity.identity, ring, secrets), pins, fingerprint, clock,
    )  # fmt: skip
    archive.checkpoint()
    folder.write_config(made, config)
    return archive


def _first_keys(origin: str, identity: Identity, classic: bool) -> tuple[keyring.Keyring, VaultKeys]:
    founder = Holder(_FOUNDER, _ALL_ROLES, identity.public.recipient(hybrid=not classic))
    return vault_keys.create(origin, [founder], _seal, hybrid=not classic)


def _seal(recipient: str, plaintext: bytes) -> bytes:
    return blob.seal(plaintext, [age.parse_recipient(recipient)])


def _genesis(origin: str, identity: Identity, ring: SignedKeyring, secrets: VaultKeys, time: datetime) -> SignedEntry:
    """Entry 0: the log's keys, the index key, the first custodian, the keyring's hash."""
    signer = identity.signer(f"{origin}/{_FOUNDER}")
    log = LogSigner.from_secret(origin, secrets[LOG, 1]).keys
    recipient = _holder_recipient(identity, ring)
    lines = (
        f"log {log.ed25519}",
        f"log {log.ml_dsa}",
        f"vrf 1 {base64_text(IndexKey(secrets[INDEX, 1]).public)}",
        MemberLine(_FOUNDER, _ALL_ROLES, signer.key, recipient).line,
        f"keyring {ring.sha256}",
    )
    entry = Entry(origin, 0, "genesis", time, EMPTY_ROOT, public_lines=lines)
    return entries.sign(entry, signer.sign(entry.text))


def _holder_recipient(identity: Identity, ring: SignedKeyring) -> str:
    hybrid = age.parse_recipient(ring.unverified.newest(CONTENT).value).post_quantum
    return identity.public.recipient(hybrid=hybrid)


def open_archive(
    place: Folder, config: Config, identity: OpenIdentity, pins: Pins, clock: Clock = _now, random: Random = os.urandom
) -> Archive:
    """Open a vault with one member's identity: O(key entries + log n).

    The keyring's secrets open the database; the ledger in it then says whether that keyring, its signer and this
    member count. An older or forked copy of what this machine saw is refused.
    """
    ring = read_keyring(place, config)
    mine = identity.identity
    member, secrets = _my_keys(ring, mine, config)
    opened = database.open_existing(place.database, _database_key(secrets), config.check)
    try:
        ledger = SqlcipherLedger(opened)
        history, fingerprint = _history(ledger, config.origin)
        check_keyring(ring, history)
        _check_member(member, mine.signer(f"{config.origin}/{member}"), history)
        _check_fingerprint(mine, config.origin, fingerprint)
        archive = Archive(
            place, config, opened, ledger, LocalSegments(place.segments), history,
            _secrets(config.origin, member, mine, ring.unverified, secrets), pins, fingerprint, clock, random,
        )  # fmt: skip
        archive.refuse_rollback()
    except BaseException:
        opened.close()
        raise
    return archive


def read_keyring(place: Folder, config: Config) -> SignedKeyring:
    """The keyring file, of the right origin; what it says counts after `check_keyring`."""
    try:
        ring = keyring.parse(place.keyring.read_bytes(), str(place.keyring))
    except FileNotFoundError as exc:
        raise Damaged(f"{place.keyring} is missing", "restore it from a backup") from exc
    if ring.unverified.origin != config.origin:
        raise Refused(
            f"{place.keyring} is of {ring.unverified.origin}, {place.config} says {config.origin}",
            "restore the file that belongs to this vault",
        )
    return ring


def _my_keys(ring: SignedKeyring, mine: Identity, config: Config) -> tuple[str, VaultKeys]:
    """The member whose sealed keys this identity opens; whether he counts, the ledger says.

    Tried in the order of the keyring; the first that opens is ours, since each member has a recipient of his own.
    """
    ages = [mine.hybrid, mine.classic]

    def unseal(age_file: bytes) -> bytes:
        return blob.open_sealed(age_file, ages, limit=MAX_VAULT_KEY)

    for member in dict.fromkeys(sealed.member for sealed in ring.unverified.sealed):
        try:
            return member, vault_keys.open_for(ring.unverified, member, unseal)
        except Refused:
            continue
    raise Refused(
        f"this identity holds no keys of {config.origin}",
        "use the identity that was admitted (DVAULT_IDENTITY), or ask a custodian to admit this one",
    )


def _database_key(secrets: VaultKeys) -> bytes:
    records = secrets.generations(RECORD)
    return derive(records[max(records)], "sqlcipher")


def _secrets(origin: str, member: str, identity: Identity, ring: keyring.Keyring, secrets: VaultKeys) -> VaultSecrets:
    logs = secrets.generations(LOG)
    content = ring.newest(CONTENT)
    return VaultSecrets(
        identity.signer(f"{origin}/{member}"),
        {number: derive(secret, "wrap") for number, secret in secrets.generations(RECORD).items()},
        {number: IndexKey(secret) for number, secret in secrets.generations(INDEX).items()},
        tuple(age.parse_identity(secret.decode()) for secret in secrets.generations(CONTENT).values()),
        LogSigner.from_secret(origin, logs[max(logs)]) if logs else None,
        content.value,
        content.generation,
    )


def _history(ledger: SqlcipherLedger, origin: str) -> tuple[KeyHistory, str]:
    """The keys as the ledger declares them, every signature on the way verified, and the fingerprint."""
    history, fingerprint = KeyHistory(origin), ""
    for seq, leaf in ledger.key_leaves():
        where = f"entry {seq}"
        signed = entries.parse(leaf, where)
        signer = history.signer(signed, where)
        verify(signer.public, signed.text_bytes, signed.unverified_signature.value, f"signature of {where}")
        history = history.after(signed, where)
        fingerprint = fingerprint or leaf_hash(leaf).hex()
    if not fingerprint:
        raise Damaged("the ledger has no genesis", "restore the vault from a backup")
    return history, fingerprint


def check_keyring(ring: SignedKeyring, history: KeyHistory) -> None:
    """Refuse a keyring that the ledger does not name, or that no custodian signed."""
    if ring.sha256 != history.keyring.hex():
        raise Damaged(
            "the keyring is not the one the newest key entry names",
            "it was swapped, edited or rolled back; restore it from a backup",
        )
    custodian = history.members.get(ring.unverified_signer)
    if custodian is None or "custodian" not in custodian.roles:
        raise Damaged(f"the keyring is signed by {ring.unverified_signer}, who is no custodian", "restore it")
    ring.verify(custodian.key)


def _check_member(member: str, signer: Signer, history: KeyHistory) -> None:
    known = history.members.get(member)
    if known is None or known.key != signer.key:
        raise Refused(f"this identity is no member {member} of the ledger", "ask a custodian to admit it")


def _check_fingerprint(identity: Identity, origin: str, fingerprint: str) -> None:
    remembered = identity.fingerprint_of(origin)
    if remembered not in (None, fingerprint):
        raise Refused(
            f"this is not the vault {origin} that this identity knows: its genesis is another",
            f"known is {remembered}, found {fingerprint}; compare with whoever gave you the vault",
        )


def remember(identity: OpenIdentity, archive: Archive) -> bool:
    """Note the vault's fingerprint in the identity file, on first use; says whether it was new."""
    if identity.identity.fingerprint_of(archive.config.origin) is not None:
        return False
    identity.save(identity.identity.with_vault(archive.config.origin, archive.fingerprint))
    return True
