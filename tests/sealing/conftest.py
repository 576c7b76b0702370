"""Keys for the tests of sealing, and a check after each of them that no thread was left behind."""

import os
import threading
from collections.abc import Iterator

import pytest

from keys.age import Identity, generate
from tests.judges import nodejs


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in before and thread.name == "sealing lane"]
    assert left == []


@pytest.fixture(scope="session")
def classic() -> Identity:
    """An X25519 identity."""
    return generate(hybrid=False)


@pytest.fixture(scope="session")
def hybrid() -> Identity:
    """A hybrid identity."""
    return generate(hybrid=True)


@pytest.fixture(scope="session")
def npm_judge(tmp_path_factory: pytest.TempPathFactory) -> nodejs.Judge:
    """npm's age-encryption, one for all workers of a run."""
    folder = tmp_path_factory.getbasetemp()
    return nodejs.Judge(
        nodejs.install((folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "npm-judge")
    )
