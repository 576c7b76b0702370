"""Two TSAs a run: one with an elliptic key, one with RSA."""

import pytest

from tests.anchoring.authority import Authority


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A TSA whose answers `openssl ts` makes."""
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="session")
def rsa_tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The same with RSA, another root, and no stated accuracy."""
    return Authority(tmp_path_factory.mktemp("rsa-tsa"), "rsa", accuracy="", name="Other")
