"""`dvault log`, `show`, `get`: all is found again, shown harmlessly, given back exactly, and never over another."""

import json
import stat
from pathlib import Path

import pytest

from tests.cli.clerk import Clerk


def numbers(clerk: Clerk, options: str) -> list[str]:
    return [line.split("\t")[0] for line in clerk(f"log {options}").lines]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("", "123"),
        ("--party ganzhou", "13"),
        ("--party USCC:91 --matter 2026-117", "1"),
        ("--subject magneti", "2"),
        ("--until 2025-01-05", "1"),
        ("--since 2025-01-05 --until 2025-01-05", "1"),
        ("--until '2025-01-05 10:00'", ""),
        ("--since '2025-01-05 17:00+08:00' --until '2025-01-05 17:01+08:00'", "1"),
        ("--text plan.pd", "3"),
        ("--last 2", "23"),
    ],
)
def test_filters_find_what_they_say(logged: Clerk, options: str, found: str) -> None:
    assert numbers(logged, options) == [f"T-00000{digit}" for digit in found]


def test_on_a_pipe_each_line_has_the_same_columns(logged: Clerk) -> None:
    assert logged("log").lines[1].split("\t")[2:] == [
        "Müller & Söhne, onward Ministry of Commerce",
        "1",
        "1 byte",
        "not stated",
    ]
    assert [len(line.split("\t")) for line in logged("log").lines] == [6, 6, 6]


def test_json_has_one_line_each_in_utc(logged: Clerk) -> None:
    first, *_ = map(json.loads, logged("log --json").lines)
    assert list(first) == [
        "transmittal", "entry", "time", "event_time", "void", "recipients", "items", "bytes", "fields",
    ]  # fmt: skip
    assert first["event_time"] == "2025-01-05T09:00:00.000000Z"
    assert first["recipients"] == [{"relation": "to", "id": "P-0001", "name": "Ganzhou Magnet"}]
    assert first["items"][0]["id"] == "T-000001/1"


@pytest.mark.parametrize(
    ("option", "code"), [("--party nobody", 4), ("--since 03/04/2026", 2), ("-n 0", 2), ("--party P-9", 4)]
)
def test_filter_that_makes_no_sense_is_refused(logged: Clerk, option: str, code: int) -> None:
    logged(f"log {option}", code=code)


@pytest.mark.parametrize("spelling", ["T-000001", "t-1", "1", "000001", " T-1 "])
def test_transmittal_goes_by_any_spelling_of_its_number(logged: Clerk, spelling: str) -> None:
    assert logged.run("show", spelling).out.startswith("T-000001  entry 7, recorded ")


def test_show_tells_what_strangers_see(logged: Clerk) -> None:
    public = logged("show T-1 --json").json["public"]
    with logged.desk.opened() as archive:
        signed = archive.entry(7)
    assert public["tags"] == len(signed.entry.tags)
    assert public["signed"] == "m1"
    assert (public["kind"], public["time"]) == ("disclosure", logged("show T-1 --json").json["time"])


def test_show_takes_one_item(logged: Clerk) -> None:
    said = logged("show T-3/2 --json").json
    assert (said["id"], said["fields"]["name"], "items" in said) == ("T-000003/2", "plan.pdf", False)


@pytest.mark.parametrize(
    ("id_", "code"),
    [("T-9", 4), ("T-3/4", 4), ("P-9", 4), ("X-1", 2), ("T-0", 2), ("T-1/0", 2), ("", 2), ("T-1/1/1", 2)],
)
def test_what_is_not_there_is_not_shown(logged: Clerk, id_: str, code: int) -> None:
    logged.run("show", id_, code=code)


def test_several_lines_of_a_text_can_not_pass_for_fields(clerk: Clerk) -> None:
    clerk.file("a.txt")
    clerk.run("disclose", "a.txt", "--to", "ganzhou", "--note", "first\ndesignation  public\n\x1b[1A")
    shown = clerk("show T-1").out
    assert "\ndesignation  public" not in shown
    assert "\x1b" not in shown
    assert "note" in shown


def test_document_comes_back_exactly(logged: Clerk) -> None:
    assert logged("get T-3/2 -o back.pdf").out == "back.pdf\n"
    assert (logged.folder / "back.pdf").read_bytes() == b"second"
    assert stat.S_IMODE((logged.folder / "back.pdf").stat().st_mode) == 0o600


def test_only_document_needs_no_number(logged: Clerk) -> None:
    logged("get T-1 -o back.txt")
    assert (logged.folder / "back.txt").read_bytes() == b"a"


def test_json_tells_what_was_written(logged: Clerk) -> None:
    said = logged("get T-3/1 -o back.pdf --json").json
    assert list(said) == ["id", "file", "size", "sha256", "sealed"]
    assert (said["id"], said["file"], said["size"], said["sealed"]) == ("T-000003/1", "back.pdf", 5, False)


def test_nothing_is_ever_overwritten(logged: Clerk) -> None:
    there = logged.file("back.pdf", b"mine")
    assert "back.pdf exists" in logged("get T-3/1 -o back.pdf", code=3).err
    (logged.folder / "dangling").symlink_to("nowhere")
    logged("get T-3/1 -o dangling", code=3)
    assert there.read_bytes() == b"mine"
    assert not (logged.folder / "nowhere").exists()


def test_whole_transmittal_goes_into_a_folder_under_distinct_names(logged: Clerk) -> None:
    (logged.folder / "out").mkdir()
    assert logged("get T-3 -o out").lines == ["out/plan.pdf", "out/plan (2).pdf"]
    assert (logged.folder / "out" / "plan (2).pdf").read_bytes() == b"second"
    assert logged("get T-3 -o out").lines == ["out/plan (3).pdf", "out/plan (4).pdf"]


def test_sealed_form_is_an_age_file(logged: Clerk) -> None:
    assert logged("get T-3/1 --sealed -o out.age").out == "out.age\n"
    assert (logged.folder / "out.age").read_bytes().startswith(b"age-encryption.org/v1\n")
    (logged.folder / "out").mkdir()
    assert logged("get T-3 --sealed -o out").lines == ["out/plan.pdf.age", "out/plan (2).pdf.age"]


@pytest.mark.parametrize(
    ("line", "code", "complaint"),
    [
        ("get T-3", 2, "T-000003 has 3 items"),
        ("get T-3 -o file.pdf", 2, "-o FOLDER"),
        ("get T-3/9 -o x", 2, "items 1 to 3"),
        ("get T-3/3 -o x", 4, "without a file"),
        ("get T-9 -o x", 4, "T-000009"),
        ("get T-1 -o -", 2, "not written to standard output"),
        ("get P-1 -o x", 2, "names no transmittal"),
        ("get T-1 -o nowhere/x", 6, "nowhere/x"),
    ],
)
def test_wrong_use_says_what_and_what_next(logged: Clerk, line: str, code: int, complaint: str) -> None:
    before = sorted(logged.folder.iterdir())
    assert complaint in logged(line, code=code).err
    assert sorted(logged.folder.iterdir()) == before


def test_damaged_payload_gives_nothing_back(logged: Clerk) -> None:
    for segment in (logged.folder / "vault" / "segments").rglob("*"):
        if segment.is_file():
            segment.write_bytes(bytes(reversed(segment.read_bytes())))
    said = logged("get T-1 -o back.txt", code=1)
    assert said.err.startswith("error: ")
    assert not list(Path(logged.folder).glob("*back*"))
