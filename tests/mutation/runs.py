"""Running tests with a fault in a module: collected once, then a fork for each mutant."""

import importlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import _pytest.main
import pytest
from hypothesis import Phase, settings

from tests.mutation import alone
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.swapping import NotSwapped, swap

SECONDS = 20  # a mutant may loop for ever
ALONE = 99  # what a fork ends with where the fault has to be there from the first import on
SLOW = 0.3  # seconds; a test that takes longer as it is waits for the suite itself

Tell = Callable[[str, Mutant | None], None]


@dataclass
class Runs:
    """A pytest plugin: runs the tests of a package once, then the quick ones with each mutant of its modules `names`.

    `tell` is called with each mutant that no test notices, then with None for the module.
    """

    names: list[str]
    tell: Tell
    count: Counter[str] = field(default_factory=Counter)
    alive: Counter[str] = field(default_factory=Counter)
    _seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    _failed: set[str] = field(default_factory=set)
    _noticed: tuple[int, int] = field(default_factory=os.pipe)

    def pytest_configure(self) -> None:
        settings.register_profile(
            "mutation",
            deadline=None,
            database=None,
            derandomize=True,
            max_examples=25,
            phases=[Phase.explicit, Phase.generate],
        )
        settings.load_profile("mutation")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] += report.duration
        if report.failed:
            self._failed.add(report.nodeid)  # a test of time, on a busy machine
            os.write(self._noticed[1], report.nodeid.encode() + b"\n")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # one folder for all forks
        _pytest.main.pytest_runtestloop(session)
        session.testsfailed, session.config.option.maxfail = 0, 1
        self._noticed = os.pipe()
        os.set_blocking(self._noticed[0], False)
        collected = [item for item in session.items if item.nodeid not in self._failed]
        for name in self.names:
            own = alone.own(name)
            session.items = [item for item in collected if self._seconds[item.nodeid] < SLOW]
            session.items.sort(key=lambda item: (item.path != own, self._seconds[item.nodeid]))
            self._try(name, session)
        return True

    def _try(self, name: str, session: pytest.Session) -> None:
        for number, mutant in enumerate(mutants(alone.source(name).read_text("utf-8"))):
            self.count[name] += 1
            if self._lives(name, session, number, mutant):
                self.alive[name] += 1
                self.tell(name, mutant)
            self._move_to_front(session)
        self.tell(name, None)

    def _move_to_front(self, session: pytest.Session) -> None:
        """What noticed one fault notices the next one next to it."""
        try:
            noticed = set(os.read(self._noticed[0], 1 << 16).decode().split("\n"))
        except BlockingIOError:
            return
        session.items.sort(key=lambda item: item.nodeid not in noticed)

    def _lives(self, name: str, session: pytest.Session, number: int, mutant: Mutant) -> bool:
        status = _run(name, session, mutant)
        if status != ALONE:
            return status == 0
        slow = [
            f"--deselect={test}" for test, seconds in self._seconds.items() if seconds >= SLOW or test in self._failed
        ]
        command = [sys.executable, "-m", "tests.mutation.alone", name, str(number), *slow]
        try:
            done = subprocess.run(command, cwd=alone.ROOT, capture_output=True, timeout=4 * SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def _run(name: str, session: pytest.Session, mutant: Mutant) -> int:
    """How the tests end in a fork: 0 where all pass; a mutant that loops is stopped."""
    child = os.fork()
    if not child:
        _be_tested(name, session, mutant)
    for _ in range(SECONDS * 50):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 1


def _be_tested(name: str, session: pytest.Session, mutant: Mutant) -> None:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    try:
        swap(importlib.import_module(name), mutant, compile(mutant.tree, alone.source(name), "exec"))
        _pytest.main.pytest_runtestloop(session)
        os._exit(1 if session.testsfailed else 0)
    except NotSwapped:
        os._exit(ALONE)
    except BaseException:
        os._exit(70)


def run(names: list[str], tell: Tell) -> Runs:
    """Try every mutant of these modules, all of one package."""
    runs = Runs(names, tell)
    pytest.main([*alone.ARGUMENTS, "-s", "--maxfail=0", str(alone.folder(names[0]))], plugins=[runs])
    return runs
