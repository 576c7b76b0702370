"""`python -m tests.fuzz [--seconds N] [TARGET...]`: each target for N seconds (60) under atheris."""

import argparse
import sys

from tests.fuzz.runs import run
from tests.fuzz.targets import TARGETS

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    said = parser.parse_args()
    sys.exit(min(run(said.seconds, said.targets), 1))
