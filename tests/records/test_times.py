"""Times as people state them: one reading or none; a day stays a day; zones are recorded."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.records import moments, times
from vault.records.values import Unfit
from vault.records.words import NOT_STATED

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
Zone = Callable[[str], None]


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Zone:
    """Sets this machine's zone; Berlin to begin with."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    set_zone("Europe/Berlin")
    return set_zone


@pytest.fixture(autouse=True)
def _zone_after(zone: Zone) -> object:
    yield
    time.tzset()


ACCEPTED = [
    ("2026-11-22 18:39", "2026-11-22T18:39:00+01:00"),
    ("2026-11-22T18:39:07", "2026-11-22T18:39:07+01:00"),
    ("2026-07-01 18:39", "2026-07-01T18:39:00+02:00"),
    ("2026-11-22 9:05", "2026-11-22T09:05:00+01:00"),
    ("2026-11-22 18:39+01:00", "2026-11-22T18:39:00+01:00"),
    ("2026-11-22 18:39 +0800", "2026-11-22T18:39:00+08:00"),
    ("2026-11-22T18:39Z", "2026-11-22T18:39:00+00:00"),
    ("yesterday 14:30", "2026-11-21T14:30:00+01:00"),
    ("Today 9:05", "2026-11-22T09:05:00+01:00"),
    ("now", "2026-11-22T21:00:00+01:00"),
    ("2026-11-22", "2026-11-22+01:00"),
    ("yesterday", "2026-11-21+01:00"),
    ("2026-10-25 02:30+01:00", "2026-10-25T02:30:00+01:00"),
    ("2026-10-25 02:30+02:00", "2026-10-25T02:30:00+02:00"),
]

REFUSED = [
    "", "soon", "03/04/2026", "3.4.2026", "2026/11/22", "22 Nov 2026", "2026-13-01", "2026-02-30", "2026-11-22 25:00",
    "2026-11-22 18:60", "2026-11-22 24:00", "2026-11-22 18", "2026-11-22 18:39 CET", "2026-11-22 18:39+25:00",
    "2026-11-22 6:39 pm", "18:39", "yesterday evening", "0001-01-01 00:00", "9999-12-31 23:59-14:00", "٢٠٢٦-11-22",
    "2026-11-22 18:39\n2026", "-1", "1e3",
]  # fmt: skip


@pytest.mark.parametrize(("stated", "recorded"), ACCEPTED)
def test_time_is_recorded_with_its_zone(stated: str, recorded: str) -> None:
    assert str(times.parse(stated, NOW)) == recorded


@pytest.mark.parametrize("stated", REFUSED)
def test_what_is_no_time_or_has_two_readings_is_refused(stated: str) -> None:
    with pytest.raises(Unfit):
        times.parse(stated, NOW)


def test_hour_that_the_clocks_skipped_is_refused() -> None:
    with pytest.raises(Unfit, match="went forward"):
        times.parse("2026-03-29 02:30", NOW)


def test_hour_that_was_twice_is_refused_and_both_offsets_named() -> None:
    with pytest.raises(Unfit, match=r"twice: add \+02:00 or \+01:00"):
        times.parse("2026-10-25 02:30", NOW)


def test_day_reaches_to_the_next_one_however_long_it_is() -> None:
    assert times.parse("2026-10-25", NOW).end - times.parse("2026-10-25", NOW).start == timedelta(hours=25)
    assert times.parse("2026-03-29", NOW).end - times.parse("2026-03-29", NOW).start == timedelta(hours=23)


def test_day_that_begins_after_midnight_begins_then(zone: Zone) -> None:
    zone("America/Sao_Paulo")  # on 4 November 2018 the clocks went from 23:59:59 to 01:00
    assert times.parse("2018-11-04", NOW).start.astimezone(UTC) == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_yesterday_is_that_of_this_machine(zone: Zone) -> None:
    zone("Asia/Shanghai")
    assert str(times.parse("yesterday 14:30", NOW)) == "2026-11-22T14:30:00+08:00"


def test_future_is_refused_where_something_has_happened() -> None:
    assert times.past("2026-11-22", NOW).is_day
    assert str(times.past("2026-11-22 21:04", NOW)) == "2026-11-22T21:04:00+01:00"  # two clocks may differ a little
    for stated in ("2026-11-22 21:06", "2026-11-23", "2027-01-01 10:00Z"):
        with pytest.raises(Unfit, match="future"):
            times.past(stated, NOW)


@given(st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1), timezones=st.timezones()), st.booleans())
def test_moment_reads_back_as_it_was_written(when: datetime, is_day: bool) -> None:
    when = when.replace(microsecond=0)
    if is_day:
        when = when.replace(hour=0, minute=0, second=0)
    moment = moments.Moment(when, when + timedelta(days=is_day))
    found = moments.read(str(moment))
    assert found is not None
    assert (str(found), found.is_day) == (str(moment), is_day)


@pytest.mark.parametrize(
    "line", ["", "not stated", 5, True, None, "2026-11-22", "2026-11-22T18:39:00", "9999-12-31T23:59:59-10:00"]
)
def test_line_that_is_no_moment_reads_as_none(line: object) -> None:
    assert moments.read(line) is None


def test_without_a_time_it_went_out_now_as_observed() -> None:
    found = times.circumstances({"purpose": "x"}, NOW)
    assert str(found["event-time"]) == "2026-11-22T21:00:00+01:00"
    assert found["event-time-basis"] == "observed"
    assert "late-reason" not in found


def test_stated_time_is_stated_and_late_after_a_day() -> None:
    late = times.circumstances({"event-time": times.parse("2026-11-21 20:00", NOW)}, NOW)
    assert (late["event-time-basis"], late["late-reason"]) == ("stated", NOT_STATED)
    early = times.circumstances({"event-time": times.parse("2026-11-21 22:00", NOW)}, NOW)
    assert "late-reason" not in early
    day = times.circumstances({"event-time": times.parse("yesterday", NOW)}, NOW)
    assert "late-reason" not in day


def test_what_is_stated_of_the_circumstances_stays() -> None:
    stated = {"event-time": times.parse("2026-11-01", NOW), "event-time-basis": "estimated", "late-reason": "leave"}
    assert times.circumstances(stated, NOW) == stated
