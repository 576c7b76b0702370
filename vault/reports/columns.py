"""The columns of an accounting, by the names of the record lines: all of them from the one table of fields."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vault.evidence.strict import utc_text
from vault.records.fields import DISCLOSURE, EXPOSED, ITEM, PARTY, RECIPIENT, SUBJECT, Field
from vault.records.matters import KEPT
from vault.records.parties import SINGLE
from vault.reports.cells import Cells, Held, pattern, say
from vault.reports.transmittals import Transmittal, member

_SNAPSHOT = (*SINGLE, "register.*", "alias.*")
_ABOUT = {
    "transmittal": "number of the transmittal, without gaps in the ledger",
    "entry": "number of its entry in the ledger",
    "logged": "when it was logged, by the clock of the desk, UTC",
    "logged-by": "the member who signed the entry",
    "void": "whether it was taken back later",
    "late": "why its logging counts as late",
}
_AFTER = {
    "follow-ups": "later entries about it: entry, kind, what was changed",
    "not-stated": "lines that nobody stated",
    "withheld": "lines that are withheld, and why",
    "other-lines": "lines that this program does not know",
}


class Column(NamedTuple):
    """A column: its name, and what it means."""

    name: str
    help: str


def _repeated(prefix: str, fields: Iterable[Field]) -> Iterator[Column]:
    yield from (Column(f"{prefix}.*.{known.name}", known.help) for known in fields)


def _of_others() -> Iterator[Column]:
    yield from _repeated("recipient", (*RECIPIENT, *(known for known in PARTY if known.name in _SNAPSHOT)))
    for kind, names in KEPT.items():
        yield from (Column(f"{kind}.{name}", f"{name} of the {kind}") for name in ("id", *names))
    yield Column("series", "what the transmittals of one large disclosure share")
    yield from _repeated("subject", (*EXPOSED, *(known for known in SUBJECT if known.name in _SNAPSHOT)))
    yield from _repeated("item", ITEM)


RECORDED = (*(Column(known.name, known.help) for known in DISCLOSURE), *_of_others())
COLUMNS = (
    *(Column(*one) for one in _ABOUT.items()),
    *RECORDED,
    *(Column(*one) for one in _AFTER.items()),
)
"""One row for each transmittal; where several values share a cell, each stands behind the number it has in its line."""

_KNOWN = frozenset(one.name for one in RECORDED)


def row(one: Transmittal) -> dict[str, str]:
    """The cells of one transmittal by column; what is not there is left out."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, cell in one.cells.items():
        if name.startswith("term."):
            continue
        column = pattern(name)
        known = column in _KNOWN
        found.setdefault(column if known else "other-lines", []).append((name, say(cell)))
    return {column: _joined(column, lines) for column, lines in found.items()} | _around(one)


def _joined(column: str, lines: list[tuple[str, str]]) -> str:
    if column == "other-lines":
        return "; ".join(f"{name}: {text}" for name, text in lines)
    if len(lines) == 1:
        return lines[0][1]
    numbers = (".".join(part for part in name.split(".") if part.isdigit()) for name, _ in lines)
    return "; ".join(f"{number}: {text}" for number, (_, text) in zip(numbers, lines, strict=True))


def _around(one: Transmittal) -> dict[str, str]:
    cells = {
        "transmittal": one.id,
        "entry": str(one.seq),
        "logged": utc_text(one.logged),
        "logged-by": member(one.signed),
        "void": "yes" if one.void else "",
        "late": one.late,
        "follow-ups": "; ".join(_told(one)),
        "not-stated": ", ".join(one.not_stated),
        "withheld": ", ".join(_withheld(one.cells)),
    }
    return {name: text for name, text in cells.items() if text}


def _told(one: Transmittal) -> Iterator[str]:
    for follow_up in one.follow_ups:
        entry = follow_up.signed.entry
        lines = ", ".join(f"{name}: {say(before, absent='nothing')} -> {say(after, absent='nothing')}"
                          for name, before, after in follow_up.changes)  # fmt: skip
        reason = say(follow_up.about.get("reason"))
        said = "; ".join(
            part for part in ("void" if follow_up.void else "", lines, reason and f"reason: {reason}") if part
        )
        yield f"entry {entry.seq}, {entry.kind}" + (f" ({said})" if said else "")


def _withheld(cells: Cells) -> Iterator[str]:
    yield from (f"{name} ({cell.reason})" for name, cell in cells.items() if isinstance(cell, Held))
