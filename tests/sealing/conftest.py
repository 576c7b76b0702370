"""Keys for the tests of sealing, and a check after each of them that no thread was left behind."""

import threading
from collections.abc import Iterator

import pytest

from keys.age import Identity, generate


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in before and thread.name == "hash lane"]
    assert left == []


@pytest.fixture(scope="session")
def classic() -> Identity:
    """An X25519 identity."""
    return generate(hybrid=False)


@pytest.fixture(scope="session")
def hybrid() -> Identity:
    """A hybrid identity."""
    return generate(hybrid=True)
