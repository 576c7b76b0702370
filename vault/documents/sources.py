"""What a person hands over to be sealed: files, folders, standard input; what is left out of a folder, and why."""

import base64
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from vault.documents import media_types
from vault.documents.store import Reader
from vault.errors import Misuse, NotFound, Unavailable
from vault.evidence.record import Value

DROPPINGS = ("thumbs.db", ".ds_store", "desktop.ini")
LOCK_FILES = "~$"  # what office programs leave beside an open document


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to seal: where its bytes are (None: a stream given by the caller), its name, what is stated of it.

    `size` is what it was when it was found, 0 if unknown.
    """

    path: Path | None
    name: str
    size: int = 0
    values: Mapping[str, Value] = field(default_factory=dict)

    def described(self) -> dict[str, Value]:
        """Name and media type as item values. A name that isn't UTF-8 is kept as its bytes, beside a readable form."""
        values: dict[str, Value] = {"name": self.name}
        try:
            self.name.encode()
        except UnicodeEncodeError:
            raw = os.fsencode(self.name)
            values = {"name": raw.decode("utf-8", "replace"), "name-bytes": base64.b64encode(raw).decode()}
        return values | {"media-type": media_types.of_name(str(values["name"]))} | dict(self.values)


@contextmanager
def opened(source: Source, stream: Reader | None = None) -> Iterator[Reader]:
    """The bytes of `source`. Only regular files: a pipe could wait for ever, a device never end."""
    if source.path is None:
        if stream is None:
            raise ValueError("a source without a path needs a stream")
        yield stream
        return
    try:
        handle = os.open(source.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as exc:
        raise NotFound(f"{source.path} does not exist") from exc
    except OSError as exc:
        raise Unavailable(f"{source.path} cannot be read: {exc.strerror}", "mend it, then repeat") from exc
    try:
        with FileIO(handle, "rb") as file:
            _check_regular(source.path, os.fstat(handle))
            yield file
    except OSError as exc:
        if exc.filename is None and exc.errno is not None:
            raise Unavailable(f"{source.path}: {exc.strerror}", "mend it, then repeat") from exc
        raise


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
        for found in sorted(_walk(path)):
            if found.is_file() and (everything or not _is_dropping(found)):
                sources.append(_source(found, f"{top}/{found.relative_to(path)}"))
            else:
                left_out.append(found)
    except OSError as exc:
        raise Unavailable(f"{exc.filename} cannot be read: {exc.strerror}", "mend it, then repeat") from exc
    return sources, left_out


def _source(path: Path, name: str) -> Source:
    try:
        found = path.stat()
    except FileNotFoundError as exc:
        raise NotFound(f"{path} does not exist", "mind the spelling; quote names with spaces") from exc
    _check_regular(path, found)
    return Source(path, name, found.st_size)


def _check_regular(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Misuse(f"{path} is no regular file", "name files or folders; - reads standard input")


def _is_dropping(path: Path) -> bool:
    return path.is_symlink() or path.name.lower() in DROPPINGS or path.name.startswith(LOCK_FILES)


def _walk(folder: Path) -> Iterator[Path]:
    def complain(exc: OSError) -> None:
        raise exc

    for here, folders, files in os.walk(folder, onerror=complain, followlinks=False):
        yield from (Path(here, name) for name in files)
        yield from (Path(here, name) for name in folders if Path(here, name).is_symlink())
