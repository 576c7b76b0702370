"""What is to be shown and withheld, as somebody says it: field names of the table, each perhaps with a reason."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from vault.errors import Misuse
from vault.evidence.statement import Query
from vault.reports import paths
from vault.reports.paths import TERMS, Path

UNSTATED = "unstated"
KNOWN_REASONS = ("personal-data", "trade-secret", "privilege", "security", "irrelevant", "contract")
_REASON = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_BESIDE = {("item", "name"): ("item", "name-bytes")}  # the same name, where it is not UTF-8


class Rule(NamedTuple):
    """A field that is withheld, and why; `said` is the beginning or the end of a path."""

    said: Path
    reason: str

    def length(self, path: Path) -> int:
        """How many words of `path` it names from the beginning on; 0 where it does not fit."""
        count = len(self.said)
        if path[:count] == self.said:
            return count
        ends = path[-count:] == self.said or any(path == beside and one[-count:] == self.said for one, beside in _PAIRS)
        return len(path) if ends else 0


_PAIRS = tuple(_BESIDE.items())


class Options(NamedTuple):
    """What is shown and withheld, to whom a report goes and what for, what goes with it."""

    withheld: tuple[Rule, ...] = ()
    revealed: tuple[Rule, ...] = ()
    recipient: str = ""
    purpose: str = ""
    documents: bool = False
    ledger: bool = False
    clock_reason: str = ""


def parse(said: str) -> Rule:
    """`discloser.person=personal-data`, `item.name`, `recipient`. `Misuse` for what no record has a field for."""
    name, equals, reason = said.partition("=")
    parts = tuple(part for part in name.strip().split(".") if part != "*")
    rule = Rule(("recipient", *parts[1:]) if parts[:1] == ("party",) else parts, reason if equals else UNSTATED)
    if not _REASON.fullmatch(rule.reason):
        hint = f"like {', '.join(KNOWN_REASONS)}"
        raise Misuse(f"{reason!r} is no reason: lower-case letters, digits and hyphens", hint)
    if not any(rule.length(path) for path in paths.FIELDS):
        raise Misuse(
            f"no record has a field {name!r}", "docs/fields.md names them: purpose, item.name, recipient.contact"
        )
    return rule


def parse_revealed(said: str) -> Rule:
    """What is withheld unless it is revealed: subjects. `Misuse` for anything else."""
    rule = parse(said)
    if rule.said[0] != "subject":
        raise Misuse(f"{said} is shown unless it is withheld", "--reveal subject shows who else is exposed")
    return rule


def hides(rules: Iterable[Rule], sort: str) -> Rule | None:
    """The first of these that names a line which terms of a sort would show."""
    return next((rule for rule in rules if any(rule.length(path) for path in TERMS.get(sort, ()))), None)


def refuse_contradiction(rules: Iterable[Rule], query: Query) -> None:
    """Refuse to withhold what the query itself names, for everybody to read."""
    rules = tuple(rules)
    for term in (*query.complete, *query.within):
        if rule := hides(rules, term.partition(":")[0]):
            _refuse(rule, "its terms stand in the proof of the list")
    for rule in rules:
        if query.designations and rule.length(("designation",)):
            _refuse(rule, "the query names it")


def _refuse(rule: Rule, why: str) -> None:
    hint = "ask by something else, or show it"
    raise Misuse(f"{'.'.join(rule.said)} is withheld and asked for at once: {why}", hint)
