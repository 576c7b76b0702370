"""Segments as files in the vault's folder: `segments/<2 hex>/<32 hex>`, mode 0600."""

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from vault.documents.store import Reader, SegmentMissing
from vault.errors import Unavailable

_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PART = ".part"


class LocalSegment:
    """A segment being written, in a file of its own that is renamed on commit."""

    def __init__(self, folder: Path) -> None:
        self.name = secrets.token_hex(16)
        self._final = folder / self.name[:2] / self.name
        self._part = self._final.with_name(self.name + _PART)
        self._new_folder = _make(self._final.parent)
        handle = os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        self.sink: BinaryIO = os.fdopen(handle, "wb", buffering=0)

    def commit(self) -> None:
        """Flush to the disk, rename, flush the folder (and its parent where the folder is new)."""
        os.fsync(self.sink.fileno())
        self.sink.close()
        self._part.rename(self._final)
        _sync_folder(self._final.parent)
        if self._new_folder:
            _sync_folder(self._final.parent.parent)

    def abort(self) -> None:
        """Drop what was written."""
        self.sink.close()
        self._part.unlink(missing_ok=True)


class LocalSegments:
    """The `segments` folder of a vault."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self) -> LocalSegment:
        """A new segment under a fresh random name."""
        try:
            return LocalSegment(self._folder)
        except OSError as exc:
            raise Unavailable(f"{self._folder} cannot be written: {exc.strerror}", "mend it, then repeat") from exc

    def open(self, name: str) -> Reader:
        """The segment's bytes."""
        try:
            return self._path(name).open("rb", buffering=0)
        except FileNotFoundError as exc:
            raise SegmentMissing(f"segment {name} is missing", "restore it from a backup") from exc
        except OSError as exc:
            raise Unavailable(f"segment {name} cannot be read: {exc.strerror}") from exc

    def names(self) -> Iterator[str]:
        """The committed segments."""
        return (path.name for path in self._folder.glob("??/*") if _NAME.fullmatch(path.name))

    def leftovers(self) -> Iterator[str]:
        """What died processes left."""
        return (path.name for path in self._folder.glob("??/*" + _PART))

    def delete(self, name: str) -> None:
        """Remove a segment or leftover."""
        path = self._folder / name[:2] / name
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise SegmentMissing(f"{name!r} is no segment name")
        return self._folder / name[:2] / name


def _make(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
