"""A draft: all a record will say before it is salted and signed, and the terms it is filed under."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vault.evidence.record import Value
from vault.records.fields import NOT_STATED, TABLE, Group
from vault.records.values import Unfit, fit

Pair = tuple[str, Value]


@dataclass(frozen=True, slots=True)
class Draft:
    """A record to be: `approved` lines and `transmission` lines in their order, `terms` without repeats."""

    kind: str
    approved: tuple[Pair, ...]
    terms: tuple[str, ...] = ()
    transmission: tuple[Pair, ...] = ()
    not_stated: tuple[str, ...] = field(default=())

    def pairs(self) -> list[Pair]:
        """The record's lines in their order: approved lines, terms among them, then the transmission."""
        numbered = [(f"term.{number}", term) for number, term in enumerate(self.terms, 1)]
        return [*self.approved, *numbered, *self.transmission]


def unique(terms: Iterable[str]) -> tuple[str, ...]:
    """The terms in their order, each once."""
    return tuple(dict.fromkeys(terms))


def state(kind: str, stated: Mapping[str, object], group: Group = Group.APPROVED) -> tuple[list[Pair], list[str]]:
    """Pairs of what is `stated` (by field name) in the order of the table, and the names of what was not stated.

    Lists go to the fields that may be given several times. An unknown name is `Unfit`.
    """
    table = [known for known in TABLE[kind] if known.group is group]
    names = {known.name for known in TABLE[kind]}
    for name in stated:
        if name not in names:
            raise Unfit(f"{name}: not a field of a {kind}")
    pairs: list[Pair] = []
    missing: list[str] = []
    for known in table:
        value = stated.get(known.name)
        if known.many:
            values = dict.fromkeys(fit(known, one) for one in (value if isinstance(value, list | tuple) else ()))
            pairs += [(known.name.replace("*", str(number)), one) for number, one in enumerate(values, 1)]
        elif value is not None and value not in ("", NOT_STATED):
            pairs.append((known.name, fit(known, value)))
        elif known.required:
            pairs.append((known.name, NOT_STATED))
            missing.append(known.name)
    return pairs, missing
