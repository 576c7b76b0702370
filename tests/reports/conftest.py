"""One vault a run, copied for each test that adds to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import clerk as clerks
from tests.desk import Desk
from tests.reports import bundles
from vault.archive import Archive


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk as `bundles.vault` makes it, with an index: entry 12."""
    desk = bundles.vault(tmp_path_factory.mktemp("reports") / "desk")
    with desk.opened() as archive:
        archive.checkpoint()
    return desk


@pytest.fixture
def desk(original: Desk, tmp_path: Path) -> Desk:
    """A copy of it."""
    return clerks.copy(original, tmp_path / "desk")


@pytest.fixture
def archive(desk: Desk) -> Iterator[Archive]:
    """The copy's vault, open."""
    with desk.opened() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where reports are written."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"
