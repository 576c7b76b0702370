"""Custody sheets: one transmittal each, as the forms have it that chains of custody are kept on."""

from collections.abc import Iterator

from vault.reports.accounting import Accounting
from vault.reports.cells import Cell, Cells, line, numbered, say
from vault.reports.paper.contents import MAX_ITEMS, MAX_SHEETS, held, item_name, long, recipients, utc, when
from vault.reports.transmittals import FollowUp, Transmittal, member

_SHOWN_ELSEWHERE = (
    "event-time", "event-time-basis", "late-reason", "purpose", "method", "reference", "discloser.entity",
    "discloser.person",
)  # fmt: skip
_GROUPS = ("item", "recipient", "subject", "term", "category")
_TOGETHER = ("matter", "request", "approval", "inspection")
_FACTS = ("media-type", "language", "document-number", "revision", "derived-from", "derivation", "present")


def sheets(accounting: Accounting) -> Iterator[dict[str, object]]:
    """The sheets of the first `MAX_SHEETS` transmittals, with `MAX_ITEMS` items on all of them."""
    room = MAX_ITEMS
    for one in accounting.transmittals[:MAX_SHEETS]:
        items = numbered(one.cells, "item")
        yield _sheet(one, items[:room]) | {"more-items": max(0, len(items) - room)}
        room = max(0, room - len(items))


def _sheet(one: Transmittal, items: list[dict[str, Cell]]) -> dict[str, object]:
    return {
        "id": one.id,
        "entry": f"entry {one.seq}, logged {utc(one.logged)} by member {member(one.signed)}",
        "void": one.void,
        "late": long(one.late),
        "facts": [[what, long(text)] for what, text in _facts(one) if text],
        "items": [_item(number, cells) for number, cells in enumerate(items, 1)],
        "follow-ups": [_follow_up(later) for later in one.follow_ups],
        "withheld": long(held(one.cells)),
    }


def _facts(one: Transmittal) -> Iterator[tuple[str, str]]:
    cells = one.cells
    yield (
        "Released by",
        ", ".join(say(cells[name]) for name in ("discloser.entity", "discloser.person") if name in cells),
    )
    yield "Received by", recipients(one, all_of_it=True)
    basis = say(cells.get("event-time-basis"))
    yield "Date", when(one) + (f" ({basis})" if basis else "")
    yield "Purpose", say(cells.get("purpose"), absent="not stated")
    yield "Method", ", ".join(say(cells[name]) for name in ("method", "reference") if name in cells)
    yield "Categories", ", ".join(say(cell) for name, cell in cells.items() if name.startswith("category."))
    yield "Subjects exposed", "\n".join(map(_subject, numbered(cells, "subject")))
    rest: dict[str, list[str]] = {}
    for name, cell in cells.items():
        first, _, last = name.partition(".")
        if first in _TOGETHER:
            rest.setdefault(_label(first), []).append(f"{_label(last).lower()}: {say(cell)}")
        elif name not in _SHOWN_ELSEWHERE and first not in _GROUPS:
            rest.setdefault(_label(name), []).append(say(cell))
    yield from ((what, "; ".join(said)) for what, said in rest.items())


def _subject(cells: Cells) -> str:
    name = line(cells.get("name"), absent=line(cells.get("id"), absent="not named"))
    return f"{name}: {line(cells.get('degree'), absent='degree not judged')}"


def _label(name: str) -> str:
    """`legal-basis` is `Legal basis`."""
    return name.replace("-", " ").replace(".", ", ").capitalize().replace("Nda", "NDA")


def _item(number: int, cells: Cells) -> dict[str, object]:
    facts = [f"{_label(name).lower()} {line(cells[name])}" for name in _FACTS if name in cells]
    size = cells.get("size")
    facts += [f"{size:,} bytes" if isinstance(size, int) else f"size {say(size)}"] if size is not None else []
    facts += [f"{say(cells['pages'])} pages"] if "pages" in cells else []
    if "name" in cells and "narrative" in cells:
        facts.append(say(cells["narrative"]))
    return {
        "number": str(number),
        "name": long(item_name(cells)),
        "facts": long("; ".join(facts)),
        "sha256": say(cells.get("sha256")),
    }


def _follow_up(one: FollowUp) -> dict[str, object]:
    entry = one.signed.entry
    changes = [f"{name}: {_said(before)} → {_said(after)}" for name, before, after in one.changes]
    about = [f"{_label(name).lower()}: {line(cell)}" for name, cell in one.about.items() if name != "corrects"]
    return {
        "entry": str(entry.seq),
        "kind": entry.kind,
        "logged": f"{utc(entry.time)}, {member(one.signed)}",
        "what": long("\n".join([*about, *changes])),
    }


def _said(cell: Cell | None) -> str:
    return "nothing" if cell is None else f"“{line(cell)}”"
