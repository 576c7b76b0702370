"""Two TSAs a run: one with an elliptic key, one with RSA."""

from collections.abc import Iterator

import pytest

from tests.anchoring.authority import Authority
from tests.anchoring.desks import Stamped
from tests.anchoring.serving import served
from tests.vault.conftest import filled, identity, machine  # noqa: F401 - fixtures
from tests.vault.machine import Machine


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A TSA whose answers `openssl ts` makes."""
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="session")
def rsa_tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The same with RSA, another root, and no stated accuracy."""
    return Authority(tmp_path_factory.mktemp("rsa-tsa"), "rsa", accuracy="", name="Other")


@pytest.fixture
def desk(machine: Machine, tsa: Authority) -> Iterator[Stamped]:  # noqa: F811
    with served(tsa) as server:
        yield Stamped(machine, tsa, server)
