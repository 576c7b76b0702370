"""A few of the kills that `make soak` tries by the hundred."""

from pathlib import Path

from tests.backup import kills
from tests.backup.weed import Weed
from tests.vault.machine import Machine
from vault.backup.s3 import Address


def test_backups_killed_at_random_moments_are_gone_on_with(
    weed: Weed, bucket: str, prefix: str, machine: Machine, tmp_path: Path
) -> None:
    result = kills.backups(weed, machine, Address(bucket, prefix), tmp_path, 3)
    assert list(result.broken) == []
    assert result.rows[0].counts["kills"] == 3


def test_restores_killed_at_random_moments_are_gone_on_with(
    weed: Weed, bucket: str, prefix: str, machine: Machine, tmp_path: Path
) -> None:
    result = kills.restores(weed, machine, Address(bucket, prefix), tmp_path, 4)
    assert list(result.broken) == []
    assert result.rows[0].counts["kills"] == 4
