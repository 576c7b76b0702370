"""Exceptions: what a reader should not have to find by himself. None is a fault by itself, none is hidden."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from vault.evidence.strict import utc_text
from vault.names import transmittal_id
from vault.reports.cells import UNNAMED, Held, line
from vault.reports.pieces import Piece
from vault.reports.transmittals import FollowUp, Transmittal


class Exceptional(NamedTuple):
    """One thing out of the ordinary: which sort, of which transmittal (empty: of none), in which entry, in words."""

    sort: str
    transmittal: str
    seq: int
    text: str


def found(transmittals: Sequence[Transmittal], pieces: Sequence[Piece]) -> tuple[Exceptional, ...]:
    """All of them, sort by sort."""
    each = [list(_of(one)) for one in transmittals]
    order = ("void", "correction", "follow-up", "late entry", "override", "request", "not stated", "withheld")
    alike = [one for sort in order for some in each for one in some if one.sort == sort]
    return (*alike, *_clock(pieces), *_gaps([one.number for one in transmittals]))


def _of(one: Transmittal) -> Iterator[Exceptional]:
    for follow_up in one.follow_ups:
        yield from _of_follow_up(one, follow_up)
    if one.late:
        yield Exceptional("late entry", one.id, one.seq, one.late)
    for name, what in (
        ("inspection.override-by", "it went out all the same by"),
        ("inspection.override-reason", "it went out all the same, because"),
        ("inspection.findings", "an inspection found"),
    ):
        if name in one.cells:
            yield Exceptional("override", one.id, one.seq, f"{what}: {line(one.cells[name])}")
    if one.cells.get("request.scope") in ("beyond", "unclear"):
        yield Exceptional("request", one.id, one.seq, f"the request is {one.cells['request.scope']} "
                          "against the published guideline")  # fmt: skip
    if one.not_stated:
        yield Exceptional("not stated", one.id, one.seq, ", ".join(one.not_stated))
    if unnamed := [name for name, cell in one.cells.items() if isinstance(cell, Held) and cell.reason == UNNAMED]:
        yield Exceptional("withheld", one.id, one.seq, f"no reason is given for {', '.join(unnamed)}")


def _of_follow_up(one: Transmittal, follow_up: FollowUp) -> Iterator[Exceptional]:
    entry, reason = follow_up.signed.entry, line(follow_up.about.get("reason"), absent="none stated")
    if follow_up.void and follow_up.applied:
        yield Exceptional("void", one.id, entry.seq, f"taken back on {utc_text(entry.time)[:10]}; reason: {reason}")
    elif entry.kind == "correction" and follow_up.applied:
        lines = ", ".join(change[0] for change in follow_up.changes)
        yield Exceptional("correction", one.id, entry.seq, f"{lines or 'no line'}; reason: {reason}")
    elif entry.kind == "correction":
        text = f"it corrects another entry, or withholds what it corrects; reason: {reason}"
        yield Exceptional("correction", one.id, entry.seq, text)
    else:
        yield Exceptional("follow-up", one.id, entry.seq, f"an entry of kind {entry.kind}")


def _clock(pieces: Sequence[Piece]) -> Iterator[Exceptional]:
    """Steps back between entries shown here, and the reasons that were recorded for them."""
    entries = sorted((piece.signed.entry for piece in pieces), key=lambda entry: entry.seq)
    for before, after in pairwise(entries):
        if after.time < before.time:
            text = f"its clock says {utc_text(after.time)}, entry {before.seq} before it {utc_text(before.time)}"
            yield Exceptional("clock", "", after.seq, text)
    for piece in pieces:
        reason = piece.record.values().get("clock-reason") if piece.record else None
        if reason is not None:
            yield Exceptional("clock", "", piece.signed.entry.seq, f"recorded reason: {reason}")


def _gaps(numbers: Sequence[int]) -> Iterator[Exceptional]:
    """Numbers between the first and the last that are not selected: other transmittals, of which this is no account."""
    for before, after in pairwise(numbers):
        if after > before + 1:
            names = transmittal_id(before + 1) + (f" to {transmittal_id(after - 1)}" if after > before + 2 else "")
            text = f"{names}: {after - before - 1} in the ledger that the query does not select"
            yield Exceptional("gap between numbers", "", 0, text)


def count(exceptions: Iterable[Exceptional]) -> dict[str, int]:
    """How many there are of each sort."""
    counts: dict[str, int] = {}
    for one in exceptions:
        counts[one.sort] = counts.get(one.sort, 0) + 1
    return counts
