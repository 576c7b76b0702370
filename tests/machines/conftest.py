"""A vault made once a module, and a copy of it for each test."""

import shutil
from pathlib import Path

import pytest

from tests.desk import Desk


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A vault with one document."""
    desk = Desk(tmp_path_factory.mktemp("media") / "desk")
    for name in ("a.txt", "new.txt"):
        (desk.folder / name).write_text(f"content of {name}")
    desk.dvault("disclose", "a.txt", "--to", "ganzhou", "--purpose", "test")
    return desk


@pytest.fixture
def desk(original: Desk, tmp_path: Path) -> Desk:
    """A copy of it, as by somebody who copied his machine whole."""
    shutil.copytree(original.folder, tmp_path / "desk")
    return original.moved(tmp_path / "desk")
