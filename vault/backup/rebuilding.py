"""Ledger, documents and catalog of a vault, made anew from what lies in a bucket: entries, records, wrapped keys.

A wrapped key counts if it opens a record that has the root its entry shows, or a header its payload's content key.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from vault.backup import headers as formats
from vault.backup import layout, records
from vault.backup.inventory import Inventory
from vault.backup.staging import Staged
from vault.catalog import projection
from vault.database import Database
from vault.documents.table import Document, DocumentTable
from vault.errors import NotFound
from vault.evidence import entry as entries
from vault.evidence import record as record_format
from vault.evidence.entry import SignedEntry
from vault.evidence.record import Record
from vault.evidence.strict import Malformed
from vault.evidence.tiles import WIDTH
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.ledger.store import NewEntry, SealedRecord
from vault.sealing import box
from vault.sealing import errors as sealing
from vault.sealing import header as age_header
from vault.unlocked import VaultSecrets
from vault.verify.progress import Progress, silent

MAX_BUNDLE = 1 << 28  # bytes of sealed records
AHEAD = 4


def stage_headers(there: Inventory, staged: Staged) -> None:
    """Read all objects of headers, the newest runs' first, every version of each."""
    with ThreadPoolExecutor(AHEAD, thread_name_prefix="headers") as pool:
        keys = sorted(there.names(layout.HEADERS), key=layout.size_of, reverse=True)
        for found in pool.map(partial(_headers, there), keys):
            for one in found:
                staged.put_headers(one)


def _headers(there: Inventory, key: str) -> list[formats.Headers]:
    found: list[formats.Headers] = []
    for version in there.versions(key):
        if version.size <= formats.MAX_HEADERS:
            try:
                found.append(formats.parse(there.store.read(key, version.id), key))
            except (Malformed, NotFound):  # of one that is not ours, the rest does without
                continue
    return found


@dataclass(slots=True)
class Rebuilder:
    """Fills an empty database within one transaction of the caller's."""

    there: Inventory
    staged: Staged
    database: Database
    secrets: VaultSecrets
    lost: list[str] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    def fill(self, size: int, progress: Progress = silent) -> None:
        """All entries, records that open, catalog, and the rows of the documents that records name."""
        ledger, documents = SqlcipherLedger(self.database), DocumentTable(self.database)
        with ThreadPoolExecutor(AHEAD, thread_name_prefix="records") as pool:
            numbers = range(-(-size // WIDTH))
            sealed = _ahead(pool, self.there, numbers, size)
            for leaves, candidates in zip(self.staged.bundles(), sealed, strict=True):
                start = ledger.size()
                signed = [entries.parse(leaf, f"entry {seq}") for seq, leaf in enumerate(leaves, start)]
                self._bundle(ledger, documents, signed, candidates)
                progress(ledger.size(), size)

    def _bundle(
        self,
        ledger: SqlcipherLedger,
        documents: DocumentTable,
        signed: list[SignedEntry],
        candidates: list[list[bytes]],
    ) -> None:
        new, shut, opened = [], [], []
        for place, one in enumerate(signed):
            kept, sealed, record = self._record(one, [bundle[place] for bundle in candidates])
            new.append(NewEntry(one.entry.kind, one.leaf, kept))
            shut += [(one.entry.seq, sealed)] if sealed and kept is None else []
            opened += [(one, record)] if record else []
        ledger.append(ledger.head(), new)
        ledger.keep_sealed(shut)
        for one, record in opened:
            values = record.values()
            seq, kind = one.entry.seq, one.entry.kind
            projection.project(self.database, seq, kind, one.entry.time, values, ledger.number(seq))
            documents.put(self._documents(values, seq))

    def _record(self, signed: SignedEntry, candidates: list[bytes]) -> tuple[SealedRecord | None, bytes, Record | None]:
        """The record with its key, the sealed bytes, what they say; the bytes alone where no key opens them."""
        entry = signed.entry
        if entry.record is None:
            return None, b"", None
        held = [sealed for sealed in candidates if sealed]
        wraps = self.staged.wraps(entry.seq)
        for sealed in held:
            for wrap in wraps:
                if record := self._opened(sealed, wrap, entry.seq, entry.record):
                    return SealedRecord(sealed, wrap.wrap, wrap.generation), sealed, record
        self.lost.append(f"the record of entry {entry.seq}" + (" (its key is gone)" if held and not wraps else ""))
        return None, held[0] if held else b"", None

    def _opened(self, sealed: bytes, wrap: formats.Wrap, seq: int, root: bytes) -> Record | None:
        where = f"record of entry {seq}"
        if wrap.generation not in self.secrets.wrapping:
            return None
        try:
            key = self.secrets.wrapping[wrap.generation]
            record = record_format.parse(box.open_sealed(sealed, wrap.wrap, key, where), where)
        except Malformed:
            return None
        return record if record.root == root else None

    def _documents(self, values: projection.Values, seq: int) -> Iterator[Document]:
        for number, item in enumerate(projection.items_of(values), 1):
            if "payload-sha256" not in item:
                continue
            payload = bytes.fromhex(str(item["payload-sha256"]))
            if payload in self._seen:
                continue
            self._seen.add(payload)
            placed = self._header(payload, item.get("payload-size"))
            if placed is None:
                self.lost.append(f"the key of item {number} of entry {seq}")
                continue
            sha256, size = bytes.fromhex(str(item["sha256"])), int(str(item["size"]))
            where = (placed.generation, placed.segment, placed.offset, placed.header or None)
            yield Document(payload, placed.payload_size, sha256, size, *where)

    def _header(self, payload: bytes, size: object) -> formats.Placed | None:
        """The header of a payload: the first that the content key opens, where this member holds it; else its place."""
        found = [placed for placed in self.staged.placed(payload) if placed.payload_size == size]
        live = [placed for placed in found if placed.header]
        if self.secrets.content and len(live) > 1:
            live = [placed for placed in live if self._opens(placed.header)]
        return next(iter(live or [placed for placed in found if not placed.header]), None)

    def _opens(self, header: bytes) -> bool:
        try:
            age_header.check(header, self.secrets.content)
        except (sealing.Damaged, sealing.NotForUs):
            return False
        return True


def _ahead(pool: ThreadPoolExecutor, there: Inventory, numbers: range, size: int) -> Iterator[list[list[bytes]]]:
    waiting = []
    for number in numbers:
        waiting.append(pool.submit(_records, there, number, layout.widths(size, number)))
        if len(waiting) > AHEAD:
            yield waiting.pop(0).result()
    while waiting:
        yield waiting.pop(0).result()


def _records(there: Inventory, number: int, width: int) -> list[list[bytes]]:
    """All that may be the first `width` records of a bundle, the one to be believed first."""
    found: list[list[bytes]] = []
    for wide in [width, *range(WIDTH, width, -1)]:
        key = layout.records_of(number, wide)
        versions = there.versions(key)
        for version in versions:
            if version.size <= MAX_BUNDLE:
                try:
                    bundle = records.parse(there.store.read(key, version.id), wide, key)[:width]
                except (Malformed, NotFound):
                    continue
                found += [bundle] if bundle not in found else []
        if found and len(versions) == 1:
            break
    return found
