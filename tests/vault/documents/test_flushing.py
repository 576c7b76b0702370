"""A file that sets off for the disk early holds what any file would."""

import os
from errno import EIO
from pathlib import Path

import pytest

from vault.documents import flushing


def test_the_bytes_are_those_written_and_what_was_told_of_is_behind(tmp_path: Path) -> None:
    written = os.urandom(5 << 20)
    with flushing.Flushing(tmp_path / "file", "wb") as file:
        for _ in range(4):
            assert file.write(written) == len(written)
        assert flushing.STRETCH <= file._begun <= file.tell()
    assert (tmp_path / "file").read_bytes() == 4 * written


def test_a_hint_that_fails_is_no_failure_of_the_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """[A disk that failed at it was blamed on standard output.]"""

    def fail(*_: int) -> None:
        raise OSError(EIO, "an injected fault")

    monkeypatch.setattr(os, "posix_fadvise", fail)
    with flushing.Flushing(tmp_path / "file", "wb") as file:
        assert file.write(bytes(flushing.STRETCH)) == flushing.STRETCH
