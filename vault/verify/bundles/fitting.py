"""Step 19, the query: whether each transmittal that the statement selects fits it, and each excluded one does not.

As far as lines and tags show it. A correction's value is newer than that of what it corrects; what is withheld decides
nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from vault.evidence import event_time, statement
from vault.evidence.record import Value
from vault.evidence.statement import (
    NOT_CHOSEN,
    NOT_WITHIN,
    OTHER_DESIGNATION,
    OUTSIDE_PERIOD,
    Query,
    Statement,
)
from vault.evidence.strict import utc_text
from vault.evidence.verdicts import Fault, Verdict, broken, not_proven
from vault.verify.bundles.entries import HIDDEN, Shown

_COMPLETENESS = Verdict.COMPLETENESS


class Fit(Enum):
    """Whether a transmittal fits a part of the query; `UNKNOWN` where what decides is withheld, or not counted."""

    YES = "fits"
    NO = "does not fit"
    UNKNOWN = "unknown"


class Following(NamedTuple):
    """The entries of a bundle by number, the entries that follow each one up, in order, and what each one follows up.

    As the lists of `entry:<seq>` show it.
    """

    by_seq: Mapping[int, Shown]
    after: Mapping[int, Sequence[Shown]]
    before: Mapping[int, Sequence[int]]

    @classmethod
    def of(cls, shown: Sequence[Shown], follow_ups: Mapping[bytes, int]) -> "Following":
        """By the tags of `entry:<seq>`, each with the number that it stands for."""
        after: dict[int, list[Shown]] = {}
        before: dict[int, list[int]] = {}
        for one in shown:
            targets = sorted({follow_ups[tag] for tag in one.signed.entry.tags if tag in follow_ups})
            if targets:
                before[one.seq] = targets
            for target in targets:
                after.setdefault(target, []).append(one)
        return cls({one.seq: one for one in shown}, after, before)

    def only_below(self, seqs: Sequence[int]) -> frozenset[int]:
        """These, and all that follows nothing but these up, nor anything but what follows them."""
        found = set(seqs)
        for one in sorted(self.before):  # what is followed up has a smaller number
            if found.issuperset(self.before[one]):
                found.add(one)
        return frozenset(found)


class Fitting:
    """Compares transmittals with a query; `tags` are those of each of its terms."""

    def __init__(self, query: Query, tags: Mapping[str, set[bytes]], following: Following) -> None:
        self._query, self._following = query, following
        self._chosen, self._complete = frozenset(query.chosen), _tags(query.complete, tags)
        groups = statement.groups(query)
        self._groups = [_tags(some, tags) for some in groups]
        self._carried: dict[int, frozenset[int]] = {}

    def period(self, one: Shown) -> Fit:
        """Whether it went out in time: by the beginning of its newest `event-time`, else by its entry's own time."""
        value = self._newest(one, "event-time")
        if value is Fit.UNKNOWN:
            return Fit.UNKNOWN
        start = event_time.beginning(value) or one.signed.entry.time
        since, until = self._query.since, self._query.until
        return _fit((since is None or since <= start) and (until is None or start < until))

    def designation(self, one: Shown) -> Fit:
        """Whether its newest designation is one of those asked for."""
        value = self._newest(one, "designation")
        return Fit.UNKNOWN if value is Fit.UNKNOWN else _fit(value in self._query.designations)

    def within(self, one: Shown) -> Fit:
        """Whether it, or what follows it up, carries a term of each group."""
        carried = set(self._carries(one))
        for later in self._following.after.get(one.seq, ()):
            carried |= self._carries(later)
        return _fit(len(carried) == len(self._groups))

    def _carries(self, one: Shown) -> frozenset[int]:
        """Of which groups it carries a term; found once. [A thousand transmittals, each followed up by the same.]"""
        if one.seq not in self._carried:
            tags = one.signed.entry.tags
            self._carried[one.seq] = frozenset(n for n, group in enumerate(self._groups) if not group.isdisjoint(tags))
        return self._carried[one.seq]

    def reasons(self, one: Shown, number: int | None) -> Iterator[tuple[str, Fit]]:
        """Each part of the query there is, by the reason that it would exclude for; `number` where it is known."""
        query = self._query
        if query.chosen:
            yield NOT_CHOSEN, Fit.UNKNOWN if number is None else _fit(number in self._chosen)
        if query.since or query.until:
            yield OUTSIDE_PERIOD, self.period(one)
        if query.designations:
            yield OTHER_DESIGNATION, self.designation(one)
        if self._groups:
            yield NOT_WITHIN, self.within(one)

    def corrected(self) -> Iterator[Fault]:
        """That what corrections under the `complete` terms are of is shown.

        [The customer was added by a correction; his list holds that alone, and the transmittal itself is left out.]
        """
        for one in self._following.by_seq.values():
            if one.kind != "correction" or self._complete.isdisjoint(one.signed.entry.tags):
                continue
            target = one.deciding.get("corrects", -1)
            if type(target) is not int or target not in self._following.by_seq:
                found = "withheld" if target is HIDDEN else f"entry {target!a}, not shown"
                yield not_proven(_COMPLETENESS, f"correction in entry {one.seq}", "what it is of, shown too", found)

    def _newest(self, one: Shown, name: str) -> Value | Fit | None:
        """The value of a line as corrections left it; None where there is none."""
        value = _value(one.deciding, name)
        for later in self._following.after.get(one.seq, ()):
            if later.kind != "correction" or name not in later.deciding:
                continue
            if "corrects-item" in later.deciding:
                continue
            target = later.deciding.get("corrects", -1)
            if target is HIDDEN:  # it may be of this one, or of a correction of it
                value = Fit.UNKNOWN
            elif target == one.seq and type(target) is int:
                value = _value(later.deciding, name)
        return value


def _tags(terms: Iterable[str], tags: Mapping[str, set[bytes]]) -> frozenset[bytes]:
    return frozenset(tag for term in terms for tag in tags.get(term, ()))


def _value(deciding: Mapping[str, Value | None], name: str) -> Value | Fit | None:
    return Fit.UNKNOWN if name in deciding and deciding[name] is HIDDEN else deciding.get(name)


def _fit(fits: bool) -> Fit:
    return Fit.YES if fits else Fit.NO


def judge(
    said: Statement, fitting: Fitting, following: Following, numbers: Mapping[int, int] | None = None
) -> Iterator[Fault]:
    """What of the selection does not follow from the query; `numbers` are those of transmittals, where counted.

    Without them it is the owner's word that a transmittal was not chosen by its number: NOT PROVEN.
    """
    yield from fitting.corrected()
    for chosen in said.selected:
        if chosen.seq in following.by_seq:
            yield from _selected(fitting, following.by_seq[chosen.seq], chosen.number)
    for left in said.excluded:
        if left.seq in following.by_seq:
            number = numbers.get(left.seq) if numbers else None
            yield from _excluded(fitting, following.by_seq[left.seq], left.reason, number)


def _selected(fitting: Fitting, one: Shown, number: int) -> Iterator[Fault]:
    """[The client's disclosures of another year, counted with those that were asked for.]"""
    where = f"transmittal {number}, entry {one.seq}"
    for reason, fit in fitting.reasons(one, number):
        if fit is Fit.NO:
            yield broken(_COMPLETENESS, where, "one that the query selects", reason)
        elif fit is Fit.UNKNOWN:
            yield not_proven(_COMPLETENESS, where, f"the line that decides whether it is {reason}", "withheld")


def _excluded(fitting: Fitting, one: Shown, reason: str, number: int | None) -> Iterator[Fault]:
    """[A disclosure is called outside the period and hidden with that.]"""
    where = f"entry {one.seq}, excluded as {reason}"
    fit = dict(fitting.reasons(one, number)).get(reason, Fit.YES)
    if fit is Fit.YES:
        yield broken(_COMPLETENESS, where, "one that the query does not select for that reason", _shown(one))
    elif fit is Fit.UNKNOWN and reason == NOT_CHOSEN:  # [T-1 is chosen, its owner calls it T-2, and leaves it out]
        yield not_proven(_COMPLETENESS, where, "its number, counted in the ledger", "the owner's word")
    elif fit is Fit.UNKNOWN:
        yield not_proven(_COMPLETENESS, where, "the line that decides it", "withheld")


def _shown(one: Shown) -> str:
    return f"an entry of {utc_text(one.signed.entry.time)}"
