"""Bundles that the page is made of: one vault for all tests of this folder."""

from pathlib import Path

import pytest

from tests.desk import Desk
from tests.reports import bundles
from tests.reports.bundles import Sample


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return bundles.vault(tmp_path_factory.mktemp("vault") / "vault")


@pytest.fixture(scope="session")
def samples(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sample]:
    """`party`, `within` and `withheld` of bundles.QUERIES."""
    folder = tmp_path_factory.mktemp("bundles")
    return {name: bundles.sample(desk, folder, name) for name in ("party", "within", "withheld")}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for pages."""
    return tmp_path_factory.mktemp("pages")
