"""Every transcript, and a clerk's first hour, come out as they are written, with the real program and a new vault."""

from pathlib import Path

import pytest

from tests.transcript import ROOT, alike, replay, steps

TRANSCRIPTS = [*sorted((ROOT / "tests" / "transcripts").glob("*.txt")), ROOT / "docs" / "clerk.md"]


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.name)
def test_transcript_comes_out_as_it_is_written(path: Path, tmp_path: Path) -> None:
    text, differences = replay(path, tmp_path)
    assert not differences, "\n".join(differences)
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("22 Nov 2026 18:39 CET", "1 Jan 2027 00:00 UTC"),
        ("2026-11-22T17:39:28.123456Z", "2027-01-01T00:00:00.000000Z"),
        ("sha256 " + "ab" * 32, "sha256 " + "cd" * 32),
        ("log a.example/x+1234abcd+" + "A" * 44, "log a.example/x+00000000+" + "B" * 1800 + "=="),
    ],
)
def test_what_changes_from_run_to_run_is_alike(one: str, other: str) -> None:
    assert alike(one) == alike(other) != one


@pytest.mark.parametrize(
    "text", ["T-000017", "sha256 377daf…", "412 KiB", "entry 42, signed m1; checkpoint 43.", "P-0001"]
)
def test_what_must_not_change_is_compared_as_it_is(text: str) -> None:
    assert alike(text) == text


def test_commands_of_markdown_are_those_of_console_blocks_only() -> None:
    lines = ["$ no", "```console", "$ one \\", "> two", "out", "```", "```text", "$ no", "```"]
    assert [(step.command, step.expected) for step in steps(lines, markdown=True)] == [("one \\\ntwo", "out")]
