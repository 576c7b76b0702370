"""The commands that faults are injected into, and what has to hold of the vault afterwards, whatever happened."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.desk import Desk
from tests.faults.strace import Call, Outcome, Program, calls, inject
from vault import doctoring
from vault.checking.steps import check

DOCUMENTED = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command on a prepared desk. `appends` is how many entries it adds when it succeeds."""

    name: str
    arguments: tuple[str, ...]
    appends: int


SCENARIOS = (
    Scenario("disclose", ("disclose", "document.bin", "--to", "ganzhou", "--purpose", "test", "--yes"), 1),
    Scenario("correct", ("correct", "T-000001", "--purpose", "licence", "--reason", "typo"), 1),
    Scenario("checkpoint", ("checkpoint",), 0),
)


class Bench:
    """One prepared desk; each trial works on a fresh copy of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk = Desk(folder / "pristine")
        (self.desk.folder / "document.bin").write_bytes(os.urandom(100_000))
        (self.desk.folder / "first.bin").write_bytes(os.urandom(5_000))
        self.desk.dvault("disclose", "first.bin", "--to", "ganzhou", "--yes")
        self.entries = self._size(self.desk)

    def copy(self) -> Desk:
        """A fresh copy, always at the same place, so that runs make the same calls."""
        target = self.folder / "trial"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.desk.folder, target)
        return self.desk.moved(target)

    def calls(self, scenario: Scenario) -> list[Call]:
        """The calls of the scenario on the vault's, the state's and the identity's files."""
        return calls(self._program(self.copy(), scenario))

    def _program(self, desk: Desk, scenario: Scenario) -> Program:
        command = [str(Path(sys.executable).with_name("dvault")), *self._arguments(desk, scenario)]
        # No bytecode is written, so that each run makes the same calls.
        environment = {**os.environ, **desk.environment, "PYTHONDONTWRITEBYTECODE": "1", "PWD": "/"}
        return Program(command, desk.folder, environment, self.folder / "strace.log")

    def _arguments(self, desk: Desk, scenario: Scenario) -> list[str]:
        return [str(desk.folder / word) if word.endswith(".bin") else word for word in scenario.arguments]

    def trial(self, scenario: Scenario, call: Call, fault: str) -> Outcome:
        """Inject one fault, then hold the vault to its promises; AssertionError names what broke."""
        desk = self.copy()
        outcome = inject(self._program(desk, scenario), call, fault)
        self._judge(desk, scenario, outcome)
        return outcome

    def _judge(self, desk: Desk, scenario: Scenario, outcome: Outcome) -> None:
        assert "Traceback" not in outcome.stderr, outcome.stderr
        assert outcome.code in DOCUMENTED or outcome.code in (-9, 137), (outcome.code, outcome.stderr)
        size = self._size(desk)
        if outcome.code == 0:
            assert size == self.entries + scenario.appends, "acknowledged and not there"
        assert size in (self.entries, self.entries + scenario.appends), "half there"
        with desk.opened() as archive:
            doctoring.clean(archive)
            assert [finding for finding in doctoring.examine(archive) if finding.harm] == []
            report = check(archive, documents=True)
            assert report.passes(), [str(fault) for faults in report.faults.values() for fault in faults]
        desk.dvault("party", "add", "Next Ltd")  # and it goes on

    def _size(self, desk: Desk) -> int:
        with desk.opened() as archive:
            return archive.ledger.head().size
