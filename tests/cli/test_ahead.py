"""What is begun before the command line is parsed: a guess, on which nothing but time hangs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli import ahead, names
from cli.settings import PASSPHRASE_FILE
from tests.cli.clerk import Clerk


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        ("disclose a.pdf --to ganzhou", True),
        ("--vault /srv/v -v log", True),
        ("disclose --help", False),
        ("log -h", False),
        ("init /srv/v", False),
        ("keys passwd", False),
        ("keys member show m1", False),
        ("keys rotate log", False),
        ("nonsense log", False),
        ("--vault log keys identity show", False),
        ("--vault=/srv/v log", True),
        ("--vault", False),
        ("--version", False),
        ("", False),
    ],
)
def test_the_words_tell_whether_a_vault_is_opened(line: str, opens: bool) -> None:
    assert names.opens_vault(line.split()) is opens


def test_what_was_begun_is_taken_once(clerk: Clerk) -> None:
    ahead.begin()
    begun = ahead.taken()
    assert begun is not None
    assert begun.result()[1] is not None
    assert ahead.taken() is None


def test_nothing_is_begun_for_a_completion(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_DVAULT_COMPLETE", "bash_complete")
    ahead.begin()
    assert ahead.taken() is None


@pytest.mark.parametrize("line", ["log", "keys member show m1", "party list"])
def test_a_passphrase_from_a_pipe_is_read_once_and_where_it_is_wanted(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    reading, writing = os.pipe()
    os.write(writing, Path(os.environ[PASSPHRASE_FILE]).read_bytes())
    os.close(writing)
    monkeypatch.setenv(PASSPHRASE_FILE, f"/dev/fd/{reading}")
    done = subprocess.run(
        [sys.executable, "-m", "cli.start", *line.split()],
        cwd=clerk.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, pass_fds=[reading],
    )  # fmt: skip
    os.close(reading)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_waits_for_a_fifo_that_nobody_wants(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(clerk.folder / "fifo")
    monkeypatch.setenv(PASSPHRASE_FILE, str(clerk.folder / "fifo"))
    ahead.begin()
    assert ahead.taken() is None


def start(clerk: Clerk, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "cli.start", *arguments],
        cwd=clerk.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_program_ends_as_it_does_without(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert start(clerk, "log").returncode == 0
    assert start(clerk, "logg", "log").returncode == 2
    monkeypatch.setenv(PASSPHRASE_FILE, str(Path("missing")))
    failed = start(clerk, "log")
    assert failed.returncode == 3
    assert "missing cannot be read" in failed.stderr
