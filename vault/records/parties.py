"""Parties and subjects: who gets something and who is exposed by it, with the terms others can look them up by."""

from collections.abc import Mapping
from typing import NamedTuple

from vault.evidence.record import Value
from vault.records.draft import Draft, Pair, state, unique
from vault.records.fields import ALIAS, REGISTER, Field
from vault.records.filing import Values, terms_of
from vault.records.words import NOT_STATED

SINGLE = ("name", "country", "address", "role", "contact")


class Snapshot(NamedTuple):
    """A party or subject as it was known at one moment; directories change, a record must not."""

    id: str
    name: str
    country: str = ""
    address: str = ""
    role: str = ""
    registers: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    contact: str = ""

    @classmethod
    def of(cls, id_: str, values: Values) -> "Snapshot":
        """The snapshot of a party or subject record's values by line name."""
        single = {name: str(values[name]) for name in SINGLE if values.get(name, NOT_STATED) != NOT_STATED}
        return cls(id_, **single, registers=_many(REGISTER, values), aliases=_many(ALIAS, values))

    def values(self) -> dict[str, Value]:
        """Its values by line name, as in the record they are from."""
        single = {name: value for name in SINGLE if (value := getattr(self, name))}
        many = (("register", self.registers), ("alias", self.aliases))
        return single | {f"{name}.{number}": v for name, values in many for number, v in enumerate(values, 1)}

    def terms(self, kind: str) -> list[str]:
        """Its terms, `kind` being party or subject: every register number, the legal name and each alias."""
        return terms_of(kind, self.values())

    def pairs(self, prefix: str) -> list[Pair]:
        """Its lines in another record, each name beginning with `prefix`."""
        return [(f"{prefix}.id", self.id), *((f"{prefix}.{name}", value) for name, value in self.values().items())]


def draft(kind: str, stated: Mapping[str, object]) -> Draft:
    """The draft of a new party, subject or matter."""
    lines, missing = state(kind, stated)
    return Draft(kind, tuple(lines), unique(terms_of(kind, dict(lines))), missing)


def _many(known: Field, values: Values) -> tuple[str, ...]:
    return tuple(str(value) for value in known.values(values))
