"""Injecting faults with strace: which system calls a command makes on its own files, and one of them made to fail."""

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

CALLS = (
    "openat,read,pread64,write,pwrite64,fsync,fdatasync,rename,renameat,link,linkat,unlink,unlinkat,"
    "mkdir,mkdirat,ftruncate,flock,fcntl,newfstatat,chmod,fchmod,mmap"
)
FAULTS = {"EIO": "error=EIO", "ENOSPC": "error=ENOSPC", "KILL": "signal=KILL"}
SECONDS = 120

_LINE = re.compile(r"^(?:\[pid +)?(?P<pid>[0-9]+)\]? +(?P<call>[a-z0-9_]+)\((?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class Call:
    """The `nth` call (from 1) of a name by the main thread, and the arguments strace showed of it."""

    name: str
    nth: int
    shown: str

    def __str__(self) -> str:
        return f"{self.name} {self.nth}: {self.shown[:100]}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: exit code (negative: killed by that signal), what it said, whether the fault was injected."""

    code: int
    stdout: str
    stderr: str
    injected: str


def available() -> None:
    """Skip where strace is not installed."""
    if shutil.which("strace") is None:
        pytest.skip("Debian package strace is not installed")


@dataclass(frozen=True, slots=True)
class Program:
    """A command line, the folder whose files count, and the file strace writes to."""

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    log: Path


def calls(program: Program) -> list[Call]:
    """The calls of a run without faults that touch files below its folder, in their order."""
    done = _run(program, [])
    if done.returncode:
        raise RuntimeError(f"the command fails without faults: {done.stderr}")
    return _own(program.log, program.folder)


def inject(program: Program, call: Call, fault: str) -> Outcome:
    """Run the command with one call made to fail."""
    done = _run(program, ["-e", f"inject={call.name}:{FAULTS[fault]}:when={call.nth}"])
    lines = program.log.read_text(errors="replace").splitlines()
    injected = [line for line in lines if "(INJECTED)" in line or "killed by SIGKILL" in line]
    return Outcome(done.returncode, done.stdout, done.stderr, injected[0] if injected else "")


def _run(program: Program, more: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    tracing = ["strace", "-f", "-y", "-s", "0", "-o", str(program.log), "-e", f"trace={CALLS}", *more]
    return subprocess.run(
        [*tracing, *program.command],
        cwd="/",
        env=dict(program.environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def _own(log: Path, root: Path) -> list[Call]:
    """strace counts each thread's calls by name for itself; only the main thread's are taken."""
    counted: Counter[str] = Counter()
    found: list[Call] = []
    main = ""
    for line in log.read_text(errors="replace").splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        main = main or match["pid"]
        if match["pid"] != main:
            continue
        counted[match["call"]] += 1
        if str(root) in match["rest"]:
            found.append(Call(match["call"], counted[match["call"]], match["rest"]))
    return found
