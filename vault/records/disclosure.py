"""The disclosure: what one transmittal says of recipients, items, subjects, matter, and how it is split when large."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from vault.evidence import terms
from vault.evidence.entry import MAX_TAGS
from vault.evidence.record import Value
from vault.records.draft import Draft, Pair, state, unique
from vault.records.fields import ITEM, Group
from vault.records.matters import Matter
from vault.records.parties import Snapshot
from vault.records.values import fit

MAX_ITEMS = 1_000  # of one transmittal; a larger set becomes consecutive transmittals of one series

_ITEM_FIELDS = {known.name: known for known in ITEM}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets it: `relation` is to (from us), via (carries it there) or onward (expected to get it next)."""

    relation: str
    party: Snapshot


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what an item exposes, and how much: named, inferable or redacted; empty if not judged."""

    subject: Snapshot
    degree: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One document, or one oral or visual disclosure. `values` are by the names of `fields.ITEM`."""

    values: Mapping[str, Value]

    @property
    def sha256(self) -> bytes | None:
        """The content's SHA-256 (32 bytes); none where no file went out."""
        found = self.values.get("sha256")
        return bytes.fromhex(str(found)) if found else None

    def pairs(self, number: int) -> list[Pair]:
        """Its record lines, in the order of the table."""
        return [
            (f"item.{number}.{name}", fit(known, self.values[name]))
            for name, known in _ITEM_FIELDS.items()
            if name in self.values
        ]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One act of disclosure as the discloser states it; `stated` are the values of `fields.DISCLOSURE` by name."""

    stated: Mapping[str, object]
    recipients: tuple[Recipient, ...]
    items: tuple[Item, ...]
    subjects: tuple[Subject, ...] = ()
    matter: Matter | None = None
    request: tuple[Pair, ...] = ()
    series: str = ""
    extra_terms: tuple[str, ...] = field(default=())

    def draft(self) -> Draft:
        """The record lines and terms of this one transmittal."""
        approved, missing = state("disclosure", self.stated)
        transmission, _ = state("disclosure", self.stated, Group.TRANSMISSION)
        if self.series:
            approved.append(("series", self.series))
        approved += self._links()
        for number, item in enumerate(self.items, 1):
            approved += item.pairs(number)
        return Draft("disclosure", tuple(approved), self.terms(), tuple(transmission), tuple(missing))

    def _links(self) -> Iterator[Pair]:
        for number, recipient in enumerate(self.recipients, 1):
            yield f"recipient.{number}.relation", recipient.relation
            yield from recipient.party.pairs(f"recipient.{number}")
        for number, exposed in enumerate(self.subjects, 1):
            if exposed.degree:
                yield f"subject.{number}.degree", exposed.degree
            yield from exposed.subject.pairs(f"subject.{number}")
        yield from self.matter.pairs() if self.matter else ()
        yield from self.request

    def shared_terms(self) -> tuple[str, ...]:
        """The terms that do not depend on the items."""
        found = [term for recipient in self.recipients for term in recipient.party.terms("party")]
        found += [term for exposed in self.subjects for term in exposed.subject.terms("subject")]
        found += self.matter.terms() if self.matter else []
        categories = self.stated.get("category.*") or ()
        if isinstance(categories, list | tuple):
            found += [terms.category(str(category)) for category in categories]
        return unique([*found, *self.extra_terms])

    def terms(self) -> tuple[str, ...]:
        """All terms of this transmittal: parties, subjects, matter, categories, and each document."""
        documents = [terms.document(digest) for item in self.items if (digest := item.sha256)]
        return unique([*self.shared_terms(), *documents])


def room(disclosure: Disclosure) -> int:
    """How many items one transmittal of this disclosure holds, by the limits on items and on tags."""
    return max(1, min(MAX_ITEMS, MAX_TAGS - len(disclosure.shared_terms())))


def split(disclosure: Disclosure, series: str) -> list[Disclosure]:
    """The consecutive transmittals that hold all items; more than one share the line `series`."""
    size, items = room(disclosure), disclosure.items
    if len(items) <= size:
        return [disclosure]
    return [replace(disclosure, items=items[at : at + size], series=series) for at in range(0, len(items), size)]
