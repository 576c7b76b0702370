"""Inert: what stands in a record may be anything; here it becomes text that a sheet, a page or a printer only shows."""

import re
import unicodedata
from functools import lru_cache

# What a sheet takes for a formula at the start of a cell, also in full width, and where a line is cut into cells
# elsewhere than it was meant to be. [A file name `=cmd|' /C calc'!A0`; `x;=...` where a sheet cuts at semicolons.]
_FORMULA = re.compile(r"(^|[;,|\t\r\n])([\s\ufeff\u200b-\u200f\u2060]*)(?=[=+\-@＝＋－＠﹢﹣﹦﹫−])")
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029\v\f]")
_JOINERS = "\u200c\u200d"  # Persian and Indic names are spelled with them
_REMEMBERED = 512  # characters


def visible(text: str) -> str:
    """`text` with each character that shows nothing, or changes how others are shown, as its number: `[U+202E]`.

    Controls, formats (the marks that turn the direction of text), private ones, those that no standard assigns. A line
    ends in LF alone.
    """
    if text.isascii() and text.isprintable():
        return text
    return _remembered(text) if len(text) <= _REMEMBERED else _visible(text)


def _visible(text: str) -> str:
    text = _LINE_ENDS.sub("\n", text)
    hidden = {one for one in set(text) if one != "\n" and not _is_shown(one)}
    if not hidden:
        return text
    return "".join(numbered(one) if one in hidden and not _joins(text, at) else one for at, one in enumerate(text))


# A year of disclosures repeats the same parties, purposes and markings.
_remembered = lru_cache(maxsize=4_096)(_visible)


def numbered(character: str) -> str:
    """`[U+202E]`."""
    return f"[U+{ord(character):04X}]"


def no_formula(text: str) -> str:
    """`text` with an apostrophe before whatever a sheet could take for the beginning of a formula."""
    return _FORMULA.sub(r"\1\2'", text)


def cut(text: str, limit: int, where: str) -> str:
    """At most `limit` characters; where it is cut it says so, and where the whole stands."""
    if len(text) <= limit:
        return text
    note = f" … [cut here: {len(text):,} characters, whole in {where}]"
    return text[: limit - len(note)] + note


def _is_shown(character: str) -> bool:
    return unicodedata.category(character)[0] != "C" and unicodedata.category(character) not in ("Zl", "Zp")


def _joins(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return text[at] in _JOINERS and all(one and ord(one) > 0x58F and unicodedata.category(one)[0] in "LM"
                                        for one in (before, after))  # fmt: skip
