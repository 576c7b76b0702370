"""What people and programs see: data on stdout, talk on stderr, foreign text made harmless, tables, times, sizes."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

import click

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
# Not strftime's: those change with the locale, and transcripts are compared.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HARMFUL = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def say(text: str = "") -> None:
    """Talk to people, on stderr."""
    click.echo(text, err=True)


def data(text: str) -> None:
    """A line of the result, on stdout."""
    click.echo(text)


def as_json(value: object) -> None:
    """One line of JSON on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def inert(text: object) -> str:
    """`text` with control, bidi and other invisible characters spelled out, so that a name can't command a terminal."""
    return "".join(
        f"\\u{{{ord(c):x}}}" if unicodedata.category(c) in _HARMFUL or c in "\u115f\u1160\u3164" else c
        for c in str(text)
    )


def size(count: int) -> str:
    """A byte count for people: 412 KiB."""
    amount, unit = float(count), 0
    while amount >= 1024 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{count} bytes" if unit == 0 else f"{amount:.{1 if amount < 10 else 0}f} {_UNITS[unit]}"


def local(moment: str | datetime) -> str:
    """An instant in this machine's zone: 22 Nov 2026 18:39 CET."""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    here = when.astimezone()
    return f"{here.day} {_MONTHS[here.month - 1]} {here:%Y %H:%M %Z}"


def width(text: str) -> int:
    """Columns that `text` takes on a terminal: Chinese characters take two, combining marks none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(1 for c in text if unicodedata.combining(c))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout: with rules and wrapping on a terminal, tab-separated on a pipe."""
    cells = [[inert(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in cells:
            click.echo("\t".join(row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


def pairs(found: Iterable[tuple[str, object]]) -> None:
    """Names and values on stdout, one pair a line, the values in one column."""
    listed = [(name, inert(value)) for name, value in found]
    widest = max((len(name) for name, _ in listed), default=0)
    for name, value in listed:
        click.echo(f"{name:<{widest}}  {value}")
