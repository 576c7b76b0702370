"""A file that has to stay as it is while it is read: of one that changes nobody can say which bytes went out."""

import os
from io import FileIO, RawIOBase
from pathlib import Path
from stat import S_ISREG
from typing import Any

from vault.errors import Unavailable


class Steady(FileIO):
    """The open `handle` of `path`; `Unavailable` as soon as it shows that the file is no longer as it was.

    A file that was replaced or removed meanwhile is as it was: its bytes are still those. A pipe has no state.
    """

    def __init__(self, path: Path, handle: int) -> None:
        super().__init__(handle, "rb")
        self._path, self._found = path, os.fstat(handle)

    def readinto(self, block: Any, /) -> int:
        """Fill at most all of `block`. [A file that grows as fast as it is read would fill the disk.]"""
        count = super().readinto(block)
        if S_ISREG(self._found.st_mode) and self.tell() > self._found.st_size:
            raise self._changed()
        return count

    def read(self, size: int | None = -1, /) -> bytes:
        """At most `size` bytes, by way of `readinto`: FileIO's own would go past it."""
        return RawIOBase.read(self, -1 if size is None else size) or b""

    def readall(self) -> bytes:
        """All that is left, in the same way."""
        return RawIOBase.readall(self) or b""

    def check(self) -> None:
        """Raise unless size and time of change are what they were: to be called when all of it was read."""
        if _state(os.fstat(self.fileno())) != _state(self._found):
            raise self._changed()

    def _changed(self) -> Unavailable:
        return _changed(self._path)


def whole(path: Path, handle: int, found: os.stat_result) -> bytes:
    """All of the regular file `path`, open as `handle` at its beginning, which has to stay as it was `found`."""
    content = os.read(handle, found.st_size)
    while len(content) < found.st_size and (more := os.read(handle, found.st_size - len(content))):
        content += more
    if len(content) != found.st_size or os.read(handle, 1) or _state(os.fstat(handle)) != _state(found):
        raise _changed(path)
    return content


def _changed(path: Path) -> Unavailable:
    said = f"{path} changed while it was read"
    return Unavailable(said, "wait until nobody writes it, or name a copy; nothing was written")


def _state(found: os.stat_result) -> tuple[int, int] | None:
    return (found.st_size, found.st_mtime_ns) if S_ISREG(found.st_mode) else None
