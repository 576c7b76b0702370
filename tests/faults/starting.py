"""Starting the program under strace, many times, from one process that has loaded it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS = 120


@dataclass(frozen=True, slots=True)
class Program:
    """Arguments of dvault, the folder whose files count, the environment, and a place for what it says and does."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    place: Path


@dataclass(frozen=True, slots=True)
class Ended:
    """A run: exit code (negative: killed by that signal), what it said, what strace wrote."""

    code: int
    stdout: str
    stderr: str
    log: str


class Starter:
    """Runs programs one at a time; `close` ends the process behind it, as does the end of this one."""

    def __init__(self) -> None:
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote"], cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._told() == "ready"

    def untraced(self, program: Program) -> Ended:
        """Run it to its end, without strace."""
        stdout, stderr = program.place / "stdout", program.place / "stderr"
        self._ask(program, stdout, stderr)
        os.kill(int(self._told()), signal.SIGCONT)
        return Ended(int(self._told()), stdout.read_text(), stderr.read_text(), "")

    def run(self, program: Program, tracing: Sequence[str]) -> Ended:
        """Run it to its end under strace with these options."""
        log, stdout, stderr = (program.place / name for name in ("strace.log", "stdout", "stderr"))
        self._ask(program, stdout, stderr)
        child = int(self._told())
        command = ["strace", "-f", "-y", "-s", "0", "-o", str(log), *tracing, "-p", str(child)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr is not None
            attached = strace.stderr.readline()
            os.kill(child, signal.SIGCONT)
            code = int(self._told())
            strace.communicate(timeout=SECONDS)
        assert "attached" in attached, attached
        return Ended(code, stdout.read_text(), stderr.read_text(), log.read_text(errors="replace"))

    def close(self) -> None:
        """End the process that is forked."""
        self._zygote.communicate(timeout=SECONDS)

    def _ask(self, program: Program, stdout: Path, stderr: Path) -> None:
        assert self._zygote.stdin is not None
        asked = {
            "arguments": list(program.arguments),
            "environment": dict(program.environment),
            "stdout": str(stdout),
            "stderr": str(stderr),
        }
        self._zygote.stdin.write(json.dumps(asked) + "\n")
        self._zygote.stdin.flush()

    def _told(self) -> str:
        assert self._zygote.stdout is not None
        return self._zygote.stdout.readline().strip()
