"""A vault beside a bucket: backed up, restored elsewhere, compared byte by byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.vault.machine import START, Clock, Machine
from vault.archive import Archive
from vault.backup import restoring, running, target
from vault.backup.restoring import Restored, Wish
from vault.backup.running import Job, Ran
from vault.backup.store import LargeStore
from vault.backup.target import FACTS, Target
from vault.checking.steps import check
from vault.folder import Folder
from vault.pins import Pins
from vault.verify.report import Report

LATER = START + timedelta(days=2)
WISH = Wish()
TABLES = ("entry", "node", "record", "record_wrap", "document", "transmittal", "registered", "item", "link", "lookup")


@dataclass
class Backed:
    """An open vault and the bucket it is backed up to; `clock` is the vault's."""

    machine: Machine
    archive: Archive
    store: LargeStore
    clock: Clock
    target: Target = field(default_factory=lambda: Target("memory:", found=dict.fromkeys(FACTS, True), window_days=35))

    @property
    def job(self) -> Job:
        return Job(self.archive, self.target, self.store)

    def run(self) -> Ran:
        return running.run(self.job)

    def restored(self, folder: Path, wish: Wish = WISH, store: LargeStore | None = None) -> Restored:
        """Restore on a machine that has the identity and nothing else."""
        folder.mkdir(parents=True, exist_ok=True)
        identity = self.machine.copied_identity(folder)
        return restoring.restore(store or self.store, Folder(folder / "vault"), identity, Pins(folder / "pins"), wish)


@contextmanager
def backed(machine: Machine, store: LargeStore) -> Iterator[Backed]:
    """Open the vault of a machine beside a bucket that was set up."""
    clock = Clock(LATER)
    with machine.opened(clock) as archive:
        made = Backed(machine, archive, store, clock)
        target.write(archive.folder.path, made.target)
        yield made


def elsewhere(machine: Machine, folder: Path) -> Machine:
    """The machine that a vault was restored to, in `folder`."""
    return Machine(folder, machine.copied_identity(folder))


def rows(archive: Archive) -> dict[str, list[Any]]:
    """What the tables of a vault hold, but for the checkpoints and the index, which differ in what is kept."""
    return {name: archive.database.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in TABLES}  # noqa: S608


def contents(archive: Archive) -> dict[str, bytes]:
    """The segments by name."""
    found = {}
    for name in archive.segments.names():
        with archive.segments.open(name) as file:
            found[name] = file.read()
    return found


def verified(archive: Archive) -> Report:
    """The whole check, documents too."""
    return check(archive, documents=True)
