"""Exit codes: the one table, printed in docs/cli.md, and which error ends with which code and words."""

from pathlib import Path
from typing import NamedTuple

import click

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


class Unread(Exception):
    """Whoever read our output, as `head` does, has had enough. No fault: click's own answer to it is a 1."""


class Untold(Exception):
    """It is written and durable, but standard output could not be told: not to be repeated."""


class Ending(NamedTuple):
    """How a failed command ends: its exit code, what was wrong, the next step; no words if it has said them itself."""

    code: int
    message: str = ""
    hint: str = ""


def ending_of(error: BaseException) -> Ending:
    """The ending of any error; what the product does not raise on purpose is a defect and is shown as one."""
    if isinstance(error, SystemExit):  # of completion
        return Ending(int(error.code or FINE))
    if isinstance(error, Unread):
        return Ending(FINE)
    if isinstance(error, Untold):
        return Ending(EVIDENCE, str(error), "do not repeat it")
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Ending(INTERRUPTED, "interrupted", "nothing is half done; dvault log shows what is there")
    if isinstance(error, click.ClickException):
        return _misused(error)
    return _raised(error)


def _misused(error: click.ClickException) -> Ending:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return Ending(USAGE)
    message = error.format_message().removesuffix(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "dvault"
    return Ending(USAGE, f"{path}: {message[:1].lower()}{message[1:]}", f"{path} --help")


def _raised(error: BaseException) -> Ending:
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
        ((Unavailable,), UNAVAILABLE),
        ((Damaged, Malformed, VaultError), EVIDENCE),
    ]
    for kinds, code in table:
        if isinstance(error, kinds):
            return Ending(code, str(error), getattr(error, "hint", ""))
    if isinstance(error, OSError):
        return _from_system(error)
    return _defect(error)


def _from_system(error: OSError) -> Ending:
    if error.filename is not None:
        return Ending(UNAVAILABLE, f"{error.filename}: {error.strerror}", "mend it, then repeat")
    return Ending(UNAVAILABLE, f"standard output: {error.strerror or error}", "mend it, then repeat")


def _defect(error: BaseException) -> Ending:
    """Where it happened and what kind it is, but not its words, which may hold what should stay secret.

    Nothing was proven by a program that failed, so this is no exit code of its own.
    """
    from traceback import extract_tb

    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    return Ending(
        EVIDENCE,
        f"a defect of dvault: {type(error).__name__} at {' > '.join(frames[-6:])}",
        "please report this line; the ledger is as it was, or whole with the new entry (dvault log)",
    )
