"""The archive: the one place that orders segment, entry, index, checkpoint, pin. Every kind of entry is appended here.

Durable append: 1 seal into a segment, fsync, rename, fsync the folder; 2 one transaction: entry, record, headers,
catalog, checkpoint; 3 pin outside the vault; 4 acknowledge. A crash leaves the whole disclosure or an orphan segment.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from keys.age import parse_recipient
from keys.signing import LogSigner
from vault import folder as folders
from vault.catalog import projection
from vault.catalog.queries import Catalog
from vault.database import Database
from vault.documents import reading
from vault.documents.store import SegmentStore
from vault.documents.storing import Storing
from vault.documents.table import Document, DocumentTable
from vault.errors import Damaged, NotFound, Refused, Stopped, Unavailable
from vault.evidence import entry as entries
from vault.evidence import record as records
from vault.evidence.defined import mutable
from vault.evidence.entry import Entry, SignedEntry
from vault.evidence.members import KeyHistory, roles_for
from vault.evidence.strict import Malformed, base64_text
from vault.evidence.vrf import term_input
from vault.folder import Config, Folder
from vault.heads import Heads
from vault.ledger.keys import DeclaredKeys
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.ledger.store import Head, NewEntry, SealedRecord
from vault.pins import Pins
from vault.records.draft import Draft
from vault.sealing import box
from vault.sealing.transfer import Sink
from vault.unlocked import VaultSecrets, database_key
from vault.verify.progress import Progress, silent

CLOCK_TOLERANCE = timedelta(minutes=5)

Clock = Callable[[], datetime]
_Held = TypeVar("_Held")


def now() -> datetime:
    """This machine's clock, in UTC."""
    return datetime.now(UTC)


class Acknowledged(NamedTuple):
    """An entry that is durable: its number in the ledger, its number among its kind, its draft."""

    seq: int
    number: int
    draft: Draft
    time: datetime


class _Prepared(NamedTuple):
    """A draft with all that does not depend on its place: its record, sealed, and its tags."""

    draft: Draft
    record: records.Record
    root: bytes
    sealed: SealedRecord
    tags: tuple[bytes, ...]


@mutable()
class Archive:
    """An open vault. `append` writes, `read` and `get` give back, `checkpoint` signs the head.

    `known` says whether the fingerprint is vouched for from outside (founded here, or compared), `pinned` whether this
    machine has seen heads since then, `new` whether it is the first opening here. `expected` is the fingerprint that
    somebody brought, empty if nobody did.
    """

    folder: Folder
    config: Config
    database: Database
    ledger: SqlcipherLedger
    segments: SegmentStore
    keys: DeclaredKeys
    secrets: VaultSecrets
    pins: Pins
    clock: Clock = now
    random: Callable[[int], bytes] = os.urandom
    known: bool = True
    pinned: bool = True
    new: bool = False
    expected: str = ""
    heads: Heads = field(init=False)

    def __post_init__(self) -> None:
        self.heads = Heads(self.ledger, self.pins, self.fingerprint)

    @property
    def history(self) -> KeyHistory:
        """Members, log keys and index keys as they are in force."""
        return self.keys.history

    @property
    def fingerprint(self) -> str:
        """The leaf hash of the genesis, in hex."""
        return self.keys.fingerprint

    @property
    def catalog(self) -> Catalog:
        """Questions of every day."""
        return Catalog(self.database)

    @property
    def documents(self) -> DocumentTable:
        """Where payloads lie."""
        return DocumentTable(self.database)

    @contextmanager
    def storing(self) -> Iterator[Storing]:
        """One act of storing, under the shared lock until the block has ended; what was not appended is dropped."""
        self.pins.refuse_unwritable()  # before an hour of sealing
        self._refuse_older_key()
        with folders.locked(self.folder, exclusive=False):
            recipient = parse_recipient(self.secrets.content_recipient)
            storing = Storing(self.segments, self.documents, recipient, self.secrets.content_generation)
            try:
                yield storing
            finally:
                storing.abort()

    def append(self, drafts: Iterable[Draft], storing: Storing | None = None) -> list[Acknowledged]:
        """Append one entry per draft, with the documents of `storing`, all at once; durable when it returns.

        Each draft is made ready as it comes: whoever makes them may go on sealing meanwhile.

        Raises `Unavailable`, `Refused` or `Stopped` with nothing written; `Undecided` where the commit itself failed;
        after it, what says that only the pin failed.
        """
        prepared = [self._prepare(draft, storing.tags if storing else {}) for draft in drafts]
        if storing is not None:
            storing.commit()
        with self.ledger.appending():
            head, time = self._current_head(), self.clock()
            self._check_clock(head, time, prepared)
            after = self.ledger.append(head, self._entries(prepared, head, time))
            self.documents.put(storing.documents if storing else ())
            acknowledged = [self._project(seq, one, time) for seq, one in enumerate(prepared, head.size)]
            note = self._sign_checkpoint(self.history, time, self.secrets.log)
            if storing is not None:
                storing.keep()  # whether a commit that fails has reached the disk, nobody knows
        self.heads.pin(self.history, after, note)
        return acknowledged

    def append_public(self, kind: str, lines: Sequence[str], secrets: VaultSecrets | None = None) -> int:
        """Append one entry of public lines; returns its number.

        `secrets` are those in force from this entry on, where it changes keys: the checkpoint over it is signed by
        them, and once it is committed they are the archive's.
        """
        with self.ledger.appending():
            head, time = self._current_head(), self.clock()
            self._check_clock(head, time, ())
            entry = Entry(self.history.origin, head.size, kind, time, head.last, public_lines=tuple(lines))
            signed = self._sign(entry)
            history = self.history.after(signed, f"entry {entry.seq}")
            after = self.ledger.append(head, [NewEntry(kind, signed.leaf)])
            note = self._sign_checkpoint(history, time, (secrets or self.secrets).log)
            last = self.ledger.last_key_entry()  # behind the commit nothing may fail but the pin
        self.secrets = secrets or self.secrets
        self.keys = replace(self.keys, history=history, last=last)
        self.heads.pin(history, after, note)
        return entry.seq

    def _prepare(self, draft: Draft, known: Mapping[str, bytes]) -> _Prepared:
        pairs = draft.pairs()
        record = records.build(pairs, self.random(records.SALT_SIZE * len(pairs)))
        generation = max(self.secrets.wrapping)
        sealed, wrap = box.seal(records.render(record), self.secrets.wrapping[generation], self.random)
        index = _held(self.secrets.index, self.history.generation, "index")
        tags = tuple(sorted(known.get(term) or index.tag(term_input(term)) for term in record.terms()))
        return _Prepared(draft, record, record.root, SealedRecord(sealed, wrap, generation), tags)

    def refuse_changed_keys(self) -> None:
        """`Unavailable` where the newest key entry is not the one that this process knows."""
        if self.ledger.last_key_entry() != self.keys.last:
            raise Unavailable("the keys of this vault were changed meanwhile", "repeat it; nothing was written")

    def under_older_key(self) -> bool:
        """Whether ledger.db opens by an older record key than the newest: a rotation is under way or was cut short."""
        return self.database.access.key != database_key(self.secrets.held)

    def _refuse_older_key(self) -> None:
        """[A removal is cut short behind its entry: who was removed reads on what is written under the key he has.]"""
        if self.under_older_key():
            raise Unavailable(
                f"{self.folder.database} still opens by an older record key: a rotation is under way or was cut short",
                "dvault keys rotate --resume goes on with it, then repeat; nothing was written",
            )

    def _current_head(self) -> Head:
        """The head, to be asked under the append lock: of a ledger whose keys are those this process knows."""
        self.refuse_changed_keys()
        self._refuse_older_key()
        self.pins.refuse_unwritable()
        pin = self.heads.refuse_rollback(self.history)
        self.heads.refuse_forged_tail(pin, self.history)
        return self.ledger.head()

    def _entries(self, prepared: Sequence[_Prepared], head: Head, time: datetime) -> list[NewEntry]:
        made: list[NewEntry] = []
        last = head.last
        for seq, one in enumerate(prepared, head.size):
            entry = Entry(self.history.origin, seq, one.draft.kind, time, last, one.root, one.tags)
            signed = self._sign(entry)
            made.append(NewEntry(entry.kind, signed.leaf, one.sealed))
            last = signed.hash
        return made

    def _sign(self, entry: Entry) -> SignedEntry:
        signed = entries.sign(entry, self.secrets.signer.sign(entry.text))
        try:
            self.history.signer(signed, f"entry {entry.seq}")
        except Malformed as exc:
            allowed = " or ".join(sorted(roles_for(entry.kind)))
            raise Refused(f"this identity may not sign a {entry.kind}: {exc}", f"a {allowed} may") from exc
        return signed

    def _project(self, seq: int, one: _Prepared, time: datetime) -> Acknowledged:
        kind = one.draft.kind
        number = projection.project(self.database, seq, kind, time, one.record.values())
        if number not in (0, self.ledger.number(seq)):
            raise Damaged(f"the catalog would number entry {seq} {kind} {number}", "dvault doctor --rebuild")
        return Acknowledged(seq, number, one.draft, time)

    def _check_clock(self, head: Head, time: datetime, prepared: Sequence[_Prepared]) -> None:
        """A clock set back must not pass silently; it is never forced forward either."""
        last = self.entry(head.size - 1).entry.time
        if time >= last - CLOCK_TOLERANCE:
            return
        if not prepared or not all(one.record.values().get("clock-reason") for one in prepared):
            raise Stopped(
                f"this machine's clock ({time:%Y-%m-%d %H:%M} UTC) is behind the last entry's ({last:%Y-%m-%d %H:%M})",
                "set the clock" + (", or say why with --clock-reason" if prepared else ""),
            )

    def _sign_checkpoint(
        self, history: KeyHistory, time: datetime, log: LogSigner | None, *, keep: bool = False
    ) -> bytes:
        """Sign the head and store the checkpoint; empty where this member holds no log key."""
        if log is None:
            return b""
        checkpoint, note = self.heads.sign(log, history, time)
        self.ledger.put_checkpoint(checkpoint.size, note, keep=keep)
        return note

    def checkpoint(self, *, index: bool = True, progress: Progress = silent) -> bytes:
        """Sign the head, keep the checkpoint, pin it, and return the note: all of it in one transaction.

        With `index` an index entry is appended before, if anything but index, anchor and backup came since the last
        one; the first index of an old vault is O(entries). Where nothing is to be appended and the head is signed
        already, that note is returned. `Damaged` where the stored index is found to be wrong (`filling.advance`).
        """
        if self.secrets.log is None:
            raise Refused("this identity holds no log key", "a checkpointer or custodian signs checkpoints")
        with self.ledger.appending():
            head, time = self._current_head(), self.clock()
            note = self.heads.signed(self.history, head)
            if index and (after := self._append_index(head, time, progress)):
                head, note = after, b""
            if note:
                self.ledger.put_checkpoint(head.size, note, keep=True)
            else:
                note = self._sign_checkpoint(self.history, time, self.secrets.log, keep=True)
        self.heads.pin(self.history, head, note)
        return note

    def _append_index(self, head: Head, time: datetime, progress: Progress) -> Head | None:
        """The head behind a new index entry; None where none is due."""
        from vault.index import filling, store  # a twenty-fifth of what a command loads; only this act needs it

        if not filling.is_due(self.ledger):
            return None
        self._check_clock(head, time, ())
        root = filling.advance(self.ledger, store.IndexStore(self.database), head.size, progress)
        line = f"index {head.size} {base64_text(root)}"
        signed = self._sign(Entry(self.history.origin, head.size, "index", time, head.last, public_lines=(line,)))
        return self.ledger.append(head, [NewEntry("index", signed.leaf)])

    def entry(self, seq: int) -> SignedEntry:
        """Entry `seq` as it stands in the ledger; nothing of it is verified here."""
        (leaf,) = self.ledger.leaves(seq, seq + 1)
        return entries.parse(leaf, f"entry {seq}")

    def read(self, seq: int) -> records.Record:
        """The record of entry `seq`, checked against the root its entry shows."""
        where = f"record of entry {seq}"
        sealed = self.ledger.record(seq)
        if sealed is None:
            raise NotFound(f"entry {seq} has no readable record", "it has public lines only, or was erased")
        key = _held(self.secrets.wrapping, sealed.generation, "record")
        record = records.parse(box.open_sealed(sealed.sealed, sealed.wrap, key, where), where)
        if record.root != self.entry(seq).entry.record:
            raise Damaged(f"{where} has another root than its entry", "run `dvault verify`")
        return record

    def find_document(self, item: Mapping[str, records.Value]) -> Document:
        """The stored document of a record's item."""
        name = str(item.get("name", "the item"))
        if "payload-sha256" not in item:
            raise NotFound(f"{name} has no stored bytes", "it was disclosed without a file")
        document = self.documents.by_payload(bytes.fromhex(str(item["payload-sha256"])))
        if document is None:
            raise Damaged(f"the header of {name} is missing", "restore the vault from a backup")
        if item.get("sha256") != document.sha256.hex():  # only what hashes to the record's own word is given back
            raise Damaged(f"the stored {name} is not the content of its record", "restore the vault from a backup")
        if document.header is None:
            raise NotFound(f"{name} was erased", "dvault show tells when and why")
        return document

    def get(self, document: Document, sink: Sink) -> None:
        """Write the content to `sink`; the caller publishes it only if this returns (`reading.write_content`)."""
        if not self.secrets.content:
            raise Refused("this identity holds no content key", "a reader or custodian opens documents")
        reading.write_content(self.segments, document, sink, self.secrets.content)

    def get_sealed(self, document: Document, sink: Sink) -> None:
        """Write header and payload: a standard age file that any age program opens with the content identity."""
        reading.write_sealed(self.segments, document, sink)


def _held(keys: Mapping[int, _Held], generation: int, what: str) -> _Held:
    if generation not in keys:
        raise Refused(f"this identity holds no {what} key of generation {generation}", "ask a custodian")
    return keys[generation]
