"""Moments: an instant or a whole day, with its zone, and how it stands in a record line."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})([+-][0-9:]{5,8})", re.ASCII)


class Moment(NamedTuple):
    """An instant, or a whole day, both with a zone; `end` is the start of the next day, or the same instant."""

    start: datetime
    end: datetime

    @property
    def is_day(self) -> bool:
        """Whether no time of the day is known."""
        return self.start != self.end

    def __str__(self) -> str:
        """The record line's value: `2026-11-22T18:39:00+01:00`, or as XML Schema writes a day, `2026-11-22+01:00`."""
        text = self.start.isoformat(timespec="seconds")
        return text[:10] + text[19:] if self.is_day else text


def at(instant: datetime) -> Moment:
    """An instant, in this machine's zone, which is recorded."""
    local = instant.astimezone()
    return Moment(local, local)


def read(line: object) -> Moment | None:
    """The moment of a record line's value; None where it is none, as another program may have written it."""
    try:
        if day := _DAY.fullmatch(str(line)):
            start = datetime.fromisoformat(f"{day[1]}T00:00:00{day[2]}")
            return Moment(start, start + timedelta(days=1))
        when = datetime.fromisoformat(str(line))
        when.astimezone(UTC)  # OverflowError where no calendar reaches
        return Moment(when, when) if when.tzinfo else None
    except (ValueError, OverflowError):
        return None
