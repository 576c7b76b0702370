"""Backups and restores killed with SIGKILL at random moments, against a real server; then the next one goes on.

Each attempt is a process of its own, forked, so that it takes no second to begin. After each kill the bucket has to
restore to some signed checkpoint; in the end nothing may be lost, and nothing lie there twice.
"""

import os
import random
import signal
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.backup.desks import WISH, backed, elsewhere, rows
from tests.backup.weed import Weed
from tests.soak.table import Result, Row
from tests.vault.machine import Machine, disclose, spoken
from vault.backup import checking, layout, restoring
from vault.backup.inventory import Inventory
from vault.backup.patient import Patient
from vault.backup.s3 import Access, Address, S3Bucket
from vault.backup.sending import PART
from vault.errors import NotFound
from vault.folder import Folder
from vault.pins import Pins

Act = Callable[[Patient], None]


def killed(act: Act, reach: Callable[[], Patient], seconds: float) -> bool:
    """Run `act` in a process that is killed after so many seconds; whether it was still at it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            act(reach())
            code = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            if status:
                raise AssertionError("what was not killed failed by itself, see its traceback")
            return False
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def reaching(weed: Weed, place: Address) -> Callable[[], Patient]:
    """How a process of its own reaches the bucket: no connection is shared with its parent."""

    def reach() -> Patient:
        os.environ.update(weed.environment())
        return Patient(S3Bucket(place, Access(endpoint=weed.endpoint)), seconds=60)

    return reach


def backups(weed: Weed, machine: Machine, place: Address, folder: Path, count: int) -> Result:
    """Kill `count` runs; after each the bucket is restored, at the end all of it is compared."""
    reach, chance = reaching(weed, place), random.Random(count)
    store, broken, kills, tries, restores = reach(), list[str](), 0, 0, 0
    longest = 1.0

    def run(there: Patient) -> None:
        with backed(machine, there) as made:
            made.clock.time += timedelta(hours=made.archive.ledger.size())
            made.run()

    while kills < count:
        with backed(machine, store) as made:
            made.clock.time += timedelta(hours=made.archive.ledger.size())  # no process steps back behind another
            size = bytes(2 * PART + kills) if kills % 20 == 0 else b"%d" % kills
            disclose(made.archive, size)
        began = time.monotonic()
        if killed(run, reach, chance.uniform(0.02, longest)):
            kills += 1
        else:
            longest = max(0.1, min(longest, 1.2 * (time.monotonic() - began)))
        tries += 1
        restores += _restores(store, machine, folder / f"restored-{tries}", broken)
    run(store)
    with backed(machine, store) as made:
        found = checking.verify(made.job, checking.every)
        broken += [str(fault) for fault in found.faults]
        broken += [] if found.report.passes(()) else ["the tiles are BROKEN"]
        broken += _twice(store)
        restored = made.restored(folder / "last")
        with elsewhere(machine, folder / "last").opened() as archive:
            broken += [] if restored.is_whole and rows(archive) == rows(made.archive) else ["not what was backed up"]
    return Result([Row("backup killed", {"kills": kills, "restored": restores, "lost": len(broken)})], broken)


def _twice(store: Patient) -> list[str]:
    """Names that are written once and lie there in two versions."""
    return [said for said in Inventory(store).hidden() if "written once" in said]


def _restores(store: Patient, machine: Machine, folder: Path, broken: list[str]) -> int:
    """Restore what lies there, if a checkpoint does."""
    folder.mkdir()
    try:
        place, pins = Folder(folder / "vault"), Pins(folder / "pins")
        restored = restoring.restore(store, place, machine.copied_identity(folder), pins, WISH)
    except NotFound:
        if layout.CHECKPOINT in Inventory(store):
            broken.append("a checkpoint, and no backup")
        return 0
    if not restored.is_whole:
        broken.append(f"restored to {restored.size}: {restored.lost}")
    return 1


def restores(weed: Weed, machine: Machine, place: Address, folder: Path, count: int) -> Result:
    """Kill `count` restores, each begun where the last one ended, then let one end."""
    reach, chance = reaching(weed, place), random.Random(count)
    store, broken, kills, began_anew, longest = reach(), list[str](), 0, 0, 1.0
    with backed(machine, store) as made:
        disclose(made.archive, bytes(3 * PART), b"small")
        made.archive.append([spoken(f"call {n}") for n in range(50)])
        made.run()
        expected = rows(made.archive)
    target = folder / "restored-0"

    def run(there: Patient) -> None:
        target.mkdir(exist_ok=True)
        identity = machine.copied_identity(target)
        restoring.restore(there, Folder(target / "vault"), identity, Pins(target / "pins"), WISH)

    while kills < count:
        began = time.monotonic()
        if killed(run, reach, chance.uniform(0.02, longest)):
            kills += 1
            continue
        longest = max(0.1, min(longest, 1.2 * (time.monotonic() - began)))
        broken += _compared(machine, target, expected)
        began_anew += 1
        target = folder / f"restored-{began_anew}"
    if not (target / "vault" / "vault.toml").exists() or (target / "vault" / restoring.MARK).exists():
        run(store)
    broken += _compared(machine, target, expected)
    return Result([Row("restore killed", {"kills": kills, "restored": began_anew + 1, "lost": len(broken)})], broken)


def _compared(machine: Machine, target: Path, expected: dict[str, list[object]]) -> list[str]:
    with elsewhere(machine, target).opened() as archive:
        return [] if rows(archive) == expected else ["restored another vault than was backed up"]
