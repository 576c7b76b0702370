"""A bundle as a folder. Every file is opened as what it was seen to be: no link, no pipe, no device."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from vault.errors import NotFound
from vault.evidence.strict import refuse
from vault.verify.bundles import naming
from vault.verify.bundles.reading import PIECE, unreadable

_FLAGS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOFOLLOW")) | os.O_RDONLY


class FolderBundle:
    """A folder that was looked through by `open_folder`."""

    def __init__(self, folder: Path, sizes: dict[str, int]) -> None:
        self._folder, self._sizes = folder, sizes
        self.name = str(folder)
        self.names = naming.check(sizes, self.name)

    def size(self, name: str) -> int:
        """As the folder said."""
        return self._sizes[name]

    def read(self, name: str, limit: int) -> bytes:
        """At most `limit` bytes."""
        with self._opened(name) as file:
            data = file.read(limit + 1)
        if len(data) > limit:
            refuse(name, f"at most {limit} bytes", f"{self._sizes[name]} bytes")
        return data

    def stream(self, name: str) -> Iterator[bytes]:
        """Piece by piece."""
        with self._opened(name) as file:
            while piece := file.read(PIECE):
                yield piece

    @contextmanager
    def _opened(self, name: str) -> Iterator[BinaryIO]:
        """[A FIFO put in place of a file lets whoever opens it wait for a writer, forever.]"""
        if name not in self._sizes:
            raise NotFound(f"{self.name}/{name} is not there")
        try:
            with os.fdopen(os.open(self._folder / name, _FLAGS), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    refuse(name, "a regular file", "something else")
                yield file
        except OSError as exc:
            raise unreadable(f"{self.name}/{name}", exc) from exc


@contextmanager
def open_folder(folder: Path) -> Iterator[FolderBundle]:
    """The bundle in a folder. `Malformed` for links, special files, empty folders, what is over the limits."""
    sizes: dict[str, int] = {}
    for name, size in _files(folder, "", str(folder)):
        if len(sizes) == naming.MAX_FILES:
            refuse(str(folder), f"at most {naming.MAX_FILES} files")
        sizes[name] = size
    yield FolderBundle(folder, sizes)


def _files(folder: Path, below: str, where: str) -> Iterator[tuple[str, int]]:
    """Each file with its size; what a link leads to is not looked at."""
    if below.count("/") > naming.MAX_DEPTH:
        refuse(where, f"at most {naming.MAX_DEPTH} folders deep", below)
    try:
        with os.scandir(folder / below) as listed:
            found = [(one.name, one.stat(follow_symlinks=False)) for one in listed]
    except OSError as exc:
        raise unreadable(folder / below, exc) from exc
    if not found:
        refuse(where, "no empty folder", below or ".")
    for name, status in found:
        if stat.S_ISDIR(status.st_mode):
            yield from _files(folder, f"{below}{name}/", where)
        elif stat.S_ISREG(status.st_mode):
            yield f"{below}{name}", status.st_size
        else:
            refuse(where, "files and folders alone, no link, no device", f"{below}{name}")
