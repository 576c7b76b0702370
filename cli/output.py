"""What people and programs see: data on stdout, talk on stderr, foreign text made harmless, tables, times, sizes."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import NamedTuple, TextIO

import click

from cli import exits, wrapping
from vault.verify import inert as harmless
from vault.verify.inert import is_harmful

_SHORT = 40
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
# Not strftime's: those change with the locale, and transcripts are compared.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def say(text: str = "") -> None:
    """Talk to people, on stderr. Where nobody can hear it, what is done is done all the same."""
    with suppress(OSError):
        click.echo(text, err=True)


def tell(text: str, indent: int = 2) -> None:
    """The same for sentences: on a terminal in lines that end where words do."""
    say(_fitted(text, indent, on_stdout=False))


def data(text: str) -> None:
    """A line of the result, on stdout."""
    click.echo(text)


def verdict(text: str, indent: int, mark: tuple[str, str]) -> None:
    """A line of the result whose sentence is broken on a terminal as `tell` does; `mark` is a word and its colour."""
    word, colour = mark
    click.echo(_fitted(text, indent, on_stdout=True).replace(word, coloured(word, colour), 1))


@contextmanager
def acknowledging(what: str) -> Iterator[None]:
    """Print the answer of a command that has written: if stdout fails, stderr says what is there, `what`.

    [A script that is told of a fault, and not of the entry, logs the disclosure again.]
    """
    try:
        yield
    except BrokenPipeError:
        say(f"{what}; nobody read standard output to its end")
        raise
    except OSError as exc:
        raise exits.Untold(f"{what}, but standard output failed: {exc.strerror}") from exc


@contextmanager
def judging(code: int) -> Iterator[None]:
    """Print a judgement and end with its exit code, whether or not anybody reads it to its end.

    [`dvault verify | head -1` said BROKEN and ended with 0, as every command does that is read no further.]
    """
    try:
        yield
    except BrokenPipeError:
        give_up()
    if code:
        raise click.exceptions.Exit(code)


def give_up() -> None:
    """Nobody reads standard output any more; the interpreter must not find out again when it flushes at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a standard stream is one; None is one that was closed."""
    return stream is not None and stream.isatty()


def _fitted(text: str, indent: int, *, on_stdout: bool) -> str:
    stream = sys.stdout if on_stdout else sys.stderr
    if not is_terminal(stream):
        return text
    from shutil import get_terminal_size

    return wrapping.wrap(text, get_terminal_size().columns, indent)


def as_json(value: object) -> None:
    """One line of JSON on stdout; what a terminal or a reader of lines could act on stands as its escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if not text.isprintable():
        text = "".join(json.dumps(c)[1:-1] if is_harmful(c) else c for c in text)
    click.echo(text)


def inert(text: object) -> str:
    """`text` with control, bidi and other invisible characters spelled out, so that a name can't command a terminal."""
    return harmless.inert(text)


def inert_lines(text: object, indent: int = 2) -> str:
    """The same for text of several lines, the later ones indented: none can pass for a line of ours."""
    return f"\n{' ' * indent}".join(inert(line) for line in str(text).split("\n"))


def size(count: int) -> str:
    """A byte count for people: 412 KiB."""
    amount, unit = float(count), 0
    while amount >= 1023.5 and unit < len(_UNITS) - 1:  # 1024 of a unit is one of the next
        amount, unit = amount / 1024, unit + 1
    if unit == 0:
        return counted(count, "byte")
    return f"{amount:.{1 if amount < 9.95 else 0}f} {_UNITS[unit]}"


def day(when: datetime) -> str:
    """22 Nov 2026."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def local(when: datetime) -> str:
    """An instant in this machine's zone: 22 Nov 2026 18:39 CET."""
    here = when.astimezone()
    return f"{day(here)} {here:%H:%M} {inert(f'{here:%Z}')}"


def counted(count: int, one: str) -> str:
    """`1 entry`, `3 entries`."""
    return f"{count} {one if count == 1 else plural(one)}"


def plural(one: str) -> str:
    """`entries`, `transmittals`."""
    return f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"


def shortened(text: str) -> str:
    """On a terminal, the beginning of a long key and what is left out; all of it on a pipe."""
    if not is_terminal(sys.stdout) or len(text) <= _SHORT:
        return text
    return f"{text[:_SHORT]}… ({len(text)} characters, all with --json)"


def coloured(text: str, colour: str) -> str:
    """Bold and in a colour, for a terminal; click takes it off on a pipe."""
    return click.style(text, fg=colour, bold=True)


class Column(NamedTuple):
    """A column of a table: its heading, and on a terminal how many characters wide at most; 0 is as wide as its words
    need, None as wide as there is room for.
    """

    heading: str
    width: int | None = 0


def table(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout: on a terminal with headings and broken lines, on a pipe tab-separated without headings."""
    cells = [[inert(cell) for cell in row] for row in rows]
    if not is_terminal(sys.stdout):
        for row in cells:
            click.echo("\t".join(row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column in columns:
        drawn.add_column(column.heading, no_wrap=column.width == 0, max_width=column.width or None, overflow="fold")
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


def pairs(found: Iterable[tuple[str, object]]) -> None:
    """Names and values on stdout, one pair a line, the values in one column; further lines of a value under it."""
    listed = list(found)
    column = max((len(name) for name, _ in listed), default=0) + 2
    for name, value in listed:
        click.echo(f"{name:<{column}}{inert_lines(value, column)}")
