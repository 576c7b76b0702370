"""What a part of the soak gives back, and how all of it is printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """What was tried, and counts by name."""

    what: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a part, and a sentence for each promise that broke."""

    rows: Sequence[Row]
    broken: Sequence[str] = field(default=())


def show(results: Mapping[str, Result]) -> str:
    """One table in Markdown, with the counts of all parts as columns."""
    columns = list(dict.fromkeys(name for result in results.values() for row in result.rows for name in row.counts))
    lines = [["part", "what", *columns], ["---", "---", *("---:" for _ in columns)]]
    lines += [_line(part, row, columns) for part, result in results.items() for row in result.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _line(part: str, row: Row, columns: Sequence[str]) -> list[str]:
    return [part, row.what, *(f"{row.counts[name]:,}" if name in row.counts else "" for name in columns)]
