"""Where a ledger in tile form is read from: a folder, or the same names below an http or https address."""

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from vault.errors import Damaged, NotFound, Unavailable

_ABSENT = (errno.ENOENT, errno.ENOTDIR)


class Source(Protocol):
    """Small files by name, each read whole. Nothing that comes out is verified.

    `read` raises `NotFound` for a name that is not there, `Damaged` for more than `limit` bytes, `Unavailable` where it
    cannot be told now.
    """

    @property
    def name(self) -> str:
        """What people call it."""

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of one file."""

    def names(self) -> Iterator[str] | None:
        """The names of all files, sorted by folder; None where they cannot be listed."""


class FolderSource:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = str(folder)

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of a regular file. [A FIFO in its place lets whoever opens it wait for a writer, forever.]"""
        place = self._folder / path
        try:
            with os.fdopen(_open_at_once(place), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise Damaged(f"{place} is no regular file")
                return capped(file.read(limit + 1), limit, str(place))
        except OSError as exc:
            if exc.errno in _ABSENT:
                raise NotFound(f"{place} is not there") from exc
            if exc.errno == errno.EISDIR:
                raise Damaged(f"{place} is a folder") from exc
            raise Unavailable(f"{place} cannot be read: {exc.strerror}", "mend it, then repeat") from exc

    def names(self) -> Iterator[str]:
        """All that lies in the folder and is no folder; what a link leads to is not entered."""
        for parent, folders, files in os.walk(self._folder, onerror=_unlisted):
            folders.sort()
            links = [name for name in folders if Path(parent, name).is_symlink()]
            yield from (Path(parent, name).relative_to(self._folder).as_posix() for name in sorted(files + links))


def _open_at_once(path: Path) -> int:
    flags = ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY")  # of which each system has some
    return os.open(path, sum(getattr(os, name, 0) for name in flags) | os.O_RDONLY)


def _unlisted(exc: OSError) -> None:
    raise Unavailable(f"{exc.filename} cannot be listed: {exc.strerror}", "mend it, then repeat") from exc


def capped(data: bytes, limit: int, where: str) -> bytes:
    """The data; `Damaged` where it is longer than it may be."""
    if len(data) > limit:
        raise Damaged(f"{where} has more than the {limit} bytes that it may have")
    return data


def is_address(path: str) -> bool:
    """Whether somebody names an address and not a file."""
    return path.lower().startswith(("http://", "https://"))


def source_of(path: str) -> Source:
    """The folder or address of that name."""
    if not is_address(path):
        return FolderSource(Path(path))
    from vault.verify.web import HttpSource  # urllib, TLS and mail headers: half of what a process loads that checks

    return HttpSource(path)
