"""Reading a bundle where it lies: one Protocol over a folder and a zip. Nothing is unpacked, nothing is written."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from vault.errors import NotFound, Unavailable

BAGIT = "bagit.txt"
PIECE = 1 << 18  # bytes: what is hashed at a time
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


class Bundle(Protocol):
    """The files of a bundle; `names` are all of them, checked by `naming`, ascending by their bytes.

    `NotFound` for a name that is not there; `Malformed` for more bytes than allowed, or others than the zip's own lists
    say; `Unavailable` where the disk cannot be read now. Nothing that comes out is verified.
    """

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def names(self) -> tuple[str, ...]:
        """All files."""

    def size(self, name: str) -> int:
        """How many bytes a file has, as the folder or the zip says; reading finds out whether that is true."""

    def read(self, name: str, limit: int) -> bytes:
        """A file of at most `limit` bytes, whole."""

    def stream(self, name: str) -> Iterator[bytes]:
        """A file of any size, piece by piece, at most `PIECE` bytes each."""


def is_bundle(path: Path) -> bool:
    """Whether this is meant to be a bundle: a folder with a bagit.txt, or a file that begins as a zip does."""
    try:
        if path.is_dir():
            return (path / BAGIT).exists()
        with path.open("rb") as file:
            return file.read(4) in _ZIPPED
    except OSError:
        return False


def opened(path: Path) -> AbstractContextManager[Bundle]:
    """The bundle at `path`, looked through: names, kinds and sizes of its files are within the limits.

    `Malformed` where they are not, `NotFound` and `Unavailable` as usual.
    """
    if path.is_dir():
        from vault.verify.bundles.folders import open_folder

        return open_folder(path)
    from vault.verify.bundles.zips import open_zip

    return open_zip(path)


def unreadable(path: object, exc: OSError) -> NotFound | Unavailable:
    """What an error of the disk means."""
    if isinstance(exc, FileNotFoundError | NotADirectoryError):
        return NotFound(f"{path} is not there")
    return Unavailable(f"{path} cannot be read: {exc.strerror}", "mend it, then repeat")
