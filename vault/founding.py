"""Making a vault: folder, keys, genesis, first checkpoint, pin; vault.toml last, so that half a vault is none."""

import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from keys import age, keyring, vault_keys
from keys.durable import write_new
from keys.identity_file import OpenIdentity
from keys.provenance import Provenance
from keys.vault_keys import Holder
from vault import database, folder
from vault.archive import Archive, Clock, now
from vault.documents.local import LocalSegments
from vault.errors import Misuse, Refused, Unavailable, Undecided, Unpinned
from vault.evidence import entry as entries
from vault.evidence import note
from vault.evidence.entry import Entry
from vault.evidence.merkle import EMPTY_ROOT
from vault.evidence.public import MemberLine
from vault.evidence.strict import Malformed, base64_text
from vault.folder import Config, Folder
from vault.ledger.keys import declared
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.ledger.store import Head, NewEntry
from vault.pins import Pins
from vault.schema import SCHEMA
from vault.sealing import blob
from vault.succession import Predecessor
from vault.unlocked import VaultSecrets, database_key

FOUNDER = "m1"
_ROLES = frozenset(("custodian",))


class Charter(NamedTuple):
    """What a new ledger is: its name for ever, whether its keys are classic ones, the ledger it takes up if any."""

    origin: str
    classic: bool = False
    continues: Predecessor | None = None


def create(path: Path, charter: Charter, identity: OpenIdentity, pins: Pins, clock: Clock = now) -> Archive:
    """Make a vault at `path` whose custodian is `identity`, with its genesis and first checkpoint; open and pinned.

    What fails takes back what it made. What a crash leaves is no vault before vault.toml is there, and a whole one
    from then on; the identity learns of it at the latest when it is first opened.
    """
    origin = charter.origin
    _check_origin(origin)
    if identity.identity.fingerprint_of(origin) is not None:
        raise Refused(
            f"this identity knows another vault called {origin}",
            "choose another --origin; an origin names one ledger for ever",
        )
    made = folder.create(path)
    try:
        archive = _found(made, charter, identity, pins, clock)
    except BaseException as exc:  # Ctrl-C too: half a vault is none
        folder.discard(made)
        if os.path.lexists(made.config):
            hint = "dvault verify tells; where it doesn't, remove the folder and begin again"
            raise Undecided(f"whether a vault was made at {path} is not known: {exc}", hint) from exc
        raise
    try:
        identity.save(identity.identity.with_vault(origin, archive.fingerprint, Provenance.FOUNDED))
    except OSError as exc:
        archive.database.close()
        hint = "mend that; the next command will note it"
        raise Unpinned(f"the vault was made, but not noted in {identity.path}: {exc.strerror}", hint) from exc
    return archive


def _check_origin(origin: str) -> None:
    try:
        note.check_name(origin, "origin")
        note.check_name(f"{origin}/m999999", "origin")  # the longest name of a member
    except Malformed as exc:
        raise Misuse(f"--origin: {exc}", "say it like magnets.example/disclosures: a name only you use") from exc
    if not origin.isascii() or not origin.isprintable():
        raise Misuse("--origin: expected printable ASCII", "say it like magnets.example/disclosures")


def _found(made: Folder, charter: Charter, identity: OpenIdentity, pins: Pins, clock: Clock) -> Archive:
    (origin, classic, _), mine = charter, identity.identity
    founder = Holder(FOUNDER, _ROLES, mine.public.recipient(hybrid=not classic))
    ring, held = vault_keys.create(origin, [founder], _seal, hybrid=not classic)
    secrets = VaultSecrets.of(mine.signer(f"{origin}/{FOUNDER}"), ring, held)
    ring_data = keyring.sign(ring, secrets.signer)
    _write_keyring(made, ring_data)
    opened = database.create(made.database, database_key(held), SCHEMA)
    try:
        ledger = SqlcipherLedger(opened)
        with ledger.appending():
            leaf = _genesis(secrets, founder, keyring.parse(ring_data).sha256, charter.continues, clock())
            ledger.append(Head(), [NewEntry("genesis", leaf)])
        config = Config(origin, database.key_check(made.database, database_key(held)), classic)
        keys, segments = declared(ledger, origin, 1), LocalSegments(made.segments)
        archive = Archive(made, config, opened, ledger, segments, keys, secrets, pins, clock)
        archive.checkpoint(index=False)
        pins.vouch(archive.fingerprint, Provenance.FOUNDED)
        folder.write_config(made, config)
    except (Unpinned, Undecided) as exc:  # what was written is taken back
        opened.close()
        raise Unavailable(f"no vault was made: {exc.__cause__}", "mend it, then repeat") from exc
    except BaseException:  # Ctrl-C too: no connection is left open
        opened.close()
        raise
    return archive


def _seal(recipient: str, plaintext: bytes) -> bytes:
    return blob.seal(plaintext, [age.parse_recipient(recipient)])


def _write_keyring(made: Folder, data: bytes) -> None:
    try:
        write_new(made.keyring, data)
    except OSError as exc:
        raise Unavailable(f"{made.keyring} cannot be written: {exc.strerror}") from exc


def _genesis(
    secrets: VaultSecrets, founder: Holder, keyring_sha256: str, continues: Predecessor | None, time: datetime
) -> bytes:
    """The leaf of entry 0: the log's keys, the index key, the first custodian, the keyring's hash, what it takes up."""
    if secrets.log is None:
        raise ValueError("a founder holds the log key")
    signer, origin = secrets.signer, secrets.log.keys.ed25519.name
    lines = (
        f"log {secrets.log.keys.ed25519}",
        f"log {secrets.log.keys.ml_dsa}",
        f"vrf 1 {base64_text(secrets.index[1].public)}",
        MemberLine(founder.member, founder.roles, signer.key, founder.recipient).line,
        f"keyring {keyring_sha256}",
        *([continues.line] if continues else []),
    )
    entry = Entry(origin, 0, "genesis", time, EMPTY_ROOT, public_lines=lines)
    return entries.sign(entry, signer.sign(entry.text)).leaf
