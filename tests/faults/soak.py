"""The part `faults` of the soak: every fault at every call of every scenario."""

import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from tests.faults import trials
from tests.faults.scenarios import Bench
from tests.faults.starting import Starter
from tests.faults.trials import Verdict
from tests.soak.table import Result, Row

COLUMNS = ("injected", "not reached", "lost", "broken")


def run(folder: Path) -> Result:
    """Inject everything; a row for each scenario and fault."""
    with closing(Starter()) as starter, closing(Bench(folder, starter)) as bench:
        wanted = list(trials.every(bench))
    rows: dict[str, Counter[str]] = {}
    broken: list[str] = []
    for verdict in trials.run_all(folder, wanted):
        what = f"{verdict.trial.scenario.name}, {verdict.trial.fault.name}"
        rows.setdefault(what, Counter()).update(_counts(verdict))
        if verdict.broken:
            broken.append(str(verdict))
            print("BROKEN", verdict, file=sys.stderr, flush=True)
    return Result([Row(what, {name: counted[name] for name in COLUMNS}) for what, counted in rows.items()], broken)


def _counts(verdict: Verdict) -> dict[str, int]:
    reached = "injected" if verdict.injected else "not reached"
    return {reached: 1, "lost": int(verdict.lost), "broken": int(bool(verdict.broken))}
