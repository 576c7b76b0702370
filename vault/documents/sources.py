"""What a person hands over to be sealed: files, folders, standard input; what is left out of a folder, and why."""

import base64
import mimetypes
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path

from vault.documents.store import Reader
from vault.errors import Misuse, NotFound, Unavailable
from vault.evidence.record import Value

LEFT_OUT = ("Thumbs.db", ".DS_Store", "desktop.ini")
MAX_NAME = 4_096  # bytes; what Linux allows for a whole path

# Not the machine's own tables: the same file gets the same media type everywhere.
_TYPES = mimetypes.MimeTypes(filenames=())


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to seal: where its bytes are (None: a stream given by the caller), its name, what is stated of it."""

    path: Path | None
    name: str
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Its size now, 0 if unknown."""
        return self.path.stat().st_size if self.path else 0

    def described(self) -> dict[str, Value]:
        """Name and media type as item values. A name that isn't UTF-8 is kept as its bytes, beside a readable form."""
        values: dict[str, Value] = {"name": self.name}
        try:
            self.name.encode()
        except UnicodeEncodeError:
            raw = os.fsencode(self.name)
            values = {"name": raw.decode("utf-8", "replace"), "name-bytes": base64.b64encode(raw).decode()}
        guessed = _TYPES.guess_type(str(values["name"]))[0]
        return values | {"media-type": guessed or "application/octet-stream"} | dict(self.values)


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
        raise Unavailable(f"{source.path} cannot be read: {exc.strerror}") from exc
    with FileIO(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Misuse(f"{source.path} is no regular file", "name files or folders; - reads standard input")
        try:
            yield file
        except OSError as exc:
            if exc.filename is None and exc.errno is not None:
                raise Unavailable(f"{source.path}: {exc.strerror}", "mend it, then repeat") from exc
            raise


def gather(path: Path, *, everything: bool = False) -> tuple[list[Source], list[Path]]:
    """(sources, left out) of a file or a whole folder, sorted by name.

    Of folders, system droppings (`Thumbs.db`, `.DS_Store`, `~$*`) and symbolic links are left out unless `everything`;
    a link to a folder is never followed.
    """
    if not path.is_dir():
        if not path.exists():
            raise NotFound(f"{path} does not exist")
        return [Source(path, path.name)], []
    base = path.resolve().parent
    sources, left_out = [], []
    for found in sorted(_walk(path)):
        if not everything and (found.is_symlink() or found.name in LEFT_OUT or found.name.startswith("~$")):
            left_out.append(found)
        else:
            name = str(found.resolve().relative_to(base)) if not found.is_symlink() else found.name
            sources.append(Source(found, name))
    return sources, left_out


def _walk(folder: Path) -> Iterator[Path]:
    def complain(exc: OSError) -> None:
        raise Unavailable(f"{exc.filename} cannot be read: {exc.strerror}") from exc

    for here, folders, files in os.walk(folder, onerror=complain, followlinks=False):
        yield from (Path(here, name) for name in files)
        yield from (Path(here, name) for name in folders if Path(here, name).is_symlink())
