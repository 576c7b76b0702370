"""Run the benchmarks: `python -m tests.bench [--quick] [NAME...]`."""

import sys
import tempfile
from pathlib import Path

from tests.bench import backup, bulk, daily, growth, million, reports, strangers
from tests.bench.timing import Row, save, show

RESULT = Path("build/bench.json")
MEASURES = {**daily.MEASURES, **bulk.MEASURES, **growth.MEASURES, **strangers.MEASURES, **reports.MEASURES}
ON_REQUEST = {**growth.ON_REQUEST, **million.ON_REQUEST, **backup.ON_REQUEST}


def main(arguments: list[str]) -> None:
    """Measure what is named, or everything that takes no half hour; `--quick` with small sizes and few rounds."""
    quick = "--quick" in arguments
    names = [name for name in arguments if name != "--quick"]
    if unknown := [name for name in names if name not in {**MEASURES, **ON_REQUEST}]:
        sys.exit(f"not measured: {', '.join(unknown)}; what is: {', '.join({**MEASURES, **ON_REQUEST})}")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="dvault-bench-") as folder:
        for name, measure in {**MEASURES, **ON_REQUEST}.items():
            if name in names or not (names or name in ON_REQUEST):
                print(f"measuring {name} ...", file=sys.stderr, flush=True)
                rows += measure(Path(folder) / name, quick)
    print(show(rows))
    save(rows, RESULT)


if __name__ == "__main__":
    main(sys.argv[1:])
