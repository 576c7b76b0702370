"""Correcting: resolving what is newly said, and appending the record that says what was wrong."""

from collections.abc import Mapping
from typing import NamedTuple

from vault import linking
from vault.archive import Acknowledged, Archive
from vault.errors import Misuse
from vault.records import corrections
from vault.records.corrections import Change, Target
from vault.records.disclosure import subject_lines
from vault.records.draft import Pair
from vault.records.moments import Moment
from vault.records.words import NOT_STATED
from vault.reviewing import Changed, Named, changes_between, review

LINKS = {"disclosure": ("subject", "matter", "request"), "request": ("matter",)}
"""What the records of a kind refer to and a correction may change. Recipients are not among it: what went to somebody
else than was logged is void, and logged anew."""


class Links(NamedTuple):
    """Who and what is newly said to be linked, as they are called; `not stated` takes a link back."""

    subjects: tuple[str, ...] = ()
    matter: str = ""
    request: str = ""


class Corrected(NamedTuple):
    """A correction that is durable, and what it changed: (name, before, after), None where there is nothing."""

    done: Acknowledged
    changed: list[Changed]


def correct(
    archive: Archive, named: Named, stated: Mapping[str, object], about: Mapping[str, object], links: Links
) -> Corrected:
    """Append a correction: `stated` are the new values by field name, `about` the reason, and whether it is void."""
    found = review(archive, named)
    if found.void:
        raise Misuse(f"{named.id} is void already", "what is void stays so; add or disclose it anew")
    whole = found.versions[-1].after
    lines, terms = _linked(archive, links)
    change = Change({**_basis(stated), **stated}, about, lines, terms)
    draft = corrections.draft(Target(named.kind, found.seq, whole, found.terms, named.item), change)
    changed = changes_between(whole, corrections.apply(whole, dict(draft.lines)))
    if not (changed or about.get("void")):
        raise Misuse(f"{named.id} says so already", f"dvault show {named.id} shows what stands")
    (done,) = archive.append([draft])
    return Corrected(done, changed)


def _basis(stated: Mapping[str, object]) -> dict[str, object]:
    """A time that is corrected was not observed."""
    return {"event-time-basis": "stated"} if isinstance(stated.get("event-time"), Moment) else {}


def _linked(archive: Archive, links: Links) -> tuple[list[Pair], list[str]]:
    lines, terms = _subjects(archive, links.subjects)
    for kind, said in (("matter", links.matter), ("request", links.request)):
        if said == NOT_STATED:
            lines.append((f"{kind}.id", NOT_STATED))
        elif reference := linking.reference(archive.catalog, kind, said):
            lines += reference.pairs()
            terms += reference.terms()
    return lines, terms


def _subjects(archive: Archive, said: tuple[str, ...]) -> tuple[list[Pair], list[str]]:
    if said == (NOT_STATED,):
        return [("subject.1.id", NOT_STATED)], []
    subjects = tuple(linking.subject(archive.catalog, name) for name in dict.fromkeys(said))
    return list(subject_lines(subjects)), [term for one in subjects for term in one.subject.terms("subject")]
