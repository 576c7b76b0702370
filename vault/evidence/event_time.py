"""When a disclosure went out, as its record line says it: an instant or a day, with the zone. docs/format/report.md."""

import re
from datetime import UTC, datetime

_FORM = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])?"
    r"([+-](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?)",
    re.ASCII,
)


def beginning(value: object) -> datetime | None:
    """The first instant of `2026-11-22T18:39:00+01:00` or `2026-11-22+01:00`, in UTC; None for anything else."""
    match = _FORM.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        return datetime.fromisoformat(f"{match[1]}{match[2] or 'T00:00:00'}{match[3]}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
