"""`make soak`: every fault at every call of every scenario; prints counts for docs/reliability.md."""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.faults.scenarios import SCENARIOS, Bench
from tests.faults.strace import FAULTS


def main() -> int:
    """Inject everything; returns 1 if any trial broke a promise."""
    counted: Counter[str] = Counter()
    broken = []
    with tempfile.TemporaryDirectory(prefix="dvault-soak-") as folder:
        bench = Bench(Path(folder))
        for scenario in SCENARIOS:
            calls = bench.calls(scenario)
            for fault in FAULTS:
                for number, call in enumerate(calls, 1):
                    try:
                        outcome = bench.trial(scenario, call, fault)
                        counted[f"{scenario.name} {fault} {'injected' if outcome.injected else 'not reached'}"] += 1
                    except AssertionError as exc:
                        broken.append(f"{scenario.name} {fault} at {call}: {exc}")
                        print("BROKEN", broken[-1], flush=True)
                    if sys.stderr.isatty():
                        print(f"\r{scenario.name} {fault} {number}/{len(calls)}", end="", file=sys.stderr)
    for what, count in sorted(counted.items()):
        print(f"{count:6} {what}")
    print(f"{len(broken)} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
