"""From what a clerk says to a disclosure: names resolved, earlier ones repeated, times judged, documents sealed."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from vault.archive import Acknowledged, Archive
from vault.catalog.projection import Values
from vault.catalog.queries import Registered
from vault.documents.sources import Source, opened
from vault.documents.store import Reader
from vault.documents.storing import Storing
from vault.errors import Misuse
from vault.records.disclosure import Disclosure, Item, Recipient, Subject, split
from vault.records.draft import Pair
from vault.records.fields import DEGREES, DISCLOSURE, NOT_STATED, Group
from vault.records.matters import Matter
from vault.records.parties import Snapshot

LATE_AFTER = timedelta(hours=24)
FUTURE_TOLERANCE = timedelta(minutes=5)
RELATIONS = ("to", "via", "onward")

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, unresolved: `stated` by field name, people and matters as they were called."""

    stated: Mapping[str, object]
    to: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    onward: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    matter: str = ""
    request: str = ""
    sources: tuple[Source, ...] = ()
    narrative: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """A disclosure resolved but not sealed: `disclosure` has no items yet; `warnings` are for people."""

    disclosure: Disclosure
    sources: tuple[Source, ...]
    spoken: tuple[Item, ...]
    warnings: tuple[str, ...]
    not_stated: tuple[str, ...]


def like(archive: Archive, said: Said, number: int) -> Said:
    """What was said, filled up with the fields of an earlier transmittal; times and request are never repeated."""
    values = archive.catalog.transmittal(number).values
    stated = {known.name: _repeated(known.name, values) for known in DISCLOSURE if known.group is Group.APPROVED}
    earlier = {name: value for name, value in stated.items() if value not in (None, [], NOT_STATED)}
    if not (said.to or said.via or said.onward):
        to, via, onward = (tuple(_linked(values, relation)) for relation in RELATIONS)
        said = replace(said, to=to, via=via, onward=onward)
    return replace(
        said,
        stated={**earlier, **said.stated},
        subjects=said.subjects or tuple(_subjects(values)),
        matter=said.matter or str(values.get("matter.id", "")),
    )


def _repeated(name: str, values: Values) -> object:
    if not name.endswith(".*"):
        return values.get(name)
    return [
        value for found, value in values.items() if found.startswith(name[:-1]) and found[len(name) - 1 :].isdigit()
    ]


def _linked(values: Values, relation: str) -> Iterable[str]:
    number = 1
    while f"recipient.{number}.id" in values:
        if values.get(f"recipient.{number}.relation") == relation:
            yield str(values[f"recipient.{number}.id"])
        number += 1


def _subjects(values: Values) -> Iterable[str]:
    number = 1
    while id_ := values.get(f"subject.{number}.id"):
        degree = values.get(f"subject.{number}.degree")
        yield f"{id_}:{degree}" if degree else str(id_)
        number += 1


def plan(archive: Archive, said: Said, now: datetime) -> Plan:
    """Resolve all names and judge the times; nothing is written. Raises `Misuse`, `NotFound` or `Unfit`."""
    recipients = tuple(
        Recipient(relation, _snapshot(archive.catalog.resolve("party", name)))
        for relation, names in (("to", said.to), ("via", said.via), ("onward", said.onward))
        for name in names
    )
    if not recipients:
        raise Misuse("nobody is named who gets it", "say --to PARTY")
    if not said.sources and not said.narrative:
        raise Misuse("nothing is named that goes out", "name files, or say --narrative TEXT for what was said or shown")
    matter = archive.catalog.resolve("matter", said.matter) if said.matter else None
    request = archive.catalog.resolve("request", said.request) if said.request else None
    disclosure = Disclosure(
        {**said.stated, **_times(said.stated, now)},
        recipients,
        (),
        tuple(_exposed(archive, text) for text in said.subjects),
        Matter.of(matter.id, matter.values) if matter else None,
        _request_pairs(request),
    )
    spoken = (Item({name: str(value) for name, value in said.narrative.items()}),) if said.narrative else ()
    draft = replace(disclosure, items=spoken).draft()
    late = dict(draft.transmission).get("late-reason") == NOT_STATED
    missing = (*draft.not_stated, *(("late-reason",) if late else ()))
    return Plan(disclosure, said.sources, spoken, tuple(_warnings(archive, disclosure, request)), missing)


def _snapshot(found: Registered) -> Snapshot:
    return Snapshot.of(found.id, found.values)


def _exposed(archive: Archive, text: str) -> Subject:
    name, colon, degree = text.rpartition(":")
    if not colon or degree not in DEGREES:
        name, degree = text, ""
    return Subject(_snapshot(archive.catalog.resolve("subject", name)), degree)


def _request_pairs(request: Registered | None) -> tuple[Pair, ...]:
    if request is None:
        return ()
    names = ("from", "received", "scope")
    stated = [(f"request.{name}", request.values[name]) for name in names if name in request.values]
    return (("request.id", request.id), *stated)


def _times(stated: Mapping[str, object], now: datetime) -> dict[str, object]:
    when = stated.get("event-time")
    if not isinstance(when, datetime):
        return {"event-time": now.astimezone(), "event-time-basis": stated.get("event-time-basis") or "observed"}
    if when > now + FUTURE_TOLERANCE:
        raise Misuse(
            f"{when:%Y-%m-%d %H:%M} lies in the future", "log a disclosure as you send it, or --at when it was"
        )
    times: dict[str, object] = {"event-time-basis": stated.get("event-time-basis") or "stated"}
    if when < now - LATE_AFTER and not stated.get("late-reason"):
        times["late-reason"] = NOT_STATED
    return times


def _warnings(archive: Archive, disclosure: Disclosure, request: Registered | None) -> Iterable[str]:
    parties = [archive.catalog.by_id(recipient.party.id) for recipient in disclosure.recipients]
    authorities = [party.name for party in parties if "authority" in str(party.values.get("role"))]
    if authorities and request is None:
        yield f"{authorities[0]} is an authority and no --request is named."
    secret = disclosure.stated.get("designation") in ("confidential", "trade-secret", None)
    if secret and not disclosure.stated.get("nda") and not any(party.values.get("nda") for party in parties):
        yield "No NDA on file."


def write(
    archive: Archive, planned: Plan, stream: Reader | None = None, progress: Progress = lambda _: None
) -> list[Acknowledged]:
    """Seal the documents and append the transmittal, or consecutive ones of a series; durable when it returns."""
    with archive.storing() as storing:
        items = [*planned.spoken]
        for source in planned.sources:
            items.append(_seal(storing, source, stream))
            progress(int(items[-1].values["size"]))
        whole = replace(planned.disclosure, items=tuple(items))
        series = secrets.token_hex(8)
        return archive.append([part.draft() for part in split(whole, series)], storing)


def _seal(storing: Storing, source: Source, stream: Reader | None) -> Item:
    with opened(source, stream) as file:
        document = storing.add(file)
    return Item(
        {
            **source.described(),
            "size": document.size,
            "sha256": document.sha256.hex(),
            "payload-size": document.payload_size,
            "payload-sha256": document.payload_sha256.hex(),
        }
    )
