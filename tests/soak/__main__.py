"""Run the soak: `python -m tests.soak [PART...]`, all parts if none is named. Ends with 1 if a promise broke."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.faults import soak as faults
from tests.soak.table import Result, show

PARTS: dict[str, Callable[[Path], Result]] = {"faults": faults.run}
"""By name: a function that is given an empty folder."""


def main(names: list[str]) -> int:
    """Run the parts one after another, print one table."""
    results: dict[str, Result] = {}
    for name in names or PARTS:
        print(f"soaking {name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="dvault-soak-") as folder:
            results[name] = PARTS[name](Path(folder))
    print(show(results))
    broken = [f"{name}: {sentence}" for name, result in results.items() for sentence in result.broken]
    print("\n".join([*broken, f"{len(broken)} broken"]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
