"""The disclosure: what one transmittal says of recipients, items, subjects, matter, and how it is split when large."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from vault.evidence.defined import frozen
from vault.evidence.naming import MAX_ITEMS, MAX_TERMS
from vault.evidence.record import Value
from vault.records.draft import Draft, Pair, lines_of, state, unique
from vault.records.fields import ITEM
from vault.records.filing import terms_of
from vault.records.matters import Reference
from vault.records.parties import Snapshot
from vault.records.values import Unfit


class Recipient(NamedTuple):
    """Who gets it: `relation` is to (from us), via (carries it there) or onward (expected to get it next)."""

    relation: str
    party: Snapshot


class Subject(NamedTuple):
    """Who or what an item exposes, and how much: named, inferable or redacted; empty if not judged."""

    subject: Snapshot
    degree: str = ""


class Item(NamedTuple):
    """One document, or one oral or visual disclosure. `values` are by the names of `fields.ITEM`."""

    values: Mapping[str, Value]

    def pairs(self, number: int) -> list[Pair]:
        """Its record lines, in the order of the table."""
        stated = [known for known in ITEM if known.name in self.values]
        return [
            (f"item.{number}.{name}", value)
            for known in stated
            for name, value in lines_of(known, self.values[known.name])
        ]

    def terms(self) -> list[str]:
        """`document:<sha256>`; none where no file went out."""
        return terms_of("item", self.values)


@frozen()
class Disclosure:
    """One act of disclosure as the discloser states it; `stated` are the values of `fields.DISCLOSURE` by name."""

    stated: Mapping[str, object]
    recipients: tuple[Recipient, ...]
    items: tuple[Item, ...]
    subjects: tuple[Subject, ...] = ()
    matter: Reference | None = None
    request: Reference | None = None
    series: str = ""

    def draft(self) -> Draft:
        """The record lines and terms of this one transmittal."""
        lines, missing = state("disclosure", self.stated)
        lines += [("series", self.series)] if self.series else []
        lines += self._links()
        for number, item in enumerate(self.items, 1):
            lines += item.pairs(number)
        documents = [term for item in self.items for term in item.terms()]
        return Draft("disclosure", tuple(lines), unique([*self.shared_terms(), *documents]), missing)

    def _links(self) -> Iterator[Pair]:
        for number, recipient in enumerate(self.recipients, 1):
            yield f"recipient.{number}.relation", recipient.relation
            yield from recipient.party.pairs(f"recipient.{number}")
        yield from subject_lines(self.subjects)
        yield from self.matter.pairs() if self.matter else ()
        yield from self.request.pairs() if self.request else ()

    def shared_terms(self) -> tuple[str, ...]:
        """The terms that do not depend on the items: parties, subjects, matter, categories."""
        found = [term for recipient in self.recipients for term in recipient.party.terms("party")]
        found += [term for exposed in self.subjects for term in exposed.subject.terms("subject")]
        found += self.matter.terms() if self.matter else []
        found += terms_of("disclosure", dict(state("disclosure", self.stated)[0]))
        return unique(found)


def subject_lines(subjects: tuple[Subject, ...]) -> Iterator[Pair]:
    """The lines of who is exposed, and how."""
    for number, exposed in enumerate(subjects, 1):
        if exposed.degree:
            yield f"subject.{number}.degree", exposed.degree
        yield from exposed.subject.pairs(f"subject.{number}")


def room(disclosure: Disclosure) -> int:
    """How many items one transmittal of this disclosure holds, by the limits on items and on tags."""
    left = MAX_TERMS - len(disclosure.shared_terms())
    if left < 1:
        raise Unfit(f"these parties, subjects and categories have over {MAX_TERMS - 1} names: disclose in parts")
    return min(MAX_ITEMS, left)


def split(disclosure: Disclosure, items: Iterable[Item], count: int, series: str) -> Iterator[Disclosure]:
    """The consecutive transmittals that hold these `count` items; more than one share the line `series`.

    Each comes as soon as its items have come.
    """
    size, coming = room(disclosure), iter(items)
    whole = replace(disclosure, series=series if count > size else "")
    while part := tuple(islice(coming, size)):
        yield replace(whole, items=part)
