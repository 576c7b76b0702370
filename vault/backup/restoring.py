"""Restoring a vault: a new machine, an identity and an address, and nothing else that was kept.

docs/format/backup.md, Reading. The newest checkpoint that holds is found, all it is over is rebuilt and verified; what
was seen elsewhere is compared with it, and what is seen here is pinned. vault.toml comes last but one, the mark that
the restore is not over last: a restore that broke off is begun again and fetches no segment twice.
"""

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from keys import durable, keyring
from keys.identity_file import OpenIdentity
from keys.keyring import SignedKeyring
from keys.provenance import Provenance
from vault import database, opening
from vault import folder as folders
from vault.archive import Archive
from vault.backup import layout, settings
from vault.backup.fetching import fetch, settle_erased
from vault.backup.following import Claim, Followed, claim_of, follow, newest
from vault.backup.inventory import Inventory
from vault.backup.rebuilding import Rebuilder, stage_headers
from vault.backup.sending import Advance
from vault.backup.staging import Staged
from vault.backup.store import ObjectStore
from vault.checking.steps import check
from vault.documents.local import LocalSegments
from vault.documents.table import Document, DocumentTable
from vault.errors import Damaged, NotFound, Refused, Unavailable
from vault.evidence.checkpoint import MAX_CHECKPOINT, open_checkpoint
from vault.evidence.members import KeyHistory
from vault.evidence.strict import Malformed
from vault.folder import Config, Folder, read_config
from vault.index import filling
from vault.index.store import IndexStore
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.pins import Pins
from vault.schema import SCHEMA
from vault.unlocked import VaultSecrets, check_keyring, database_key, unlock
from vault.verify.outside import Outside
from vault.verify.progress import Progress, silent
from vault.verify.report import Report

MARK = "restoring"
_STAGED = "restoring.d"
_MARK_TEXT = b"This vault is being restored. docs/operations.md tells how to go on.\n"
_CHECK = re.compile(r'^check = "[0-9a-f]{32}"$', re.MULTILINE)

Chosen = Callable[[Iterator[Document]], Iterator[Document]]
"""Which documents are fetched."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a restore: at this checkpoint (the newest if None), held to these notes, each with its name.

    `fingerprint` is one that somebody brought, empty if nobody did. `documents` chooses; without it all are fetched.
    """

    at: bytes | None = None
    expect: tuple[tuple[str, bytes], ...] = ()
    fingerprint: str = ""
    documents: Chosen | None = None


class Telling(NamedTuple):
    """Who is told how far it is: of entries, and of bytes of documents (asked for once, with their total)."""

    entries: Progress = silent
    bytes: Callable[[int], Advance] = lambda _: lambda _: None


@dataclass(slots=True)
class Restored:
    """What was restored: up to which checkpoint, since when that lay in the bucket, when its last entry was made.

    `tail` says what is known to be lost behind it, `lost` what of it is not there, `odd` what else was odd in the
    bucket, all in sentences; `report` what was verified.
    """

    fingerprint: str
    origin: str
    size: int
    since: datetime | None
    last_time: datetime | None
    report: Report
    tail: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether all that was known to be there is there, and nothing of it is BROKEN."""
        return not self.tail and not self.lost and self.report.passes(())


NOBODY = Telling()


def restore(
    store: ObjectStore, place: Folder, identity: OpenIdentity, pins: Pins, wish: Wish, telling: Telling = NOBODY
) -> Restored:
    """Restore into `place`, which is new, or where a restore broke off. Everything that was restored is verified.

    `NotFound` where no backup lies there, `Damaged` where none of its checkpoints holds, `Refused` where this identity
    opens nothing of it, or a history lies there that contradicts what is known.
    """
    there = Inventory(store)
    if not there.names():
        raise NotFound(f"{getattr(store, 'name', 'the bucket')} holds no backup", "name the prefix it was made under")
    begin(place)
    with folders.locked(place, exclusive=True):
        clear(place)
        staged = Staged(place.path / _STAGED)
        try:
            return _Restore(there, place, identity, pins, wish, staged, telling).run()
        finally:
            staged.close()


def begin(place: Folder) -> None:
    """Make the folder, and the mark that a restore is under way; nothing where one broke off."""
    mark = place.path / MARK
    if mark.exists():
        return
    try:
        if _is_barely_made(place):
            _make_rest(place)
        else:
            folders.create(place.path)
        durable.write_new(mark, _MARK_TEXT)
    except OSError as exc:
        raise Unavailable(f"{exc.filename or mark} cannot be written: {exc.strerror}", "mend it, then repeat") from exc


def clear(place: Folder) -> None:
    """Clear away what a restore that broke off has left, but for segments; under the lock.

    `Refused` where the mark is gone: another restore has ended there meanwhile.
    """
    if not (place.path / MARK).exists():
        raise Refused(f"{place.path} was restored by another process meanwhile", "dvault verify tells")
    segments = LocalSegments(place.segments)
    logs = [place.database.with_name(place.database.name + suffix) for suffix in ("", "-wal", "-shm", "-journal")]
    try:
        for path in (place.config, place.keyring, *logs):
            path.unlink(missing_ok=True)
    except OSError as exc:
        raise Unavailable(f"{exc.filename} cannot be removed: {exc.strerror}", "mend it, then repeat") from exc
    for name in segments.leftovers():
        segments.delete(name)


def _is_barely_made(place: Folder) -> bool:
    """Whether a restore ended while it made the folder, or right after: what is there holds nothing."""
    names = {path.name for path in place.path.iterdir()} if place.path.is_dir() else set()
    left = {name for name in names if not durable.is_temporary(name)}
    empty = not place.segments.is_dir() or not any(place.segments.iterdir())
    return bool(names) and left <= {place.lock.name, place.segments.name} and empty


def _make_rest(place: Folder) -> None:
    for path in [path for path in place.path.iterdir() if durable.is_temporary(path.name)]:
        path.unlink()
    if not place.lock.exists():
        durable.write_new(place.lock, b"")
    place.path.chmod(durable.FOLDER_MODE)
    place.segments.mkdir(mode=durable.FOLDER_MODE, exist_ok=True)


@dataclass(slots=True)
class _Restore:
    there: Inventory
    place: Folder
    identity: OpenIdentity
    pins: Pins
    wish: Wish
    staged: Staged
    telling: Telling
    tail: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)

    def run(self) -> Restored:
        known = [claim_of(note, name) for name, note in self.wish.expect]
        followed = self._follow([claim.unverified.size for claim in known])
        self._compare(followed, known)
        ring, secrets, key = self._keys(followed.chain.keys)
        stage_headers(self.there, self.staged)
        check_value = self._rebuild(followed, secrets, key)
        self._anchors(followed.checkpoint.size)
        self._write(self.place.keyring, bytes(ring))
        self._config(followed.checkpoint.origin, secrets, check_value)
        report = self._verified(followed)
        (self.place.path / MARK).unlink()
        self.odd += self.there.hidden()
        chain, claim = followed.chain, followed.claim
        fingerprint = chain.fingerprint.hex()
        return Restored(
            fingerprint, chain.origin, chain.size, claim.since, chain.last_time, report, self.tail, self.lost, self.odd
        )

    def _follow(self, sizes: list[int]) -> Followed:
        if self.wish.at is None:
            followed = newest(self.there, self.staged, sizes, self.telling.entries)
        else:
            followed = follow(self.there, claim_of(self.wish.at, "--at"), self.staged, sizes, self.telling.entries)
        shown = self.there.versions(layout.CHECKPOINT)
        if self.wish.at is None and followed.claim.where != layout.CHECKPOINT:
            said = f"{layout.CHECKPOINT} is not the newest checkpoint that lies there, {followed.claim.where} is"
            self.odd.append(said if shown else f"{layout.CHECKPOINT} is gone")
        return followed

    def _compare(self, followed: Followed, known: list[Claim]) -> None:
        """Every checkpoint that was brought: its entries are in this ledger, or lost behind its end."""
        chain = followed.chain
        if self.wish.fingerprint and self.wish.fingerprint != chain.fingerprint.hex():
            raise Refused(
                f"the backup is of another vault: its fingerprint is {chain.fingerprint.hex()}",
                "name the prefix of the vault that you mean",
            )
        for claim in known:
            said, where = claim.unverified, claim.where
            open_checkpoint(claim.note, chain.keys.log_at(min(said.size, chain.size)), where)
            if said.size > chain.size:
                self.tail.append(f"{where} is over {said.size} entries, the backup has {chain.size}")
            elif followed.roots.get(said.size) != said.root:
                raise Damaged(f"{where} is of another history than the backup: a fork", "keep both, and ask who signed")
        pin = self.pins.read(chain.fingerprint.hex())
        if pin and pin.last_seq >= chain.size:
            self.tail.append(f"{pin.last_seq + 1} entries were seen on this machine, the backup has {chain.size}")

    def _keys(self, history: KeyHistory) -> tuple[bytes, VaultSecrets, bytes]:
        """The keyring that the ledger names, what this identity opens of it, and the key of the database."""

        def accept(data: bytes) -> tuple[bytes, SignedKeyring]:
            ring = keyring.parse(data, layout.KEYRING)
            check_keyring(ring, history)
            return data, ring

        data, ring = self.there.read(layout.KEYRING, accept, keyring.MAX_KEYRING)
        member, held = unlock(ring, self.identity.identity)
        signer = self.identity.identity.signer(f"{history.origin}/{member}")
        return data, VaultSecrets.of(signer, ring.unverified, held), database_key(held)

    def _rebuild(self, followed: Followed, secrets: VaultSecrets, key: bytes) -> str:
        """ledger.db and segments; returns the key-check value of vault.toml."""
        opened = database.create(self.place.database, key, SCHEMA)
        try:
            ledger = SqlcipherLedger(opened)
            rebuilder = Rebuilder(self.there, self.staged, opened, secrets)
            with opened.transaction():
                rebuilder.fill(followed.checkpoint.size, self.telling.entries)
                filling.rebuild(ledger, IndexStore(opened))
                self._checkpoints(ledger, followed)
            self.lost += [f"{lost} is not in the backup" for lost in rebuilder.lost]
            self._segments(DocumentTable(opened))
            if self.wish.documents is None:
                with opened.transaction():
                    settle_erased(self.staged, LocalSegments(self.place.segments), DocumentTable(opened))
        finally:
            opened.close()
        return database.key_check(self.place.database, key)

    def _checkpoints(self, ledger: SqlcipherLedger, followed: Followed) -> None:
        """The one that was restored to, and the one at the newest index before it."""
        ledger.put_checkpoint(followed.checkpoint.size, followed.claim.note, keep=True)
        seq = ledger.last_of("index")
        if seq is None or seq + 1 >= followed.checkpoint.size:
            return
        root, keys = ledger.root(seq + 1), followed.chain.keys.log_at(seq + 1)

        def accept(note: bytes) -> bytes:
            found = open_checkpoint(note, keys, layout.INDEXED)
            if (found.size, found.root) != (seq + 1, root):
                raise Malformed(layout.INDEXED, f"the checkpoint over {seq + 1} entries", found.size)
            return note

        for name in (layout.INDEXED, layout.checkpoint_at(seq + 1)):
            try:
                ledger.put_checkpoint(seq + 1, self.there.read(name, accept, MAX_CHECKPOINT), keep=True)
            except (NotFound, Damaged):
                continue
            return

    def _segments(self, documents: DocumentTable) -> None:
        chosen = self.wish.documents or (lambda all_: all_)
        advance = self.telling.bytes(documents.payload_bytes())
        done = fetch(self.there, LocalSegments(self.place.segments), chosen(documents.all()), advance)
        self.lost += done.lost

    def _anchors(self, size: int) -> None:
        for key in self.there.names(layout.ANCHORS):
            if 0 < layout.size_of(key) <= size:
                path = self.place.path / key
                durable.make_folders(path.parent)
                self._write(path, self.there.read(key, bytes, 1 << 20))

    def _write(self, path: Path, data: bytes) -> None:
        try:
            durable.replace(path, data)
        except OSError as exc:
            raise Unavailable(f"{path} cannot be written: {exc.strerror}", "mend it, then repeat") from exc

    def _config(self, origin: str, secrets: VaultSecrets, check_value: str) -> None:
        """vault.toml as it was, but for the value that belongs to the new ledger.db; a plain one where it is gone."""
        plain = Config(origin, check_value, classic=not secrets.hybrid)

        def accept(data: bytes) -> settings.Files:
            return settings.open_sealed(data, origin, secrets.wrapping, layout.SETTINGS)

        try:
            files = self.there.read(layout.SETTINGS, accept, settings.MAX_SETTINGS * 2)
        except (NotFound, Damaged):
            self.odd.append("vault.toml is not in the backup: [defaults], [[tsa]], [[witness]] are to be written anew")
            files = {}
        for name, data in files.items():
            if name != self.place.config.name:
                self._write(self.place.path / name, data)
        text = files.get(self.place.config.name, b"").decode("utf-8", "replace")
        said = _CHECK.sub(f'check = "{check_value}"', text)
        if text and said != text:
            self._write(self.place.config, said.encode())
            config = read_config(self.place)
            if (config.origin, config.check) == (origin, check_value):
                return
            self.place.config.unlink()
        folders.write_config(self.place, plain)

    def _verified(self, followed: Followed) -> Report:
        """Open the vault as every command does, pin what is seen, and verify all of it.

        What is known to be older than what was seen, and what is restored for a look only, is pinned nowhere.
        """
        look_only = bool(self.tail) or self.wish.at is not None or self.wish.documents is not None
        with tempfile.TemporaryDirectory(prefix="dvault-") as elsewhere:
            pins = Pins(Path(elsewhere)) if look_only else self.pins
            archive = opening.open_archive(self.place, read_config(self.place), self.identity, pins)
            try:
                self._vouch(archive, pins)
                documents = self.wish.documents is None
                return check(archive, documents=documents, outside=Outside(), progress=self.telling.entries)
            finally:
                archive.database.close()

    def _vouch(self, archive: Archive, pins: Pins) -> None:
        """Say of the new pin what vouches for it: a fingerprint or a checkpoint that was brought, else the identity.

        Nothing but what was brought says that the backup is the newest there was: whoever restores is told its age.
        """
        if self.wish.fingerprint or self.wish.expect:
            opening.compare(archive, self.identity, archive.fingerprint)
        elif archive.known:
            pins.vouch(archive.fingerprint, Provenance.COMPARED)
            archive.pinned = True
