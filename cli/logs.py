"""The program's own log, on stderr with `dvault -v`: what was done, how long it took, how much it was.

Events are constants and fields are numbers: no plaintext, party, file name or key can be among them. structlog is
loaded only when something is logged. The ledger is the audit trail, this is not.
"""

import sys
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any

from cli import output

EVENTS = frozenset((
    "started", "identity unlocked", "vault opened", "documents sealed", "vault verified", "ledger verified",
    "witness unlocked", "answered", "ended",
))  # fmt: skip
_NUMBERS = frozenset(("seconds", "entries", "documents", "bytes", "exit", "status"))
_OF_STRUCTLOG = ("level", "timestamp")

_logger: Any = None


def speak() -> None:
    """From here on, log."""
    import structlog

    global _logger  # noqa: PLW0603 - whether a program logs is a state of the program
    terminal = output.is_terminal(sys.stderr)
    _logger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_harmless,
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(),
        ],
    )


def hush() -> None:
    """From here on, log nothing: standard error may be another by the next run in this process."""
    global _logger  # noqa: PLW0603 - as above
    _logger = None


def log(event: str, **fields: object) -> None:
    """Log one event, if anybody listens. A log that cannot be written stops nothing."""
    if _logger is not None:
        with suppress(OSError):
            _logger.info(event, **fields)


@contextmanager
def timed(event: str) -> Iterator[dict[str, object]]:
    """Log `event` at the end of the block, with its duration and the fields put into the dict meanwhile."""
    fields: dict[str, object] = {}
    start = time.monotonic()
    yield fields
    log(event, **fields, seconds=round(time.monotonic() - start, 3))


def keep_harmless(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop what is not known to be harmless: texts but the constants, numbers under other names."""
    kept = {name: value for name, value in event.items() if _is_harmless(name, value)}
    return kept if "event" in kept else {**kept, "event": "unknown event"}


def _is_harmless(name: str, value: object) -> bool:
    if name in _NUMBERS:
        return isinstance(value, int | float)
    from cli.names import COMMANDS  # which imports us

    allowed = {"event": EVENTS, "command": COMMANDS}
    return name in _OF_STRUCTLOG or (name in allowed and isinstance(value, str) and value in allowed[name])
