"""Repeating: the fields of an earlier transmittal for a new one; licences come back every six months."""

from collections.abc import Iterator
from dataclasses import replace

from vault.catalog.projection import Values
from vault.catalog.queries import Catalog
from vault.disclosing import Said
from vault.evidence import naming
from vault.records.fields import CLOCK, DISCLOSURE
from vault.records.words import NOT_STATED, RELATIONS


def like(catalog: Catalog, said: Said, number: int) -> Said:
    """What was said, filled up with the fields of an earlier transmittal as it stands after corrections.

    How and when that one was sent, the request it answered and its documents are never repeated.
    """
    earlier = catalog.transmittal(number)
    if not (said.to or said.via or said.onward):
        people = list(earlier.recipients())
        to, via, onward = (tuple(id_ for is_, id_, _ in people if is_ == relation) for relation in RELATIONS)
        said = replace(said, to=to, via=via, onward=onward)
    return replace(
        said,
        stated={**_fields(earlier.values), **said.stated},
        subjects=said.subjects or tuple(_subjects(earlier.values)),
        matter=said.matter or str(earlier.values.get("matter.id", "")),
    )


def _fields(values: Values) -> dict[str, object]:
    repeated = [known for known in DISCLOSURE if naming.group(known.name) == naming.APPROVED and known is not CLOCK]
    found: dict[str, object] = {}
    for known in repeated:
        stated = [value for value in known.values(values) if value != NOT_STATED]
        if stated:
            found[known.name] = stated if known.many else stated[0]
    return found


def _subjects(values: Values) -> Iterator[str]:
    number = 1
    while id_ := values.get(f"subject.{number}.id"):
        degree = values.get(f"subject.{number}.degree")
        yield f"{id_}:{degree}" if degree else str(id_)
        number += 1
