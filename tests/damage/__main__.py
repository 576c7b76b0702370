"""`python -m tests.damage [PROCESSES]`: everything, in two processes unless told otherwise."""

import sys

from tests.damage.full import run

if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]) if len(sys.argv) > 1 else 2))
