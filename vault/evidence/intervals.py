"""Proven intervals: between which two moments an entry was made, by time stamps that a verifier accepts.

A stamp over a checkpoint shows that what the checkpoint covers was there by then. An `anchor` entry names a stamp's
token by its hash, so that whatever stands behind it was made after the stamp.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush

# A TSA that states no accuracy is not exact. RFC 3628 section 7.3.1 asks for one second; this leaves room for those
# that don't heed it and for the fractions that a time may lack. (2026-11)
UNSTATED = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Anchor:
    """One accepted token: named by entry `seq`, over a checkpoint of `size` entries; true from `first` to `last`.

    `first` and `last` are the stated time less and plus its margin; `until` is when the chain of certificates ends.
    Accepted means: over the exact note, of this ledger, under the verifier's roots.
    """

    seq: int
    size: int
    first: datetime
    last: datetime
    until: datetime

    def __post_init__(self) -> None:
        """Refuse what no ledger can hold: an anchor over itself, or an interval that ends before it begins."""
        if not 0 < self.size <= self.seq or self.first > self.last:
            raise ValueError("an anchor over the entries before it, its interval in order")


@dataclass(frozen=True, slots=True)
class Interval:
    """An entry was made after `lower` and was there by `upper`; None where nothing shows it."""

    lower: datetime | None
    upper: datetime | None

    @property
    def contradicts(self) -> bool:
        """Whether two accepted tokens cannot both be right."""
        return self.lower is not None and self.upper is not None and self.lower > self.upper


def counted(anchors: Iterable[Anchor], at: datetime) -> list[Anchor]:
    """The anchors whose tokens can be relied on at `at`, by `seq`: O(n log n).

    A token can until its chain ends; later only if it was there before, by a token that is counted itself and whose
    checkpoint covers the anchor entry. [Who gets hold of the key of a TSA that has long ended stamps whatever he likes
    with old dates; renewing in time is what tells the two apart.]
    """
    kept: list[Anchor] = []
    waiting: list[tuple[int, datetime]] = []
    earliest: datetime | None = None
    for anchor in sorted(anchors, key=lambda one: one.seq, reverse=True):
        while waiting and -waiting[0][0] > anchor.seq:
            last = heappop(waiting)[1]
            earliest = last if earliest is None else min(earliest, last)
        if at <= anchor.until or (earliest is not None and earliest <= anchor.until):
            kept.append(anchor)
            heappush(waiting, (-anchor.size, anchor.last))
    return kept[::-1]


class Intervals:
    """The proven intervals of all entries, from the anchors that are `counted`; each is asked for in O(log n)."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        by_size = sorted(anchors, key=lambda one: one.size, reverse=True)
        self._uppers = _steps((-one.size, one.last) for one in by_size)
        newest: dict[int, datetime] = {}
        for one in anchors:  # several tokens in one entry: it was made after each
            newest[one.seq] = max(one.first, newest.get(one.seq, one.first))
        self._lowers = sorted(newest.items())
        self.covered = max((one.size for one in anchors), default=0)

    def of(self, seq: int) -> Interval:
        """The interval of entry `seq`: above the newest anchor entry before it, below the first token over it."""
        from bisect import bisect_left

        before = bisect_left(self._lowers, seq, key=lambda one: one[0])
        over = bisect_left(self._uppers, -seq, key=lambda one: one[0])
        lower = self._lowers[before - 1][1] if before else None
        return Interval(lower, self._uppers[over - 1][1] if over else None)

    def changes(self) -> list[int]:
        """Numbers of entries, ascending, of which at least one has each interval that any entry has."""
        return sorted({0, *(seq + 1 for seq, _ in self._lowers), *(-size for size, _ in self._uppers)})


def _steps(ordered: Iterable[tuple[int, datetime]]) -> list[tuple[int, datetime]]:
    """Of (-size, last) with falling sizes: the earliest `last` of all with at least that size."""
    steps: list[tuple[int, datetime]] = []
    for place, last in ordered:
        best = min(last, steps[-1][1]) if steps else last
        if steps and steps[-1][0] == place:
            steps.pop()
        steps.append((place, best))
    return steps
