"""The archive: the one place that orders segment, entry, checkpoint, pin. Every kind of entry is appended here.

Durable append: 1 seal into a segment, fsync, rename, fsync the folder; 2 one transaction: entry, record, headers,
catalog, checkpoint; 3 pin outside the vault; 4 acknowledge. A crash leaves the whole disclosure or an orphan segment.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import BinaryIO

from keys.age import Identity, parse_recipient
from keys.signing import LogSigner, Signer
from keys.vrf import IndexKey
from vault import folder as folders
from vault.catalog import projection
from vault.catalog.queries import Catalog
from vault.database import Database
from vault.documents.store import SegmentStore
from vault.documents.storing import Storing
from vault.documents.table import Document, DocumentTable
from vault.errors import Damaged, NotFound, Refused, Stopped
from vault.evidence import entry as entries
from vault.evidence import note as notes
from vault.evidence import record as records
from vault.evidence.checkpoint import Checkpoint, open_checkpoint, parse_text
from vault.evidence.entry import Entry, SignedEntry
from vault.evidence.members import KeyHistory, roles_for
from vault.evidence.merkle import leaf_hash
from vault.evidence.strict import Malformed
from vault.evidence.vrf import term_input
from vault.folder import Config, Folder
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.ledger.store import Head, NewEntry, SealedRecord
from vault.pins import Pin, Pins
from vault.records.draft import Draft
from vault.sealing import box
from vault.sealing.document import Payload, unseal

_BLOCK = 1 << 20
CLOCK_TOLERANCE = timedelta(minutes=5)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class VaultSecrets:
    """What this member's keys open, by purpose; None or empty where the member does not hold the key."""

    signer: Signer
    wrapping: dict[int, bytes] = field(repr=False)
    index: dict[int, IndexKey] = field(repr=False)
    content: tuple[Identity, ...] = field(repr=False)
    log: LogSigner | None = None
    content_recipient: str = ""
    content_generation: int = 1


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An entry that is durable: its number in the ledger, its number among its kind, its draft."""

    seq: int
    number: int
    draft: Draft
    time: datetime


@dataclass(slots=True)
class Archive:
    """An open vault. `append` writes, `read` and `get` give back, `checkpoint` signs the head."""

    folder: Folder
    config: Config
    database: Database
    ledger: SqlcipherLedger
    segments: SegmentStore
    history: KeyHistory
    secrets: VaultSecrets
    pins: Pins
    fingerprint: str
    clock: Clock = lambda: datetime.now(UTC)
    random: Callable[[int], bytes] = os.urandom

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
        """One act of storing, under the shared lock until the block has ended; what was not committed is dropped."""
        with folders.locked(self.folder, exclusive=False):
            recipient = parse_recipient(self.secrets.content_recipient)
            storing = Storing(self.segments, self.documents, recipient, self.secrets.content_generation)
            try:
                yield storing
            finally:
                storing.abort()

    def append(self, drafts: Sequence[Draft], storing: Storing | None = None) -> list[Acknowledged]:
        """Append one entry per draft, with the documents of `storing`, all at once; durable when it returns."""
        prepared = [(draft, *self._prepare(draft)) for draft in drafts]
        if storing is not None:
            storing.commit()
        with self.ledger.appending():
            head, time = self.ledger.head(), self.clock()
            self._check_clock(head, time, prepared)
            news: list[NewEntry] = []
            for seq, (draft, record, sealed) in enumerate(prepared, head.size):
                previous = leaf_hash(news[-1].leaf) if news else head.last
                entry = Entry(
                    self.history.origin, seq, draft.kind, time, previous, record.root, self._tags(draft.terms)
                )
                news.append(NewEntry(draft.kind, self._sign(entry).leaf, sealed))
            head = self.ledger.append(head, news)
            self.documents.put(storing.documents if storing else ())
            acknowledged = [
                Acknowledged(
                    seq, projection.project(self.database, seq, draft.kind, time, record.values()), draft, time
                )
                for seq, (draft, record, _) in enumerate(prepared, head.size - len(news))
            ]
            note = self._sign_checkpoint(head, time)
        self._pin(head, note)
        return acknowledged

    def append_public(self, kind: str, lines: Sequence[str]) -> int:
        """Append one entry of public lines; returns its number."""
        with self.ledger.appending():
            head, time = self.ledger.head(), self.clock()
            entry = Entry(self.history.origin, head.size, kind, time, head.last, public_lines=tuple(lines))
            signed = self._sign(entry)
            after = self.history.after(signed, f"entry {entry.seq}")
            head = self.ledger.append(head, [NewEntry(kind, signed.leaf)])
            note = self._sign_checkpoint(head, time)
        self.history = after
        self._pin(head, note)
        return entry.seq

    def _prepare(self, draft: Draft) -> tuple[records.Record, SealedRecord]:
        pairs = draft.pairs()
        record = records.build(pairs, self.random(records.SALT_SIZE * len(pairs)))
        generation = max(self.secrets.wrapping)
        sealed, wrap = box.seal(records.render(record), self.secrets.wrapping[generation], self.random)
        return record, SealedRecord(sealed, wrap, generation)

    def _tags(self, terms: Sequence[str]) -> tuple[bytes, ...]:
        key = self.secrets.index[self.history.generation]
        return tuple(sorted(key.tag(term_input(term)) for term in terms))

    def _sign(self, entry: Entry) -> SignedEntry:
        signed = entries.sign(entry, self.secrets.signer.sign(entry.text))
        try:
            self.history.signer(signed, f"entry {entry.seq}")
        except Malformed as exc:
            allowed = " or ".join(sorted(roles_for(entry.kind)))
            raise Refused(f"this identity may not sign a {entry.kind}: {exc}", f"a {allowed} may") from exc
        return signed

    def _check_clock(self, head: Head, now: datetime, prepared: Sequence[tuple[Draft, object, object]]) -> None:
        """A clock set back must not pass silently; it is never forced forward either."""
        last = self.entry(head.size - 1).entry.time
        reasons = all(dict(draft.transmission).get("clock-reason") for draft, *_ in prepared)
        if now < last - CLOCK_TOLERANCE and not reasons:
            raise Stopped(
                f"this machine's clock ({now:%Y-%m-%d %H:%M} UTC) is behind the last entry ({last:%Y-%m-%d %H:%M} UTC)",
                "set the clock, or say why with --clock-reason",
            )

    def _sign_checkpoint(self, head: Head, time: datetime, *, keep: bool = False) -> bytes:
        """Sign the head after reading back what is stored; empty where this member holds no log key."""
        if self.secrets.log is None:
            return b""
        self.refuse_rollback()
        stored = next(self.ledger.leaves(head.size - 1, head.size))
        if leaf_hash(stored) != head.last:
            raise Damaged(f"entry {head.size - 1} reads back otherwise than it was written", "run `dvault verify`")
        checkpoint = Checkpoint(self.history.origin, head.size, self.ledger.root(head.size))
        note = self.secrets.log.sign(checkpoint, int(time.timestamp()))
        self.ledger.put_checkpoint(head.size, note, keep=keep)
        return note

    def checkpoint(self) -> bytes:
        """Sign the head, keep the checkpoint, pin it, and return the note. Appends nothing."""
        if self.secrets.log is None:
            raise Refused("this identity holds no log key", "a checkpointer or custodian signs checkpoints")
        with self.ledger.appending():
            head = self.ledger.head()
            note = self._sign_checkpoint(head, self.clock(), keep=True)
        self._pin(head, note)
        return note

    def _pin(self, head: Head, note: bytes) -> None:
        known = self.pins.read(self.fingerprint)
        checkpoint = note or (known.checkpoint if known else b"")
        self.pins.advance(self.fingerprint, Pin(self.history.origin, head.size - 1, head.last, checkpoint))

    def refuse_rollback(self) -> None:
        """Refuse a vault older than, or beside, what was seen of it before: O(log n)."""
        pin = self.pins.read(self.fingerprint)
        if pin is None:
            return
        size = self.ledger.head().size
        if pin.last_seq >= size:
            raise Refused(
                f"this vault was rolled back: it has {size} entries, {pin.last_seq + 1} were seen on this machine",
                "find the newer copy; if it is lost for good, see docs/operations.md on successors",
            )
        if self.ledger.node(0, pin.last_seq) != pin.last_hash or not self._agrees(pin):
            raise Refused(
                f"this vault was forked: entry {pin.last_seq} is not the one seen on this machine",
                "two copies went on by themselves; keep both and compare them with `dvault verify`",
            )

    def _agrees(self, pin: Pin) -> bool:
        if not pin.checkpoint:
            return True
        unverified = parse_text(notes.parse(pin.checkpoint, "pinned checkpoint").text)
        seen = open_checkpoint(pin.checkpoint, self.history.log_at(unverified.size), "pinned checkpoint")
        return seen.size <= self.ledger.head().size and self.ledger.root(seen.size) == seen.root

    def entry(self, seq: int) -> SignedEntry:
        """Entry `seq` as it stands in the ledger; nothing of it is verified here."""
        return entries.parse(next(self.ledger.leaves(seq, seq + 1)), f"entry {seq}")

    def read(self, seq: int) -> records.Record:
        """The record of entry `seq`, checked against the root its entry shows."""
        where = f"record of entry {seq}"
        sealed = self.ledger.record(seq)
        if sealed is None:
            raise NotFound(f"entry {seq} has no readable record", "it has public lines only, or was erased")
        data = box.open_sealed(sealed.sealed, sealed.wrap, self.secrets.wrapping[sealed.generation], where)
        record = records.parse(data, where)
        if record.root != self.entry(seq).entry.record:
            raise Damaged(f"{where} has another root than its entry", "run `dvault verify`")
        return record

    def find_document(self, item: dict[str, records.Value]) -> Document:
        """The stored document of a record's item."""
        name = str(item.get("name", "the item"))
        if "payload-sha256" not in item:
            raise NotFound(f"{name} has no stored bytes", "it was disclosed without a file")
        document = self.documents.by_payload(bytes.fromhex(str(item["payload-sha256"])))
        if document is None:
            raise Damaged(f"the header of {name} is missing", "restore the vault from a backup")
        if document.header is None:
            raise NotFound(f"{name} was erased", "dvault show tells when and why")
        return document

    def get(self, document: Document, sink: BinaryIO) -> None:
        """Write the content to `sink`; the caller publishes it only if this returns.

        Every chunk is authenticated before it is written; an end that was cut, or content with another SHA-256 than
        recorded, raises `sealing.Damaged`.
        """
        if not self.secrets.content:
            raise Refused("this identity holds no content key", "a reader or custodian opens documents")
        if document.header is None:
            raise NotFound("the document was erased")
        with self.segments.open(document.segment) as segment:
            segment.seek(document.offset)
            payload = Payload(segment, document.payload_size, document.payload_sha256)
            unseal(document.header, payload, sink, self.secrets.content, document.sha256)

    def get_sealed(self, document: Document, sink: BinaryIO) -> None:
        """Write header and payload: a standard age file that any age program opens with the content identity."""
        if document.header is None:
            raise NotFound("the document was erased")
        sink.write(document.header)
        sink.writelines(self._payload(document))

    def check_payload(self, document: Document) -> None:
        """Read the payload and compare its SHA-256: what can be done without the content key."""
        digest = sha256()
        for block in self._payload(document):
            digest.update(block)
        if digest.digest() != document.payload_sha256:
            raise Damaged(f"segment {document.segment}: a payload has another SHA-256 than recorded", "restore it")

    def _payload(self, document: Document) -> Iterator[bytes]:
        with self.segments.open(document.segment) as segment:
            segment.seek(document.offset)
            left = document.payload_size
            while left:
                block = segment.read(min(left, _BLOCK))
                if not block:
                    raise Damaged(f"segment {document.segment} was cut", "restore it from a backup")
                left -= len(block)
                yield block
