"""All of it, in several processes: every flip of every target, every damage to every file; a table of what came out."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from tests.damage import files, flips, vaults
from tests.damage.files import Damage
from tests.damage.flips import Bench, Target
from tests.damage.vaults import Vaults
from tests.vault.machine import Machine

CHUNK = 512  # trials of one job
SHOWN = 5  # faults of one target

Deeds = tuple[str, Machine, str, Damage]


@dataclass(slots=True)
class Tally:
    """Counts of one target, and the first faults in words."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.counts += other.counts
        self.faults = (self.faults + other.faults)[:SHOWN]


@dataclass(slots=True)
class Work:
    """What the workers inherit when they are forked."""

    folder: Path
    vaults: Vaults
    targets: list[Target]
    deeds: list[Deeds]
    benches: dict[int, Bench] = field(default_factory=dict)

    def bench(self, number: int) -> Bench:
        """This process's own copy of the vault of a target."""
        if number not in self.benches:
            original: Machine = getattr(self.vaults, self.targets[number].vault)
            copy = original.copied(self.folder / f"{os.getpid()}-{number}")
            self.benches[number] = Bench(self.targets[number], original, copy)
        return self.benches[number]


_inherited: list[Work] = []


def run(processes: int) -> int:
    """Try everything; prints a table and returns 1 if anything passed unnoticed, unnamed, or changed a file."""
    started = time.monotonic()
    with vaults.room() as folder:
        made = vaults.build(folder)
        work = Work(folder, made, list(flips.targets(made)), list(all_deeds(made)))
        _inherited[:] = [work]
        tallies = _work(work, processes)
    _print(tallies)
    bad = sum(tally.counts.total() - tally.counts["flips"] - tally.counts["files"] for tally in tallies.values())
    bad -= sum(tally.counts["explained"] for tally in tallies.values())
    print(f"{bad} faults, {time.monotonic() - started:.0f} s in {processes} processes")
    return 1 if bad else 0


def all_deeds(made: Vaults) -> Iterator[Deeds]:
    """Each damage to each file of the plain vault, and to the log of the one that has one."""
    for machine, targets in ((made.plain, files.targets(made.plain)), (made.logged, ["vault/ledger.db-wal"])):
        for target in targets:
            for damage in files.damages(made, machine, target):
                yield machine.folder.name, machine, target, damage


def _work(work: Work, processes: int) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {target.name: Tally() for target in work.targets}
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        jobs = [pool.submit(_damage, number) for number in range(len(work.deeds))]
        jobs += [pool.submit(_flip, number, start) for number, start in _chunks(work.targets)]
        for done, job in enumerate(as_completed(jobs), 1):
            name, tally = job.result()
            tallies.setdefault(name, Tally()).add(tally)
            for fault in tally.faults:
                print("FAULT", fault, flush=True)
            print(f"{done} of {len(jobs)}: {name} {dict(tally.counts)}", file=sys.stderr, flush=True)
    return tallies


def _chunks(targets: list[Target]) -> Iterator[tuple[int, int]]:
    for number, target in enumerate(targets):
        for start in range(0, len(target.flips), CHUNK):
            yield number, start


def _flip(number: int, start: int) -> tuple[str, Tally]:
    (work,) = _inherited
    target, bench, tally = work.targets[number], work.bench(number), Tally()
    for one in target.flips[start : start + CHUNK]:
        tried = bench.trial(one)
        tally.counts["flips"] += tried.flips
        if fault := tried.fault(target):
            tally.counts[fault] += 1
            if fault != "explained" and len(tally.faults) < SHOWN:
                tally.faults.append(f"{target.name} {one[0].offset}: {fault}: {tried.words[:300]!r}")
    return target.name, tally


def _damage(number: int) -> tuple[str, Tally]:
    (work,) = _inherited
    _, machine, target, damage = work.deeds[number]
    result = files.trial(machine, work.folder / f"{os.getpid()}-deed", target, damage)
    tally = Tally(Counter({"files": 1}))
    if result.fault:
        tally.counts[result.fault.split()[0]] += 1
        tally.faults.append(f"{target}, {damage.name}: {result.fault}: {result.outcome.words[:300]!r}")
    elif not result.outcome.noticed:
        tally.counts["explained"] += 1
    return f"file: {files.short(target)}", tally


def _print(tallies: dict[str, Tally]) -> None:
    columns = ("flips", "files", "unnoticed", "unnamed", "crashed", "changed", "explained")
    print(f"{'':36}" + "".join(f"{column:>11}" for column in columns))
    total: Counter[str] = Counter()
    for name, tally in sorted(tallies.items()):
        total += tally.counts
        print(f"{name:36}" + "".join(f"{tally.counts[column]:11,}" for column in columns))
    print(f"{'all':36}" + "".join(f"{total[column]:11,}" for column in columns))
