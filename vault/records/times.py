"""Times as people state them: `2026-11-22`, `2026-11-22 18:39`, `2026-11-22T18:39+01:00`, `yesterday 14:30`, `now`."""

import re
from datetime import datetime, timedelta

from vault.records.values import Unfit

_DAY = r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}|today|yesterday)"
_CLOCK = r"(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)"
_OFFSET = r"(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})"
_STATED = re.compile(rf"{_DAY}(?:[T ]+{_CLOCK}\s*{_OFFSET}?)?", re.ASCII)
_LIKE = "2026-11-22, 2026-11-22 18:39, 2026-11-22 18:39+01:00 or yesterday 14:30"


def parse(stated: str, now: datetime) -> datetime:
    """The instant that is stated, with its zone; without an offset it is in this machine's zone.

    `now` is the present moment in any zone. Spellings with two readings, like 03/04/2026, are `Unfit`.
    """
    text = stated.strip()
    if text == "now":
        return now.astimezone()
    match = _STATED.fullmatch(text)
    if not match:
        raise Unfit(f"{stated!r} is no time: say {_LIKE}")
    days = {"today": now.astimezone(), "yesterday": now.astimezone() - timedelta(days=1)}
    day = days[match["day"]].date().isoformat() if match["day"] in days else match["day"]
    clock = match["clock"] or "00:00"
    if clock[1] == ":":
        clock = "0" + clock
    try:
        when = datetime.fromisoformat(f"{day}T{clock}{match['offset'] or ''}")
        return when if when.tzinfo else when.astimezone()
    except (ValueError, OverflowError) as exc:
        raise Unfit(f"{stated!r} is no time that exists: say {_LIKE}") from exc
