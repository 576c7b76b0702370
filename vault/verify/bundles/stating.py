"""Step 19, the counts: what the statement says is shown, against what is shown."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from vault.evidence.checkpoint import Checkpoint
from vault.evidence.statement import Patterns, Statement
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import Fault, Verdict, broken
from vault.verify.bundles.entries import Shown
from vault.verify.bundles.fitting import Following

_COMPLETENESS = Verdict.COMPLETENESS


class Parts(NamedTuple):
    """What a bundle holds besides entries: documents and their bytes, whether the ledger."""

    documents: int
    bytes: int
    ledger: bool


def judge(said: Statement, claimed: Checkpoint, following: Following, parts: Parts) -> Iterator[Fault]:
    """Every count of the statement, and that what it calls transmittals are all the transmittals shown."""
    shown = list(following.by_seq.values())
    for name, expected, found in (*_head(said, claimed), *_counted(said, shown, parts)):
        if expected != found:
            yield broken(_COMPLETENESS, f"statement, {name}", _said(expected), _said(found))
    yield from _named(said, shown)
    yield from _withheld(said, following)


def _head(said: Statement, claimed: Checkpoint) -> Iterator[tuple[str, object, object]]:
    """[The checkpoint of another bundle beside this one's entries.]"""
    yield from zip(("origin", "size", "root"), claimed, said.checkpoint, strict=True)


def _said(value: object) -> str:
    if isinstance(value, bytes):
        return base64_text(value)
    if isinstance(value, tuple):
        return " to ".join(map(str, value))
    if value is None:
        return "none"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _counted(said: Statement, shown: Sequence[Shown], parts: Parts) -> Iterator[tuple[str, object, object]]:
    counts, held = said.counts, [one.seq for one in shown if one.has_record]
    yield "entries", len(shown), counts.entries
    yield "lines", sum(one.lines for one in shown), counts.lines
    yield "lines withheld", sum(len(one.withheld) for one in shown), counts.withheld
    yield "span", (min(held), max(held)) if held else None, counts.span
    yield "documents", parts.documents, counts.documents
    yield "bytes of documents", parts.bytes, counts.bytes
    yield "ledger", parts.ledger, counts.ledger


def _named(said: Statement, shown: Sequence[Shown]) -> Iterator[Fault]:
    """Selected and excluded are the entries of kind disclosure, none twice, none missing."""
    there = {one.seq for one in shown if one.kind == "disclosure"}
    selected, excluded = {one.seq for one in said.selected}, {one.seq for one in said.excluded}
    for seq in sorted(selected & excluded):
        yield broken(_COMPLETENESS, f"statement, entry {seq}", "selected or excluded", "both")
    for seq in sorted((selected | excluded) - there):
        yield broken(_COMPLETENESS, f"statement, entry {seq}", "a transmittal in the bundle", "none")
    for seq in sorted(there - selected - excluded):
        yield broken(_COMPLETENESS, f"entry {seq}", "a transmittal that the statement names", "one that it does not")
    if said.query.every:
        yield from numbered(said, counted(shown))


def counted(shown: Iterable[Shown]) -> dict[int, int]:
    """The number of each transmittal by its entry, where all there are, are shown."""
    seqs = sorted(one.seq for one in shown if one.kind == "disclosure")
    return {seq: number for number, seq in enumerate(seqs, 1)}


def numbered(said: Statement, numbers: dict[int, int]) -> Iterator[Fault]:
    """That each transmittal's number is its place among all entries of that kind, by the numbers of the entries."""
    for one in said.selected:
        if (number := numbers.get(one.seq)) != one.number:
            yield broken(_COMPLETENESS, f"transmittal {one.number}", f"number {number}, as counted", one.number)


def _withheld(said: Statement, following: Following) -> Iterator[Fault]:
    """[A line is withheld and nobody is told.]"""
    outside = following.only_below([one.seq for one in said.excluded])
    fits = lru_cache(maxsize=1 << 14)(Patterns(said.withheld).reason)
    for one in following.by_seq.values():
        bare = [name for name in one.withheld if not fits(name)] if one.seq not in outside else []
        if bare:
            expected = "only lines withheld that the statement says are withheld"
            yield broken(_COMPLETENESS, f"entry {one.seq}", expected, ", ".join(bare))


def withheld(said: Statement, following: Following) -> dict[str, int]:
    """How many lines are withheld for each reason; those of what is excluded for `outside-filter`."""
    outside = following.only_below([one.seq for one in said.excluded])
    counts: Counter[str] = Counter()
    reasons = lru_cache(maxsize=1 << 14)(Patterns(said.withheld).reason)
    for one in following.by_seq.values():
        for name in one.withheld:
            counts[reasons(name) or ("outside-filter" if one.seq in outside else "no reason")] += 1
    return dict(counts)
