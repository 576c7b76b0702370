"""A ledger of a million entries: everything that strangers and reports ask of it, of one vault that is filled once."""

from pathlib import Path

from tests.bench import plot, reports, strangers
from tests.bench.timing import Row
from tests.desk import Desk

SIZE = 1_000_000


def evidence(folder: Path, quick: bool) -> list[Row]:
    """What index, proofs and audit cost from 10^3 entries to 10^6, and a report of 1,000 transmittals among those."""
    size, count = (20_000, 100) if quick else (SIZE, reports.TRANSMITTALS)
    vault = Desk(folder / "large")
    with vault.opened() as archive:
        reports.spread(archive, count, size)
        found, point = strangers.measured(archive, folder, size)
    read = reports.measured(vault, folder, count, size)
    smaller = [one for one in strangers.SIZES if one < size]
    rows, points = strangers.grown(Desk(folder / "desk"), folder, smaller)
    if not quick:
        strangers.PLOT.write_text(plot.growth([*points, point], strangers.WORDS))
    return [*rows, *found, *read]


ON_REQUEST = {"evidence-million": evidence}
