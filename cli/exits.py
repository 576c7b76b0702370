"""Exit codes: the one table, printed in docs/cli.md, and which error ends with which."""

import sys
from typing import NoReturn

FINE = 0
EVIDENCE = 1
USAGE = 2
LOCKED = 3
NOT_FOUND = 4
STOPPED = 5
UNAVAILABLE = 6
INTERRUPTED = 130

MEANING = {
    FINE: "fine",
    EVIDENCE: "evidence is broken, or not proven as required",
    USAGE: "usage",
    LOCKED: "locked, or not allowed with these keys",
    NOT_FOUND: "not found",
    STOPPED: "stopped by policy",
    UNAVAILABLE: "a store or the network is unavailable; safe to repeat",
    INTERRUPTED: "interrupted",
}


def code_of(error: Exception) -> int | None:
    """The exit code of an error the product raises on purpose; None for any other, which is a defect."""
    from keys.age import BadKey
    from keys.errors import CannotUnlock
    from vault.errors import Damaged, Misuse, NotFound, Refused, Stopped, Unavailable, VaultError
    from vault.evidence.strict import Malformed
    from vault.records.values import Unfit

    table: list[tuple[tuple[type[Exception], ...], int]] = [
        ((Misuse, Unfit, BadKey), USAGE),
        ((Refused, CannotUnlock), LOCKED),
        ((NotFound,), NOT_FOUND),
        ((Stopped,), STOPPED),
        ((Unavailable, OSError), UNAVAILABLE),
        ((Damaged, Malformed, VaultError), EVIDENCE),
    ]
    return next((code for kinds, code in table if isinstance(error, kinds)), None)


def leave(error: Exception, code: int) -> NoReturn:
    """Print what went wrong and the next step on stderr, and end with `code`."""
    print(f"error: {error}", file=sys.stderr)  # noqa: T201 - the one place that ends a failed command
    if hint := getattr(error, "hint", ""):
        print(f"hint: {hint}", file=sys.stderr)  # noqa: T201
    sys.exit(code)
