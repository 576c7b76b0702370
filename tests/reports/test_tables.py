"""CSV, XLSX and JSON: the same accounting, inert wherever it is opened, the same bytes each time."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from tests.reports.firm import HOSTILE, Story, hostile, item, to_ganzhou, year
from vault.records.fields import DISCLOSURE, ITEM
from vault.reports import inert, tables
from vault.reports.accounting import Accounting, account
from vault.reports.columns import COLUMNS, RECORDED
from vault.reports.tables import MAX_CELL, csv_bytes, json_bytes, xlsx_bytes

FORMULA = re.compile(r"[\s\ufeff\u200b-\u200f]*[=+\-@＝＋－＠]")


def told(story: Story) -> Accounting:
    return account(story.statement(), story.pieces())


@pytest.fixture(scope="module")
def whole() -> Accounting:
    return told(year())


@pytest.fixture(scope="module")
def harm() -> Accounting:
    return told(hostile())


def csv_rows(accounting: Accounting) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_bytes(accounting).decode("utf-8-sig"), newline="")))


def sheets(accounting: Accounting) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(accounting)))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {
        "s",
        "n",
    }  # "f": a formula
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_columns_are_the_record_lines_of_the_one_table_of_fields() -> None:
    names = [column.name for column in RECORDED]
    assert [name for name in names if name in {field.name for field in DISCLOSURE}] == [one.name for one in DISCLOSURE]
    assert [name for name in names if name.startswith("item.")] == [f"item.*.{one.name}" for one in ITEM]
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)


def test_csv_has_a_row_for_each_transmittal_and_opens_in_excel_with_its_chinese(whole: Accounting) -> None:
    assert csv_bytes(whole).startswith(b"\xef\xbb\xbf")
    rows = csv_rows(whole)
    assert [row["transmittal"] for row in rows] == [one.id for one in whole.transmittals]
    assert rows[0]["recipient.*.name"].startswith("1: 赣州磁铁有限公司")
    assert rows[1]["purpose"] == "not stated"
    assert rows[3]["designation"] == "trade-secret"
    assert rows[4]["void"] == "yes"
    assert "designation: internal -> trade-secret" in rows[3]["follow-ups"]


@pytest.mark.parametrize("end", ["\u2028", "\x85", "\u2029"])
def test_no_text_adds_a_line_to_the_statement(end: str) -> None:
    """[`--purpose`, and behind a line separator what nobody stated.]"""
    story = year()
    statement = story.statement()._replace(purpose=f"audit{end}complete-kind disclosure")
    made = account(statement, story.pieces())
    assert "complete-kind disclosure" not in json.loads(json_bytes(made))["statement"]
    assert ("complete-kind disclosure",) not in sheets(made)["Statement"]


def test_no_line_of_a_record_is_lost_in_a_row(whole: Accounting) -> None:
    """What the table of fields does not know stands in the last column."""
    story = Story()
    story.ledger.record("disclosure", [("purpose", "x"), ("weather", "rain")], ["class:order"])
    story.transmittals.append(1)
    (row,) = csv_rows(told(story))
    assert (row["purpose"], row["other-lines"]) == ("x", "weather: rain")
    for one, known in zip(whole.transmittals, csv_rows(whole), strict=True):
        shown = "\n".join(known.values())
        missing = [name for name, cell in one.cells.items() if not name.startswith("term.") and str(cell) not in shown]
        assert missing == []


def test_workbook_reads_back(whole: Accounting) -> None:
    book = sheets(whole)
    assert list(book) == ["Transmittals", "Recipients", "Items", "Subjects", "Follow-ups", "Exceptions", "Withheld",
                          "Statement", "Columns"]  # fmt: skip
    assert [row[0] for row in book["Transmittals"][1:]] == [one.id for one in whole.transmittals]
    head = book["Items"][0]
    rows = [dict(zip(head, row, strict=True)) for row in book["Items"][1:]]
    assert len(rows) == whole.items
    assert (rows[0]["size"], rows[0]["pages"], rows[1]["name"]) == (421_888, 4, "生产线照片_2026.jpg")


def test_json_holds_every_value_as_it_was_recorded(harm: Accounting) -> None:
    text = json_bytes(harm).decode()
    read = json.loads(text)
    lines = read["transmittals"][0]["lines"]
    assert [lines[f"item.{number}.name"] for number in range(1, len(HOSTILE) + 1)] == list(HOSTILE)
    assert len(read["transmittals"][1]["lines"]["purpose"]) == 4 << 20
    assert "\u202e" not in text  # written as an escape
    assert "\x1b" not in text


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_is_a_formula_or_holds_what_cannot_be_seen(name: str) -> None:
    cell = tables.sheet_text(name)
    assert not FORMULA.match(cell)
    assert not any(FORMULA.match(part) for part in re.split("[;,|\n]", cell))  # a sheet that cuts elsewhere
    assert inert.visible(cell) == cell
    assert not set(cell) & set("\u202e\u200b\ufeff\x00\x1b\t\r")


def test_hostile_names_are_inert_and_recognisable_in_csv_and_xlsx(harm: Accounting) -> None:
    cells = [str(row[2]) for row in sheets(harm)["Items"][1:]]
    assert cells[0] == "<script>alert(1)</script>.pdf"
    assert cells[1] == "'=cmd|' /C calc'!A0"
    assert cells[2] == "a[U+202E]gpj.exe"
    assert cells[3] == "ctl[U+0000][U+0007][U+001B][31m.txt"
    assert "'=1+1" in cells[7]
    raw = zipfile.ZipFile(io.BytesIO(xlsx_bytes(harm))).read("xl/sharedStrings.xml")
    assert b"<f>" not in raw
    assert b"_x005F_x003D_1" in raw  # Excel would read `_x003D_` as `=`
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", raw)
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", csv_bytes(harm))


def test_a_field_longer_than_a_cell_is_cut_and_says_so(harm: Accounting) -> None:
    for cell in (csv_rows(harm)[1]["purpose"], str(sheets(harm)["Items"][-1][-2])):
        assert len(cell) == MAX_CELL
        assert cell.endswith("[cut here: 4,194,304 characters, whole in disclosures.json]")


def test_a_sheet_that_is_full_says_so(monkeypatch: pytest.MonkeyPatch, whole: Accounting) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    assert [row[0] for row in sheets(whole)["Transmittals"][1:]] == [
        "T-000001", "a sheet holds no more rows: the whole is in disclosures.json",
    ]  # fmt: skip


@pytest.mark.parametrize("make", [csv_bytes, xlsx_bytes, json_bytes])
def test_the_same_bytes_each_time(make: Callable[[Accounting], bytes]) -> None:
    first, second = make(told(year())), make(told(year()))
    assert first == second


def test_zip_times_of_the_workbook_are_fixed(whole: Accounting) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(whole))) as book:
        assert {member.date_time for member in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_withheld_values_are_in_no_table() -> None:
    story = Story()
    story.disclose(to_ganzhou([item("geheim-4711.pdf")], purpose="privileged advice", note="shown"))
    story.correct(1, {"purpose": "privileged later"})
    story.withhold(("item.*.name", "trade-secret"), ("item.*.sha256", "trade-secret"), ("purpose", "privilege"),
                   ("term", "security"))  # fmt: skip
    told_without = told(story)
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(told_without))) as book:
        unzipped = b"".join(map(book.read, book.namelist()))
    digest = str(item("geheim-4711.pdf").values["sha256"])
    for data in (csv_bytes(told_without), json_bytes(told_without), unzipped):
        assert b"shown" in data
        assert b"trade-secret" in data
        for secret in ("geheim-4711", "privileged", digest):
            assert secret.encode() not in data


class TestInert:
    def test_plain_text_in_any_script_stays_as_it_is(self) -> None:
        for text in ("Società Magneti", "赣州磁铁", "Müller & Söhne", "пример", "שלום", "e\u0301", "می\u200cخواهم", ""):
            assert inert.visible(text) == text

    def test_a_joiner_between_latin_letters_is_shown(self) -> None:
        assert inert.visible("pay\u200dpal") == "pay[U+200D]pal"

    def test_line_ends_of_all_kinds_are_one(self) -> None:
        assert inert.visible("a\r\nb\rc\u2028d\u0085e") == "a\nb\nc\nd\ne"

    def test_cutting_keeps_within_the_limit(self) -> None:
        assert inert.cut("a" * 100, 100, "x.json") == "a" * 100
        assert len(inert.cut("a" * 101, 100, "x.json")) == 100
