"""Proven intervals: what a naive reading of the definition says, for any anchors; no token counts beyond its time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.evidence.intervals import Anchor, Interval, Intervals, counted

DAY = timedelta(days=1)
START = datetime(2026, 11, 22, tzinfo=UTC)
LATER = START + 10_000 * DAY


def anchor(seq: int, size: int, day: float, *, until: float = 20_000, margin: float = 0) -> Anchor:
    at = START + day * DAY
    return Anchor(seq, size, at - margin * DAY, at + margin * DAY, START + until * DAY)


@st.composite
def anchors(draw: st.DrawFn) -> list[Anchor]:
    made = []
    for _ in range(draw(st.integers(0, 12))):
        seq = draw(st.integers(1, 30))
        day, margin = draw(st.integers(0, 60)), draw(st.integers(0, 2))
        made.append(anchor(seq, draw(st.integers(1, seq)), day, until=draw(st.integers(0, 90)), margin=margin))
    return made


def naive(found: list[Anchor], seq: int) -> Interval:
    """Word by word as docs/format/anchors.md has it."""
    before = [one for one in found if one.seq < seq]
    newest = max((one.seq for one in before), default=None)
    over = [one for one in found if one.size > seq]
    return Interval(
        max((one.first for one in before if one.seq == newest), default=None),
        min((one.last for one in over), default=None),
    )


def naively_counted(found: list[Anchor], at: datetime) -> set[Anchor]:
    good = {one for one in found if at <= one.until}
    while True:
        more = {
            one for one in found if any(later.size > one.seq and later.last <= one.until for later in good)
        } - good  # fmt: skip
        if not more:
            return good
        good |= more


@given(anchors())
def test_interval_is_what_the_definition_says(found: list[Anchor]) -> None:
    intervals = Intervals(found)
    assert [intervals.of(seq) for seq in range(32)] == [naive(found, seq) for seq in range(32)]
    assert intervals.covered == max((one.size for one in found), default=0)


@given(anchors())
def test_intervals_change_only_where_they_are_said_to(found: list[Anchor]) -> None:
    intervals, changes = Intervals(found), set(Intervals(found).changes())
    assert [seq for seq in range(1, 32) if seq not in changes and intervals.of(seq) != intervals.of(seq - 1)] == []


@given(anchors(), st.integers(0, 120))
def test_tokens_that_count_are_those_within_their_time_or_renewed_within_it(found: list[Anchor], day: int) -> None:
    at = START + day * DAY
    kept = counted(found, at)
    assert set(kept) == naively_counted(found, at)
    assert [one.seq for one in kept] == sorted(one.seq for one in kept)


@given(anchors(), anchors(), st.integers(0, 32))
def test_one_more_token_never_makes_an_entry_later_than_it_was_shown_to_be(
    found: list[Anchor], more: list[Anchor], seq: int
) -> None:
    before, after = Intervals(found).of(seq).upper, Intervals([*found, *more]).of(seq).upper
    assert before is None or (after is not None and after <= before)


def test_entry_lies_between_the_anchor_entry_before_it_and_the_first_token_over_it() -> None:
    intervals = Intervals([anchor(4, 4, 1, margin=0.25), anchor(8, 8, 2, margin=0.5)])
    first, second = START + DAY, START + 2 * DAY
    assert intervals.of(3) == Interval(None, first + DAY / 4)
    assert intervals.of(4) == Interval(None, second + DAY / 2)  # the anchor entry itself is not covered by its token
    assert intervals.of(5) == Interval(first - DAY / 4, second + DAY / 2)
    assert intervals.of(8) == Interval(first - DAY / 4, None)
    assert intervals.of(9) == Interval(second - DAY / 2, None)


def test_of_several_tokens_in_one_entry_the_latest_bounds_below_and_the_earliest_above() -> None:
    intervals = Intervals([anchor(4, 4, 1), anchor(4, 4, 2)])
    assert intervals.of(3).upper == START + DAY
    assert intervals.of(5).lower == START + 2 * DAY


def test_two_tokens_that_cannot_both_be_right_contradict() -> None:
    late_then_early = Intervals([anchor(4, 4, 9), anchor(8, 8, 2)])
    assert late_then_early.of(5).contradicts
    assert not late_then_early.of(3).contradicts
    assert not Interval(None, START).contradicts


def test_token_of_a_chain_that_ended_counts_only_if_it_was_renewed_before() -> None:
    old = anchor(4, 4, 1, until=100)
    assert counted([old], START + 100 * DAY) == [old]
    assert counted([old], LATER) == []
    in_time, too_late = anchor(9, 9, 99), anchor(9, 9, 101)
    assert counted([old, in_time], LATER) == [old, in_time]
    assert counted([old, too_late], LATER) == [too_late]
    assert counted([old, anchor(9, 4, 99)], LATER) == [anchor(9, 4, 99)]  # over a checkpoint without the old anchor


def test_renewal_holds_through_generations_of_tsas() -> None:
    chain = [anchor(n * 2, n * 2, n * 50, until=n * 50 + 60) for n in range(1, 200)]
    assert counted(chain, START + 199 * 50 * DAY) == chain
    del chain[100]
    assert counted(chain, START + 199 * 50 * DAY) == chain[100:]


def test_anchor_over_itself_or_that_ends_before_it_begins_is_no_anchor() -> None:
    for seq, size, margin in [(4, 5, 0), (4, 0, 0), (4, 4, -1)]:
        with pytest.raises(ValueError, match="anchor"):
            anchor(seq, size, 1, margin=margin)
