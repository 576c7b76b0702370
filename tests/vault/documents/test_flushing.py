"""A file that sets off for the disk early holds what any file would."""

import os
from pathlib import Path

from vault.documents import flushing


def test_the_bytes_are_those_written_and_what_was_told_of_is_behind(tmp_path: Path) -> None:
    written = os.urandom(5 << 20)
    with flushing.Flushing(tmp_path / "file", "wb") as file:
        for _ in range(4):
            assert file.write(written) == len(written)
        assert flushing.STRETCH <= file._begun <= file.tell()
    assert (tmp_path / "file").read_bytes() == 4 * written
