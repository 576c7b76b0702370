"""Matters and requests: the licence application or lawsuit it is for, and who demanded what in which words."""

from collections.abc import Mapping
from dataclasses import dataclass

from vault.evidence import terms
from vault.evidence.record import Value
from vault.records.draft import Draft, Pair, state
from vault.records.fields import NOT_STATED


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter as it was known at one moment."""

    id: str
    title: str
    authority: str = ""
    number: str = ""

    @classmethod
    def of(cls, id_: str, values: Mapping[str, Value]) -> "Matter":
        """The matter of a record's values by line name."""
        authority = str(values.get("authority", ""))
        return cls(
            id_,
            str(values["title"]),
            "" if authority == NOT_STATED else authority,
            str(values.get("number", "")),
        )

    def terms(self) -> list[str]:
        """`matter:<authority>:<number>`, once both are known."""
        return [terms.matter(self.authority, self.number)] if self.authority and self.number else []

    def pairs(self) -> list[Pair]:
        """Its lines in a disclosure."""
        pairs: list[Pair] = [("matter.id", self.id), ("matter.title", self.title)]
        return pairs + [(f"matter.{name}", value) for name in ("authority", "number") if (value := getattr(self, name))]


def draft(stated: Mapping[str, object]) -> Draft:
    """The draft of a new matter."""
    pairs, missing = state("matter", stated)
    return Draft("matter", tuple(pairs), tuple(Matter.of("", dict(pairs)).terms()), not_stated=tuple(missing))


def draft_request(stated: Mapping[str, object], matter: Matter | None) -> Draft:
    """The draft of a new request, filed under its matter's terms."""
    pairs, missing = state("request", stated)
    pairs += matter.pairs() if matter else []
    return Draft("request", tuple(pairs), tuple(matter.terms() if matter else ()), not_stated=tuple(missing))
