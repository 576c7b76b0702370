"""The accounting as CSV, XLSX and JSON, the same bytes for the same accounting.

JSON holds every value as it was recorded. In CSV and XLSX nothing is a formula, what cannot be seen is shown as its
number, and a cell ends at the 32,767 characters that Excel takes, and says so.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO

from vault.evidence.strict import base64_text, utc_text
from vault.reports import inert
from vault.reports.accounting import Accounting, Other
from vault.reports.cells import Cell, Cells, Change, Held, numbered, say
from vault.reports.columns import COLUMNS, RECORDED, row
from vault.reports.exposure import Exposure
from vault.reports.transmittals import FollowUp, Transmittal, member

FORMAT = "disclosure-vault/accounting/v1"
MAX_CELL = 32_767  # characters: Excel's limit, and what it would cut without a word
MAX_ROWS = 1_048_576  # of a sheet, its head included
WHOLE = "disclosures.json"
# What JSON lets stand in a string and nobody sees: controls beyond U+001F, formats, line and paragraph separators.
_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)
_BOM = "\ufeff"  # without it Excel reads UTF-8 as the code page of the machine, and Chinese names are lost
_Rows = Iterable[Iterable[str | int]]


def csv_bytes(accounting: Accounting) -> bytes:
    """One row for each transmittal (RFC 4180), every cell quoted, in UTF-8 behind a byte order mark."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows([sheet_text(cell) for cell in cells] for cells in _transmittal_rows(accounting))
    return (_BOM + text.getvalue()).encode()


def xlsx_bytes(accounting: Accounting) -> bytes:
    """A workbook: transmittals, recipients, items, subjects, follow-ups, exceptions, withheld lines, its columns."""
    import xlsxwriter

    file = BytesIO()
    # In memory: the rows are what a vault keeps secret, and would lie in a temporary file in clear.
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": "Accounting of disclosures", "created": accounting.statement.made})
        head = book.add_format({"bold": True, "bottom": 1})
        for name, titles, rows in _sheets(accounting):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, len(titles) - 1, 18)
            for column, title in enumerate(titles):
                sheet.write_string(0, column, title, head)
            for number, cells in enumerate(_limited(rows, len(titles)), 1):
                for column, cell in enumerate(cells):
                    if isinstance(cell, int):
                        sheet.write_number(number, column, cell)
                    elif cell:
                        sheet.write_string(number, column, sheet_text(cell))
    return file.getvalue()


def _stated(accounting: Accounting) -> list[str]:
    """The lines of the statement: LF alone ends one. [A purpose with U+2028, and another `complete` behind that.]"""
    return str(accounting.statement).split("\n")[:-1]


def json_bytes(accounting: Accounting) -> bytes:
    """Everything, every value as recorded; characters that show nothing or turn text around are written as escapes."""
    whole = {
        "format": FORMAT,
        "statement": _stated(accounting),
        "transmittals": [_transmittal(one) for one in accounting.transmittals],
        "other-entries": [_other(one) for one in accounting.others],
        "exceptions": [one._asdict() for one in accounting.exceptions],
        "subjects": [_exposure(one) for one in accounting.subjects],
        "categories": [_exposure(one) for one in accounting.categories],
        "withheld": [
            {"lines": lines, "reason": reason, "count": count} for (lines, reason), count in accounting.withheld.items()
        ],
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    return (_UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n").encode()


def sheet_text(cell: str | int) -> str:
    """A cell of a sheet."""
    return inert.cut(inert.no_formula(inert.visible(str(cell))), MAX_CELL, WHOLE)


def _sheets(accounting: Accounting) -> Iterator[tuple[str, list[str], _Rows]]:
    yield "Transmittals", [column.name for column in COLUMNS], _transmittal_rows(accounting)
    for title, group in (("Recipients", "recipient"), ("Items", "item"), ("Subjects", "subject")):
        prefix = f"{group}.*."
        names = [column.name.removeprefix(prefix) for column in RECORDED if column.name.startswith(prefix)]
        yield title, ["transmittal", group, *names], _group_rows(accounting, group, names)
    yield "Follow-ups", ["transmittal", "entry", "kind", "logged", "line", "before", "after"], _change_rows(accounting)
    yield "Exceptions", ["sort", "transmittal", "entry", "what"], accounting.exceptions
    rows = ((lines, reason, count) for (lines, reason), count in accounting.withheld.items())
    yield "Withheld", ["lines", "reason", "count"], rows
    yield "Statement", ["line"], ([line] for line in _stated(accounting))
    yield "Columns", ["column", "meaning"], COLUMNS


def _limited(rows: _Rows, width: int) -> Iterator[Iterable[str | int]]:
    for number, cells in enumerate(rows, 2):
        if number == MAX_ROWS:
            yield [f"a sheet holds no more rows: the whole is in {WHOLE}"] + [""] * (width - 1)
            return
        yield cells


def _transmittal_rows(accounting: Accounting) -> Iterator[list[str]]:
    for one in accounting.transmittals:
        cells = row(one)
        yield [cells.get(column.name, "") for column in COLUMNS]


def _group_rows(accounting: Accounting, group: str, names: list[str]) -> Iterator[list[str | int]]:
    for one in accounting.transmittals:
        for number, cells in enumerate(numbered(one.cells, group), 1):
            yield [one.id, number, *(_listed(cells, name) for name in names)]


def _listed(cells: Cells, name: str) -> str | int:
    """One cell; of `register.*` all there are."""
    if name.endswith(".*"):
        return "; ".join(say(cell) for line, cell in cells.items() if line.startswith(name[:-1]))
    cell = cells.get(name)
    return cell if type(cell) is int and abs(cell) < 10**15 else say(cell)  # a sheet keeps 15 digits


def _change_rows(accounting: Accounting) -> Iterator[list[str | int]]:
    for one in accounting.transmittals:
        for later in one.follow_ups:
            entry = later.signed.entry
            about = [(name, None, cell) for name, cell in later.about.items()]
            for name, before, after in (*about, *later.changes):
                yield [one.id, entry.seq, entry.kind, utc_text(entry.time), name, say(before), say(after)]


def _transmittal(one: Transmittal) -> dict[str, object]:
    return {
        "transmittal": one.id, "entry": one.seq, "logged": utc_text(one.logged), "logged-by": member(one.signed),
        "entry-hash": base64_text(one.signed.hash), "void": one.void, "late": one.late, "lines": _lines(one.cells),
        "follow-ups": [_follow_up(later) for later in one.follow_ups], "not-stated": one.not_stated,
    }  # fmt: skip


def _follow_up(one: FollowUp) -> dict[str, object]:
    entry = one.signed.entry
    return {
        "entry": entry.seq, "kind": entry.kind, "logged": utc_text(entry.time), "logged-by": member(one.signed),
        "applied": one.applied, "lines": _lines(one.about), "changes": [_change(change) for change in one.changes],
    }  # fmt: skip


def _change(change: Change) -> dict[str, object]:
    name, before, after = change
    return {"line": name, "before": _value(before), "after": _value(after)}


def _other(one: Other) -> dict[str, object]:
    entry = one.piece.signed.entry
    return {
        "entry": entry.seq, "kind": entry.kind, "logged": utc_text(entry.time), "follows-up": one.of,
        "excluded": one.excluded or None, "lines": _lines(one.cells),
    }  # fmt: skip


def _exposure(one: Exposure) -> dict[str, object]:
    return {
        "what": one.what._asdict(), "to": one.to._asdict(), "degree": one.degree or None,
        "transmittals": one.transmittals,
    }  # fmt: skip


def _lines(cells: Cells) -> dict[str, object]:
    return {name: _value(cell) for name, cell in cells.items()}


def _value(cell: Cell | None) -> object:
    return {"withheld": cell.reason} if isinstance(cell, Held) else cell
