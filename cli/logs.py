"""The program's own log, on stderr: constant event names and plain fields; no plaintext, party, file name or key.

structlog is loaded only when something is logged. The ledger is the audit trail, this is not.
"""

import sys
from collections.abc import MutableMapping
from functools import cache
from typing import Any

ALLOWED = frozenset(
    ("command", "seconds", "entries", "documents", "bytes", "exit", "segment", "size", "count", "error")
)


def keep_allowed(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list: what is not known to be harmless is not logged."""
    return {key: value for key, value in event.items() if key in ALLOWED or key in ("event", "level", "timestamp")}


@cache
def _logger() -> Any:
    import structlog

    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            renderer,
        ],
    )


def log(event: str, **fields: object) -> None:
    """Log one event."""
    _logger().info(event, **fields)
