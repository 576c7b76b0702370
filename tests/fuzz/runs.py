"""Runs of the targets under atheris: in a process of their own, with limits of time and memory, from the corpus on."""

import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import CORPUS, TARGETS

ROOT = CORPUS.parents[2]
INPUT_SECONDS = 20  # no input may take longer, on a busy machine
MEMORY_MIB = 1_024  # nor the process more, libFuzzer's own half of it among it
MAX_INPUT = 1 << 16  # bytes


@dataclass(frozen=True, slots=True)
class Run:
    """What a run came to: how many inputs were tried; what stopped it, if anything, and with which input."""

    executions: int
    finding: str = ""
    target: str = ""
    found: bytes = b""


def fuzz(names: Sequence[str], seconds: int) -> Run:
    """Fuzz these targets, in turn as libFuzzer likes, for so long in all."""
    with tempfile.TemporaryDirectory() as folder:
        # Linux counts the peak of whoever starts a process among that of the process (exec keeps `ru_maxrss`).
        inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024
        options = [
            f"-max_total_time={seconds}", f"-max_len={MAX_INPUT}", f"-timeout={INPUT_SECONDS}",
            f"-rss_limit_mb={MEMORY_MIB + inherited}", f"-artifact_prefix={folder}/found-", "-print_final_stats=1",
        ]  # fmt: skip
        command = [sys.executable, "-m", "tests.fuzz.covering", ",".join(names), *options, str(_seeds(names, folder))]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        said = (done.stdout + done.stderr).decode(errors="replace")
        found = next((path.read_bytes() for path in Path(folder).glob("found-*")), b"")
    tried = re.search(r"stat::number_of_executed_units: (\d+)", said)
    executions = int(tried[1]) if tried else 0
    if done.returncode == 0:
        return Run(executions)
    return Run(executions, said[-4_000:], names[found[0] % len(names)] if found else ", ".join(names), found[1:])


def _seeds(names: Sequence[str], folder: str) -> Path:
    """The corpus of these targets, where libFuzzer may add to it: the committed one stays as it is."""
    path = Path(folder) / "seeds"
    path.mkdir()
    for number, name in enumerate(names):
        for place, data in enumerate(TARGETS[name].corpus()):
            (path / f"{name}-{place}").write_bytes(bytes([number]) + data)
    return path


def run(seconds: int, names: Sequence[str] = ()) -> int:
    """Fuzz each target for so many seconds, print a line for each, and return how many of them found something."""
    failed = 0
    for name in names or TARGETS:
        done = fuzz([name], seconds)
        failed += bool(done.finding)
        print(f"{name}: {done.executions} inputs, {'FOUND SOMETHING' if done.finding else 'nothing found'}", flush=True)
        if done.finding:
            print(f"{done.finding}\nthe input, to be put into tests/fuzz/corpus/{name}/: {done.found!r}", flush=True)
    return failed
