"""The long version: many processes at one vault, some killed; a folder of 100,000 files. Prints counts and figures."""

import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.desk import Desk
from tests.machines.crowd import Crowd

ROLES = ("clerk", "clerk", "clerk", "doctor", "custodian", "auditor")
TURNS = 18  # acts of each process
FILES = 100_000


def run(processes: int) -> int:
    """Rounds of six processes at one vault until so many have worked, each round with three killed; 1 if one broke."""
    counted: Counter[str] = Counter()
    for seed in range(max(1, processes // (len(ROLES) + 3))):
        with tempfile.TemporaryDirectory(prefix="dvault-crowd-") as folder:
            crowd = Crowd(Desk(Path(folder) / "desk"), seed)
            try:
                crowd.work(dict(Counter(ROLES)), TURNS, kills=3)
                counted.update(crowd.judge())
            except AssertionError as exc:
                print(f"BROKEN with seed {seed}: {exc}", flush=True)
                counted["broken"] += 1
    for what in ("processes", "killed", "entries", "acknowledged", "untold", "orphans", "documents", "broken"):
        print(f"{counted[what]:8} {what}")
    return 1 if counted["broken"] else 0


def run_many_files(files: int = FILES) -> int:
    """One folder of so many tiny files, disclosed by the real program; prints seconds and peak memory."""
    with tempfile.TemporaryDirectory(prefix="dvault-many-") as name:
        desk, folder = Desk(Path(name) / "desk"), Path(name) / "many"
        for number in range(files):
            path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"content {number}")
        start = time.monotonic()
        told = desk.dvault("disclose", folder, "--to", "ganzhou", "--yes").split()
        seconds = time.monotonic() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        print(f"{files:8} files in {len(told)} transmittals, {seconds:.1f} s, at most {peak} MiB of memory")
        start = time.monotonic()
        desk.dvault("verify", "--documents")
        print(f"{time.monotonic() - start:8.1f} s verify --documents")
        size = sum(path.stat().st_size for path in desk.folder.rglob("*") if path.is_file())
        print(f"{size >> 20:8} MiB vault for {sum(p.stat().st_size for p in folder.rglob('*.txt')) >> 10} KiB of files")
        shutil.rmtree(folder)
    return 0 if len(told) == -(-files // 1000) else 1


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]) if len(sys.argv) > 1 else 60) or run_many_files())
