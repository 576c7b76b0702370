"""What is asked of a report: parties, subjects, matters, categories, a period; and the terms that it comes to.

All terms that an object has or had are asked for, those of names before a correction too: what was filed under an old
name was filed.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from vault import completing
from vault.archive import Archive
from vault.errors import NotFound
from vault.evidence import terms
from vault.evidence.statement import Query, group
from vault.names import transmittal_id
from vault.records.fields import DISCLOSURE, Field
from vault.records.values import fit

GROUPS = ("party", "subject", "matter", "category")


class Asked(NamedTuple):
    """What somebody asks for, as he calls it; objects of one kind are alternatives, kinds must all match.

    `since` and `until` are instants: when it went out, from, and before. `numbers` are those of transmittals.
    """

    parties: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    designations: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    numbers: tuple[int, ...] = ()


class Resolved(NamedTuple):
    """The query; the ids of the subjects that are asked for, the entries of their own records, and their terms."""

    query: Query
    subjects: frozenset[str]
    entries: frozenset[int]
    terms: frozenset[str]


def resolve(archive: Archive, asked: Asked) -> Resolved:
    """The terms of what is asked, the first of party, subject, matter, category to be complete, the others within.

    Where nothing at all is asked, all transmittals are; with a period, a designation or numbers alone nothing is
    complete. Raises `Misuse`, `NotFound` and `Unfit` as the register does.
    """
    found = {kind: _terms(archive, kind, asked) for kind in GROUPS}
    first = next((kind for kind in GROUPS if found[kind]), None)
    within = {term for kind in GROUPS if kind != first for term in found[kind]}
    designations = {str(fit(_field("designation"), word)) for word in asked.designations}
    query = Query(
        tuple(_words(archive, asked)),
        tuple(sorted(found[first], key=str.encode)) if first else (),
        every=asked == Asked(),
        within=tuple(sorted(within, key=str.encode)),
        since=_utc(asked.since),
        until=_utc(asked.until),
        designations=tuple(sorted(designations)),
        chosen=tuple(sorted(set(asked.numbers))),
    )
    subjects = [archive.catalog.resolve("subject", said) for said in asked.subjects]
    ids, own = frozenset(one.id for one in subjects), frozenset(one.seq for one in subjects)
    return Resolved(query, ids, own, frozenset(found["subject"]))


def by_group(query: Query) -> list[frozenset[str]]:
    """The groups of terms of which a transmittal has to carry one each."""
    every = [*query.complete, *query.within]
    return [frozenset(term for term in every if group(term) == kind) for kind in dict.fromkeys(map(group, every))]


def _terms(archive: Archive, kind: str, asked: Asked) -> set[str]:
    if kind == "category":
        return {terms.category(str(fit(_field("category.*"), word))) for word in asked.categories}
    said = {"party": asked.parties, "subject": asked.subjects, "matter": asked.matters}[kind]
    try:
        return {term for one in said for term in completing.terms_of(archive, kind, one)}
    except NotFound as exc:
        hint = f"dvault {kind} list shows what there is; that nothing was filed under a name, dvault proof --term shows"
        raise NotFound(str(exc), hint) from exc


def _field(name: str) -> Field:
    return next(known for known in DISCLOSURE if known.name == name)


def _words(archive: Archive, asked: Asked) -> Iterator[str]:
    """The query in words: names as they stand in the register today."""
    for kind, said in (("party", asked.parties), ("subject", asked.subjects), ("matter", asked.matters)):
        for one in dict.fromkeys(archive.catalog.resolve(kind, name).name for name in said):
            yield f"{kind}: {one}"
    yield from (f"category: {word}" for word in asked.categories)
    yield from (f"designation: {word}" for word in asked.designations)
    if asked.since:
        yield f"went out from {_day(asked.since)}"
    if asked.until:
        yield f"went out before {_day(asked.until)}"
    yield from (f"transmittal {transmittal_id(number)}" for number in sorted(set(asked.numbers)))


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC) if moment else None


def _day(moment: datetime) -> str:
    """As it was meant, in the zone of whoever asks."""
    return moment.isoformat(" ", "minutes")
