"""Which names the files of a bundle may have: none that leads elsewhere, and none that is two on some machine."""

import re
import unicodedata
from collections.abc import Iterable

from vault.evidence.strict import refuse

MAX_FILES = 250_000
MAX_NAME = 400  # bytes of UTF-8
MAX_DEPTH = 8  # folders: data/evidence/ledger/tile/entries/x001/x234/067.p
_HIDDEN = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_DRIVE = re.compile(r"[A-Za-z]:")


def check(names: Iterable[str], where: str) -> tuple[str, ...]:
    """The names in the order of their bytes; `Malformed` if any is none that a bundle holds."""
    found: list[str] = []
    for name in names:
        if len(found) == MAX_FILES:
            refuse(where, f"at most {MAX_FILES} files")
        _check_one(name, where)
        found.append(name)
    _check_apart(found, where)
    return tuple(sorted(found, key=str.encode))


def _check_one(name: str, where: str) -> None:
    """[`../../.ssh/authorized_keys`, `C:\\autoexec`, a name that ends a line of the manifest.]"""
    parts = name.split("/")
    if _HIDDEN.search(name) or "\\" in name or not set(parts).isdisjoint(("", ".", "..")) or _DRIVE.match(name):
        refuse(where, "relative names without `..`, backslashes and control characters", name)
    if len(name.encode()) > MAX_NAME or len(parts) - 1 > MAX_DEPTH:
        refuse(where, f"names of at most {MAX_NAME} bytes, at most {MAX_DEPTH} folders deep", name)


def _check_apart(names: Iterable[str], where: str) -> None:
    """No name twice, nor twice but for case or composition, and none a file and a folder. [One program checks the
    first, another opens the last.]
    """
    files, folders = set[str](), dict[str, str]()
    for name in names:
        folded = _folded(name)
        if folded in files:
            refuse(where, "each name once, whatever its case", name)
        files.add(folded)
        folder = name.rpartition("/")[0]
        while folder and (known := folders.setdefault(_folded(folder), folder)):
            if known != folder:
                refuse(where, "each folder in one spelling", folder)
            folder = folder.rpartition("/")[0]
    if both := files.intersection(folders):
        refuse(where, "no name of a file and of a folder", min(both))


def _folded(name: str) -> str:
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
