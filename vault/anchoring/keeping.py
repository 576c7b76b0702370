"""What TSAs gave, in files: `anchors/<size>/` with the exact stamped note, each reply by its SHA-256, and its chain.

docs/format/anchors.md says what lies where. Everything is written, durably, before the entry that names it.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path

from keys import durable
from vault.errors import Damaged, Unavailable
from vault.evidence.checkpoint import MAX_CHECKPOINT
from vault.evidence.defined import frozen

MAX_FILE = 1 << 18  # bytes, of any file beside the note
_SIZE = re.compile(r"[1-9][0-9]{0,18}")
_TOKEN = re.compile(r"([0-9a-f]{64})\.tsr")
NOTE = "checkpoint"


@frozen()
class Anchors:
    """The folder `anchors` of a vault; it need not be there. Reading returns None for what is missing."""

    path: Path

    def folder(self, size: int) -> Path:
        """Where the anchors over a checkpoint of `size` entries lie."""
        return self.path / str(size)

    def token_path(self, size: int, digest: str) -> Path:
        """The file of a reply, by its SHA-256 in hex."""
        return self.folder(size) / f"{digest}.tsr"

    def sizes(self) -> list[int]:
        """The sizes there are folders of, ascending."""
        return sorted(int(path.name) for path in self._listed(self.path) if _SIZE.fullmatch(path.name))

    def tokens(self, size: int) -> list[str]:
        """The SHA-256, in hex, of the replies over that size, by their names; sorted."""
        return sorted(match[1] for path in self._listed(self.folder(size)) if (match := _TOKEN.fullmatch(path.name)))

    def note(self, size: int) -> bytes | None:
        """The exact stamped note."""
        return self._read(self.folder(size) / NOTE, MAX_CHECKPOINT)

    def token(self, size: int, digest: str) -> bytes | None:
        """A reply as it lies there; whether it has that hash is for the caller to see."""
        return self._read(self.token_path(size, digest), MAX_FILE)

    def keep(self, size: int, note: bytes, token: bytes, chain: bytes) -> str:
        """Keep a reply over `note`, durable when it returns; returns its SHA-256 in hex. Idempotent.

        `Damaged` where another note lies there already: the replies beside it are over that one.
        """
        folder, digest = self.folder(size), sha256(token).hexdigest()
        try:
            durable.make_folders(folder)
            self._put(folder / NOTE, note)
            self._put(folder / f"{digest}.pem", chain)
            self._put(folder / f"{digest}.tsr", token)
        except OSError as exc:
            raise Unavailable(f"{exc.filename or folder} cannot be written: {exc.strerror}", "mend it, repeat") from exc
        return digest

    def _put(self, path: Path, data: bytes) -> None:
        try:
            durable.write_new(path, data)
        except FileExistsError:
            if path.suffix != ".pem" and self._read(path, MAX_CHECKPOINT) != data:  # the chain may be known better now
                raise Damaged(f"{path} is there with other bytes", "dvault verify; move it out of the vault") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time: what another one is about to name is no orphan. The kernel lets go at its end."""
        with ExitStack() as held:
            try:
                durable.make_folders(self.path)
                handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                held.enter_context(durable.locked(handle, fcntl.LOCK_EX))
            except OSError as exc:
                raise Unavailable(f"{self.path} cannot be opened: {exc.strerror}", "mend it, then repeat") from exc
            yield

    def _listed(self, folder: Path) -> list[Path]:
        try:
            return list(folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as exc:
            raise Unavailable(f"{folder} cannot be listed: {exc.strerror}") from exc

    def _read(self, path: Path, limit: int) -> bytes | None:
        try:
            return durable.read(path, limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as exc:
            raise Unavailable(f"{path} cannot be read: {exc.strerror}") from exc
