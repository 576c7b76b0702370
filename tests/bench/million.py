"""A ledger of a million entries: everything that strangers and reports ask of it, of one vault that is filled once."""

from pathlib import Path

from tests.bench import plot, reports, strangers
from tests.bench.timing import Row
from tests.desk import Desk

SIZE = 1_000_000


def evidence(folder: Path, quick: bool) -> list[Row]:
    """What index, proofs and audit cost from 10^3 entries to 10^6, and a report of 1,000 transmittals among those."""
    size, count = (20_000, 100) if quick else (SIZE, reports.TRANSMITTALS)
    vault = Desk(folder / "desk")
    rows, points = strangers.grown(vault, folder, [small for small in strangers.SIZES if small < size])
    with vault.opened() as archive:
        reports.spread(archive, count, size)
        found, point = strangers.measured(archive, folder, size)
    if not quick:
        strangers.PLOT.write_text(plot.growth([*points, point], strangers.WORDS))
    return [*rows, *found, *reports.measured(vault, folder, count, size)]


ON_REQUEST = {"evidence-million": evidence}
