"""What `-o` names: written whole, or not at all. Failing disks are in tests/faults."""

import os
from pathlib import Path

import pytest

from cli import writing
from vault.errors import Refused, Unavailable


def test_file_is_the_user_s_alone(tmp_path: Path) -> None:
    writing.new_file(tmp_path / "new", b"made")
    assert (tmp_path / "new").read_bytes() == b"made"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("dangling", [False, True])
def test_name_that_is_taken_is_refused(tmp_path: Path, dangling: bool) -> None:
    path = tmp_path / "there"
    path.symlink_to("nowhere") if dangling else path.write_bytes(b"old")
    with pytest.raises(Refused, match="there exists"):
        writing.new_file(path, b"made")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert os.path.lexists(path)
    assert dangling or path.read_bytes() == b"old"


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="nowhere/new cannot be written: No such file or directory"):
        writing.new_file(tmp_path / "nowhere" / "new", b"made")
