"""Where a withheld value stands a second time: in a purpose, a note, a file name, as a name of somebody else."""

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

from vault.catalog import folding
from vault.evidence.record import Value
from vault.records.fields import Type
from vault.records.words import NOT_STATED
from vault.reports.paths import FIELDS, Path

_SHORTEST, _SHORTEST_NAME, _SHORTEST_FOREIGN = 4, 3, 2  # characters of a value, a name, of Chinese, that tell something
_SAYING = (Type.TEXT, Type.NAME, Type.REGISTER, Type.HASH)
_FORM = re.compile(  # of companies, as they stand at the end of a name
    r"(?:[\s,&]+(?:and|co|company|corp|corporation|inc|incorporated|limited|ltd|llc|llp|plc|pte|pty|gmbh|mbh|ag|kg|kgaa"
    r"|ohg|ug|se|e\.?k|e\.?v|s\.?p\.?a|s\.?r\.?l|s\.?a|s\.?a\.?s|sarl|s\.?l|b\.?v|n\.?v|a/?s|ab|oyj?|sp\. z o\.?o"
    r"|s\.?r\.?o|k\.?k)\.?)+$"
)
_BIT = re.compile(r"[a-z0-9]", re.ASCII)
_Place = TypeVar("_Place", bound=Hashable)


def folded(text: str) -> str:
    """As people would find it, whatever its case, its spacing, its accents. [`Societa Magneti`, in a hurry.]"""
    apart = unicodedata.normalize("NFKD", folding.folded(text))
    return unicodedata.normalize("NFC", "".join(one for one in apart if not unicodedata.combining(one)))


def telling(path: Path, value: Value) -> str:
    """The value, folded, if it tells somebody something by itself; empty for a number, a country, a word of a list.

    Of a name only what people call it by: a purpose says `Motori` where the register says `Motori S.p.A.`
    """
    known = FIELDS.get(path)
    if not isinstance(value, str) or value == NOT_STATED or (known and known.type not in _SAYING):
        return ""
    text = folded(value.partition(":")[2] if known and known.type is Type.REGISTER else value)
    if path[-1] in ("name", "alias") and path[0] != "item":
        called = _FORM.sub("", f" {text}").strip()
        return called if _is_long(called, _SHORTEST_NAME) else text if _is_long(text, _SHORTEST_NAME) else ""
    return text if _is_long(text, _SHORTEST) else ""


def _is_long(text: str, shortest: int) -> bool:
    return len(text) >= (shortest if text.isascii() else _SHORTEST_FOREIGN)


def stands_in(text: str, whole: str) -> bool:
    """Whether it stands there, as words of its own: `soc` does not stand in `associates`."""
    at = whole.find(text)
    while at >= 0:
        before, after = whole[max(0, at - 1) : at], whole[at + len(text) : at + len(text) + 1]
        if not (_BIT.match(text[0]) and _BIT.match(before)) and not (_BIT.match(text[-1]) and _BIT.match(after)):
            return True
        at = whole.find(text, at + 1)
    return False


def found(sought: Iterable[str], places: Mapping[_Place, str]) -> Iterator[tuple[_Place, str]]:
    """Each place whose text shows one of these values, and that one: the places are read line by line only on a hit."""
    whole = "\n".join(places.values())
    hits = [text for text in sought if stands_in(text, whole)]
    for place, text in places.items():
        if shown := next((one for one in hits if stands_in(one, text)), None):
            yield place, shown
