"""Times as people state them: `2026-11-22`, `2026-11-22 18:39`, `2026-11-22T18:39+01:00`, `yesterday 14:30`, `now`.

What has two readings is refused: 03/04/2026, an hour that the clocks went through twice. So is an hour they skipped. A
day without a time stays a day: that it went out at midnight is nothing anybody said.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from vault.records.moments import Moment, at
from vault.records.values import Unfit
from vault.records.words import NOT_STATED

LATE_AFTER = timedelta(hours=24)
FUTURE_TOLERANCE = timedelta(minutes=5)  # between the clocks of two machines

_LIKE = "2026-11-22, 2026-11-22 18:39, 2026-11-22 18:39+01:00 or yesterday 14:30"
_STATED = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}|today|yesterday)"
    r"(?:(?:T|\ +)(?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)"
    r"\ *(?P<offset>Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])?)?",
    re.ASCII | re.IGNORECASE,
)


def parse(stated: str, now: datetime) -> Moment:
    """What is stated, in its zone; without an offset in this machine's. `now` is the present moment in any zone."""
    if stated.strip().lower() == "now":
        return at(now)
    match = _STATED.fullmatch(stated.strip())
    if not match:
        raise Unfit(f"{stated!r} is no time: say {_LIKE}")
    try:
        return _moment(match, now)
    except Unfit:
        raise
    except (ValueError, OverflowError) as exc:
        raise Unfit(f"{stated!r} does not exist: say {_LIKE}") from exc


def past(stated: str, now: datetime) -> Moment:
    """What is stated, refused where it lies ahead."""
    moment = parse(stated, now)
    if moment.start > now + FUTURE_TOLERANCE:
        raise Unfit(f"{stated!r} lies in the future: say when it was")
    return moment


def circumstances(stated: Mapping[str, object], now: datetime) -> dict[str, object]:
    """`stated` with what follows from it: when it went out, how that is known, that a reason for lateness is missing.

    With no `event-time` it goes out now, observed. What was over for more than a day by now is late.
    """
    when = stated.get("event-time")
    if not isinstance(when, Moment):
        return {"event-time-basis": "observed", **stated, "event-time": at(now)}
    late = {"late-reason": NOT_STATED} if when.end < now - LATE_AFTER else {}
    return {"event-time-basis": "stated", **late, **stated}


def _moment(match: re.Match[str], now: datetime) -> Moment:
    day = _midnight(match["day"].lower(), now)
    if match["clock"] is None:
        return Moment(_first_instant(day), _first_instant(day + timedelta(days=1)))
    hour, minute, second = [*map(int, match["clock"].split(":")), 0][:3]
    clock = day.replace(hour=hour, minute=minute, second=second)
    when = _with_offset(clock, match["offset"].upper()) if match["offset"] else _in_this_zone(clock)
    return Moment(when, when)


def _midnight(day: str, now: datetime) -> datetime:
    """The start of a day, without a zone."""
    if day in ("today", "yesterday"):
        here = now.astimezone().replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
        return here - timedelta(days=day == "yesterday")
    return datetime.fromisoformat(day)


def _first_instant(day: datetime) -> datetime:
    """Of a day here: some have no midnight, some have two."""
    found = [day.replace(fold=fold).astimezone() for fold in (0, 1)]
    real = [when for when in found if when.replace(tzinfo=None) == day]
    return min(real) if real else max(found)


def _with_offset(clock: datetime, offset: str) -> datetime:
    when = datetime.fromisoformat(clock.isoformat() + offset)
    when.astimezone(UTC)  # OverflowError where no calendar reaches
    return when


def _in_this_zone(clock: datetime) -> datetime:
    earlier, later = clock.astimezone(), clock.replace(fold=1).astimezone()
    if earlier.replace(tzinfo=None) != clock:
        raise Unfit(f"{clock:%Y-%m-%d %H:%M} does not exist here: the clocks went forward over it")
    if earlier.utcoffset() != later.utcoffset():
        both = " or ".join(when.isoformat()[19:] for when in (earlier, later))
        raise Unfit(f"{clock:%Y-%m-%d %H:%M} was here twice: add {both}")
    return earlier
