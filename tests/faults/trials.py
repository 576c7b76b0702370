"""Trials: one fault at one call of one scenario, injected and judged; many of them by several processes."""

import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count
from multiprocessing import current_process
from pathlib import Path
from traceback import extract_tb

import pytest

from tests.faults.claims import Lost
from tests.faults.judging import Judge
from tests.faults.scenarios import SCENARIOS, Bench, Scenario
from tests.faults.starting import Starter
from tests.faults.strace import FAULTS, Call, Fault, concerned

PROCESSES = 2
TOLD = 250  # trials between two words of progress


@dataclass(frozen=True, slots=True)
class Trial:
    """One fault that begins at one call."""

    scenario: Scenario
    fault: Fault
    call: Call


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a trial: whether the fault was injected, whether something acknowledged is lost, what broke."""

    trial: Trial
    injected: bool
    lost: bool = False
    broken: str = ""

    def __str__(self) -> str:
        trial = self.trial
        return f"{trial.scenario.name}, {trial.fault.name} at {trial.call}: {self.broken}"


def every(bench: Bench) -> Iterator[Trial]:
    """All faults at all calls of all scenarios."""
    for scenario in SCENARIOS:
        made = bench.calls(scenario)
        for fault in FAULTS:
            yield from (Trial(scenario, fault, call) for call in concerned(made, fault))


def run(bench: Bench, trial: Trial) -> Verdict:
    """Inject the fault, hold the desk to its promises."""
    desk, outcome = bench.attempt(trial.scenario, trial.call, trial.fault)
    if outcome.code == -signal.SIGALRM:
        return Verdict(trial, bool(outcome.injected), broken="it hangs")
    try:
        Judge(bench).judge(desk, trial.scenario, outcome)
    except (Exception, pytest.fail.Exception) as exc:  # whatever the vault raises afterwards is a broken promise
        last = extract_tb(exc.__traceback__)[-1]
        broken = f"{type(exc).__name__} {exc} [{Path(last.filename).name}:{last.lineno}]"
        return Verdict(trial, bool(outcome.injected), isinstance(exc, Lost), broken)
    return Verdict(trial, bool(outcome.injected))


def run_all(folder: Path, trials: Sequence[Trial]) -> Iterator[Verdict]:
    """The verdicts as they come, each process at a place of its own in the bench's folder."""
    with ProcessPoolExecutor(PROCESSES, initializer=_begin, initargs=(folder,)) as processes:
        for done, verdict in zip(count(1), processes.map(_run, trials, chunksize=8)):
            if done % TOLD == 0:
                print(f"{done:,} of {len(trials):,} trials", file=sys.stderr, flush=True)
            yield verdict


_MINE: list[Bench] = []  # of this process


def _begin(folder: Path) -> None:
    _MINE.append(Bench(folder, Starter(), current_process()._identity[0]))


def _run(trial: Trial) -> Verdict:
    return run(_MINE[0], trial)
