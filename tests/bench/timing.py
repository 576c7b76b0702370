"""Measuring in pairs: ours and the peer's in turn, so that a drifting machine drifts for both; medians of rounds."""

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

Work = Callable[[], float | None]
"""Does the work once; returns seconds if it timed itself, None to be timed from outside."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: medians in `unit`, the ratio to the peer, and the most that was asked for."""

    what: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float | None = None
    limit: float | None = None
    note: str = ""
    spread: tuple[float, ...] = field(default=())

    @property
    def ratio(self) -> float | None:
        """Ours by theirs."""
        return self.ours / self.theirs if self.theirs else None


def timed(work: Work) -> float:
    """Seconds of wall clock that `work` took."""
    start = time.perf_counter()
    own = work()
    return time.perf_counter() - start if own is None else own


def seconds(work: Callable[[], object]) -> float:
    """Seconds of wall clock that `work` took, whatever it returns."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def nothing() -> None:
    """What is done before a work that needs no preparation."""


def in_turn(works: Sequence[Work], rounds: int, before: Callable[[], object] = nothing) -> list[list[float]]:
    """The seconds of each work, run in turn for some rounds; `before` each, untimed."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for place, work in enumerate(works):
            before()
            found[place].append(timed(work))
    return found


def settle(folder: Path, but: Path | None = None) -> None:
    """Give every work the same start: all is on the disk, and no file in memory except `but`.

    Else one waits for what another has left to be written. [In a virtual machine memory that was never used before
    costs four times the rest of a large write: whoever overwrote its last output was spared that, whoever kept it not.]
    """
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file() and path != but:
            handle = os.open(path, os.O_RDONLY)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def warm(folder: Path) -> None:
    """All is on the disk, and every file in memory too: for what the disk alone would decide otherwise."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb", buffering=0) as file:
                while file.read(1 << 20):
                    pass


def pair(
    what: str, ours: Work, peer: str, theirs: Work, *, rounds: int, limit: float | None = None,
    before: Callable[[], object] = nothing,
) -> Row:  # fmt: skip
    """A row of ours beside a peer's."""
    mine, others = in_turn([ours, theirs], rounds, before)
    ratio = statistics.median(a / b for a, b in zip(mine, others, strict=True))
    note = f"paired ratio {ratio:.2f}"
    return Row(what, statistics.median(mine), "s", peer, statistics.median(others), limit, note, tuple(mine))


def run(*arguments: str | Path, environment: dict[str, str] | None = None, stdin: bytes = b"") -> None:
    """Run a program quietly; a failure shows what it said."""
    done = subprocess.run(
        [str(a) for a in arguments],
        env=_environment(environment or {}),
        input=stdin,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"{arguments[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}"
        )


def peak_memory(*arguments: str | Path, environment: dict[str, str]) -> float:
    """Peak resident memory of a program in MiB."""
    code = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, done.returncode)"
    )
    done = subprocess.run(
        ["python3", "-c", code, *(str(a) for a in arguments)],
        env=_environment(environment), capture_output=True, text=True, check=True,
    )  # fmt: skip
    kilobytes, returned = done.stdout.split()
    if returned != "0":
        raise RuntimeError(f"{arguments} ended with {returned}")
    return int(kilobytes) / 1024


def _environment(more: dict[str, str]) -> dict[str, str]:
    """This process's, but with compiled modules allowed, as an installed program has them."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | more


def sync(path: Path) -> None:
    """Flush a file to the disk."""
    handle = os.open(path, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def show(rows: Sequence[Row]) -> str:
    """The table."""
    head = ["what", "ours", "peer", "theirs", "ratio", "limit", "note"]
    cells = [
        [
            row.what,
            f"{row.ours:.3g} {row.unit}",
            row.peer,
            f"{row.theirs:.3g} {row.unit}" if row.theirs is not None else "",
            f"{row.ratio:.2f}" if row.ratio is not None else "",
            f"{row.limit:g}" if row.limit is not None else "",
            row.note,
        ]
        for row in rows
    ]
    widths = [max(len(line[at]) for line in [head, *cells]) for at in range(len(head))]
    lines = ["| " + " | ".join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)) + " |" for line in cells]
    rule = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
    return "\n".join(["| " + " | ".join(f"{h:<{w}}" for h, w in zip(head, widths, strict=True)) + " |", rule, *lines])


def save(rows: Sequence[Row], path: Path) -> None:
    """All rows as JSON, with the number of cores."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cores": os.cpu_count(), "rows": [asdict(row) for row in rows]}, indent=1) + "\n")
