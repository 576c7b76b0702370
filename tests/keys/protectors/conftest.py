"""One token a process: a driver reads its configuration once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.keys.protectors import token


@pytest.fixture(scope="session")
def token_label(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The label of a token that is plugged in."""
    config: Path = token.make(tmp_path_factory.mktemp("token"))
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(config)
    yield token.LABEL
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before
