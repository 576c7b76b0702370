"""`python -m tests.fuzz.covering TARGET,TARGET… [libFuzzer's options]`: targets under atheris, in a process of its own.

The first byte of an input says which target the rest is for.
"""

import sys

import atheris

with atheris.instrument_imports(include=["vault", "keys", "cli"]):
    from tests.fuzz.targets import TARGETS

if __name__ == "__main__":
    names = sys.argv[1].split(",")

    def examine(data: bytes) -> None:
        if data:
            TARGETS[names[data[0] % len(names)]].examine(data[1:])

    atheris.Setup([sys.argv[0], *sys.argv[2:]], examine)
    atheris.Fuzz()
