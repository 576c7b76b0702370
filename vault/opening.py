"""Opening a vault: keyring, database, key history, member, fingerprint, pin, in this order, each checked."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from keys.identity import KnownVault
from keys.identity_file import OpenIdentity
from keys.keyring import SignedKeyring
from keys.provenance import Provenance
from keys.signing import Signer
from keys.vault_keys import VaultKeys
from vault import database, keyring_file, schema
from vault import folder as folders
from vault.archive import Archive, Clock, now
from vault.database import Database
from vault.documents.local import LocalSegments
from vault.errors import Damaged, Refused, Unavailable
from vault.evidence.members import KeyHistory
from vault.evidence.strict import Malformed
from vault.folder import Config, Folder, read_config, refuse_network_disk
from vault.ledger.keys import declared
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.pins import Pins
from vault.unlocked import VaultSecrets, check_keyring, database_keys, read_keyring, unlock

Random = Callable[[int], bytes]


def open_archive(
    place: Folder, config: Config, identity: OpenIdentity, pins: Pins, clock: Clock = now, random: Random = os.urandom
) -> Archive:
    """Open a vault with one member's identity: O(key entries + log n).

    The keyring's secrets open the database; the ledger in it then says whether that keyring, its signer and this
    member count. An older or forked copy of what this machine saw is refused. A vault opened for the first time is
    pinned and noted in the identity, as trusted on first use; `Archive.known` and `Archive.pinned` say what is vouched
    for from outside.
    """
    refuse_network_disk(place.path)
    opening = _Opening(place, config, identity, pins, clock, random)
    ring = read_keyring(place, config.origin)
    try:
        return opening.by(ring)
    except (Damaged, Refused, Malformed):
        archive = opening.after_a_change() or opening.once_more(ring)
        if archive is None:
            raise
        with suppress(Unavailable, Damaged), folders.locked(place, exclusive=True, wait=False):
            keyring_file.settle(archive)  # else the next opening tries again, as on a read-only medium; doctor says it
        return archive


class _Opening(NamedTuple):
    """What a vault is opened with, but for the keyring."""

    place: Folder
    config: Config
    identity: OpenIdentity
    pins: Pins
    clock: Clock
    random: Random

    def after_a_change(self) -> Archive | None:
        """By the keyring of a change that was committed, and cut short before the file took its place; else None."""
        with suppress(Damaged, Refused, Malformed):
            ring = keyring_file.waiting(self.place, self.config.origin)
            return self.by(ring) if ring else None
        return None

    def once_more(self, before: SignedKeyring) -> Archive | None:
        """By what lies there now, if another keyring or vault.toml took the place of what was read; else None.

        A change puts a `keyring.next` in its place in one step, so that one of the two is found.
        """
        with suppress(Damaged, Refused, Malformed):
            config, ring = read_config(self.place), read_keyring(self.place, self.config.origin)
            changed = (config, ring.sha256) != (self.config, before.sha256)
            return self._replace(config=config).by(ring) if changed else None
        return None

    def by(self, ring: SignedKeyring) -> Archive:
        """By this keyring."""
        member, held = unlock(ring, self.identity.identity)
        opened = database.open_by_one(self.place.database, database_keys(held), self.config.check)
        try:
            self._fold(opened)
            schema.settle(opened, opened.access.key)
            archive = self._of(opened, ring, member, held)
            _acquaint(archive, self.identity)
        except BaseException:  # Ctrl-C too: no connection is left open
            opened.leave()
            raise
        return archive

    def _fold(self, opened: Database) -> None:
        """Behind a rekey that was cut short the file itself may be under the old key, and look damaged by itself."""
        if database.key_check(opened.path, opened.access.key) != self.config.check:
            with suppress(Unavailable):  # on a read-only medium; what is read comes from the log
                opened.fold_in_passing()

    def _of(self, opened: Database, ring: SignedKeyring, member: str, held: VaultKeys) -> Archive:
        origin, ledger = self.config.origin, SqlcipherLedger(opened)
        keys = declared(ledger, origin, ledger.head().size)
        check_keyring(ring, keys.history)
        signer = self.identity.identity.signer(f"{origin}/{member}")
        _check_member(member, signer, keys.history)
        secrets = VaultSecrets.of(signer, ring.unverified, held)
        _check_strength(self.place, self.config, secrets)
        stores = (opened, ledger, LocalSegments(self.place.segments))
        return Archive(self.place, self.config, *stores, keys, secrets, self.pins, self.clock, self.random)


def _check_member(member: str, signer: Signer, history: KeyHistory) -> None:
    known = history.members.get(member)
    if known is None or known.key != signer.key:
        raise Refused(f"this identity is no member {member} of the ledger", "ask a custodian to admit it")


def _check_strength(place: Folder, config: Config, secrets: VaultSecrets) -> None:
    if config.classic is secrets.hybrid:
        found, meant = ("classic", "hybrid") if secrets.hybrid else ("hybrid", "classic")
        raise Refused(
            f"{place.config} says that the vault is {found}; by its keyring it is {meant}",
            f"somebody edited it: write classic = {str(not secrets.hybrid).lower()}",
        )


def _acquaint(archive: Archive, identity: OpenIdentity) -> None:
    """Compare the vault with what identity and pin know of it, then let both know what is seen now.

    What is seen is no word from outside: [without the provenance a copy that nobody vouches for, opened twice, is
    proven, and so is one cut back to an older checkpoint where the identity knows the vault and the machine does not].
    """
    heads, history, origin = archive.heads, archive.history, archive.config.origin
    remembered = identity.identity.known(origin)
    _check_fingerprint(remembered, archive)
    pin = heads.refuse_rollback(history)
    since = pin.since if pin else Provenance.FIRST_USE
    best = since.best(remembered.provenance) if remembered else since
    archive.new, archive.pinned, archive.known = pin is None, since.vouches, best.vouches
    with suppress(Unavailable):  # a full disk must not keep anybody from reading; who appends is told
        heads.see(history)
    if remembered is None or remembered.provenance is not best:
        with suppress(OSError):  # a file on a read-only medium; `verify` goes on saying that nothing vouches for it
            identity.save(identity.identity.with_vault(origin, archive.fingerprint, best))


def _check_fingerprint(known: KnownVault | None, archive: Archive) -> None:
    if known and known.fingerprint != archive.fingerprint:
        raise Refused(
            f"this is not the vault {known.origin} that this identity knows: its genesis is another",
            f"known is {known.fingerprint} ({known.provenance}), found {archive.fingerprint}; compare with whoever gave"
            " you the vault",
        )


def compare(archive: Archive, identity: OpenIdentity, fingerprint: str) -> bool:
    """Compare with the fingerprint that somebody got by another way; whether the outcome is remembered.

    The same one is remembered as compared. Where another was brought, `verify` finds the vault BROKEN, and what the
    identity took from it at first use is forgotten, so that the true vault of that origin can be opened.
    """
    mine, origin = identity.identity, archive.config.origin
    archive.expected = fingerprint
    same, known = fingerprint == archive.fingerprint, mine.known(origin)
    try:
        if same:
            archive.known = archive.pinned = True
            identity.save(mine.with_vault(origin, fingerprint, Provenance.COMPARED))
            archive.pins.vouch(fingerprint, Provenance.COMPARED)
        elif known is None or not known.provenance.vouches:
            identity.save(mine.without_vault(origin))
    except (OSError, Unavailable):
        return False
    return same
