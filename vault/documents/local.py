"""Segments as files in one folder of the vault, each under its random name of 32 hex digits, mode 0600.

One flat folder that is there from the beginning: a folder made with the segment would have to be flushed by everybody
who puts something in it, not by its maker alone.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

from keys import durable
from vault.documents.flushing import Flushing
from vault.documents.store import Reader, SegmentMissing
from vault.errors import Unavailable

_NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
_PART = ".part"


class _File(FileIO):
    """A file whose errors say that it is a segment: the same call also reads and writes files of the user."""

    def write(self, data: Any, /) -> int:
        with _translated("segments cannot be written"):
            return super().write(data)

    def read(self, size: int | None = -1, /) -> bytes:
        with _translated("a segment cannot be read"):
            return super().read(size)

    def readinto(self, block: Any, /) -> int:
        with _translated("a segment cannot be read"):
            return super().readinto(block)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        with _translated("a segment cannot be read"):
            return super().seek(offset, whence)

    def tell(self) -> int:
        with _translated("a segment cannot be read"):
            return super().tell()

    def truncate(self, size: int | None = None, /) -> int:
        with _translated("segments cannot be written"):
            return super().truncate(size)


class _NewFile(_File, Flushing):
    """One that is being written."""


class LocalSegment:
    """A segment being written, in a file of its own that is renamed on commit."""

    def __init__(self, folder: Path, name: str, flags: int = os.O_CREAT | os.O_EXCL) -> None:
        self.name = name
        self._final = folder / self.name
        self._part = folder / (self.name + _PART)
        handle = os.open(self._part, flags | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        self.sink: Reader = _NewFile(handle, "wb")

    def commit(self) -> None:
        """Flush to the disk, rename, flush the folder."""
        with _translated(f"{self._final} cannot be written"):
            os.fsync(self.sink.fileno())
            self.sink.close()
            self._part.rename(self._final)
            _sync_folder(self._final.parent)

    def abort(self) -> None:
        """Drop what was written."""
        self.sink.close()
        with _translated(f"{self._part} cannot be removed"):
            self._part.unlink(missing_ok=True)


class LocalSegments:
    """The `segments` folder of a vault."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, name: str | None = None) -> LocalSegment:
        """A new segment, under a fresh random name if none is given."""
        with _translated(f"{self._folder} cannot be written"):
            return LocalSegment(self._folder, name or os.urandom(16).hex())

    def begun(self, name: str) -> LocalSegment | None:
        """The file that another process began; flushing it here flushes what that one wrote."""
        if not (self._folder / (name + _PART)).exists():
            return None
        with _translated(f"{self._folder} cannot be written"):
            segment = LocalSegment(self._folder, name, flags=0)
            segment.sink.seek(0, os.SEEK_END)
        return segment

    def open(self, name: str) -> Reader:
        """The segment's bytes."""
        path = self._path(name)
        with _translated(f"segment {name} cannot be read"):
            try:
                return _File(path, "rb", opener=durable.open_regular)
            except FileNotFoundError as exc:
                raise SegmentMissing(f"segment {name} is missing", "restore it from a backup") from exc

    def names(self) -> Iterator[str]:
        """The committed segments."""
        return (name for name in self._listed() if _NAME.fullmatch(name))

    def leftovers(self) -> Iterator[str]:
        """What died processes left."""
        return (name for name in self._listed() if name.endswith(_PART) and _NAME.fullmatch(name[:-5]))

    def others(self) -> Iterator[str]:
        """What this program did not put here."""
        return (name for name in self._listed() if not _NAME.fullmatch(name.removesuffix(_PART)))

    def delete(self, name: str) -> None:
        """Remove a segment or leftover."""
        path = self._path(name.removesuffix(_PART)).with_name(name)
        with _translated(f"{path} cannot be removed"):
            path.unlink(missing_ok=True)
            _sync_folder(self._folder)

    def _listed(self) -> list[str]:
        with _translated(f"{self._folder} cannot be read"):
            # Without the folder every segment is missing, which is for `doctor` to say.
            return [path.name for path in self._folder.iterdir()] if self._folder.is_dir() else []

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise SegmentMissing(f"{name!r} is no segment name", "restore the vault from a backup")
        return self._folder / name


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise Unavailable(f"{what}: {exc.strerror}", "mend it, then repeat; nothing was written") from exc


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
