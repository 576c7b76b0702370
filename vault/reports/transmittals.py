"""Transmittals as a report shows them: as they were logged, all that followed each up, and what they say today."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from vault.evidence.entry import SignedEntry
from vault.names import transmittal_id
from vault.records import corrections, moments
from vault.records.fields import DISCLOSURE
from vault.records.moments import Moment
from vault.records.times import LATE_AFTER
from vault.records.words import NOT_STATED
from vault.reports.cells import Cell, Cells, Change, Held, changes, say, stated
from vault.reports.pieces import Piece

_REQUIRED = tuple(known.name for known in DISCLOSURE if known.required)


class FollowUp(NamedTuple):
    """A later entry about a transmittal, what it says of itself, and what of the transmittal it changed.

    `applied` is False where it corrects something else, or a withheld line leaves open what.
    """

    signed: SignedEntry
    about: Cells
    changes: tuple[Change, ...] = ()
    applied: bool = True

    @property
    def void(self) -> bool:
        """Whether it says that this was not disclosed, or not so."""
        return self.about.get("void") is True


class Transmittal(NamedTuple):
    """A transmittal that the query selects: `first` as it was logged, `cells` as it stands after its follow-ups."""

    number: int
    signed: SignedEntry
    first: Cells
    cells: Cells
    follow_ups: tuple[FollowUp, ...] = ()

    @property
    def id(self) -> str:
        """`T-000017`."""
        return transmittal_id(self.number)

    @property
    def seq(self) -> int:
        """The number of its entry."""
        return self.signed.entry.seq

    @property
    def logged(self) -> datetime:
        """The ledger's time."""
        return self.signed.entry.time

    @property
    def void(self) -> bool:
        """Whether a follow-up took it back."""
        return any(one.void for one in self.follow_ups if one.applied)

    @property
    def when(self) -> Moment | None:
        """When it went out, where that is shown and is a moment."""
        return moments.read(self.cells.get("event-time"))

    @property
    def late(self) -> str:
        """Why its logging counts as late, in words; empty where it does not."""
        reason, when = self.cells.get("late-reason"), self.when
        behind = self.logged - when.end if when else None
        if reason is None and (behind is None or behind <= LATE_AFTER):
            return ""
        how = f"logged {behind.days} days after it went out" if behind and behind.days > 1 else "logged late"
        return f"{how}; reason: {say(reason, absent=NOT_STATED)}"

    @property
    def not_stated(self) -> tuple[str, ...]:
        """Lines that nobody stated, or that a correction took back; what is withheld is not among them."""
        found = dict.fromkeys(name for name, cell in self.cells.items() if cell == NOT_STATED)
        return tuple(found | dict.fromkeys(name for name in _REQUIRED if name not in self.cells))


def member(signed: SignedEntry) -> str:
    """Who signed, `m2`."""
    return signed.unverified_signature.name.rpartition("/")[2]


def followed(number: int, first: Cells, signed: SignedEntry, later: Sequence[tuple[Piece, Cells]]) -> Transmittal:
    """The transmittal after `later`, its follow-ups in the order of their entries."""
    now: Cells = first
    done: list[FollowUp] = []
    for piece, about in later:
        one = _followed(now, signed.entry.seq, piece, about)
        if piece.signed.entry.kind == "correction" and one.applied:
            now = corrections.apply(now, about)
        done.append(one)
    return Transmittal(number, signed, first, now, tuple(done))


def _followed(now: Cells, seq: int, piece: Piece, about: Cells) -> FollowUp:
    if piece.signed.entry.kind != "correction":
        return FollowUp(piece.signed, {name: cell for name, cell in about.items() if not name.startswith("term.")})
    own = {name: cell for name, cell in about.items() if name in corrections.OWN}
    # A correction of a correction is one of both; of which item, or of what, a withheld line may leave open.
    if about.get("corrects") != seq or isinstance(about.get("corrects-item"), Held):
        return FollowUp(piece.signed, own, applied=False)
    return FollowUp(piece.signed, own, _replaced(now, about))


def _replaced(now: Cells, about: Cells) -> tuple[Change, ...]:
    """What it changed; a withheld value in place of a withheld one is a change too."""
    found = {one[0]: one for one in changes(now, corrections.apply(now, about))}
    prefix = f"item.{about['corrects-item']}." if "corrects-item" in about else ""
    for name, cell in about.items():
        if name not in corrections.OWN and not name.startswith("term.") and isinstance(cell, Held):
            found.setdefault(prefix + name, (prefix + name, now.get(prefix + name), cell))
    return tuple(found.values())


def targets(cells: Mapping[str, Cell]) -> set[int]:
    """The entries that a record says it follows up: `corrects`, and the terms `entry:<seq>`."""
    said = stated(cells, "corrects")
    found = {said} if isinstance(said, int) else set()
    for name, cell in cells.items():
        if name.startswith("term.") and isinstance(cell, str) and cell.startswith("entry:"):
            found.add(int(cell.removeprefix("entry:")))  # terms are checked when a record is read
    return found
