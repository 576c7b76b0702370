"""The picture in the README: a real session, drawn as SVG. `python -m tests.docs.picture` draws it anew.

Not rich's own `export_svg`: it gives Chinese characters the width of Latin ones, and names a font on another host.
"""

import io
import tempfile
import unicodedata
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from tests.docs.terminal import see
from tests.transcript import Home

TARGET = Path(__file__).resolve().parents[2] / "docs" / "images" / "session.svg"
COLUMNS = 100

BEFORE = (
    "mkdir out && mv *.pdf *.xlsx *.jpg out",
    "dvault init ~/vault --origin drives.example/disclosures",
    'dvault party add "Ministry of Commerce" --role authority --country CN --alias MOFCOM',
    'dvault matter add "Export licence, magnets for E3" --authority MOFCOM --number 2026-117 --sort licence',
    'dvault request add "Photos of the line, production list" --from MOFCOM --received yesterday --scope beyond',
)
DEFAULTS = {
    "discloser": "Example Drives GmbH",
    "person": "A. Clerk",
    "purpose": "licence application",
    "basis": "licence condition",
    "method": "email",
    "designation": "confidential",
    "nda": "NDA-2026-03",
}
SESSION = (
    'dvault party add "Ganzhou Magnet Co., Ltd." --alias 赣州磁材有限公司 --role supplier --country CN',
    "dvault disclose out/* --to 赣州 --onward mofcom --matter 2026-117 --request R-0001 --yes",
    "dvault log --party 赣州",
    "dvault get T-000001/1 -o back.pdf && cmp back.pdf out/EUC-4711.pdf && echo the bytes that left",
    "dvault verify --documents",
)

_SIZE, _WIDE, _CELL, _LINE = 14, 15, 8.4, 21  # of a Latin character, of a Chinese one, of a column, of a row: pixels
_MARGIN, _BAR = 22, 44
_FONTS = (
    "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', "
    "'Noto Sans Mono CJK SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', monospace"
)
_PAPER, _INK, _FAINT, _PROMPT, _TYPED = "#12161d", "#c9d3df", "#8492a6", "#7ee0c3", "#ffffff"
_ANSI = ["#12161d", "#ff7a85", "#7fd88f", "#f2c76e", "#7db4ff", "#d3a4f9", "#7ee0c3", "#c9d3df"]


def record(home: Home) -> list[Text]:
    """The session as it goes today: each command after its prompt, then what it shows."""
    for line in BEFORE:
        assert "[exit" not in (said := home.run(line)), said
    config = home.folder / "vault" / "vault.toml"
    with config.open("a") as file:  # the template ends in [defaults]
        file.writelines(f'{name} = "{value}"\n' for name, value in DEFAULTS.items())
    texts = []
    for line in SESSION:
        texts.append(Text.assemble(("$ ", _PROMPT), (line, Style(color=_TYPED, bold=True))))
        shown = [shown for shown in see(home, line, COLUMNS).split("\n") if shown.strip()]
        texts += [*(Text.from_ansi(row) for row in shown), Text("")]
    return texts[:-1]


def draw(texts: list[Text]) -> str:
    """The SVG."""
    console = Console(width=COLUMNS, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    rows = [row for text in texts for row in console.render_lines(text, pad=False)]
    width, height = round(COLUMNS * _CELL) + 2 * _MARGIN, _BAR + len(rows) * _LINE + _MARGIN
    body = "\n".join(element for number, row in enumerate(rows) for element in _row(row, number))
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img"
  aria-labelledby="title description">
<title id="title">Disclosure Vault at work</title>
<desc id="description">{escape(" / ".join(text.plain.strip() for text in texts if text.plain.strip()))}</desc>
<style>
text {{ font: {_SIZE}px {_FONTS}; fill: {_INK}; white-space: pre }}
.bold {{ font-weight: 600 }}
.wide {{ font-size: {_WIDE}px }}
</style>
<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="10" fill="{_PAPER}" stroke="#2b3442"/>
<g fill="#3a4454"><circle cx="22" cy="20" r="6"/><circle cx="42" cy="20" r="6"/><circle cx="62" cy="20" r="6"/></g>
<text x="{width / 2}" y="25" text-anchor="middle" style="fill: {_FAINT}">Disclosure Vault</text>
{body}
</svg>
"""


def _row(row: list[Segment], number: int) -> Iterator[str]:
    column = 0
    baseline = _BAR + number * _LINE + _SIZE
    for part, style, _ in row:
        for wide, characters in groupby(part, key=_is_wide):
            run = "".join(characters)
            cells = len(run) * (2 if wide else 1)
            if run.strip():
                yield _run(run, style or Style(), (column, cells), baseline, wide=wide)
            column += cells


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _run(run: str, style: Style, place: tuple[int, int], baseline: int, *, wide: bool) -> str:
    """One run of characters, held to its columns whatever font there is; only narrow glyphs may be stretched."""
    column, cells = place
    x, length = _MARGIN + column * _CELL, cells * _CELL
    adjust = "" if wide else ' lengthAdjust="spacingAndGlyphs"'
    names = " ".join(name for name, meant in (("bold", style.bold), ("wide", wide)) if meant)
    shape = f' class="{names}"' if names else ""
    colour = f' style="fill: {_hex(style.color)}"' if style.color and not style.color.is_default else ""
    return f'<text x="{x:.1f}" y="{baseline}" textLength="{length:.1f}"{adjust}{shape}{colour}>{escape(run)}</text>'


def _hex(colour: Color) -> str:
    return colour.get_truecolor().hex if colour.number is None else _ANSI[colour.number % len(_ANSI)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        TARGET.write_text(draw(record(Home(Path(folder)))))
