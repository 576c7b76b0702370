"""A piece of a report: an entry, and as much of its record as is shown."""

from typing import NamedTuple

from vault.evidence.entry import SignedEntry
from vault.evidence.record import Record


class Piece(NamedTuple):
    """An entry of the ledger with its shown record; None where the entry commits to none."""

    signed: SignedEntry
    record: Record | None
