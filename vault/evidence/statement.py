"""The statement of a report: what was asked, what it rests on, what is shown, what is withheld and why.

docs/format/report.md. Text that a person reads; the member signs it with the hash of the bundle behind it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from vault.evidence import terms
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.strict import base64_bytes, base64_text, decimal, hex_bytes, refuse, utc_text, utc_time
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/report/v1"
MAX_STATEMENT = 8 << 20  # bytes
MAX_TEXT = 4_096  # bytes of a text in it
MAX_PATTERNS = 4_096  # lines `withheld`: each record line is compared with them

_MEMBER = re.compile(r"m[1-9][0-9]{0,8}", re.ASCII)
_REASON = re.compile(r"[a-z][a-z0-9-]{0,31}", re.ASCII)
_PATTERN = re.compile(r"(?:[a-z][a-z0-9-]*)(?:\.(?:[a-z0-9-]+|\*))*", re.ASCII)
_Ordered = TypeVar("_Ordered", int, str, bytes)
_GROUPS = {"party-name": "party", "subject-name": "subject", "class": "category"}

OUTSIDE_PERIOD, OTHER_DESIGNATION, NOT_WITHIN, NOT_CHOSEN = (
    "outside-period",
    "other-designation",
    "not-within",
    "not-chosen",
)
EXCLUSIONS = (NOT_CHOSEN, OUTSIDE_PERIOD, OTHER_DESIGNATION, NOT_WITHIN)


class Withheld(NamedTuple):
    """Record lines that are not shown: the names that fit `pattern`, for `reason`."""

    pattern: str
    reason: str

    def fits(self, name: str) -> bool:
        """Whether a line of that name is withheld by it: it, or a beginning up to a dot; `*` stands for a number."""
        wanted, parts = self.pattern.split("."), name.split(".")
        return len(parts) >= len(wanted) and all(
            one == part or (one == "*" and part.isdigit()) for one, part in zip(wanted, parts, strict=False)
        )


class Patterns:
    """Lines `withheld` by the parts of their patterns. [Half a million of them, compared with each name one by one.]"""

    def __init__(self, withheld: Iterable[Withheld]) -> None:
        self._root: dict[str, Any] = {}
        self._reasons: list[str] = []
        for place, one in enumerate(withheld):
            node = self._root
            for part in one.pattern.split("."):
                node = node.setdefault(part, {})
            node.setdefault("", place)  # no part is empty
            self._reasons.append(one.reason)

    def reason(self, name: str) -> str:
        """The reason of the first pattern that fits a line of that name; empty where none does."""
        nodes, places = [self._root], list[int]()
        for part in name.split("."):
            keys = (part, "*") if part.isdigit() else (part,)
            nodes = [node[key] for node in nodes for key in keys if key in node]
            places += [node[""] for node in nodes if "" in node]
        return self._reasons[min(places)] if places else ""


class Selected(NamedTuple):
    """A transmittal that the query selects: its number and that of its entry."""

    number: int
    seq: int


class Excluded(NamedTuple):
    """A transmittal that is in the bundle and not selected: its entry, and why."""

    seq: int
    reason: str


class Query(NamedTuple):
    """What was asked, as a verifier can compare it; `filters` say it in words.

    `complete` are terms whose lists are whole, `every` says that all transmittals are listed. Of each group of `within`
    a transmittal carries one. Times are instants; empty tuples and None ask for nothing.
    """

    filters: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()
    every: bool = False
    within: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    designations: tuple[str, ...] = ()
    chosen: tuple[int, ...] = ()


class Counts(NamedTuple):
    """What is shown: entries, record lines shown and withheld, entries behind the checkpoint, documents, their bytes.

    `span` are the lowest and highest number of an entry with a record; None without any.
    """

    entries: int
    lines: int
    withheld: int
    span: tuple[int, int] | None
    later: int
    documents: int
    bytes: int
    ledger: bool


class Statement(NamedTuple):
    """A statement as it was read; nothing in it is verified but its spelling."""

    made: datetime
    by: str
    checkpoint: Checkpoint
    query: Query
    withheld: tuple[Withheld, ...]
    selected: tuple[Selected, ...]
    excluded: tuple[Excluded, ...]
    counts: Counts
    recipient: str = ""
    purpose: str = ""

    @property
    def uncounted(self) -> bool:
        """Whether it rests on the owner's word that a transmittal was not chosen by its number."""
        by_number = any(one.reason == NOT_CHOSEN for one in self.excluded)
        return by_number and not (self.query.every or self.counts.ledger)

    def __str__(self) -> str:
        """The one spelling, every line ending in LF."""
        return "".join(f"{line}\n" for line in _lines(self))


def group(term: str) -> str:
    """`party` for `party-name:CN:…`: terms of one group say who, about whom, in which matter, of which category."""
    sort = term.partition(":")[0]
    return _GROUPS.get(sort, sort)


def groups(query: Query) -> list[frozenset[str]]:
    """The groups of terms, `complete` and `within` together, of which a transmittal carries one each."""
    every = (*query.complete, *query.within)
    return [frozenset(term for term in every if group(term) == kind) for kind in dict.fromkeys(map(group, every))]


def sealed_text(statement: Statement, tag_manifest: bytes) -> str:
    """The text of report.note; `tag_manifest` is the SHA-256 of tagmanifest-sha256.txt (32 bytes)."""
    return f"{statement}tagmanifest {tag_manifest.hex()}\n"


def split_sealed(text: str, where: str = "report.note") -> tuple[str, bytes]:
    """The statement's text and the hash of the tag manifest (32 bytes). Raises `Malformed`."""
    stated, separator, digest = text.removesuffix("\n").rpartition("\ntagmanifest ")
    if not separator:
        refuse(where, "a last line `tagmanifest <sha256>`")
    return f"{stated}\n", hex_bytes(digest, f"{where}, tagmanifest", size=32)


def _lines(one: Statement) -> Iterator[str]:
    head = one.checkpoint
    yield from (FORMAT, f"origin {head.origin}", f"made {utc_text(one.made)}", f"by {one.by}")
    yield f"checkpoint {head.size} {base64_text(head.root)}"
    yield from (f"{name} {text}" for name, text in (("for", one.recipient), ("purpose", one.purpose)) if text)
    yield from _query_lines(one.query)
    yield from (f"withheld {held.pattern} {held.reason}" for held in one.withheld)
    yield from (f"transmittal {chosen.number} {chosen.seq}" for chosen in one.selected)
    yield from (f"excluded {left.seq} {left.reason}" for left in one.excluded)
    counts = one.counts
    yield f"shown {counts.entries} {counts.lines} {counts.withheld}"
    if counts.span:
        yield f"span {counts.span[0]} {counts.span[1]}"
    yield from (f"later {counts.later}", f"documents {counts.documents} {counts.bytes}")
    yield f"ledger {'yes' if counts.ledger else 'no'}"


def _query_lines(query: Query) -> Iterator[str]:
    yield from (f"filter {text}" for text in query.filters)
    yield from (f"complete {term}" for term in query.complete)
    if query.every:
        yield "complete-kind disclosure"
    yield from (f"within {term}" for term in query.within)
    for name, moment in (("since", query.since), ("until", query.until)):
        if moment:
            yield f"{name} {utc_text(moment)}"
    yield from (f"designation {word}" for word in query.designations)
    yield from (f"chosen {number}" for number in query.chosen)


def parse(data: bytes, where: str = "statement") -> Statement:
    """Read a statement. Raises `Malformed` for any other spelling of it."""
    text = strict_text(data, where, limit=MAX_STATEMENT)
    lines = _Lines(text, where)
    if lines.first != FORMAT:
        refuse(where, f"the first line {FORMAT}", lines.first)
    origin, made, by = lines.one("origin"), utc_time(lines.one("made"), where), lines.one("by")
    if not _MEMBER.fullmatch(by):
        refuse(where, "a member like m1", by)
    size, root = lines.fields("checkpoint", 2)
    head = Checkpoint(origin, decimal(size, where), base64_bytes(root, where, size=32))
    recipient, purpose = lines.text("for"), lines.text("purpose")
    query = _query(lines, where)
    withheld = tuple(Withheld(*fields) for fields in lines.many("withheld", 2))
    selected = tuple(Selected(*_numbers(fields, where)) for fields in lines.many("transmittal", 2))
    excluded = tuple(Excluded(decimal(seq, where), why) for seq, why in lines.many("excluded", 2))
    read = Statement(made, by, head, query, withheld, selected, excluded, _counts(lines, where), recipient, purpose)
    _check(read, where)
    if str(read) != text:
        refuse(where, "the one spelling of its content")
    return read


class _Lines:
    """Takes lines in the order that the format wants them in; what is out of order is left over at the end."""

    def __init__(self, text: str, where: str) -> None:
        self.first, *rest = text.split("\n")
        self._rest = list(reversed(rest))
        self._where = where

    def has(self, name: str) -> bool:
        return bool(self._rest) and self._rest[-1].startswith(f"{name} ")

    def one(self, name: str) -> str:
        if not self.has(name):
            refuse(self._where, f"a line `{name}`", self._rest[-1] if self._rest else "the end")
        return self._rest.pop()[len(name) + 1 :]

    def fields(self, name: str, count: int) -> list[str]:
        fields = self.one(name).split(" ")
        if len(fields) != count:
            refuse(self._where, f"{count} fields in line `{name}`", len(fields))
        return fields

    def text(self, name: str) -> str:
        found = self.one(name) if self.has(name) else None
        if found is not None and not 0 < len(found.encode()) <= MAX_TEXT:
            refuse(self._where, f"1 to {MAX_TEXT} bytes in line `{name}`")
        return found or ""

    def many(self, name: str, count: int) -> Iterator[list[str]]:
        while self.has(name):
            yield self.fields(name, count)

    def texts(self, name: str) -> tuple[str, ...]:
        found: list[str] = []
        while self.has(name):
            found.append(self.text(name))
        return tuple(found)


def _query(lines: _Lines, where: str) -> Query:
    filters, complete = lines.texts("filter"), lines.texts("complete")
    every = lines.has("complete-kind")
    if every and lines.one("complete-kind") != "disclosure":
        refuse(where, "complete-kind disclosure")
    within = lines.texts("within")
    since, until = (utc_time(lines.one(name), where) if lines.has(name) else None for name in ("since", "until"))
    designations = lines.texts("designation")
    chosen = tuple(decimal(number, where) for (number,) in lines.many("chosen", 1))
    return Query(filters, complete, every, within, since, until, designations, chosen)


def _numbers(fields: Iterable[str], where: str) -> tuple[int, ...]:
    return tuple(decimal(field, where) for field in fields)


def _counts(lines: _Lines, where: str) -> Counts:
    entries, shown, withheld = _numbers(lines.fields("shown", 3), where)
    span = _numbers(lines.fields("span", 2), where) if lines.has("span") else None
    later = decimal(lines.one("later"), where)
    documents, size = _numbers(lines.fields("documents", 2), where)
    ledger = lines.one("ledger")
    return Counts(
        entries, shown, withheld, (span[0], span[1]) if span else None, later, documents, size, ledger == "yes"
    )


def _check(read: Statement, where: str) -> None:
    """What a spelling alone does not show: terms that are terms, lists that ascend."""
    query = read.query
    for term in (*query.complete, *query.within):
        terms.check(term, where)
    if query.every and query.complete:
        refuse(where, "complete terms or complete-kind, not both")
    if len(read.withheld) > MAX_PATTERNS:
        refuse(where, f"at most {MAX_PATTERNS} lines `withheld`", len(read.withheld))
    for held in read.withheld:
        if not _PATTERN.fullmatch(held.pattern) or not _REASON.fullmatch(held.reason):
            refuse(where, "withheld <pattern> <reason>", f"{held.pattern} {held.reason}")
    for left in read.excluded:
        if not _REASON.fullmatch(left.reason):
            refuse(where, "excluded <seq> <reason>", left.reason)
    _ascending("complete", [term.encode() for term in query.complete], where)
    _ascending("within", [term.encode() for term in query.within], where)
    _ascending("designation", query.designations, where)
    _ascending("chosen", query.chosen, where)
    _ascending("withheld", [held.pattern for held in read.withheld], where)
    _ascending("transmittal", [chosen.number for chosen in read.selected], where)
    _ascending("transmittal", [chosen.seq for chosen in read.selected], where)
    _ascending("excluded", [left.seq for left in read.excluded], where)


def _ascending(name: str, values: Sequence[_Ordered], where: str) -> None:
    if any(not before < after for before, after in pairwise(values)):
        refuse(where, f"lines `{name}` in ascending order, none twice")
