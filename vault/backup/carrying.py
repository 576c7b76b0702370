"""What of a vault goes into the bucket, in which order: everything a checkpoint is over, then the checkpoint.

docs/format/backup.md, The order. Costs what is new: rows and entries after those that were sent before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby, islice

from keys import durable
from vault.archive import Archive
from vault.backup import headers, layout, records, settings
from vault.backup.headers import Headers, Placed, Wrap
from vault.backup.remote import look, refuse_fork
from vault.backup.sending import Planned, Sender
from vault.backup.state import Span, State
from vault.backup.target import Target
from vault.documents.table import Document
from vault.errors import Damaged, Unavailable
from vault.evidence import merkle, tiles
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.tiles import ENTRIES, WIDTH, Growth, Tile
from vault.publishing import MAX_ANCHOR, anchors_of, indexed_of, keys_of

_LINES = 2_000  # of headers in an object: some 3 MiB


@dataclass(slots=True)
class Carrier:
    """Carries one vault into one bucket. `now` is when locks are counted from."""

    archive: Archive
    target: Target
    sender: Sender
    now: datetime

    @property
    def state(self) -> State:
        """What this machine remembers."""
        return self.sender.state

    def carry(self, checkpoint: Checkpoint, note: bytes) -> None:
        """All that is new as of `checkpoint`, durably, the checkpoint last. Idempotent."""
        before, row = int(self.state.fact("covered", "0")), int(self.state.fact("row", "0"))
        last_row = self.archive.documents.last_row()
        if last_row < row:  # rebuilt, or another copy: the rows have other numbers
            row = 0
        before = min(before, checkpoint.size)
        self._segments(row, last_row)
        self._headers(Span(before, checkpoint.size, row, last_row))
        self._settings()
        with self.archive.database.snapshot():
            for planned in self._ledger(before, checkpoint):
                self.sender.send(planned)
        self.sender.settle()
        self._heads(checkpoint, note)
        self.state.note(covered=checkpoint.size, row=last_row)

    def _plan(self, key: str, data: bytes, *, once: bool = True) -> Planned:
        return Planned(key, data, self.target.lock(self.now), once)

    def _segments(self, row: int, last_row: int) -> None:
        for _name, documents in segments_of(self.archive, row, last_row):
            self.sender.send_segment(self.archive.segments, documents, self.target.lock(self.now))

    def _headers(self, span: Span) -> None:
        for part, made in headers_of(self.archive, span):
            self.send_headers(made, part)
        self.sender.settle()

    def send_headers(self, made: Headers, span: Span, instead: tuple[str, ...] = ()) -> None:
        """One object of headers, under the rolling lock."""
        data = bytes(made)
        key = layout.headers(span.stop, sha256(data).hexdigest())
        self.sender.send(Planned(key, data, self.target.lock(self.now, rolling=True)))
        self.sender.settle()
        self.state.put_span(key, span, instead)

    def _settings(self) -> None:
        """The keyring and what the vault is set up with, where they are not those that were sent last."""
        archive = self.archive
        ring = durable.read(archive.folder.keyring, 1 << 24)
        files = settings.gather(archive.folder, archive.config)
        self._replaced(layout.KEYRING, ring, ring)
        wrapping = archive.secrets.wrapping
        if self._is_news(layout.SETTINGS, settings.plain(files)):
            sealed = settings.seal(archive.config.origin, files, wrapping, archive.random)
            self._replaced(layout.SETTINGS, sealed, settings.plain(files))

    def _is_news(self, key: str, content: bytes) -> bool:
        return self.state.known(key) is None or self.state.fact(key) != sha256(content).hexdigest()

    def _replaced(self, key: str, data: bytes, content: bytes) -> None:
        """Send what is put anew under the same name, if `content` is not what was sent there last."""
        if self._is_news(key, content):
            self.sender.send(self._plan(key, data, once=False))
            self.sender.settle()
            self.state.note(**{key: sha256(content).hexdigest()})

    def _ledger(self, before: int, checkpoint: Checkpoint) -> Iterator[Planned]:
        """Bundles of entries and records, and the tiles over them; refused if they are not the checkpoint's."""
        start, ledger = before & -WIDTH, self.archive.ledger
        growth = Growth(start, ledger.node)
        rows = ledger.stored(start, checkpoint.size)
        for number in range(start // WIDTH, -(-checkpoint.size // WIDTH)):
            bundle = list(islice(rows, tiles.width_in(checkpoint.size, ENTRIES, number)))
            leaves = [row.leaf for row in bundle]
            yield self._plan(Tile(ENTRIES, number, len(leaves)).path, tiles.render_bundle(leaves))
            sealed = records.render([row.sealed for row in bundle])
            yield self._plan(layout.records_of(number, len(leaves)), sealed)
            for leaf in leaves:
                yield from (self._plan(tile.path, data) for tile, data in growth.add(merkle.leaf_hash(leaf)))
        yield from (self._plan(tile.path, data) for tile, data in growth.partial())
        if growth.root != checkpoint.root:
            said = f"the entries are not those of checkpoint {checkpoint.size}"
            raise Damaged(said, "dvault verify says what is wrong; the backup stays at the checkpoint before")

    def _heads(self, checkpoint: Checkpoint, note: bytes) -> None:
        """What shows that the rest is there: last of all. [A reader that finds it finds all that it is over.]"""
        archive = self.archive
        for name in anchors_of(archive, checkpoint.size):
            data = _file(archive, name)
            self.sender.send(self._plan(name, data))
        self.sender.settle()
        look(archive, self.sender.store, 0)  # another machine may have come meanwhile
        self._replaced(layout.KEYS, keys := keys_of(archive, checkpoint.size), keys)
        self.sender.send(self._plan(key := layout.checkpoint_at(checkpoint.size), note))
        self.sender.settle()
        if key in self.sender.done.foreign:
            refuse_fork(archive, self.sender.store, key, checkpoint)
        self._replaced(layout.CHECKPOINT, note, note)
        if indexed := indexed_of(archive, checkpoint.size):
            self._replaced(layout.INDEXED, indexed, indexed)


def _file(archive: Archive, name: str) -> bytes:
    try:
        return durable.read(archive.folder.path / name, MAX_ANCHOR + 1)
    except OSError as exc:
        raise Unavailable(f"{exc.filename or name} cannot be read: {exc.strerror}", "mend it, then repeat") from exc


def segments_of(archive: Archive, row: int, last_row: int) -> Iterator[tuple[str, list[Document]]]:
    """The segments of the document rows after `row` up to `last_row`, each with all that lies in it."""
    rows = archive.documents.rows(row, last_row)
    for name, documents in groupby(rows, key=lambda document: document.segment):
        yield name, list(documents)


def headers_of(archive: Archive, span: Span) -> Iterator[tuple[Span, Headers]]:
    """The live wrapped keys of a span, in objects of bounded size, each with the part of the span it is of.

    Parts of entries come before parts of rows; one object of a small span holds both.
    """
    origin = archive.config.origin
    wraps = [Wrap(*row) for row in archive.ledger.wraps(span.first, span.stop)]
    pieces: list[tuple[Span, list[Wrap], list[Placed]]] = []
    first = span.first
    for start in range(0, len(wraps), _LINES):
        group = wraps[start : start + _LINES]
        stop = group[-1].seq + 1
        pieces.append((Span(first, stop, span.row, span.row), group, []))
        first = stop
    for low, high, placed in _placed(archive, span):
        if pieces and len(pieces[-1][1]) + len(placed) <= _LINES and pieces[-1][0].row == pieces[-1][0].last_row:
            last, held, _ = pieces.pop()
            pieces.append((Span(last.first, last.stop, low, high), held, placed))
        else:
            pieces.append((Span(span.stop, span.stop, low, high), [], placed))
    for part, held, placed in pieces:
        made = headers.make(origin, held, placed)
        if not made.is_empty:
            yield part._replace(stop=max(part.stop, 1)), made


def _placed(archive: Archive, span: Span) -> Iterator[tuple[int, int, list[Placed]]]:
    """The headers of documents and the places of erased ones, by parts of the rows."""
    for low in range(span.row, span.last_row, _LINES // 2):
        high = min(low + _LINES // 2, span.last_row)
        if placed := list(map(Placed.of, archive.documents.rows(low, high))):
            yield low, high, placed
