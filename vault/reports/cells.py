"""Cells: the lines of a shown record by name, each with its value, or with the reason for which it is withheld."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from vault.evidence.record import Line, Record, Value
from vault.evidence.statement import Withheld
from vault.records.words import NOT_STATED

OUTSIDE = "outside-filter"
"""Why most of a transmittal that the query does not select is withheld; no pattern of the statement says so."""
UNNAMED = "no-reason-given"
_NUMBER = re.compile(r"\.[0-9]+(?=\.|$)")


class Held(NamedTuple):
    """In place of a value: it is withheld, for this reason."""

    reason: str

    def __str__(self) -> str:
        return f"[withheld: {self.reason}]"


Cell = Value | Held
Cells = Mapping[str, Cell]
Change = tuple[str, Cell | None, Cell | None]
"""(line, before, after); None where there is none."""


class Reasons(NamedTuple):
    """Why a line is withheld: the pattern of the statement that names it most closely, else `otherwise`."""

    patterns: Sequence[Withheld]
    otherwise: str = UNNAMED

    def of(self, name: str) -> str:
        """The reason for one line."""
        fitting = [one for one in self.patterns if one.fits(name)]
        return max(fitting, key=lambda one: one.pattern.count(".")).reason if fitting else self.otherwise

    def cells(self, record: Record | None) -> dict[str, Cell]:
        """The lines of a record in their order; none without a record."""
        lines = record.lines if record else ()
        return {line.name: line.value if isinstance(line, Line) else Held(self.of(line.name)) for line in lines}


def stated(cells: Cells, name: str) -> Cell | None:
    """What is stated in a line; None where it is `not stated`, or not there."""
    cell = cells.get(name)
    return None if cell == NOT_STATED else cell


def say(cell: Cell | None, *, absent: str = "") -> str:
    """A cell in words."""
    if cell is None:
        return absent
    return ("yes" if cell else "no") if isinstance(cell, bool) else str(cell)


def line(cell: Cell | None, *, absent: str = "") -> str:
    """A cell in words, on one line: a line end in a name must not look like the end of what it stands in."""
    return ", ".join(part for part in say(cell, absent=absent).splitlines() if part)


def numbered(cells: Cells, first: str) -> list[dict[str, Cell]]:
    """The lines of `recipient.1`, `recipient.2`, ... each by what stands behind the number."""
    found: dict[int, dict[str, Cell]] = {}
    for name, cell in cells.items():
        start, _, rest = name.partition(".")
        number, _, last = rest.partition(".")
        if start == first and number.isdigit() and last:
            found.setdefault(int(number), {})[last] = cell
    return [found[number] for number in sorted(found)]


def many(cells: Cells, first: str) -> list[Cell]:
    """The cells of `category.1`, `category.2`, ... in their order."""
    names = (f"{first}.{number}" for number in range(1, len(cells) + 1))
    return [cells[name] for name in takewhile(cells.__contains__, names)]


def changes(before: Cells, after: Cells) -> tuple[Change, ...]:
    """Each line that says something else after; what is withheld on both sides is said where it was replaced."""
    names = dict.fromkeys((*before, *after))
    both = ((name, before.get(name), after.get(name)) for name in names)
    return tuple(one for one in both if one[1] != one[2])


def pattern(name: str) -> str:
    """`item.3.name` is `item.*.name`."""
    return _NUMBER.sub(".*", name)


def withheld(cells: Iterable[Cells]) -> dict[tuple[str, str], int]:
    """How many lines are withheld, by (pattern of their names, reason)."""
    found: dict[tuple[str, str], int] = {}
    for name, cell in (pair for one in cells for pair in one.items()):
        if isinstance(cell, Held):
            found[pattern(name), cell.reason] = found.get((pattern(name), cell.reason), 0) + 1
    return dict(sorted(found.items()))
