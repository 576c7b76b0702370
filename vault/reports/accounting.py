"""The accounting of a report: of each transmittal that the query selects, and what follows from all of them.

Its only sources are the statement and the records as they are shown, so that nothing withheld can get into it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vault.evidence.public import KINDS
from vault.evidence.statement import Statement
from vault.reports import exceptions, exposure
from vault.reports.cells import OUTSIDE, Cells, Reasons, numbered, withheld
from vault.reports.exceptions import Exceptional
from vault.reports.exposure import Exposure, Party
from vault.reports.pieces import Piece
from vault.reports.transmittals import Transmittal, followed, targets


@dataclass(frozen=True, slots=True)
class Other:
    """An entry in the bundle that is no transmittal selected and no follow-up of one, as far as it is shown.

    `excluded` says why the query does not select a transmittal, `of` which entry it follows up.
    """

    piece: Piece
    cells: Cells
    excluded: str = ""
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Accounting:
    """What a report accounts for; `others` and `public` are the entries beside, with a record and without."""

    statement: Statement
    transmittals: tuple[Transmittal, ...]
    others: tuple[Other, ...]
    public: tuple[Piece, ...]
    exceptions: tuple[Exceptional, ...]
    parties: tuple[Party, ...]
    subjects: tuple[Exposure, ...]
    categories: tuple[Exposure, ...]
    withheld: dict[tuple[str, str], int]

    @property
    def items(self) -> int:
        """How many items the transmittals have, the void ones among them."""
        return sum(len(numbered(one.cells, "item")) for one in self.transmittals)

    @property
    def void(self) -> int:
        """How many of the transmittals were taken back."""
        return sum(one.void for one in self.transmittals)


def account(statement: Statement, pieces: Iterable[Piece]) -> Accounting:
    """The accounting of a statement and its pieces, in any order; `ValueError` if a selected one is not among them."""
    ordered = sorted(pieces, key=lambda piece: piece.signed.entry.seq)
    selected = {one.seq for one in statement.selected}
    if missing := selected.difference(piece.signed.entry.seq for piece in ordered):
        raise ValueError(f"selected and not among the pieces: entries {sorted(missing)}")  # it would be left out
    reasons, outside = Reasons(statement.withheld), Reasons(statement.withheld, OUTSIDE)
    cells: dict[int, Cells] = {}
    heads: dict[int, int] = {}
    for piece in ordered:
        seq = piece.signed.entry.seq
        shown = reasons.cells(piece.record)
        heads[seq] = min((heads[one] for one in targets(shown) if one in heads), default=seq)
        cells[seq] = shown if heads[seq] in selected else outside.cells(piece.record)
    transmittals = _transmittals(statement, ordered, cells, heads)
    return Accounting(
        statement,
        transmittals,
        _others(statement, ordered, cells, heads),
        tuple(piece for piece in ordered if piece.record is None and piece.signed.entry.kind in KINDS),
        exceptions.found(transmittals, ordered),
        tuple(exposure.parties(transmittals)),
        tuple(exposure.subjects(transmittals)),
        tuple(exposure.categories(transmittals)),
        withheld(cells.values()),
    )


def _transmittals(
    statement: Statement, pieces: Sequence[Piece], cells: dict[int, Cells], heads: dict[int, int]
) -> tuple[Transmittal, ...]:
    later: dict[int, list[tuple[Piece, Cells]]] = {}
    by_seq = {piece.signed.entry.seq: piece for piece in pieces}
    for seq, head in heads.items():
        if head != seq:
            later.setdefault(head, []).append((by_seq[seq], cells[seq]))
    return tuple(
        followed(one.number, cells[one.seq], by_seq[one.seq].signed, later.get(one.seq, ()))
        for one in statement.selected
    )


def _others(
    statement: Statement, pieces: Sequence[Piece], cells: dict[int, Cells], heads: dict[int, int]
) -> tuple[Other, ...]:
    selected = {one.seq for one in statement.selected}
    reasons = {one.seq: one.reason for one in statement.excluded}
    return tuple(
        Other(piece, cells[seq], reasons.get(seq, ""), heads[seq] if heads[seq] != seq else None)
        for piece in pieces
        if piece.record and heads[seq := piece.signed.entry.seq] not in selected
    )
