"""File names that are harmless on every system, from names that somebody else chose."""

import re
import unicodedata
from collections.abc import Collection

MAX_NAME = 200  # bytes; file systems stop at 255, and a suffix may come after

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')  # on Windows
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:\..*)?", re.IGNORECASE
)
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def safe_name(name: str, taken: Collection[str] = ()) -> str:
    """The last part of `name`, without what a system could act on or a reader not see.

    It is no device of Windows, no hidden file, no option (`-rf`), at most 200 bytes, and differs from all in `taken`
    where neither case counts nor how an accent is written.
    """
    last = re.split(r"[/\\]", name)[-1]
    cleaned = "".join("_" if _is_harmful(character) else character for character in last)
    cleaned = _shortened(cleaned.strip(" ."), MAX_NAME)
    if not cleaned or cleaned[0] in "-~" or _RESERVED.fullmatch(cleaned):
        cleaned = f"_{cleaned}"
    return _distinct(cleaned, {_folded(one) for one in taken})


def _folded(name: str) -> str:
    """What two names have in common that a disk of Windows or macOS takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _is_harmful(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE or _FORBIDDEN.fullmatch(character) is not None


def _shortened(name: str, limit: int) -> str:
    """The name with its suffix, cut before the suffix if need be."""
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > limit // 2:
        stem, dot, suffix = name, "", ""
    left = limit - len(f"{dot}{suffix}".encode())
    return stem.encode()[:left].decode("utf-8", "ignore") + dot + suffix


def _distinct(name: str, taken: Collection[str]) -> str:
    stem, dot, suffix = name.rpartition(".")
    if not stem:
        stem, dot, suffix = name, "", ""
    number, candidate = 1, name
    while _folded(candidate) in taken:
        number += 1
        candidate = f"{stem} ({number}){dot}{suffix}"
    return candidate
