"""The write-ahead log, read without keys: where it breaks, and that what a crash leaves behind its end is no damage."""

import sqlite3
from pathlib import Path

import pytest

from vault.evidence.strict import Malformed
from vault.walfile import FRAME_HEADER, HEADER, check

PAGE = 4_096


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of two commits, copied while it was in use."""
    connection = sqlite3.connect(tmp_path / "some.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE word(said TEXT)")
    connection.execute("INSERT INTO word VALUES('one')")
    data = (tmp_path / "some.db-wal").read_bytes()
    connection.close()
    copied = tmp_path / "copied-wal"
    copied.write_bytes(data)
    return copied


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_whole_log_passes(log: Path) -> None:
    check(log)


def test_an_empty_one_passes(log: Path) -> None:
    log.write_bytes(b"")
    check(log)


@pytest.mark.parametrize("at", [*range(8), *range(12, HEADER)])
def test_a_damaged_header_is_named(log: Path, at: int) -> None:
    flip(log, at)
    with pytest.raises(Malformed, match="header"):
        check(log)


@pytest.mark.parametrize("at", [0, 5, 8, 15, 16, 23, FRAME_HEADER, FRAME_HEADER + PAGE - 1])
def test_a_damaged_frame_is_named_with_what_lies_behind_it(log: Path, at: int) -> None:
    flip(log, HEADER + at)
    with pytest.raises(Malformed, match=r"frame 1: .*[23] commits lie from there on"):
        check(log)


def test_what_a_crash_cut_off_is_no_damage(log: Path) -> None:
    log.write_bytes(log.read_bytes()[:-100])
    check(log)


def test_frames_of_the_round_before_are_no_damage(log: Path) -> None:
    data = bytearray(log.read_bytes())
    last = len(data) - FRAME_HEADER - PAGE
    data[last + 8] ^= 1  # its salt
    log.write_bytes(data)
    check(log)
