"""What a bundle says, in words and for JSON, beside the verdicts: none of it counts but by them."""

from collections.abc import Iterable, Iterator

from vault.evidence.intervals import Interval
from vault.evidence.statement import Query
from vault.evidence.strict import utc_text
from vault.verify.bundles.judging import Handed

_SHOWN = 20  # transmittals, for people; JSON has all
_WORDS = 200  # characters of a text, for people


def lines(handed: Handed) -> Iterator[str]:
    """For people: who made it, for whom, what was asked, which transmittals. To be made inert by who prints it."""
    said = handed.said
    yield f"report of {utc_text(said.made)}, by its maker's clock, by {said.by}" + (
        f" for {_cut(said.recipient)}" if said.recipient else ""
    )
    if said.purpose:
        yield f"purpose: {_cut(said.purpose)}"
    yield from _asked(said.query)
    for one in said.selected[:_SHOWN]:
        yield f"transmittal {one.number}, entry {one.seq}{_between(handed.intervals.get(one.seq))}"
    if len(said.selected) > _SHOWN:
        yield f"and {len(said.selected) - _SHOWN} more transmittals"


def _asked(query: Query) -> Iterator[str]:
    """What was compared, and beside it the words, which nobody can. [`filter all transmittals`, of a list of one.]"""
    if query.filters:
        yield f"asked for, in its maker's words: {_few(query.filters)}"
    lists = "all transmittals" if query.every else f"all under {_few(query.complete)}" if query.complete else "none"
    yield f"list to be whole: {lists}"
    if query.within:
        yield f"of it, those under {_few(query.within)} too"
    for word, moment in (("went out from", query.since), ("went out before", query.until)):
        if moment:
            yield f"of it, what {word} {utc_text(moment)}"
    if query.designations:
        yield f"of it, those designated {_few(query.designations)}"
    if query.chosen:
        yield f"of it, the numbers {_few(map(str, query.chosen))}"


def _few(texts: Iterable[str]) -> str:
    some = list(texts)
    more = f"; and {len(some) - _SHOWN} more" if len(some) > _SHOWN else ""
    return "; ".join(map(_cut, some[:_SHOWN])) + more


def _cut(text: str) -> str:
    return text if len(text) <= _WORDS else f"{text[:_WORDS]}…"


def _between(interval: Interval | None) -> str:
    if interval is None or interval.upper is None:
        return ""
    after = f"after {utc_text(interval.lower)}, " if interval.lower else ""
    return f": {after}by {utc_text(interval.upper)}"


def as_dict(handed: Handed) -> dict[str, object]:
    """For JSON: the statement, each transmittal with its proven interval, what is withheld and why."""
    said = handed.said
    return {
        "made": utc_text(said.made),
        "by": said.by,
        "for": said.recipient,
        "purpose": said.purpose,
        "query": _query(said.query),
        "transmittals": [
            {"number": one.number, "entry": one.seq, **_interval(handed.intervals.get(one.seq))}
            for one in said.selected
        ],
        "numbers_counted": handed.counted,
        "excluded": [{"entry": one.seq, "reason": one.reason} for one in said.excluded],
        "shown": {"entries": said.counts.entries, "lines": said.counts.lines, "withheld": said.counts.withheld},
        "withheld": [{"pattern": one.pattern, "reason": one.reason} for one in said.withheld],
        "withheld_lines": handed.withheld,
        "later": said.counts.later,
        "documents": {"count": said.counts.documents, "bytes": said.counts.bytes},
        "ledger": said.counts.ledger,
    }


def _query(query: Query) -> dict[str, object]:
    return {
        "filters": list(query.filters),
        "complete": list(query.complete),
        "all": query.every,
        "within": list(query.within),
        "since": utc_text(query.since) if query.since else None,
        "until": utc_text(query.until) if query.until else None,
        "designations": list(query.designations),
        "chosen": list(query.chosen),
    }


def _interval(interval: Interval | None) -> dict[str, object]:
    if interval is None:
        return {"after": None, "by": None}
    moments = {"after": interval.lower, "by": interval.upper}
    return {name: utc_text(moment) if moment else None for name, moment in moments.items()}
