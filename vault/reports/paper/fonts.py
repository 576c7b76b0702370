"""The fonts of the paper, and what of a text they can print. All of them are under the SIL Open Font License.

Only these: what is installed on a machine must not change a page. A character that none of them has is printed as its
number, `[U+1F600]`; typst would refuse it anyway, as PDF/A allows no empty box in its place.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from vault.errors import Unavailable
from vault.reports import inert

if TYPE_CHECKING:
    import typst

_FOLDERS = ("source-sans/ttf", "source-code/ttf", "kurinto/ttf")
_TEXT = (
    "source-sans/ttf/SourceSans3-Regular.ttf",
    *(f"kurinto/ttf/KurintoSans{script}-Rg.ttf" for script in ("SC", "", "TC", "JP", "KR")),
)
_SURE = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180)))) | {"\n"}


def _folder() -> Path:
    try:
        folder = Path(str(files("weblate_fonts"))) / "static" / "weblate_fonts"
    except ModuleNotFoundError as exc:
        raise Unavailable("the fonts of the paper are not installed", "pip install weblate-fonts") from exc
    if missing := [name for name in _TEXT if not (folder / name).is_file()]:
        raise Unavailable(f"the font {folder / missing[0]} is missing", "pip install --force-reinstall weblate-fonts")
    return folder


@cache
def families() -> "typst.Fonts":
    """The fonts for typst; `Unavailable` where they are not installed."""
    import typst

    there = _folder()
    return typst.Fonts(include_system_fonts=False, font_paths=[str(there / folder) for folder in _FOLDERS])


def printable(text: str) -> str:
    """`text` as the fonts can print it: what can't be seen, or not be printed, as its number."""
    if _SURE.issuperset(text):
        return text
    seen = inert.visible(text)
    missing = {one for one in set(seen) - _SURE if ord(one) not in _covered()}
    return "".join(inert.numbered(one) if one in missing else one for one in seen) if missing else seen


@cache
def _covered() -> frozenset[int]:
    """What at least one font of the text has."""
    from fontTools.ttLib import TTFont

    there, found = _folder(), set[int]()
    for name in _TEXT:
        with TTFont(there / name, lazy=True) as font:
            found |= font.getBestCmap().keys()
    return frozenset(found)
