"""Exposure: who learned of whom, and which kinds of data went where; what is void is not counted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from vault.records.words import DEGREES
from vault.reports.cells import Cell, Cells, Held, many, numbered, say, stated
from vault.reports.transmittals import Transmittal


class Party(NamedTuple):
    """A recipient or a subject: by its id where that is shown, else by its name, else by why both are withheld."""

    key: str
    name: str


class Exposure(NamedTuple):
    """What a party learned of `what`: the transmittals, the first and the last, and the strongest degree."""

    what: Party
    to: Party
    degree: str
    transmittals: tuple[str, ...]


def party(cells: Cells) -> Party:
    """Whom the lines of one recipient or subject name."""
    key, name = cells.get("id"), cells.get("name")
    shown = [cell for cell in (key, name) if cell is not None and not isinstance(cell, Held)]
    if not shown:
        return Party(*[say(key if name is None else name, absent="not stated")] * 2)
    if isinstance(name, Held) or name is None:
        return Party(say(shown[0]), f"{say(key)} {say(name)}".rstrip())
    return Party(say(shown[0]), say(name))


def parties(transmittals: Iterable[Transmittal]) -> list[Party]:
    """All recipients, each once, in the order of their first transmittal."""
    found: dict[str, Party] = {}
    for one in transmittals:
        for recipient in numbered(one.cells, "recipient"):
            found.setdefault(party(recipient).key, party(recipient))
    return list(found.values())


def subjects(transmittals: Sequence[Transmittal]) -> list[Exposure]:
    """Who is exposed to whom."""
    return _gather(
        (party(subject), recipient, _degree(subject), one.id)
        for one in transmittals
        if not one.void
        for subject in numbered(one.cells, "subject")
        if stated(subject, "id") is not None or "name" in subject
        for recipient in _recipients(one)
    )


def categories(transmittals: Sequence[Transmittal]) -> list[Exposure]:
    """Which kind of data went to whom."""
    return _gather(
        (Party(say(category), say(category)), recipient, "", one.id)
        for one in transmittals
        if not one.void
        for category in many(one.cells, "category")
        for recipient in _recipients(one)
    )


def _recipients(one: Transmittal) -> Iterator[Party]:
    yield from dict.fromkeys(map(party, numbered(one.cells, "recipient")))


def _degree(subject: Cells) -> str:
    degree: Cell | None = subject.get("degree")
    return say(degree, absent="not judged")


def _gather(found: Iterable[tuple[Party, Party, str, str]]) -> list[Exposure]:
    pairs: dict[tuple[str, str], Exposure] = {}
    ids: dict[tuple[str, str], dict[str, None]] = {}
    for what, to, degree, transmittal in found:
        key = (what.key, to.key)
        known = pairs.setdefault(key, Exposure(what, to, degree, ()))
        pairs[key] = known._replace(degree=min(known.degree, degree, key=_weakness))
        ids.setdefault(key, {})[transmittal] = None
    return [one._replace(transmittals=tuple(ids[key])) for key, one in pairs.items()]


def _weakness(degree: str) -> int:
    return DEGREES.index(degree) if degree in DEGREES else len(DEGREES)
