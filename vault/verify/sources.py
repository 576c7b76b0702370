"""Where a ledger in tile form is read from: a folder, or the same names below an http or https address."""

import errno
import os
import stat
import time
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from vault.errors import Damaged, Misuse, NotFound, Unavailable

TIMEOUT = 30.0  # seconds without a byte
DEADLINE = 120.0  # seconds for a file; the largest, a bundle, has at most 16 MiB
_PIECE = 1 << 16
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
                return _capped(file.read(limit + 1), limit, str(place))
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


def _capped(data: bytes, limit: int, where: str) -> bytes:
    if len(data) > limit:
        raise Damaged(f"{where} has more than the {limit} bytes that it may have")
    return data


class HttpSource:
    """What a web server gives out below an address. Follows no redirection, sends no credentials, trusts nothing."""

    def __init__(self, address: str, timeout: float = TIMEOUT, deadline: float = DEADLINE) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise Misuse(f"{address} is no address of a ledger", "like https://log.example/ledger")
        if parts.username is not None or parts.password is not None:
            raise Misuse("an address with a password is seen by others", "give the ledger out without one, or copy it")
        self.name = address.rstrip("/")
        self._timeout, self._deadline = timeout, deadline
        self._opener = OpenerDirector()  # not build_opener's: that one also opens file: and ftp:, and follows anywhere
        for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler()):
            self._opener.add_handler(handler)

    def read(self, path: str, limit: int) -> bytes:
        """The body of a 200; 404 and 410 say that the file is not there, all else that it can't be told."""
        where = f"{self.name}/{path}"
        request = Request(where, headers={"User-Agent": "dvault", "Accept-Encoding": "identity"})  # noqa: S310
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                if response.status in (404, 410):
                    raise NotFound(f"{where} is not there")
                if response.status != 200:
                    raise Unavailable(f"{where} answers {response.status}", "name the address that it is given out at")
                return _capped(self._body(response, limit, where), limit, where)
        except (HTTPException, OSError, ValueError) as exc:
            raise Unavailable(f"{where} cannot be read: {_reason(exc)}", "repeat it later") from exc

    def _body(self, response: object, limit: int, where: str) -> bytes:
        """At most one byte more than `limit`, within the deadline. [A server that sends a byte a minute.]"""
        end, data = time.monotonic() + self._deadline, bytearray()
        read = response.read1  # type: ignore[attr-defined]  # what came so far, where `read` waits for all of it
        while len(data) <= limit and (piece := read(min(_PIECE, limit + 1 - len(data)))):
            data += piece
            if time.monotonic() > end:
                raise Unavailable(f"{where} takes more than {self._deadline:.0f} seconds", "repeat it later")
        declared = response.length  # type: ignore[attr-defined]  # what of the declared length did not come
        if len(data) <= limit and declared:
            raise Unavailable(f"{where} was cut off on its way", "repeat it")
        return bytes(data)

    def names(self) -> None:
        """A web server does not say what else it has."""
        return


def _reason(exc: Exception) -> str:
    reason = getattr(exc, "reason", None) or exc
    return ascii(str(getattr(reason, "strerror", None) or reason))[1:-1][:200]


def is_address(path: str) -> bool:
    """Whether somebody names an address and not a file."""
    return path.lower().startswith(("http://", "https://"))


def source_of(path: str) -> Source:
    """The folder or address of that name."""
    return HttpSource(path) if is_address(path) else FolderSource(Path(path))
