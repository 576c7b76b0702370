"""CSV, XLSX and JSON of an accounting: the same bytes again, whole, and inert in any sheet."""

import csv
import json
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest

from tests.reports import hostile
from tests.reports.firm import year
from vault.reports import tables
from vault.reports.accounting import Accounting, account
from vault.reports.inert import no_formula, visible


@pytest.fixture(scope="module")
def accounting() -> Accounting:
    story = year()
    return account(story.statement(), story.pieces())


@pytest.fixture(scope="module")
def nasty() -> Accounting:
    story = hostile.story()
    return account(story.statement(), story.pieces())


def csv_rows(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


def sheets(data: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(BytesIO(data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


@pytest.mark.parametrize("make", [tables.csv_bytes, tables.xlsx_bytes, tables.json_bytes])
def test_the_same_bytes_again(accounting: Accounting, make: Any) -> None:
    assert make(accounting) == make(accounting)


def test_csv_has_a_row_for_each_under_the_names_of_the_table(accounting: Accounting) -> None:
    head, *rows = csv_rows(tables.csv_bytes(accounting))
    assert len(rows) == len(accounting.transmittals)
    assert {"transmittal", "purpose", "recipient.*.name", "item.*.sha256"} <= set(head)
    by_name = dict(zip(head, rows[0], strict=True))
    assert "赣州磁铁有限公司" in by_name["recipient.*.name"]


def test_xlsx_reads_back(accounting: Accounting) -> None:
    found = sheets(tables.xlsx_bytes(accounting))
    assert len(found["Transmittals"]) == 1 + len(accounting.transmittals)
    assert found["Items"][0][:2] == ("transmittal", "item")
    assert any("生产线照片_2026.jpg" in row for row in found["Items"])
    assert len(found["Exceptions"]) == 1 + len(accounting.exceptions)


@pytest.mark.parametrize("end", ["\u2028", "\x85", "\u2029"])
def test_no_text_adds_a_line_to_the_statement(end: str) -> None:
    """[`--purpose`, and behind a line separator what nobody stated.]"""
    story = year()
    statement = story.statement()._replace(purpose=f"audit{end}complete-kind disclosure")
    made = account(statement, story.pieces())
    assert "complete-kind disclosure" not in json.loads(tables.json_bytes(made))["statement"]
    assert ("complete-kind disclosure",) not in sheets(tables.xlsx_bytes(made))["Statement"]


def test_json_holds_what_was_recorded(accounting: Accounting) -> None:
    read = json.loads(tables.json_bytes(accounting))
    assert read["format"] == "disclosure-vault/accounting/v1"
    assert read["transmittals"][0]["lines"]["marking"] == "CONFIDENTIAL / 商业秘密"
    assert len(read["transmittals"]) == len(accounting.transmittals)


class TestHostile:
    def test_no_cell_is_a_formula(self, nasty: Accounting) -> None:
        book = openpyxl.load_workbook(BytesIO(tables.xlsx_bytes(nasty)))
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        starts = "=+-@＝＋－＠\t\r"
        texts = [str(cell.value) for cell in cells if cell.data_type == "s"]
        assert not [text[:40] for text in texts if text.lstrip(" \u200b\ufeff")[:1] in (*starts,) and text]

    def test_no_field_of_the_csv_is_one(self, nasty: Accounting) -> None:
        fields = [field for row in csv_rows(tables.csv_bytes(nasty)) for field in row]
        assert not [field[:40] for field in fields if field.lstrip()[:1] in tuple("=+-@＝＋－＠") and field]

    def test_json_keeps_them_as_they_are(self, nasty: Accounting) -> None:
        data = tables.json_bytes(nasty)
        lines = json.loads(data)["transmittals"][0]["lines"]
        assert lines["purpose"] == hostile.TEXTS["formula"]
        assert "\u202e" in lines["item.5.name"]
        assert "\u202e".encode() not in data

    def test_what_excel_cannot_hold_is_cut_and_said(self, nasty: Accounting) -> None:
        rows = sheets(tables.xlsx_bytes(nasty))["Transmittals"]
        purpose = rows[2][rows[0].index("purpose")]
        assert len(purpose) <= tables.MAX_CELL
        assert "cut here: 4,000,000 characters, whole in disclosures.json" in purpose


@pytest.mark.parametrize(
    ("text", "said"),
    [("=1", "'=1"), ("a=1", "a=1"), (" =1", " '=1"), ("a;=1", "a;'=1"), ("a\n+1", "a\n'+1"), ("-", "'-"), ("", "")],
)
def test_a_formula_is_a_text(text: str, said: str) -> None:
    assert no_formula(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("\x1b[0m", "[U+001B][0m"),
        ("a\r\nb", "a\nb"),
        ("磁铁", "磁铁"),
        ("\u200cx", "[U+200C]x"),
    ],
)
def test_what_is_not_seen_is_shown_by_its_number(text: str, said: str) -> None:
    assert visible(text) == said
