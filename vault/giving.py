"""Giving a document back: found by transmittal and item, written whole and authentic or not at all."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from errno import EMLINK, ENOSYS, ENOTSUP, EOPNOTSUPP, EPERM
from pathlib import Path

from vault.archive import Archive
from vault.catalog.projection import items_of
from vault.documents.flushing import Flushing
from vault.documents.table import Document
from vault.documents.watching import WatchedSink
from vault.errors import Misuse, Refused, Unavailable, Undecided, VaultError
from vault.evidence.record import Value

Progress = Callable[[int], object]

_NO_HARD_LINKS = (EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS, EMLINK)  # FAT on a stick, some network and FUSE file systems


def find(archive: Archive, number: int, place: int | None) -> tuple[Mapping[str, Value], Document]:
    """The item (its values) and its stored document; `place` may be left out of a transmittal with one item."""
    found = archive.catalog.transmittal(number)
    items = items_of(archive.read(found.seq).values())
    if place is None and len(items) > 1:
        raise Misuse(f"{found.id} has {len(items)} items", f"say which one, like {found.id}/1")
    wanted = 1 if place is None else place
    if not 1 <= wanted <= len(items):
        raise Misuse(f"{found.id} has items 1 to {len(items)}, not {wanted}")
    return items[wanted - 1], archive.find_document(items[wanted - 1])


def write(
    archive: Archive, document: Document, path: Path, progress: Progress = lambda _: None, *, sealed: bool = False
) -> Path:
    """Write the document to `path` (mode 0600), which must not exist; returns it.

    Into a temporary file beside it first, flushed, then linked under the name: what failed halfway was never there, and
    what somebody else wrote meanwhile is not overwritten.
    """
    if os.path.lexists(path):
        raise Refused(f"{path} exists", "name another file with -o")
    try:
        with _new_file(path) as sink:
            (archive.get_sealed if sealed else archive.get)(document, WatchedSink(sink, progress))
    except FileExistsError as exc:
        raise Refused(f"{path} exists", "name another file with -o") from exc
    except OSError as exc:
        raise _unwritten(path, exc) from exc
    return path


def _unwritten(path: Path, exc: OSError) -> VaultError:
    """The name is given last and taken back at once: if it is there, the disk failed at that too, or after it."""
    stays = exc.filename is not None and exc.filename != str(path) and os.path.lexists(exc.filename)
    left = f"; remove {exc.filename}, which holds what was opened of it" if stays else ""
    if os.path.lexists(path):
        hint = f"mend the disk and compare it with the SHA-256 of its record{left}"
        return Undecided(f"{path} is there and whole, but the disk failed after it: {exc.strerror}", hint)
    return Unavailable(f"{path} cannot be written: {exc.strerror}", f"mend it, then repeat{left}")


@contextmanager
def _new_file(path: Path) -> Iterator[Flushing]:
    part = path.with_name(f".dvault-{secrets.token_hex(8)}.tmp")
    try:
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with Flushing(handle, "wb") as sink:
            yield sink
            os.fsync(sink.fileno())
        publish(part, path)
    finally:
        part.unlink(missing_ok=True)


def publish(part: Path, path: Path) -> None:
    """Give the file its name, never another's, and flush the folder."""
    try:
        path.hardlink_to(part)
    except OSError as exc:
        if exc.errno not in _NO_HARD_LINKS:
            raise
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # takes the name, or FileExistsError
        part.replace(path)
    try:
        _flush(path.parent)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise


def _flush(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
