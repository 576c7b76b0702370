"""Matters and requests: the licence application or lawsuit it is for, and who demanded what in which words."""

from collections.abc import Mapping
from typing import NamedTuple

from vault.evidence.record import Value
from vault.records.draft import Draft, Pair, state, unique
from vault.records.filing import Values, terms_of
from vault.records.words import NOT_STATED

KEPT = {"matter": ("title", "authority", "number"), "request": ("from", "received", "scope")}
"""What of a matter or request the record that refers to it repeats."""


class Reference(NamedTuple):
    """A matter or request as another record refers to it: its id, and what of it that record repeats."""

    kind: str
    id: str
    values: Values

    @classmethod
    def of(cls, kind: str, id_: str, values: Mapping[str, Value]) -> "Reference":
        """The reference to a matter or request with these values by line name."""
        kept = {name: values[name] for name in KEPT[kind] if values.get(name, NOT_STATED) != NOT_STATED}
        return cls(kind, id_, kept)

    def terms(self) -> list[str]:
        """Of a matter `matter:<authority>:<number>`, once both are known; of a request none."""
        return terms_of(self.kind, self.values)

    def pairs(self) -> list[Pair]:
        """Its lines in the other record."""
        return [(f"{self.kind}.id", self.id), *((f"{self.kind}.{name}", value) for name, value in self.values.items())]


def draft_request(stated: Mapping[str, object], matter: Reference | None) -> Draft:
    """The draft of a new request, filed under its matter's terms."""
    lines, missing = state("request", stated)
    lines += matter.pairs() if matter else []
    return Draft("request", tuple(lines), unique(matter.terms() if matter else ()), missing)
