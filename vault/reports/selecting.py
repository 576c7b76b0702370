"""Which entries a report holds: what the query selects, what its terms bring along, and what follows any of it up."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from vault.archive import Archive
from vault.catalog.answers import Filter
from vault.errors import Refused
from vault.evidence.record import Value
from vault.evidence.statement import (
    NOT_CHOSEN,
    NOT_WITHIN,
    OTHER_DESIGNATION,
    OUTSIDE_PERIOD,
    Excluded,
    Query,
    Selected,
)
from vault.names import transmittal_id
from vault.records import moments
from vault.reports.asking import by_group
from vault.reports.looking_up import Lookup
from vault.reports.pieces import Piece

DECIDING = ("event-time", "designation")
"""The lines that decide whether a transmittal is selected, beside its terms."""


class Selection(NamedTuple):
    """The entries of a report by number, their records whole.

    `outside` are the numbers of the excluded transmittals, and of what follows up these or such and nothing else.
    """

    selected: tuple[Selected, ...]
    excluded: tuple[Excluded, ...]
    pieces: Mapping[int, Piece]
    outside: frozenset[int]


def select(archive: Archive, query: Query, lookup: Lookup) -> Selection:
    """O(entries that the query's terms list, and what follows them up, times log n); their records are opened."""
    found = _Found(archive, lookup)
    found.take(_candidates(archive, query, lookup))
    found.take(found.corrected())
    judge = _Judge(query, lookup, found)
    reasons = {seq: judge.reason(seq) for seq in found.transmittals()}
    selected = tuple(Selected(archive.ledger.number(seq), seq) for seq, reason in reasons.items() if not reason)
    excluded = tuple(Excluded(seq, reason) for seq, reason in reasons.items() if reason)
    outside = found.only_below(one.seq for one in excluded)
    if not query.complete:  # there is no list to be whole, and nobody is told what else there is
        return Selection(selected, (), {seq: one for seq, one in found.all() if seq not in outside}, frozenset())
    return Selection(selected, excluded, dict(found.all()), outside)


def _candidates(archive: Archive, query: Query, lookup: Lookup) -> Iterable[int]:
    chosen = [archive.catalog.transmittal(number).seq for number in query.chosen]
    for number, seq in zip(query.chosen, chosen, strict=True):
        if seq >= lookup.checkpoint.size:
            hint = "a checkpointer or custodian makes one: dvault checkpoint"
            raise Refused(f"{transmittal_id(number)} is under no index yet", hint)
    if query.complete:
        return {seq for term in query.complete for seq in lookup.entries(term)}
    if query.every:
        return lookup.of_kind("disclosure")
    if chosen:
        return chosen
    listed = archive.catalog.transmittals(Filter(since=query.since, until=query.until))
    return [one.seq for one in listed if one.seq < lookup.checkpoint.size]


class _Found:
    """Entries with what follows them up."""

    def __init__(self, archive: Archive, lookup: Lookup) -> None:
        self._archive, self._lookup = archive, lookup
        self._pieces: dict[int, Piece] = {}
        self._after: dict[int, list[int]] = {}

    def take(self, seqs: Iterable[int]) -> None:
        """Take in these entries, all that follows them up, and all that follows that up."""
        pending = [*seqs]
        while pending:
            seq = pending.pop()
            if seq in self._pieces:
                continue
            signed = self._archive.entry(seq)
            committed = signed.entry.record is not None
            self._pieces[seq] = Piece(signed, self._archive.read(seq) if committed else None)
            self._after[seq] = self._lookup.follow_ups(seq) if committed else []
            pending += self._after[seq]

    def all(self) -> Iterator[tuple[int, Piece]]:
        """In the order of the ledger."""
        return iter(sorted(self._pieces.items()))

    def transmittals(self) -> list[int]:
        """The numbers of the entries of kind disclosure, in order."""
        return sorted(seq for seq, piece in self._pieces.items() if piece.signed.entry.kind == "disclosure")

    def corrected(self) -> list[int]:
        """The transmittals that some correction here is of: it may bring a term that its transmittal does not carry."""
        targets = {self.values(seq).get("corrects") for seq in self._pieces}
        found = [seq for seq in targets if type(seq) is int and 0 <= seq < self._lookup.checkpoint.size]
        return [seq for seq in found if self._archive.entry(seq).entry.kind == "disclosure"]

    def values(self, seq: int) -> Mapping[str, Value]:
        """The record's values; none of an entry without one."""
        record = self._pieces[seq].record
        return record.values() if record else {}

    def after(self, seq: int) -> list[int]:
        """What follows an entry up, in order."""
        return self._after[seq]

    def tags(self, seq: int) -> frozenset[bytes]:
        """The tags that it, or what follows it up, carries."""
        return frozenset(tag for one in (seq, *self._after[seq]) for tag in self._pieces[one].signed.entry.tags)

    def is_correction(self, seq: int, of: int) -> bool:
        """Whether it is a correction of that entry."""
        return self._pieces[seq].signed.entry.kind == "correction" and self.values(seq).get("corrects") == of

    def time(self, seq: int) -> datetime:
        """When the entry was made, by the clock of its desk."""
        return self._pieces[seq].signed.entry.time

    def only_below(self, seqs: Iterable[int]) -> frozenset[int]:
        """These, and what follows up nothing but these or such; what is followed up has the smaller number."""
        found, before = set(seqs), dict[int, set[int]]()
        for seq, after in self._after.items():
            for later in after:
                before.setdefault(later, set()).add(seq)
        for seq in sorted(before):
            if found >= before[seq]:
                found.add(seq)
        return frozenset(found)


class _Judge:
    """Says why a transmittal is not selected, from what a verifier sees too."""

    def __init__(self, query: Query, lookup: Lookup, found: _Found) -> None:
        self._query, self._found = query, found
        self._groups = [frozenset(tag for term in some for tag in lookup.tags(term)) for some in by_group(query)]
        self._chosen = {lookup.archive.catalog.transmittal(number).seq for number in query.chosen}

    def reason(self, seq: int) -> str:
        """Empty where it is selected."""
        query, stands = self._query, self._standing(seq)
        when = moments.read(stands.get("event-time"))
        start = when.start.astimezone(UTC) if when else self._found.time(seq)
        if (query.since and start < query.since) or (query.until and start >= query.until):
            return OUTSIDE_PERIOD
        if query.designations and stands.get("designation") not in query.designations:
            return OTHER_DESIGNATION
        tags = self._found.tags(seq) if self._groups else frozenset[bytes]()
        if not all(tags & group for group in self._groups):
            return NOT_WITHIN
        # Last: who has no ledger cannot count the numbers, and takes it for the owner's word.
        return NOT_CHOSEN if query.chosen and seq not in self._chosen else ""

    def _standing(self, seq: int) -> dict[str, Value]:
        """The deciding lines as corrections left them; the newest counts."""
        stands = {**self._found.values(seq)}
        for later in self._found.after(seq):
            values = self._found.values(later)
            if self._found.is_correction(later, seq) and "corrects-item" not in values:
                stands |= {name: values[name] for name in DECIDING if name in values}
        return stands
