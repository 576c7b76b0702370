"""The entry that says who got which report: it names no client as a term, so that no list of his is longer by it."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from vault.records.draft import Draft, state
from vault.reports.preparing import Prepared


def draft(prepared: Prepared, tag_manifest: bytes, clock_reason: str = "") -> Draft:
    """The record of a report; `tag_manifest` is the SHA-256 of its tag manifest (32 bytes)."""
    statement = prepared.statement
    stated: dict[str, object] = {
        "tagmanifest-sha256": tag_manifest.hex(),
        "for": statement.recipient,
        "purpose": statement.purpose,
        "query.*": list(statement.query.filters),
        "checkpoint": statement.checkpoint.size,
        "transmittals": ranges(one.number for one in statement.selected),
        "withheld.*": [f"{one.pattern} {one.reason}" for one in statement.withheld],
        "documents": statement.counts.documents,
        "ledger": statement.counts.ledger,
        "clock-reason": clock_reason,
    }
    lines, missing = state("report", {name: value for name, value in stated.items() if value not in ("", [], False)})
    return Draft("report", tuple(lines), (), missing)


def ranges(numbers: Iterable[int]) -> str:
    """`1-3, 7` of ascending numbers; `none` of none."""
    return ", ".join(_ranges(numbers)) or "none"


def _ranges(numbers: Iterable[int]) -> Iterator[str]:
    for _, some in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        first, *rest = [number for _, number in some]
        yield f"{first}-{rest[-1]}" if rest else str(first)
