"""Corrections: a later record that says what was wrong in an earlier one. Nothing is ever edited.

A correction holds `corrects` (the entry), perhaps `corrects-item` (one of its items), `reason`, perhaps `void`, and the
new values under the names they have in the record they correct. What may stand several times is replaced as a whole:
new categories stand in for all categories before, a new matter for all lines of the matter. `not stated` takes a value
back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import NamedTuple, TypeVar

from vault.evidence import terms
from vault.evidence.defined import frozen
from vault.records.draft import Draft, Pair, changes, state, unique
from vault.records.fields import CORRECTION
from vault.records.filing import Values, terms_of
from vault.records.words import NOT_STATED

_Shown = TypeVar("_Shown")
_SHARED = ("party:", "party-name:", "subject:", "subject-name:", "matter:")
OWN = frozenset(known.name for known in CORRECTION)
"""The lines of a correction that are about itself."""
_LINKS = ("matter", "request")


class Target(NamedTuple):
    """What is corrected: the kind of record (`item` for one item of a disclosure), its entry, its values as they stand.

    `terms` are those of the record and of all that followed it up.
    """

    kind: str
    seq: int
    values: Values
    terms: Sequence[str]
    item: int | None = None


@frozen()
class Change:
    """What is said of it: new values by field name, `about` the correction itself, lines and terms of new links."""

    stated: Mapping[str, object]
    about: Mapping[str, object]
    lines: Sequence[Pair] = ()
    terms: Sequence[str] = field(default=())


def draft(target: Target, change: Change) -> Draft:
    """The draft of a correction.

    It is filed under `entry:<seq>` and the target's party, subject and matter terms, so that no partial view can show
    the target and leave the correction out; and under the terms that its new values add.
    """
    about: dict[str, object] = {"corrects": target.seq, **change.about}
    about |= {"corrects-item": target.item} if target.item else {}
    lines = [*changes(target.kind, change.stated), *change.lines]
    after = terms_of(target.kind, apply(target.values, dict(lines))) if lines else []
    filed = [terms.entry(target.seq), *(term for term in target.terms if term.startswith(_SHARED))]
    filed += [term for term in (*after, *change.terms) if term not in target.terms]
    return Draft("correction", (*state("correction", about)[0], *lines), unique(filed))


def apply(values: Mapping[str, _Shown], correction: Mapping[str, _Shown]) -> dict[str, _Shown]:
    """The values of a record as they stand after a correction of it; what is new stands where the old stood.

    A value may be anything that stands for one, as where a report withholds it.
    """
    prefix = f"item.{correction['corrects-item']}." if "corrects-item" in correction else ""
    new: dict[str, dict[str, _Shown]] = {}
    for name, value in correction.items():
        if name not in OWN and not name.startswith("term."):
            lines = new.setdefault(_whole(prefix + name), {})
            lines |= {prefix + name: value} if value != NOT_STATED else {}
    after: dict[str, _Shown] = {}
    for name, value in values.items():
        after |= new.get(_whole(name), {name: value})
    for lines in new.values():
        after |= lines
    return after


def _whole(name: str) -> str:
    """What is replaced together: all `category.<n>`, all lines of a matter, else the line itself."""
    first, *rest = name.split(".")
    if first == "item" or not rest:
        return name
    return first if first in _LINKS or rest[0].isdigit() else name
