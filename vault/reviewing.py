"""Reviewing: a record as it was written, all that followed it up, and what it says today."""

from collections.abc import Mapping
from typing import NamedTuple

from vault.archive import Archive
from vault.errors import NotFound
from vault.evidence.entry import SignedEntry
from vault.evidence.record import Record, Value
from vault.names import parse_object, transmittal_id, transmittal_item
from vault.records import corrections

Values = Mapping[str, Value]
Changed = tuple[str, Value | None, Value | None]
"""(name, before, after) of a value; None where there is none."""


class Named(NamedTuple):
    """What somebody names by its form: its id as printed, the kind of its record (`item` for one of its items)."""

    id: str
    kind: str
    item: int | None = None


class Version(NamedTuple):
    """One entry about it: the entry, its record, and what the values were before and after it."""

    signed: SignedEntry
    record: Record
    before: Values
    after: Values

    @property
    def changed(self) -> list[Changed]:
        """What it changed."""
        return changes_between(self.before, self.after)


class Review(NamedTuple):
    """A record with its history: the first version made it, the others corrected it."""

    named: Named
    void: bool
    versions: tuple[Version, ...]

    @property
    def seq(self) -> int:
        """The entry that made it."""
        return self.versions[0].signed.entry.seq

    @property
    def values(self) -> Values:
        """What it says today; of an item only what is said of that item, by the names of `fields.ITEM`."""
        whole = self.versions[-1].after
        prefix = f"item.{self.named.item}." if self.named.item else ""
        return {name.removeprefix(prefix): value for name, value in whole.items() if name.startswith(prefix)}

    @property
    def terms(self) -> list[str]:
        """The terms of all its entries."""
        return [term for version in self.versions for term in version.record.terms()]


def changes_between(before: Values, after: Values) -> list[Changed]:
    """Each value that is another in `after`."""
    names = dict.fromkeys((*before, *after))
    both = [(name, before.get(name), after.get(name)) for name in names]
    return [one for one in both if one[1] != one[2]]


def name(said: str) -> Named:
    """What `said` names: `T-000017`, `T-000017/2`, `P-0001`; `Misuse` if it has no such form."""
    if parsed := parse_object(said):
        return Named(parsed[1], parsed[0])
    number, item = transmittal_item(said)
    return Named(transmittal_id(number, item), "item" if item else "disclosure", item)


def review(archive: Archive, named: Named) -> Review:
    """Read the record and all that followed it up; `NotFound` if there is no such thing."""
    if named.kind in ("disclosure", "item"):
        transmittal = archive.catalog.transmittal(transmittal_item(named.id)[0])
        seq, void = transmittal.seq, transmittal.void
    else:
        registered = archive.catalog.by_id(named.id)
        seq, void = registered.seq, registered.void
    versions: list[Version] = []
    for one in (seq, *(later for later, _ in archive.catalog.follow_ups(seq))):
        record = archive.read(one)
        before: Values = versions[-1].after if versions else {}
        after = corrections.apply(before, record.values()) if versions else record.values()
        versions.append(Version(archive.entry(one), record, before, after))
    found = Review(named, void, tuple(versions))
    if not found.values:
        raise NotFound(f"{named.id} is not in this vault", f"dvault show {named.id.partition('/')[0]} shows its items")
    return found
