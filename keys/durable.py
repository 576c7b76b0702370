"""The durable write: a small file is wholly there after a crash, or not at all.

The data is written to a temporary file of a random name in the same folder, flushed to the disk, given its name in one
step, and then the folder is flushed. Everything happens relative to one open folder, so nobody can swap the folder for
another midway; names are created with O_EXCL and never followed through a symbolic link.

A crash may leave a temporary file (`is_temporary`), never a cut one under the real name.
"""

import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL, EMLINK, ENOSYS, ENOTSUP, EOPNOTSUPP, EPERM
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700

_PREFIX = ".dvault-"
_SUFFIX = ".tmp"
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_HARD_LINKS = frozenset({EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK})  # FAT, some network and FUSE file systems


def open_regular(path: str | Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of a regular file, as `opener` of `open`; any other kind is an OSError, at once.

    [A FIFO in its place lets whoever opens it wait for a writer, forever.]
    """
    descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(EINVAL, "it is no regular file", str(path))
    return descriptor


def read(path: Path, size: int) -> bytes:
    """The first `size` bytes of a small regular file."""
    with os.fdopen(open_regular(path), "rb") as file:
        return file.read(size)


def write_new(path: Path, data: bytes) -> None:
    """Create `path` (mode 0600) holding `data`, durably. Raises FileExistsError if the name is taken, even by a race.

    Not idempotent. After any other OSError the name is free, or holds all of `data`.
    """
    with _folder(path) as folder:
        with _temporary(folder, data) as name:
            _link(folder, name, path.name)
        os.fsync(folder)


def replace(path: Path, data: bytes) -> None:
    """Make `path` (mode 0600) hold `data`, durably, whether or not it existed. Idempotent.

    After an OSError it holds the old or the new content, whole. A symbolic link is replaced, not followed. [A link
    planted in a shared folder would let its maker choose which of the writer's files is overwritten.]
    """
    with _folder(path) as folder:
        with _temporary(folder, data) as name:
            os.replace(name, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(folder)


def make_folders(path: Path) -> None:
    """Create the folder `path` and the missing ones above it (mode 0700), durably; what exists is left as it is."""
    if path.is_dir():
        return
    make_folders(path.parent)
    try:
        path.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        if not path.is_dir():  # else somebody made it just now
            raise
    with _folder(path) as parent:
        os.fsync(parent)


@contextmanager
def locked(handle: int, kind: int) -> Iterator[None]:
    """Hold the lock `kind` (`fcntl.LOCK_EX` or `LOCK_SH`) of an open file or folder, then close it.

    Raises OSError where it cannot be locked. A failure to let go is not told: nothing is written through such a handle,
    and what was done under the lock may be durable. [Where closing fails, the handle may stay and its lock with it:
    this process then waited for itself.]
    """
    try:
        fcntl.flock(handle, kind)
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_UN)
        with suppress(OSError):
            os.close(handle)


def is_temporary(name: str) -> bool:
    """Whether a file of this name is what an interrupted write left behind."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Let an OSError say which file it is about, where the call that failed knew a descriptor or a temporary name."""
    try:
        yield
    except OSError as exc:
        exc.filename = str(path)
        raise


@contextmanager
def _folder(path: Path) -> Iterator[int]:
    with named(path):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield folder
        finally:
            os.close(folder)


@contextmanager
def _temporary(folder: int, data: bytes) -> Iterator[str]:
    """A flushed file with `data` under a random name; whatever still bears that name at the end is removed.

    What cannot be removed is a leftover as after a crash, and no reason to call a write failed that was done.
    """
    name = f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}"
    descriptor = os.open(name, _CREATE, FILE_MODE, dir_fd=folder)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  (a descriptor, not a path)
            file.write(data)
            file.flush()
            flush_to_disk(file.fileno())
        yield name
    finally:
        with suppress(OSError):
            os.unlink(name, dir_fd=folder)


def flush_to_disk(descriptor: int) -> None:
    """Flush an open file or folder, past the cache of the drive where the system can."""
    if sys.platform == "darwin":
        import fcntl

        # On macOS fsync leaves the data in the drive's cache; not every file system knows the stronger call.
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def _link(folder: int, temporary: str, name: str) -> None:
    """Give the file its name; unlike a rename, a link never replaces another file."""
    try:
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as exc:
        if exc.errno not in _NO_HARD_LINKS:
            raise
        _reserve_and_rename(folder, temporary, name)


def _reserve_and_rename(folder: int, temporary: str, name: str) -> None:
    """Without hard links: take the name with an empty file, then rename over it. A crash between leaves it empty."""
    os.close(os.open(name, _CREATE, FILE_MODE, dir_fd=folder))
    try:
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:  # Ctrl-C too: the empty file would hold the name
        os.unlink(name, dir_fd=folder)
        raise
