"""Where a bag is written: a folder, or a zip of one. Under a temporary name beside the real one, which is given last.

Nothing half-written is ever under the final name: what fails is removed, what is killed stays under the temporary one.
"""

import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol

from keys import durable
from vault import giving
from vault.errors import Refused
from vault.sealing.transfer import Sink

INSIDE = "report"  # the one folder in a zip
_FLUSHERS = 16
_LARGE = 1 << 31  # bytes, from which a zip needs longer fields


class Container(Protocol):
    """Takes the files of a bag one after the other; each name once. `OSError` where it cannot be written."""

    def file(self, name: str, size: int | None) -> AbstractContextManager[Sink]:
        """A sink for the content of `name`; `size` is told where it is known."""


class FolderContainer:
    """A folder: files 0600, folders 0700."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(mode=durable.FOLDER_MODE)

    @contextmanager
    def file(self, name: str, size: int | None = None) -> Iterator[Sink]:
        """A new file."""
        path = self.path / name
        self._make(path.parent)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, durable.FILE_MODE)
        with open(handle, "wb") as sink:  # noqa: PTH123 - a descriptor
            yield sink

    def _make(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make(folder.parent)
            folder.mkdir(mode=durable.FOLDER_MODE)

    def finish(self) -> None:
        """Flush all of it to the disk, many at a time: a disk takes thousands together in the time of a few."""
        with ThreadPoolExecutor(_FLUSHERS) as flushers:
            for _ in flushers.map(flush, [*self.path.rglob("*"), self.path]):
                pass

    def publish(self, target: Path) -> None:
        """Give it its name, which is free or that of an empty folder."""
        self.path.rename(target)
        try:
            flush(target.parent)
        except OSError:
            with suppress(OSError):
                target.rename(self.path)
            raise

    def discard(self) -> None:
        """Remove what bears the temporary name."""
        shutil.rmtree(self.path, ignore_errors=True)


class ZipContainer:
    """A zip file (0600) with one folder in it, all of one fixed time."""

    def __init__(self, path: Path, time: datetime) -> None:
        self.path = path
        self._time = (max(time.year, 1980), time.month, time.day, time.hour, time.minute, time.second)
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, durable.FILE_MODE)
        self._file = open(handle, "w+b")  # noqa: PTH123, SIM115 - a descriptor, kept open until `finish`
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)

    @contextmanager
    def file(self, name: str, size: int | None = None) -> Iterator[Sink]:
        """A new member, deflated as it comes."""
        info = zipfile.ZipInfo(f"{INSIDE}/{name}", self._time)
        info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 3
        info.external_attr = (0o100000 | durable.FILE_MODE) << 16
        with self._zip.open(info, "w", force_zip64=(size or 0) >= _LARGE) as sink:
            yield sink

    def finish(self) -> None:
        """Write the directory at its end, flush it to the disk."""
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def publish(self, target: Path) -> None:
        """Give it its name, never another's."""
        giving.publish(self.path, target)

    def discard(self) -> None:
        """Remove what bears the temporary name."""
        with suppress(OSError, ValueError):  # the directory of a zip that the disk has no room for
            self._zip.close()
        with suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)


@contextmanager
def opened(target: Path, time: datetime) -> Iterator[FolderContainer | ZipContainer]:
    """A container that becomes `target`, a zip if its name ends so, once it is published; `Refused` if that exists."""
    refuse_existing(target)
    part = target.with_name(f".dvault-{secrets.token_hex(8)}.tmp")
    made = ZipContainer(part, time) if is_zip(target) else FolderContainer(part)
    try:
        yield made
    finally:
        made.discard()


def is_zip(target: Path) -> bool:
    """Whether the name is that of a zip."""
    return target.suffix.lower() == ".zip"


def refuse_existing(target: Path) -> None:
    """Refuse a name that is taken, by a link to nowhere too."""
    if os.path.lexists(target):
        raise Refused(f"{target} exists", "name another file or folder with -o")


def flush(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        durable.flush_to_disk(handle)
    finally:
        os.close(handle)
