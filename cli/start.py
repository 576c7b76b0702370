"""Where the program begins: with the passphrase, which takes longest, before click and everything else is loaded."""

import sys
from contextlib import suppress


def run() -> None:
    """Run the command line and end with the documented exit code."""
    from cli import names

    if names.opens_vault(sys.argv[1:]):  # else nothing is loaded for it: `--help` answers at once
        from cli import ahead

        with suppress(Exception):  # whatever it is, it comes again, and is told, where the identity is wanted
            ahead.begin()
    from cli import main

    main.run()


if __name__ == "__main__":
    run()
