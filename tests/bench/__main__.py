"""Run the benchmarks: `python -m tests.bench [--quick] [NAME...]`."""

import sys
import tempfile
from pathlib import Path

from tests.bench import bulk, daily, growth
from tests.bench.timing import Row, save, show

RESULT = Path("build/bench.json")


def main(arguments: list[str]) -> None:
    """Measure what is named, or everything that takes no half hour; `--quick` with small sizes and few rounds."""
    quick = "--quick" in arguments
    names = [name for name in arguments if not name.startswith("-")]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="dvault-bench-") as folder:
        for name, measure in {**daily.MEASURES, **bulk.MEASURES, **growth.MEASURES, **growth.ON_REQUEST}.items():
            if name in names or not (names or name in growth.ON_REQUEST):
                print(f"measuring {name} ...", file=sys.stderr, flush=True)
                rows += measure(Path(folder) / name, quick)
    print(show(rows))
    save(rows, RESULT)


if __name__ == "__main__":
    main(sys.argv[1:])
