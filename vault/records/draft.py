"""A draft: all a record will say before it is salted and signed, and the terms it is filed under."""

from collections.abc import Iterable, Mapping
from dataclasses import field

from vault.evidence import naming
from vault.evidence.defined import frozen
from vault.evidence.record import Value
from vault.records.fields import TABLE, Field
from vault.records.values import Unfit, fit
from vault.records.words import NOT_STATED

Pair = tuple[str, Value]


@frozen()
class Draft:
    """A record to be: its `lines` without the terms, its `terms` without repeats, and required fields left open."""

    kind: str
    lines: tuple[Pair, ...]
    terms: tuple[str, ...] = ()
    not_stated: tuple[Field, ...] = field(default=())

    def pairs(self) -> list[Pair]:
        """The record's lines in their order: what is approved, terms at its end, then how and when it was sent."""
        numbered = [(f"term.{number}", term) for number, term in enumerate(self.terms, 1)]
        return sorted([*self.lines, *numbered], key=lambda pair: naming.group(pair[0]))


def unique(terms: Iterable[str]) -> tuple[str, ...]:
    """The terms in their order, each once."""
    return tuple(dict.fromkeys(terms))


def state(kind: str, stated: Mapping[str, object]) -> tuple[list[Pair], tuple[Field, ...]]:
    """The lines of a new record of what is `stated` (by field name), and the fields that were not stated.

    Lists go to the fields that may be given several times. `Unfit`: an unknown name, a value that does not fit, a main
    field left out.
    """
    whole = {known.name: NOT_STATED for known in TABLE[kind] if known.required} | dict(stated)
    for known in TABLE[kind]:
        if known.main and whole.get(known.name, NOT_STATED) == NOT_STATED:
            raise Unfit(f"{known.name}: expected some text")
    missing = [known for known in TABLE[kind] if whole.get(known.name) == NOT_STATED]
    return changes(kind, whole), tuple(missing)


def changes(kind: str, stated: Mapping[str, object]) -> list[Pair]:
    """The lines of what is stated and of nothing else, in the order of the table."""
    known_names = {known.name for known in TABLE[kind]}
    if unknown := [name for name in stated if name not in known_names]:
        raise Unfit(f"{unknown[0]}: not a field of a {kind}")
    return [line for known in TABLE[kind] if known.name in stated for line in lines_of(known, stated[known.name])]


def lines_of(known: Field, value: object) -> list[Pair]:
    """The lines of one field. `not stated` fits every field: it is recorded, or takes back what was recorded."""
    if not known.many:
        return [(known.name, _fit(known, value))]
    values = dict.fromkeys(_fit(known, one) for one in (value if isinstance(value, list | tuple) else [value]))
    return [(known.name.replace("*", str(number)), one) for number, one in enumerate(values, 1)]


def _fit(known: Field, value: object) -> Value:
    return NOT_STATED if value == NOT_STATED and not known.main else fit(known, value)
