"""`python -m tests.mutation vault.evidence.note ...`: prints the faults of these modules that no test notices."""

import sys
from itertools import groupby

from tests.mutation import alone
from tests.mutation.mutants import Mutant
from tests.mutation.runs import run


def main(names: list[str]) -> int:
    """How many faults live."""
    alive = 0
    for _, package in groupby(names, alone.folder):
        done = run(list(package), tell)
        for name, count in done.count.items():
            print(f"{name}: {count} mutants, {done.alive[name]} alive")
        alive += done.alive.total()
    return min(alive, 99)


def tell(name: str, mutant: Mutant | None) -> None:
    """Print a fault that lives, with its line."""
    if mutant is None:
        print(f"{name} done", flush=True)
    else:
        line = alone.source(name).read_text("utf-8").split("\n")[mutant.line - 1]
        print(f"{name}:{mutant.line}: {mutant.what}  |  {line.strip()}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
