"""Handing the ledger out: a folder of C2SP tlog-tiles that a stranger checks, added to as the ledger grows.

docs/format/ledger-tiles.md. Everything that a checkpoint is over is on the disk before the checkpoint is; what lies
there is never changed but the checkpoint, the log's keys, and partial tiles that have become full.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from keys import durable
from vault.archive import Archive
from vault.covering import covering
from vault.errors import Damaged, Refused, Unavailable
from vault.evidence import merkle, tiles
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, open_checkpoint, parse_text
from vault.evidence.note import parse as parse_note
from vault.evidence.strict import Malformed
from vault.evidence.tiles import ENTRIES, MAX_BUNDLE, WIDTH, Growth, Tile

CHECKPOINT, INDEXED, KEYS, ANCHORS = "checkpoint", "checkpoint-indexed", "log.vkey", "anchors"
MAX_ANCHOR = 1 << 20  # bytes of a file beside a checkpoint

_ANOTHER = "name a new folder; a copy of this vault may have gone on by itself"


@dataclass(frozen=True, slots=True)
class Published:
    """What lies in the folder now: a ledger up to `checkpoint`; `files` were written, `uncovered` entries are not in.

    `before` is the size that the folder had.
    """

    checkpoint: Checkpoint
    before: int
    files: int
    uncovered: int


def publish(archive: Archive, target: Path, given: tuple[Checkpoint, bytes] | None = None) -> Published:
    """Write the ledger into the folder `target`, or add what is new to what an earlier run wrote there.

    As far as the newest checkpoint goes, or the `given` one, verified, with its note; who holds the log key makes the
    newest one first if entries are under none. O(new) reads and writes, constant memory. Whatever interrupts it, the
    folder holds what it held or more, and another run completes it. `Refused` for a folder that holds something else:
    another ledger, a fork of this one, a longer one.
    """
    checkpoint, note = given or covering(archive)
    try:
        folder = _Folder(target)
        before = folder.size(archive, checkpoint)
        with archive.database.snapshot():
            _write(folder, archive, before, checkpoint)
        folder.finish(archive, checkpoint, note)
    except OSError as exc:
        raise Unavailable(
            f"{exc.filename or target} cannot be written: {exc.strerror}", "mend it, then repeat"
        ) from exc
    return Published(checkpoint, before, folder.written, archive.ledger.size() - checkpoint.size)


def _write(folder: "_Folder", archive: Archive, before: int, checkpoint: Checkpoint) -> None:
    """Entries first, then the hashes over them; refused at the end if they are not those of the checkpoint."""
    start = before & -WIDTH
    growth = Growth(start, archive.ledger.node)
    for number, entries in enumerate(_bundles(archive, start, checkpoint.size), start // WIDTH):
        folder.put(Tile(ENTRIES, number, len(entries)), tiles.render_bundle(entries))
        for entry in entries:
            folder.put_all(growth.add(merkle.leaf_hash(entry)))
    folder.put_all(growth.partial())
    if growth.root != checkpoint.root:
        raise Damaged(
            f"the entries are not those of checkpoint {checkpoint.size}", "dvault verify says what is wrong; do not use"
            f" {folder.path}",
        )  # fmt: skip


def _bundles(archive: Archive, start: int, stop: int) -> Iterator[list[bytes]]:
    leaves = archive.ledger.leaves(start, stop)
    while entries := list(islice(leaves, WIDTH)):
        yield entries


class _Folder:
    """The folder of an export. What has a name there already must have the bytes that would be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0
        self._outgrown: list[Path] = []

    def size(self, archive: Archive, checkpoint: Checkpoint) -> int:
        """The size of the ledger that lies here, 0 in a new folder."""
        durable.make_folders(self.path)
        there = {path.name for path in self.path.iterdir() if not durable.is_temporary(path.name)}
        if CHECKPOINT in there:
            return self._compared(archive, checkpoint)
        if there and KEYS not in there:
            raise Refused(f"{self.path} is not empty and holds no ledger in tile form", "name a new folder")
        if not there:
            self._make(KEYS, _keys(archive, checkpoint.size))  # so that a run that is cut short can be completed
        return 0

    def _compared(self, archive: Archive, new: Checkpoint) -> int:
        where = str(self.path / CHECKPOINT)
        try:
            note = durable.read(self.path / CHECKPOINT, MAX_CHECKPOINT + 1)
            claimed = parse_text(parse_note(note, where, limit=MAX_CHECKPOINT).text, where)
            if claimed.origin == new.origin and 0 < claimed.size <= new.size:
                open_checkpoint(note, archive.history.log_at(claimed.size), where)
        except Malformed as exc:
            raise Refused(f"{self.path} holds no checkpoint of this ledger: {exc}", _ANOTHER) from exc
        if claimed.origin != new.origin:
            raise Refused(f"{self.path} holds the ledger {claimed.origin!a}, this one is {new.origin}", _ANOTHER)
        if claimed.size > new.size:
            raise Refused(
                f"{self.path} holds {claimed.size} entries, the newest checkpoint here covers {new.size}",
                "this vault may have been rolled back: dvault verify; a checkpointer may have to sign first",
            )
        if not claimed.size or archive.ledger.root(claimed.size) != claimed.root:
            raise Refused(f"{self.path} holds another history of {claimed.size} entries than this vault", _ANOTHER)
        return claimed.size

    def put_all(self, made: list[tuple[Tile, bytes]]) -> None:
        """Write these tiles."""
        for tile, data in made:
            self.put(tile, data)

    def put(self, tile: Tile, data: bytes) -> None:
        """Write a tile; of one that is full, note the partial ones before it."""
        self._make(tile.path, data)
        if tile.width == WIDTH:
            self._outgrown.append(self.path / f"{tile.path}.p")

    def _make(self, name: str, data: bytes) -> None:
        path = self.path / name
        durable.make_folders(path.parent)
        try:
            durable.write_new(path, data)
            self.written += 1
        except FileExistsError:
            if durable.read(path, max(len(data), MAX_BUNDLE) + 1) != data:
                raise Refused(f"{path} is not what this vault would write there", _ANOTHER) from None

    def finish(self, archive: Archive, checkpoint: Checkpoint, note: bytes) -> None:
        """Copy the anchors, then put keys and checkpoint in place, then drop partial tiles that are full by now."""
        for name in _anchors(archive, checkpoint.size):
            self._make(name, durable.read(archive.folder.path / name, MAX_ANCHOR + 1))
        self._replace(KEYS, _keys(archive, checkpoint.size))
        self._replace(CHECKPOINT, note)
        if indexed := _indexed(archive, checkpoint.size):  # behind the other, which a reader takes for the larger one
            self._replace(INDEXED, indexed)
        for folder in self._outgrown:
            with suppress(FileNotFoundError):
                for path in list(folder.iterdir()):
                    path.unlink()
                folder.rmdir()

    def _replace(self, name: str, data: bytes) -> None:
        path = self.path / name
        if not os.path.lexists(path) or durable.read(path, len(data) + 1) != data:
            durable.replace(path, data)
            self.written += 1


def _keys(archive: Archive, size: int) -> bytes:
    """The two keys that sign a checkpoint of `size` entries, a vkey on each line, Ed25519 first."""
    keys = archive.history.log_at(size)
    return f"{keys.ed25519}\n{keys.ml_dsa}\n".encode()


def _indexed(archive: Archive, size: int) -> bytes | None:
    """The checkpoint that ends in the newest index, which auditors cosign; None where it is not below `size`."""
    seq = archive.ledger.last_of("index")
    if seq is None or seq + 1 >= size:
        return None
    return next((note for _, note in archive.ledger.checkpoints(seq, seq + 1)), None)


def _anchors(archive: Archive, size: int) -> list[str]:
    """What is kept beside checkpoints of at most `size` entries, `anchors/<size>/<name>`."""
    folder = archive.folder.path / ANCHORS
    found = folder.glob("*/*") if folder.is_dir() else ()
    return sorted(
        path.relative_to(archive.folder.path).as_posix()
        for path in found
        if path.is_file() and not durable.is_temporary(path.name)
        and path.parent.name.isascii() and path.parent.name.isdigit() and int(path.parent.name) <= size
    )  # fmt: skip
