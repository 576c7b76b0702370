"""What people see: harmless, in the right units, broken where words end; what programs see: one line, valid JSON."""

import json
import sys
import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import output, telling, wrapping
from vault.filenames import MAX_NAME, safe_name

HARMFUL = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@pytest.fixture(autouse=True)
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@given(st.text(st.characters()))
def test_shown_text_holds_nothing_a_terminal_acts_on(text: str) -> None:
    assert not [c for c in output.inert(text) if unicodedata.category(c) in HARMFUL]


@pytest.mark.parametrize("name", ["赣州磁材有限公司", "Müller & Söhne", "Società", "a b\u00a0c", "😀", "\\u{1b}"])
def test_what_is_harmless_is_shown_as_it_is(name: str) -> None:
    assert output.inert(name) == name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31m", "a\\u{1b}[31m"),
        ("a\u202eb", "a\\u{202e}b"),
        ("a\nb", "a\\u{a}b"),
        ("\udcff", "\\u{dcff}"),
        ("\u3164", "\\u{3164}"),
    ],
)
def test_what_is_not_is_spelled_out(text: str, shown: str) -> None:
    assert output.inert(text) == shown


def test_later_lines_of_a_text_are_indented() -> None:
    assert output.inert_lines("a\nb: c\n\x1b", 4) == "a\n    b: c\n    \\u{1b}"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (10_188, "9.9 KiB"),
        (10_239, "10 KiB"), (421_888, "412 KiB"), (1_048_063, "1023 KiB"), (1_048_064, "1.0 MiB"),
        (2**30, "1.0 GiB"), (2**40, "1.0 TiB"), (2**50, "1024 TiB"),
    ],
)  # fmt: skip
def test_size_has_two_or_three_digits_and_its_unit(count: int, shown: str) -> None:
    assert output.size(count) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("2026-11-22T17:39:28+00:00", "22 Nov 2026 18:39 CET"),
        ("2026-07-01T23:59:00+08:00", "1 Jul 2026 17:59 CEST"),
        ("2026-11-22+08:00", "22 Nov 2026"),
        ("no time\x1b", "no time\\u{1b}"),
    ],
)
def test_time_is_shown_here_with_its_zone_and_a_day_as_a_day(line: str, shown: str) -> None:
    assert telling.when(line) == shown


def test_months_do_not_follow_the_locale() -> None:
    assert [output.day(datetime(2026, month, 1, tzinfo=UTC))[2:5] for month in (3, 5, 10, 12)] == [
        "Mar",
        "May",
        "Oct",
        "Dec",
    ]


@pytest.mark.parametrize(("count", "shown"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries")])
def test_one_is_not_several(count: int, shown: str) -> None:
    assert output.counted(count, "entry") == shown


def test_json_is_one_line_with_names_as_they_are(capfd: pytest.CaptureFixture[str]) -> None:
    output.as_json({"name": "赣州\n\x1b\u202e", "n": 1})
    out = capfd.readouterr().out
    assert out.count("\n") == 1
    assert "赣州" in out
    assert json.loads(out) == {"name": "赣州\n\x1b\u202e", "n": 1}


def test_json_holds_nothing_a_terminal_or_a_reader_of_lines_acts_on(capfd: pytest.CaptureFixture[str]) -> None:
    value = {"name": "a\u2028b\u202ec\x9bd\x7fe\U000e0041f\x85g\u3164h"}
    output.as_json(value)
    printed = capfd.readouterr().out
    assert len(printed.splitlines()) == 1
    assert printed.rstrip("\n").isascii()
    assert json.loads(printed) == value


def test_table_on_a_pipe_has_one_line_a_row_whatever_is_in_it(capfd: pytest.CaptureFixture[str]) -> None:
    output.table([output.Column("a"), output.Column("b")], [["x\ty", "line\nfeed"], ["", 5]])
    assert capfd.readouterr().out == "x\\u{9}y\tline\\u{a}feed\n\t5\n"


@pytest.mark.parametrize(
    ("text", "columns", "wrapped"),
    [
        ("short", 10, "short"),
        ("a few words more", 9, "a few\n  words\n  more"),
        ("averylongwordindeed x", 5, "averylongwordindeed\n  x"),
        ("赣州磁材 有限公司", 10, "赣州磁材\n  有限公司"),
        ("  1  a.txt  5 bytes", 12, "  1  a.txt\n  5 bytes"),
    ],
)
def test_text_is_broken_between_words(text: str, columns: int, wrapped: str) -> None:
    assert wrapping.wrap(text, columns, 2) == wrapped


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("赣州", 4), ("u\u0308", 1), ("Ｆ", 2)])
def test_width_is_counted_in_columns(text: str, columns: int) -> None:
    assert wrapping.width(text) == columns


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.pdf", "a.pdf"),
        ("客户 名单.xlsx", "客户 名单.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("", "_"), (".", "_"), ("..", "_"), ("/", "_"), (" . ", "_"),
        (".bashrc", "bashrc"),
        ("-rf", "_-rf"),
        ("~$a.docx", "_~$a.docx"),
        ("con", "_con"), ("NUL.txt", "_NUL.txt"), ("com1", "_com1"), ("LPT³.pdf", "_LPT³.pdf"),
        ("console.txt", "console.txt"),
        ('a<b>c:"d"|e?f*.txt', "a_b_c__d__e_f_.txt"),
        ("a\nb\x1b[31m\u202etxt.exe", "a_b__31m_txt.exe".replace("__31m", "_[31m")),
        ("trailing. . ", "trailing"),
        ("\udcff.txt", "_.txt"),
    ],
)  # fmt: skip
def test_file_name_is_made_safe_everywhere(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(st.characters(), max_size=400), st.lists(st.text(max_size=5)))
def test_safe_name_is_one_whatever_the_name(name: str, taken: list[str]) -> None:
    safe = safe_name(name, taken)
    assert safe
    assert len(safe.encode()) <= MAX_NAME + 8  # and a number where it was taken
    assert safe not in (".", "..")
    assert not set(safe) & set('<>:"/\\|?*\0')
    assert safe == safe.strip(" ")
    assert safe.casefold() not in {one.casefold() for one in taken}


def test_long_name_keeps_its_suffix() -> None:
    assert safe_name("赣" * 300 + ".pdf").endswith("赣.pdf")
    assert safe_name("x" * 100 + "." + "y" * 300).startswith("x" * 100)


def test_taken_names_are_told_apart_where_case_does_not_count() -> None:
    assert safe_name("Plan.PDF", ["plan.pdf", "PLAN (2).pdf"]) == "Plan (3).PDF"


def test_closed_streams_are_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    output.tell("nobody hears this")
