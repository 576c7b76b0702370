"""Parties and subjects: who gets something and who is exposed by it, with the terms others can look them up by."""

from collections.abc import Mapping
from dataclasses import dataclass

from vault.evidence import terms
from vault.evidence.record import Value
from vault.records.draft import Draft, Pair, state, unique
from vault.records.fields import NOT_STATED


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A party or subject as it was known at one moment; directories change, a record must not."""

    id: str
    name: str
    country: str = ""
    address: str = ""
    role: str = ""
    registers: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @classmethod
    def of(cls, id_: str, values: Mapping[str, Value]) -> "Snapshot":
        """The snapshot of a party or subject record's values by line name."""
        return cls(
            id_,
            str(values["name"]),
            _stated(values.get("country")),
            _stated(values.get("address")),
            _stated(values.get("role")),
            _numbered(values, "register"),
            _numbered(values, "alias"),
        )

    def terms(self, sort: str) -> list[str]:
        """Its terms, `sort` being party or subject: every register number, the legal name and each alias."""
        found = [terms.register_id(sort, *register.split(":", 1)) for register in self.registers]
        return found + [terms.legal_name(sort, self.country, name) for name in (self.name, *self.aliases)]

    def pairs(self, prefix: str) -> list[Pair]:
        """Its lines in a record, each name beginning with `prefix`."""
        pairs: list[Pair] = [(f"{prefix}.id", self.id), (f"{prefix}.name", self.name)]
        optional = (("country", self.country), ("address", self.address), ("role", self.role))
        pairs += [(f"{prefix}.{name}", value) for name, value in optional if value]
        pairs += [(f"{prefix}.register.{number}", value) for number, value in enumerate(self.registers, 1)]
        return pairs + [(f"{prefix}.alias.{number}", value) for number, value in enumerate(self.aliases, 1)]


def draft(kind: str, stated: Mapping[str, object]) -> Draft:
    """The draft of a new party or subject."""
    pairs, missing = state(kind, stated)
    snapshot = Snapshot.of("", dict(pairs))
    return Draft(kind, tuple(pairs), unique(snapshot.terms(kind)), not_stated=tuple(missing))


def _stated(value: Value | None) -> str:
    return "" if value is None or value == NOT_STATED else str(value)


def _numbered(values: Mapping[str, Value], prefix: str) -> tuple[str, ...]:
    found: list[str] = []
    while (value := values.get(f"{prefix}.{len(found) + 1}")) is not None:
        found.append(str(value))
    return tuple(found)
