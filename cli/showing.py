"""Showing a record whole: as it stands, how it was corrected, and what of it is public."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cli import output, telling
from vault.catalog.projection import items_of
from vault.evidence.entry import SignedEntry
from vault.evidence.intervals import Interval
from vault.evidence.record import Value
from vault.evidence.strict import base64_text, utc_text
from vault.reviewing import Changed, Review, Version

Values = Mapping[str, Value]
_UNSTAMPED = Interval(None, None)


def for_people(found: Review, made: Interval = _UNSTAMPED) -> None:
    """On stdout: fields, items, corrections, the entry, between which moments it was made."""
    entry = found.versions[0].signed.entry
    void = "  VOID" if found.void else ""
    output.data(f"{found.named.id}  entry {found.seq}, recorded {output.local(entry.time)}{void}")
    output.pairs(_fields(found.values))
    for place, item in enumerate(items_of(found.values), 1):
        output.data(f"\n{found.named.id}/{place}")
        output.pairs(item.items())
    for version in found.versions[1:]:
        _show_follow_up(version)
    output.data("\nWhat strangers see of it:")
    output.pairs(_public(found.versions[0].signed).items())
    if made.lower or made.upper:
        output.data("\nBy time stamps, under the vault's own TSA roots (others: dvault verify --tsa-root):")
        output.pairs(_stamped(made).items())


def _stamped(made: Interval) -> dict[str, str]:
    bounds = {"after": made.lower, "by": made.upper}
    return {word: utc_text(time) if time else "not shown" for word, time in bounds.items()}


def _fields(values: Values) -> list[tuple[str, Value]]:
    return [(name, value) for name, value in values.items() if not name.startswith(("item.", "term."))]


def _show_follow_up(version: Version) -> None:
    entry, said = version.signed.entry, version.record.values()
    void = ", void" if said.get("void") is True else ""
    output.data(f"\n{entry.kind}, entry {entry.seq}, recorded {output.local(entry.time)}{void}")
    output.pairs([("reason", said.get("reason", "")), *changes(version.changed)])


def changes(changed: Iterable[Changed]) -> Iterator[tuple[str, str]]:
    """(name, `before -> after`) of each."""
    for name, before, after in changed:
        yield name, f"{_or_nothing(before)} -> {_or_nothing(after)}"


def _or_nothing(value: Value | None) -> object:
    return "nothing" if value is None else value


def _public(signed: SignedEntry) -> dict[str, Any]:
    entry = signed.entry
    return {
        "kind": entry.kind,
        "time": utc_text(entry.time),
        "record": base64_text(entry.record or b""),
        "tags": len(entry.tags),
        "signed": telling.member(signed.unverified_signature.name),
    }


def as_json(found: Review, made: Interval = _UNSTAMPED) -> None:
    """One line on stdout."""
    entry = found.versions[0].signed.entry
    shown: dict[str, Any] = {
        "id": found.named.id,
        "entry": found.seq,
        "time": utc_text(entry.time),
        "void": found.void,
        "fields": dict(_fields(found.values)),
    }
    if found.named.kind == "disclosure":
        items = items_of(found.values)
        shown["items"] = [{"id": f"{found.named.id}/{place}", **item} for place, item in enumerate(items, 1)]
    shown["follow_ups"] = [_follow_up_as_json(version) for version in found.versions[1:]]
    bounds = {"after": made.lower, "by": made.upper}
    stamped = {word: utc_text(time) if time else None for word, time in bounds.items()}
    output.as_json({**shown, "public": _public(found.versions[0].signed), "stamped": stamped})


def _follow_up_as_json(version: Version) -> dict[str, Any]:
    entry = version.signed.entry
    return {
        "entry": entry.seq,
        "kind": entry.kind,
        "time": utc_text(entry.time),
        "fields": dict(_fields(version.record.values())),
    }
