"""Backups and restores through a network on its worst day: each ends whole and verified, or says that it did not."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.backup.desks import Backed, backed
from tests.backup.proxy import KINDS, Proxy
from tests.backup.weed import Weed, bucket_of
from tests.vault.machine import Machine, disclose
from vault.backup import checking
from vault.backup.patient import Patient
from vault.backup.s3 import Address, Patience
from vault.backup.sending import PART
from vault.errors import Unavailable

RATE = 0.05
_TRIES = 5
_HASTY = Patience(connect=2, read=1.5, attempts=2)


@dataclass
class Outcome:
    """What was counted: requests, faults, runs and restores that ended whole, that said to be repeated, false ones."""

    requests: int = 0
    faults: int = 0
    whole: int = 0
    repeated: int = 0
    false: int = 0


def storm(
    weed: Weed, machine: Machine, place: Address, folder: Path, requests: int, kinds: Iterable[str] = KINDS
) -> Outcome:
    """Back up and restore until so many requests were made, each kind of fault to 5 % of them."""
    found = Outcome()
    direct = bucket_of(weed, place)
    with Proxy(weed.endpoint, dict.fromkeys(kinds, RATE)) as proxy, backed(machine, direct) as made:
        through = bucket_of(weed, place, endpoint=proxy.endpoint, patience=_HASTY)
        through = Patient(through.store, seconds=5, sleep=lambda _: None)
        rounds = 0
        while proxy.seen < requests:
            rounds += 1
            disclose(made.archive, b"round %d" % rounds, bytes(2 * PART + rounds) if rounds % 5 == 1 else b"small")
            made.store = through
            _until_whole(made, direct, found)
            _restored(made, through, folder / f"restored-{rounds}", found, proxy)
        found.requests, found.faults = proxy.seen, sum(proxy.done.values())
    return found


def _until_whole(made: Backed, direct: Patient, found: Outcome) -> None:
    for _ in range(100):
        try:
            made.run()
        except Unavailable:
            found.repeated += 1
            continue
        made.store = direct
        sound = checking.verify(made.job, checking.every)
        names = {fault.what for fault in sound.faults if "versions, and is written once" not in fault.what}
        found.whole += not names and sound.report.passes(())
        found.false += bool(names)
        return
    raise AssertionError("a hundred runs, and none ended")


def _restored(made: Backed, through: Patient, folder: Path, found: Outcome, proxy: Proxy) -> None:
    """Restore; credentials that expire at every twentieth request are mended after a few tries, as people would."""
    rates = proxy.rates
    try:
        _tried(made, through, folder, found, proxy)
    finally:
        proxy.rates = rates


def _tried(made: Backed, through: Patient, folder: Path, found: Outcome, proxy: Proxy) -> None:
    for tries in range(100):
        if tries == _TRIES:
            proxy.rates = {kind: rate for kind, rate in proxy.rates.items() if kind not in ("expired", "skewed")}
        try:
            restored = made.restored(folder, store=through)
        except Unavailable:
            found.repeated += 1
            continue
        found.whole += restored.is_whole
        found.false += not restored.is_whole
        return
    raise AssertionError("a hundred restores, and none ended")
