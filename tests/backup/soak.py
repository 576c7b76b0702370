"""The part `backup` of the soak: kills by the hundred, and a thousand requests through a storm of faults."""

from pathlib import Path
from secrets import token_hex

from keys import identity_file
from keys.identity import Identity
from keys.protectors.passphrase import Passphrase
from tests.backup import kills
from tests.backup.faulty import storm
from tests.backup.weed import Weed
from tests.soak.table import Result, Row
from tests.vault.machine import Machine, fill, found
from vault.backup.s3 import Address

KILLS = 200  # of runs, and as many of restores
REQUESTS = 1_000


def run(folder: Path, count: int = KILLS, requests: int = REQUESTS) -> Result:
    """All of it against one server."""
    weed = Weed(folder / "weed")
    try:
        weed.start()
        bucket = weed.new_bucket()
        backups = kills.backups(weed, *_place(folder / "backups", bucket), count)
        restores = kills.restores(weed, *_place(folder / "restores", bucket), count)
        outcome = storm(weed, *_place(folder / "storm", bucket), requests)
    finally:
        weed.stop()
    counts = {
        "requests": outcome.requests, "injected": outcome.faults, "whole": outcome.whole,
        "told to repeat": outcome.repeated, "false": outcome.false,
    }  # fmt: skip
    broken = [*backups.broken, *restores.broken, *(["a false success"] if outcome.false else [])]
    return Result([*backups.rows, *restores.rows, Row("storm of faults", counts)], broken)


def _place(folder: Path, bucket: str) -> tuple[Machine, Address, Path]:
    """A vault of six entries, a prefix of its own, an empty folder."""
    (folder / "work").mkdir(parents=True)
    identity = identity_file.create(folder / "identity", Identity.generate(), [Passphrase(lambda: "correct horse")])
    machine = found(folder / "machine", identity)
    fill(machine)
    return machine, Address(bucket, f"desk/{token_hex(6)}"), folder / "work"
