"""Disclosing: from what a clerk says to a record: names resolved, times judged, documents sealed."""

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import field
from datetime import datetime
from itertools import chain

from vault import cautions, linking
from vault.archive import Acknowledged, Archive
from vault.documents.sources import Source, can_be_shared
from vault.documents.store import Reader
from vault.documents.storing import Storing
from vault.documents.table import Document
from vault.documents.taking import take
from vault.errors import Misuse, Unavailable
from vault.evidence.defined import frozen
from vault.evidence.record import Value
from vault.records import times
from vault.records.disclosure import Disclosure, Item, Recipient, split
from vault.records.draft import Draft

Progress = Callable[[int], object]

WORTH_SHARING = 1_000  # small files; a second process needs a quarter of a second to begin


@frozen()
class Said:
    """What was said, unresolved: `stated` by field name, people and matters as they were called.

    `spoken` are the item values of an oral or visual disclosure, empty if there is none.
    """

    stated: Mapping[str, object]
    to: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    matter: str = ""
    request: str = ""
    sources: tuple[Source, ...] = ()
    spoken: Mapping[str, Value] = field(default_factory=dict)


@frozen()
class Plan:
    """A disclosure resolved but not sealed: `disclosure` holds only what was spoken; `cautions` are for people."""

    disclosure: Disclosure
    sources: tuple[Source, ...]
    cautions: tuple[str, ...]

    @property
    def draft(self) -> Draft:
        """The record without its documents."""
        return self.disclosure.draft()


def plan(archive: Archive, said: Said, now: datetime) -> Plan:
    """Resolve all names and judge the times; nothing is written. Raises `Misuse`, `NotFound` or `Unfit`."""
    recipients = _recipients(archive, said)
    if not recipients:
        raise Misuse("nobody is named who gets it", "say --to PARTY")
    if not said.sources and not said.spoken:
        raise Misuse("nothing is named that goes out", "name files, or say --narrative TEXT for what was said or shown")
    _refuse_without_room(archive, said.sources)
    disclosure = Disclosure(
        times.circumstances(said.stated, now),
        recipients,
        (Item(said.spoken),) if said.spoken else (),
        tuple(linking.subject(archive.catalog, name) for name in dict.fromkeys(said.subjects)),
        linking.reference(archive.catalog, "matter", said.matter),
        linking.reference(archive.catalog, "request", said.request),
    )
    return Plan(disclosure, said.sources, tuple(cautions.of_disclosure(archive.catalog, disclosure)))


def _refuse_without_room(archive: Archive, sources: tuple[Source, ...]) -> None:
    """Say what cannot fit before hours of work: [a sparse file of a terabyte costs nothing to make].

    A lower bound: files of one size may be one document, and one of a size that is stored may be stored already.
    """
    disk = os.statvfs(archive.folder.path)
    free = disk.f_bavail * disk.f_frsize
    if sum(source.size for source in sources) <= free:
        return
    generation = archive.secrets.content_generation
    sizes = {source.size: source for source in sources if not archive.documents.has_size(source.size, generation)}
    if (total := sum(sizes)) > free:
        largest = sizes[max(sizes)].path or "standard input"
        said = (
            f"{total} bytes do not fit on the disk of {archive.folder.path}, {free} are free; the largest is {largest}"
        )
        raise Unavailable(said, "free space there, or leave files out; nothing was written")


def _recipients(archive: Archive, said: Said) -> tuple[Recipient, ...]:
    """In the order they were named; each at the first place it was named at."""
    found: dict[str, Recipient] = {}
    for relation, names in (("to", said.to), ("via", said.via), ("onward", said.onward)):
        for name in names:
            recipient = linking.recipient(archive.catalog, relation, name)
            found.setdefault(recipient.party.id, recipient)
    return tuple(found.values())


def write(
    archive: Archive, planned: Plan, stream: Reader | None = None, progress: Progress = lambda _: None
) -> list[Acknowledged]:
    """Seal the documents and append the transmittal, or consecutive ones of a series; durable when it returns.

    `stream` is what a source without a path reads; `progress` is told how many bytes more were read.
    """

    def seal(source: Source) -> Document:
        return take(source, storing, stream, progress)

    spoken = planned.disclosure.items
    with archive.storing() as storing, closing(_sealed(archive, planned.sources, storing, seal)) as documents:
        pairs = zip(planned.sources, documents, strict=True)
        items = chain((_item(source, document) for source, document in pairs), spoken)
        parts = split(planned.disclosure, items, len(planned.sources) + len(spoken), os.urandom(8).hex())
        return archive.append((part.draft() for part in parts), storing)


def _sealed(
    archive: Archive, sources: Sequence[Source], storing: Storing, seal: Callable[[Source], Document]
) -> Generator[Document, None, None]:
    """The documents one by one, sealed here, or by two processes while the records of the first ones are made."""
    if sum(map(can_be_shared, sources)) < WORTH_SHARING:
        yield from map(seal, sources)
        return
    from vault.documents import sharing

    secrets = archive.secrets
    where = archive.database.access, archive.folder.segments
    content = secrets.content_recipient, secrets.content_generation
    brief = sharing.Brief(*where, *content, secrets.index[archive.history.generation])
    yield from sharing.seal_all(sources, storing, brief, seal)


def _item(source: Source, document: Document) -> Item:
    return Item(
        {
            **source.described(),
            "size": document.size,
            "sha256": document.sha256.hex(),
            "payload-size": document.payload_size,
            "payload-sha256": document.payload_sha256.hex(),
        }
    )
