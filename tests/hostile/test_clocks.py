"""Clocks that are wrong and zones that are none: an entry tells the machine's time, and a step back is never silent."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.clerk import Clerk
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Stopped
from vault.records.draft import Draft
from vault.records.times import parse, past
from vault.records.values import Unfit

NOW = datetime(2026, 11, 22, 17, 39, tzinfo=UTC)


def append(archive: Archive, when: datetime, **more: str) -> datetime:
    """One entry by a clock that shows `when`, and the time it bears."""
    archive.clock = lambda: when
    lines = (("purpose", "licence"), ("item.1.narrative", "a call"), *more.items())
    (done,) = archive.append([Draft("disclosure", tuple((name.replace("_", "-"), v) for name, v in lines))])
    return archive.entry(done.seq).entry.time


@pytest.mark.parametrize("year", [1, 1901, 1969, 1970, 2000])
def test_clock_of_another_century_is_stopped_until_somebody_says_why(clerk: Clerk, year: int) -> None:
    when = datetime(year, 1, 1, tzinfo=UTC)
    with clerk.desk.opened() as archive:
        size = archive.ledger.size()
        with pytest.raises(Stopped, match="is behind the last entry's"):
            append(archive, when)
        assert archive.ledger.size() == size
        if year >= 1970:  # a checkpoint counts seconds from there
            assert append(archive, when, clock_reason="the battery was empty") == when


def test_clock_of_the_far_future_is_taken_back_with_a_reason(clerk: Clerk) -> None:
    """2106 is where 32 bits of seconds end. One reason is enough to come back."""
    with clerk.desk.opened() as archive:
        now = archive.clock()
        append(archive, datetime(2106, 2, 7, 6, 28, 17, tzinfo=UTC))
        with pytest.raises(Stopped):
            append(archive, now)
        append(archive, now, clock_reason="it ran 80 years fast")
        append(archive, now + timedelta(minutes=1))
        report = check(archive)
        assert report.passes()
        assert len([remark for remark in report.remarks if "clock" in remark]) == 1


def test_vault_may_begin_in_1970(clerk: Clerk) -> None:
    """A machine without a battery: the first true clock is simply later."""
    with clerk.desk.opened() as archive:
        append(archive, datetime(1970, 1, 1, tzinfo=UTC), clock_reason="no battery")
        append(archive, datetime.now(UTC))
        assert check(archive).passes()


@pytest.mark.parametrize(
    "stated",
    ["2016-12-31T23:59:60Z", "2016-12-31 23:59:60", "2026-11-22 24:00", "2026-11-22 23:60", "2026-11-22 18:61"],
)
def test_leap_second_and_hours_that_are_none_are_refused(stated: str) -> None:
    with pytest.raises(Unfit):
        parse(stated, NOW)


@pytest.mark.parametrize("stated", ["2026-11-22 17:45Z", "2026-11-23 12:00Z", "2106-01-01", "9999-12-31", "9999-12-30"])
def test_what_lies_ahead_is_refused(stated: str) -> None:
    with pytest.raises(Unfit):
        past(stated, NOW)


@pytest.mark.parametrize("zone", ["ZZZ99", "ZZZ-99", "AAA24BBB"])
def test_zone_a_day_from_utc_is_refused_by_name(clerk: Clerk, zone: str) -> None:
    done = dvault(clerk, zone, "log")
    assert done.returncode == 2
    assert f"TZ says {zone}: no zone is a day from UTC" in done.stderr


@pytest.mark.parametrize("zone", ["", ":::", "Nowhere/Bogus", "../../etc/passwd", "\x1b[31mX", "<\x1b[31m>5", None])
def test_zone_that_nobody_knows_is_recorded_as_utc(clerk: Clerk, zone: str | None) -> None:
    clerk.file("a.txt")
    done = dvault(clerk, zone, "disclose", "a.txt", "--to", "ganzhou")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stderr
    if zone is not None:
        assert str(clerk("show T-1 --json").json["fields"]["event-time"]).endswith("+00:00")


def dvault(clerk: Clerk, zone: str | None, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The real program under a `TZ`, or without one."""
    environment = {"PATH": "/usr/bin:/bin", **clerk.desk.environment}
    if zone is not None:
        environment["TZ"] = zone
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments], cwd=clerk.folder, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
