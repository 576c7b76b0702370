"""Opening a vault: keyring, database, key history, member, fingerprint, pin, in this order, each checked."""

import os
from collections.abc import Callable
from contextlib import suppress

from keys.identity import Identity
from keys.identity_file import OpenIdentity
from keys.signing import Signer
from vault import database, schema
from vault.archive import Archive, Clock, now
from vault.documents.local import LocalSegments
from vault.errors import Refused, Unavailable
from vault.evidence.members import KeyHistory
from vault.folder import Config, Folder, refuse_network_disk
from vault.founding import create
from vault.ledger.keys import declared
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.pins import Pins
from vault.unlocked import VaultSecrets, check_keyring, database_key, read_keyring, unlock

__all__ = ["create", "open_archive"]

Random = Callable[[int], bytes]


def open_archive(
    place: Folder, config: Config, identity: OpenIdentity, pins: Pins, clock: Clock = now, random: Random = os.urandom
) -> Archive:
    """Open a vault with one member's identity: O(key entries + log n).

    The keyring's secrets open the database; the ledger in it then says whether that keyring, its signer and this
    member count. An older or forked copy of what this machine saw is refused. A vault opened for the first time is
    pinned and noted in the identity; `Archive.known` and `Archive.pinned` say what was known before.
    """
    refuse_network_disk(place.path)
    ring = read_keyring(place, config.origin)
    member, held = unlock(ring, identity.identity)
    key = database_key(held)
    opened = database.open_existing(place.database, key, config.check)
    try:
        schema.settle(opened, key)
        ledger = SqlcipherLedger(opened)
        keys = declared(ledger, config.origin, ledger.head().size)
        check_keyring(ring, keys.history)
        signer = identity.identity.signer(f"{config.origin}/{member}")
        _check_member(member, signer, keys.history)
        secrets = VaultSecrets.of(signer, ring.unverified, held)
        segments = LocalSegments(place.segments)
        archive = Archive(place, config, opened, ledger, segments, keys, secrets, pins, clock, random)
        _acquaint(archive, identity)
    except BaseException:
        opened.leave()
        raise
    return archive


def _check_member(member: str, signer: Signer, history: KeyHistory) -> None:
    known = history.members.get(member)
    if known is None or known.key != signer.key:
        raise Refused(f"this identity is no member {member} of the ledger", "ask a custodian to admit it")


def _acquaint(archive: Archive, identity: OpenIdentity) -> None:
    """Compare the vault with what identity and pin know of it, then let both know what is seen now."""
    heads, history = archive.heads, archive.history
    remembered = identity.identity.fingerprint_of(archive.config.origin)
    _check_fingerprint(identity.identity, archive)
    archive.pinned = heads.refuse_rollback(history) is not None
    archive.known = archive.pinned or remembered is not None
    with suppress(Unavailable):  # a full disk must not keep anybody from reading; who appends is told
        heads.see(history)
    if remembered is None:
        with suppress(OSError):  # a file on a read-only medium; `verify` goes on saying that nothing vouches for it
            identity.save(identity.identity.with_vault(archive.config.origin, archive.fingerprint))


def _check_fingerprint(identity: Identity, archive: Archive) -> None:
    origin, fingerprint = archive.config.origin, archive.fingerprint
    remembered = identity.fingerprint_of(origin)
    if remembered not in (None, fingerprint):
        raise Refused(
            f"this is not the vault {origin} that this identity knows: its genesis is another",
            f"known is {remembered}, found {fingerprint}; compare with whoever gave you the vault",
        )
