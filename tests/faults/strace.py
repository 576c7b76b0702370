"""Injecting faults with strace: which system calls a command makes on its own files, and one of them made to fail.

strace counts calls by name, each thread for itself. Only the main thread of `dvault` calls for files, which
tests/faults/test_strace.py proves, so its count names a call.
"""

import re
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from tests.faults.starting import Program, Starter

FILES = "%file,%desc"  # strace's own classes: every call that takes a file name or a descriptor

# What a failing disk goes on failing. Not `openat` and `write`, with which the command also loads itself and talks to
# people: it may begin at a `write`, and does not fail the next one.
LASTING = (
    "pread64", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate", "mkdir", "mkdirat", "rename", "renameat",
    "renameat2", "link", "linkat", "unlink", "unlinkat",
)  # fmt: skip
# A full disk refuses only what needs space.
GROWING = tuple(name for name in LASTING if not name.startswith(("pread", "unlink")))

_LINE = re.compile(r"^(?P<thread>[0-9]+) +(?P<name>[a-z0-9_]+)\((?P<shown>.*)$")


@dataclass(frozen=True, slots=True)
class Fault:
    """What strace is told to do with a call; with `lasting`, these calls fail from there on."""

    name: str
    action: str
    lasting: tuple[str, ...] = ()


FAULTS = (
    Fault("EIO", "error=EIO"),
    Fault("ENOSPC", "error=ENOSPC"),
    Fault("KILL", "signal=KILL"),
    Fault("EIO, lasting", "error=EIO", LASTING),
    Fault("ENOSPC, lasting", "error=ENOSPC", GROWING),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A call as strace shows it."""

    thread: str
    name: str
    shown: str


@dataclass(frozen=True, slots=True)
class Call:
    """The `nth` call (from 1) of a name by the main thread, as strace showed it; how often each was called before."""

    name: str
    nth: int
    shown: str
    before: Mapping[str, int] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.name} {self.nth}: {self.shown[:100]}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: exit code (negative: killed by that signal), what it said, the call that got the fault."""

    code: int
    stdout: str
    stderr: str
    injected: str

    @property
    def killed(self) -> bool:
        """Whether it had no chance to say anything more."""
        return self.code < 0


def available() -> None:
    """Skip where strace is not installed."""
    if shutil.which("strace") is None:
        pytest.skip("Debian package strace is not installed")


def trace(starter: Starter, program: Program, names: str = FILES) -> list[Line]:
    """The calls of a run without faults."""
    ended = starter.run(program, ["-e", f"trace={names}"])
    if ended.code:
        raise RuntimeError(f"the command fails without faults: {ended.stderr}")
    matches = map(_LINE.match, ended.log.splitlines())
    return [Line(match["thread"], match["name"], match["shown"]) for match in matches if match]


def calls(starter: Starter, program: Program) -> list[Call]:
    """The calls of a run without faults that touch files below its folder, in their order."""
    counted: Counter[str] = Counter()
    found: list[Call] = []
    lines = trace(starter, program)
    for line in lines:
        if line.thread != lines[0].thread:
            continue
        if str(program.folder) in line.shown:
            found.append(Call(line.name, counted[line.name] + 1, line.shown, dict(counted)))
        counted[line.name] += 1
    return found


def inject(starter: Starter, program: Program, call: Call, fault: Fault) -> Outcome:
    """Run the command with one call made to fail, or that and all later ones that a lasting fault concerns."""
    whens = {name: f"{call.before.get(name, 0) + 1}+" for name in fault.lasting}
    whens.setdefault(call.name, str(call.nth))
    words = [f"inject={name}:{fault.action}:when={when}" for name, when in whens.items()]
    ended = starter.run(program, ["-e", f"trace={','.join(whens)}", *(word for one in words for word in ("-e", one))])
    return Outcome(ended.code, ended.stdout, ended.stderr, _injected(ended.log, str(program.folder)))


def concerned(made: Sequence[Call], fault: Fault) -> list[Call]:
    """The calls at which a fault may begin: all, or those that a lasting one concerns."""
    return [call for call in made if not fault.lasting or call.name in ("write", *fault.lasting)]


def _injected(log: str, folder: str) -> str:
    """The first line of a call on the program's own files that got the fault, or none."""
    lines = log.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if folder in line and ("(INJECTED)" in line or "killed by SIGKILL" in following):
            return line
    return ""
