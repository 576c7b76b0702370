"""What stands on the paper, as text that only has to be set: typst gets it as JSON and never as markup."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from vault.evidence.statement import Statement
from vault.records.words import DESIGNATIONS, NOT_STATED
from vault.reports import exceptions, inert
from vault.reports.accounting import Accounting
from vault.reports.cells import OUTSIDE, Cells, Held, line, many, numbered, say
from vault.reports.exceptions import Exceptional
from vault.reports.exposure import Exposure
from vault.reports.paper.fonts import printable
from vault.reports.pieces import Piece
from vault.reports.tables import WHOLE
from vault.reports.transmittals import Transmittal

MAX_CELL, MAX_FIELD = 400, 3_000  # characters in a table, and in a custody sheet
# What paper holds of a large report, within some 400 MiB of typst's memory; what is left out is counted and said.
MAX_ROWS = 1_000  # of the accounting table, of each matrix, of the exceptions
MAX_SHEETS, MAX_ITEMS = 200, 3_000  # transmittals with a custody sheet, items on all of them
_RUN = 18  # characters without a place to break, in a narrow column
_DASH = "—"


class View(NamedTuple):
    """What of the bundle the paper prints besides: the fingerprint (32 bytes), the signed checkpoint, the key entries.

    `keys` are the genesis and the key entries, where the accounting was not given them.
    """

    fingerprint: bytes
    checkpoint: bytes
    keys: Sequence[Piece] = ()
    title: str = "Accounting of disclosures"


@lru_cache(maxsize=4_096)
def _remembered(text: str, run: int) -> str:
    lines = printable(text).split("\n")
    return "\n".join(" ".join(_breakable(word, run) for word in line.split(" ")) for line in lines)


def short(text: str, limit: int = MAX_CELL, run: int = _RUN) -> str:
    """A text to set: printable, capped with a note, and breakable inside words of over `run` characters."""
    return _remembered(inert.cut(text, limit, WHOLE), run)


def long(text: str) -> str:
    """A text for a column as wide as the page."""
    return short(text, MAX_FIELD, 3 * _RUN)


def _breakable(word: str, run: int) -> str:
    if len(word) <= run:
        return word
    return "\u200b".join(word[at : at + 8] for at in range(0, len(word), 8))


def utc(moment: datetime) -> str:
    """`2026-11-22 17:39:28 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def cover(accounting: Accounting, view: View) -> dict[str, object]:
    """Title, for whom, why, of what, resting on what."""
    statement, head = accounting.statement, accounting.statement.checkpoint
    facts = [
        ("Prepared for", statement.recipient),
        ("Purpose", statement.purpose),
        ("Concerning", "\n".join(statement.query.filters)),
        ("Period", _period(accounting)),
        ("Ledger", head.origin),
        ("Fingerprint", view.fingerprint.hex()),
        ("Checkpoint", f"{head.size:,} entries"),
        ("Root", head.root.hex()),
        ("Made", f"{utc(statement.made)}, by member {statement.by}"),
        ("Highest designation", _highest(accounting)),
    ]
    return {"title": short(view.title), "facts": _pairs(facts)}


def _period(accounting: Accounting) -> str:
    query = accounting.statement.query
    asked = [f"{word} {utc(when)}" for word, when in (("from", query.since), ("to before", query.until)) if when]
    return " ".join(asked)


def _highest(accounting: Accounting) -> str:
    found = [one.cells.get("designation") for one in accounting.transmittals]
    known = [DESIGNATIONS.index(one) for one in found if isinstance(one, str) and one in DESIGNATIONS]
    return DESIGNATIONS[max(known)].replace("-", " ") if known else ""


def answer(accounting: Accounting) -> dict[str, object]:
    """The one page: how many of what to whom, the first and the last, and what to read besides."""
    ends = [accounting.transmittals[at] for at in (0, -1)] if accounting.transmittals else []
    return {
        "transmittals": len(accounting.transmittals),
        "void": accounting.void,
        "items": accounting.items,
        "parties": [short(one.name, 120) for one in accounting.parties[:12]],
        "more-parties": max(0, len(accounting.parties) - 12),
        "party-count": len(accounting.parties),
        "ends": [{"id": one.id, "when": short(when(one), 120)} for one in ends],
        "exceptions": [{"sort": sort, "count": n} for sort, n in exceptions.count(accounting.exceptions).items()],
        "withheld": sum(accounting.withheld.values()),
        "later": accounting.statement.counts.later,
    }


def scope(statement: Statement, withheld: dict[tuple[str, str], int]) -> dict[str, object]:
    """What was asked, what was left out of it, what is withheld."""
    query, counts = statement.query, statement.counts
    asked = [
        *(("In words", text) for text in query.filters),
        *(("All filed under", term) for term in query.complete),
        *([("All of the ledger", "every transmittal up to the checkpoint")] if query.every else []),
        *(("Filed under one of", term) for term in query.within),
        *(("Went out from", utc(moment)) for moment in [query.since] if moment),
        *(("Went out before", utc(moment)) for moment in [query.until] if moment),
        *([("Designation", ", ".join(query.designations))] if query.designations else []),
        *([("Chosen numbers", ", ".join(map(str, query.chosen)))] if query.chosen else []),
    ]
    left: dict[str, list[str]] = {}
    for one in statement.excluded:
        left.setdefault(one.reason, []).append(str(one.seq))
    return {
        "asked": _pairs(asked),
        "complete": bool(query.complete or query.every),
        "uncounted": statement.uncounted,
        "excluded": [[reason, str(len(seqs)), short(", ".join(seqs))] for reason, seqs in sorted(left.items())],
        "withheld": _withheld(withheld),
        "counts": _pairs([
            ("Entries shown", f"{counts.entries:,}"),
            ("Record lines shown", f"{counts.lines:,}"),
            ("Record lines withheld", f"{counts.withheld:,}"),
            ("First and last entry with a record", f"{counts.span[0]} and {counts.span[1]}" if counts.span else ""),
            ("Entries after the checkpoint, not covered", f"{counts.later:,}"),
            ("Documents enclosed", f"{counts.documents:,} ({counts.bytes:,} bytes)"),
            ("Whole blinded ledger enclosed", "yes" if counts.ledger else "no"),
        ]),
    }  # fmt: skip


def _withheld(withheld: dict[tuple[str, str], int]) -> list[list[str]]:
    """Each (lines, reason, count); what is excluded is withheld nearly whole, and so is one row."""
    outside = sum(count for (_, reason), count in withheld.items() if reason == OUTSIDE)
    rows = [[long(lines), reason, str(count)] for (lines, reason), count in withheld.items() if reason != OUTSIDE]
    return rows + ([["lines of what the query excludes", OUTSIDE, str(outside)]] if outside else [])


def when(one: Transmittal) -> str:
    """When it went out, as the record says it, and how that is known."""
    cell = one.cells.get("event-time")
    moment = one.when
    if moment is None:
        return say(cell, absent=NOT_STATED)
    text = f"{moment.start:%Y-%m-%d}" if moment.is_day else f"{moment.start:%Y-%m-%d %H:%M}"
    return f"{text} {moment.start.isoformat()[19:]}"


def recipient(cells: Cells, *, all_of_it: bool = False) -> str:
    """One recipient: name, country and address; with `all_of_it` its numbers in registers and contact too."""
    name = line(cells.get("name"), absent=line(cells.get("id"), absent="not named"))
    country = f" ({line(cells['country'])})" if "country" in cells else ""
    lines = [f"{name}{country}"]
    lines += [line(cells["address"])] if "address" in cells else []
    if all_of_it:
        lines += [line(cell) for known, cell in cells.items() if known.startswith("register.")]
        lines += [f"also {line(cell)}" for known, cell in cells.items() if known.startswith("alias.")]
        lines += [f"attn. {line(cells['contact'])}"] if "contact" in cells else []
        lines += [f"role: {line(cells['role'])}"] if "role" in cells else []
    return ", ".join(lines)


def recipients(one: Transmittal, *, all_of_it: bool = False) -> str:
    """All recipients, a line each; who carries it and who is expected to get it next says so."""
    return "\n".join(
        (f"{line(cells['relation'])}: " if cells.get("relation", "to") != "to" else "")
        + recipient(cells, all_of_it=all_of_it)
        for cells in numbered(one.cells, "recipient")
    )


def item_name(cells: Cells) -> str:
    """What people know an item by, on one line."""
    found = next((cells[name] for name in ("name", "name-bytes", "narrative") if name in cells), None)
    text = inert.cut(say(found, absent="not named"), MAX_FIELD, WHOLE)
    return inert.visible(text).replace("\n", inert.numbered("\n"))  # a second line would look like what stands below


def rows(accounting: Accounting) -> Iterator[dict[str, object]]:
    """The accounting table."""
    for one in accounting.transmittals[:MAX_ROWS]:
        items = numbered(one.cells, "item")
        names = [inert.cut(item_name(item), 80, WHOLE) for item in items[:4]]
        names += [f"and {len(items) - 4} more"] if len(items) > 4 else []
        categories = ", ".join(say(cell) for cell in many(one.cells, "category"))
        said = [
            one.id,
            when(one),
            recipients(one),
            "\n".join([*([categories] if categories else []), *names]),
            say(one.cells.get("purpose"), absent=NOT_STATED),
            "\n".join(say(one.cells[line]) for line in ("method", "reference") if line in one.cells),
            say(one.cells.get("marking"), absent=_DASH),
            say(one.cells.get("nda"), absent=_DASH),
        ]
        corrected = not one.void and any(later.applied and later.changes for later in one.follow_ups)
        notes = [word for word, so in (("void", one.void), ("late", one.late), ("corrected", corrected)) if so]
        yield {"cells": [short(cell) for cell in said], "notes": notes, "void": one.void}


def matrix(found: Sequence[Exposure]) -> list[list[str]]:
    """Who or what, to whom, how, how often, from which transmittal to which."""
    return [
        [
            short(one.what.name, 160), short(one.to.name, 160), one.degree, str(len(one.transmittals)),
            one.transmittals[0] + (f" … {one.transmittals[-1]}" if len(one.transmittals) > 1 else ""),
        ]
        for one in found[:MAX_ROWS]
    ]  # fmt: skip


def exceptional(accounting: Accounting) -> list[list[str]]:
    """The exceptions: those that read alike share a row, which names all of their transmittals or entries."""
    alike: dict[tuple[str, str], list[Exceptional]] = {}
    for one in accounting.exceptions:
        alike.setdefault((one.sort, one.text), []).append(one)
    return [[sort, short(_where(some), MAX_FIELD), short(text, 1_000)] for (sort, text), some in alike.items()]


def _where(some: Sequence[Exceptional]) -> str:
    if not some[0].transmittal:
        return ", ".join(f"entry {one.seq}" for one in some if one.seq) or _DASH
    if len(some) == 1:
        return f"{some[0].transmittal} (entry {some[0].seq})"
    return f"{len(some)}: {', '.join(dict.fromkeys(one.transmittal for one in some))}"


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """(what, text), what has no text left out."""
    return [[what, long(text)] for what, text in pairs if text]


def held(cells: Cells) -> str:
    """The lines that are withheld, by reason."""
    found: dict[str, list[str]] = {}
    for name, cell in cells.items():
        if isinstance(cell, Held):
            found.setdefault(cell.reason, []).append(name)
    return "; ".join(f"{reason}: {', '.join(names)}" for reason, names in found.items())
