"""Thousands of changed ledgers and proofs before both verifiers; a few of them also before both programs."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.soak.table import Result, Row
from tests.strangers import ledgers, proofs, reports, stamped
from tests.strangers.comparing import LETTERS, NOTHING, UNEXPLAINED, Compared, compare_folder, compare_proof
from tests.verify.folders import write
from vault.verify import standalone
from vault.verify.outside import Outside

LEDGERS, STAMPED, PROOFS, REPORTS, BY_PROCESS = 3_000, 500, 3_000, 600, 24


def run(folder: Path) -> Result:
    """All of it: a row for each sort, a sentence for each disagreement."""
    tried = [
        Tried("ledgers", ledgers.TRIALS, LEDGERS, on_ledger),
        Tried("ledgers with time stamps", stamped.TRIALS, STAMPED, stamped.Stamps(folder).on_stamps),
        Tried("proofs", proofs.TRIALS, PROOFS, on_proof),
        Tried("reports", reports.TRIALS, REPORTS, reports.Reports(folder).on_report),
        Tried("ledgers, by process", ledgers.TRIALS, BY_PROCESS, by_process_on_ledger),
        Tried("proofs, by process", proofs.TRIALS, BY_PROCESS, by_process_on_proof),
    ]
    rows, broken = [], []
    for one in tried:
        one.run()
        rows.append(Row(one.what, one.counts()))
        broken += [f"{one.what}: {sentence}" for sentence in one.disagreements]
        for why, number in one.reasons.items():
            sys.stderr.write(f"{one.what}: {number} differ in {why}\n")
    return Result(rows, broken)


class Tried:
    """One sort of thing, changed many times over."""

    def __init__(self, what: str, trials: st.SearchStrategy, times: int, compare: Callable[..., Compared]) -> None:
        self.what, self.times, self.trials, self.compare = what, times, trials, compare
        self.tried = self.broken = 0
        self.reasons: Counter[str] = Counter()
        self.disagreements: list[str] = []

    def run(self) -> None:
        """Each trial is drawn anew from one seed, so that a run repeats."""
        drawn = settings(
            max_examples=self.times, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        drawn(given(self.trials)(self.trial))()

    def trial(self, trial: tuple[object, ...]) -> None:
        """Compare, and count; never raise, so that all are tried."""
        found = self.compare(*trial)
        self.tried += 1
        self.broken += "B" in found.ours + found.theirs
        if found.why == UNEXPLAINED:
            self.disagreements.append(f"{trial}: {found.ours} {found.theirs} {'; '.join(found.told)}")
        elif found.why:
            self.reasons[found.why] += 1

    def counts(self) -> dict[str, int]:
        """For the table."""
        return {
            "tried": self.tried,
            "broken by somebody": self.broken,
            "declared skips": sum(self.reasons.values()),
            "disagreements": len(self.disagreements),
        }


def on_ledger(name: str, change: tuple[str, tuple[object, ...]], who: int) -> Compared:
    """Both on a changed ledger."""
    with TemporaryDirectory() as folder:
        return compare_folder(write(Path(folder), ledgers.changed(name, change)), ledgers.outsides(name)[who])


def on_proof(name: str, changes: list[tuple[str, int, int, str]], who: int) -> Compared:
    """Both on a changed proof."""
    return compare_proof(proofs.changed(name, changes), proofs.outsides(name)[who])


def by_process_on_ledger(name: str, change: tuple[str, tuple[object, ...]], who: int) -> Compared:
    """The same by both programs."""
    with TemporaryDirectory() as folder:
        path = write(Path(folder) / "ledger", ledgers.changed(name, change))
        return by_process(path, ledgers.outsides(name)[who], on_ledger(name, change, who))


def by_process_on_proof(name: str, changes: list[tuple[str, int, int, str]], who: int) -> Compared:
    """The same by both programs."""
    with TemporaryDirectory() as folder:
        (path := Path(folder) / "proof").write_bytes(proofs.changed(name, changes))
        return by_process(path, proofs.outsides(name)[who], on_proof(name, changes, who))


def by_process(path: Path, outside: Outside, before: Compared) -> Compared:
    """What both programs print is what both said in this process, and they end alike where they agree."""
    words = ["--fingerprint", outside.fingerprint] if outside.fingerprint else []
    for number, (_, note) in enumerate(outside.kept):
        (kept := path.parent / f"kept{number}").write_bytes(note)
        words += ["--checkpoint", str(kept)]
    program = ended("-m", "vault.verify", str(path), "--json", *words)
    file = ended("-I", standalone.__file__, str(path), *words)
    ours = [one["state"] for one in json.loads(program.stdout)["verdicts"].values()] if program.stdout else []
    theirs = [row[14:24].strip() for row in file.stdout.splitlines()[:5]]
    letters = ["".join(LETTERS[state] for state in said) or NOTHING for said in (ours, theirs)]
    same = letters == [before.ours, before.theirs] and (before.why or program.returncode == file.returncode)
    told = [str(program), str(file), *before.told]
    return before if same else Compared(letters[0], letters[1], UNEXPLAINED, told)


def ended(*words: str) -> subprocess.CompletedProcess[str]:
    """A run of this Python."""
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
