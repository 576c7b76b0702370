"""Run the soak: `python -m tests.soak [PART...]`, all parts if none is named. Ends with 1 if a promise broke."""

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.backup import soak as backup
from tests.damage import full as damage
from tests.faults import soak as faults
from tests.faults.trials import PROCESSES
from tests.fuzz import runs as fuzz
from tests.machines import __main__ as machines
from tests.reports import soak as reports
from tests.soak.table import Result, show
from tests.strangers import soak as strangers

Part = Callable[[Path], Result]

FUZZ_SECONDS = 60  # each target


def printing(run: Callable[[], int]) -> Part:
    """A part that prints its own table, and returns 0 if every promise held."""

    def part(_: Path) -> Result:
        return Result([], ["its own table, above, says what"] if run() else [])

    return part


PARTS: dict[str, Part] = {
    "faults": faults.run,
    "damage": printing(lambda: damage.run(PROCESSES)),
    "machines": printing(lambda: machines.run(60)),
    "many files": printing(machines.run_many_files),
    "backup": backup.run,
    "fuzz": printing(lambda: fuzz.run(FUZZ_SECONDS)),
    "strangers": strangers.run,
    "reports": reports.run,
}
"""By name: a function that is given an empty folder."""


def main(names: Sequence[str], parts: Mapping[str, Part] = PARTS) -> int:
    """Run the parts named, or all, one after another; print one table, then what broke."""
    results: dict[str, Result] = {}
    for name in names or parts:
        print(f"soaking {name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="dvault-soak-") as folder:
            results[name] = parts[name](Path(folder))
    print(show(results))
    broken = [f"{name}: {sentence}" for name, result in results.items() for sentence in result.broken]
    print("\n".join([*broken, f"{len(broken)} broken"]))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
