"""What a person hands over to be sealed: files, folders, standard input; what is left out of a folder, and why."""

import base64
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from vault.documents import media_types
from vault.documents.steady import Steady, whole
from vault.documents.store import Reader
from vault.errors import Misuse, NotFound, Unavailable
from vault.evidence.record import Value
from vault.sealing.document import WHOLE

DROPPINGS = ("thumbs.db", ".ds_store", "desktop.ini")
LOCK_FILES = "~$"  # what office programs leave beside an open document
PIPE = "pipe"  # what is recorded as the name of a pipe that nobody named

_DESCRIPTORS = re.compile(r"/dev/fd|/proc/[0-9]+/fd", re.ASCII)  # where `<(command)` of a shell leads


_NOTHING: Mapping[str, Value] = {}


class Source(NamedTuple):
    """One thing to seal: where its bytes are (None: a stream given by the caller), its name, what is stated of it.

    `size` is what it was when it was found, 0 if unknown.
    """

    path: Path | None
    name: str
    size: int = 0
    values: Mapping[str, Value] = _NOTHING
    piped: bool = False

    @property
    def is_unnamed(self) -> bool:
        """Whether it comes through a pipe, which has no file name."""
        return self.path is None or self.piped

    def described(self) -> dict[str, Value]:
        """Name and media type as item values. A name that isn't UTF-8 is kept as its bytes, beside a readable form."""
        values: dict[str, Value] = {"name": self.name}
        try:
            self.name.encode()
        except UnicodeEncodeError:
            raw = os.fsencode(self.name)
            values = {"name": raw.decode("utf-8", "replace"), "name-bytes": base64.b64encode(raw).decode()}
        return values | {"media-type": media_types.of_name(str(values["name"]))} | dict(self.values)


def can_be_shared(source: Source) -> bool:
    """Whether another process can read and seal it, and in one piece."""
    return not source.is_unnamed and source.size < WHOLE


@contextmanager
def opened(source: Source, stream: Reader | None = None) -> Iterator[Reader]:
    """The bytes of `source`, which has to stay as it is while it is read.

    Only regular files and pipes that a shell has made for us: any other pipe could wait for ever, a device never end.
    """
    if source.path is None:
        if stream is None:
            raise ValueError("a source without a path needs a stream")
        yield stream
        return
    handle = _open(source.path, piped=source.piped)
    try:
        with Steady(source.path, handle) as file:
            if not source.piped:
                _check_regular(source.path, os.fstat(handle))
            yield file
            file.check()
    except OSError as exc:
        if exc.filename is None and exc.errno is not None:
            raise Unavailable(f"{source.path}: {exc.strerror}", "mend it, then repeat") from exc
        raise


def contents(source: Source) -> bytes | None:
    """All bytes of a small file, by the rules of `opened` in fewer steps; None for what is to be read as a stream."""
    if source.path is None or not can_be_shared(source):
        return None
    handle = _open(source.path)
    try:
        try:
            found = os.fstat(handle)
            _check_regular(source.path, found)
            return whole(source.path, handle, found) if found.st_size < WHOLE else None
        finally:
            os.close(handle)  # may fail, too
    except OSError as exc:
        raise Unavailable(f"{source.path}: {exc.strerror}", "mend it, then repeat") from exc


def _open(path: Path, *, piped: bool = False) -> int:
    wait = 0 if piped else os.O_NONBLOCK  # else what became a pipe since it was found would make us wait
    try:
        return os.open(path, os.O_RDONLY | wait | os.O_CLOEXEC)
    except FileNotFoundError as exc:
        raise NotFound(f"{path} does not exist") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}", "mend it, then repeat") from exc


def gather(path: Path, *, everything: bool = False) -> tuple[list[Source], list[Path]]:
    """(sources, left out) of a file or a whole folder, sorted by name; a file in a folder is named with its folder.

    Of folders, system droppings (`Thumbs.db`, `.DS_Store`, `~$*`) and symbolic links are left out unless `everything`;
    a link to a folder is never followed, and what is no file (a pipe, a device) never taken.
    """
    try:
        if not path.is_dir():
            return [_source(path, path.name)], []
        top = path.resolve().name
        sources, left_out = [], []
        for found in sorted(_walk(path), key=lambda one: one.path.split("/")):
            if _is_file(found) and (everything or not _is_dropping(found)):
                name = found.path.removeprefix(str(path)).lstrip(os.sep)
                sources.append(Source(Path(found.path), f"{top}/{name}", found.stat().st_size))
            else:
                left_out.append(Path(found.path))
    except OSError as exc:
        raise Unavailable(f"{exc.filename} cannot be read: {exc.strerror}", "mend it, then repeat") from exc
    return sources, left_out


def standard_input() -> Source:
    """What is read as `-`; its size is known where the shell has opened a file for it."""
    return Source(None, "stdin", os.fstat(0).st_size)


def _source(path: Path, name: str) -> Source:
    try:
        found = path.stat()
    except FileNotFoundError as exc:
        raise NotFound(f"{path} does not exist", "mind the spelling; quote names with spaces") from exc
    if stat.S_ISFIFO(found.st_mode) and _DESCRIPTORS.fullmatch(str(path.resolve().parent)):
        return Source(path, PIPE, piped=True)
    _check_regular(path, found)
    return Source(path, name, found.st_size)


def _check_regular(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        hint = "name files or folders; - reads standard input, and <(command) of a shell what a command writes"
        raise Misuse(f"{path} is no regular file", hint)


def _is_file(found: "os.DirEntry[str]") -> bool:
    """Whether it is one, or a link to one; a link that leads in a circle is none."""
    try:
        return found.is_file()
    except OSError:
        return False


def _is_dropping(found: "os.DirEntry[str]") -> bool:
    return found.is_symlink() or found.name.lower() in DROPPINGS or found.name.startswith(LOCK_FILES)


def _walk(folder: Path) -> "Iterator[os.DirEntry[str]]":
    """All below `folder` but folders, links not followed, however deep it is nested."""
    waiting = [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as found:
            for one in found:
                if one.is_dir(follow_symlinks=False):
                    waiting.append(one.path)
                else:
                    yield one
