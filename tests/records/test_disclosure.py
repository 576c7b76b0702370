"""Disclosures: what a transmittal's record says, what it is filed under, how a large one is split."""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from vault.evidence import record as records
from vault.evidence.naming import MAX_ITEMS, MAX_TERMS
from vault.records.disclosure import Disclosure, Item, Recipient, Subject, room, split
from vault.records.matters import Reference
from vault.records.parties import Snapshot
from vault.records.values import Unfit

GANZHOU = Snapshot("P-0001", "Ganzhou Magnet", "CN", "1 Road", "supplier", ("uscc:91",), ("赣州",), "Ms Li")
PLAIN = Disclosure({"purpose": "x"}, (Recipient("to", GANZHOU),), ())


def document(number: int) -> Item:
    return Item({"name": f"{number}.pdf", "size": number, "sha256": number.to_bytes(32).hex()})


def names_of(pairs: list[tuple[str, str | int | bool]]) -> list[str]:
    return [name for name, _ in pairs]


def test_record_repeats_who_the_recipient_was() -> None:
    lines = dict(PLAIN.draft().lines)
    assert {name: value for name, value in lines.items() if name.startswith("recipient")} == {
        "recipient.1.relation": "to",
        "recipient.1.id": "P-0001",
        "recipient.1.name": "Ganzhou Magnet",
        "recipient.1.country": "CN",
        "recipient.1.address": "1 Road",
        "recipient.1.role": "supplier",
        "recipient.1.contact": "Ms Li",
        "recipient.1.register.1": "uscc:91",
        "recipient.1.alias.1": "赣州",
    }


def test_to_via_and_onward_are_all_filed_as_party() -> None:
    parties = [Snapshot(f"P-{n}", name) for n, name in enumerate("abc", 1)]
    people = tuple(Recipient(*pair) for pair in zip(("to", "via", "onward"), parties, strict=True))
    assert replace(PLAIN, recipients=people).draft().terms == ("party-name:-:a", "party-name:-:b", "party-name:-:c")


def test_whole_record_is_one_that_evidence_accepts() -> None:
    whole = replace(
        PLAIN,
        stated={"purpose": "x", "category.*": ["order"], "reference": "42", "event-time-basis": "stated"},
        items=(document(1), Item({"narrative": "a call", "present": "A, B"})),
        subjects=(Subject(Snapshot("S-0001", "ACME"), "named"), Subject(Snapshot("S-0002", "Line 3"))),
        matter=Reference.of("matter", "M-0001", {"title": "T", "authority": "A", "number": "1"}),
        request=Reference.of("request", "R-0001", {"text": "all", "from": "A", "scope": "beyond"}),
        series="ab",
    )
    pairs = whole.draft().pairs()
    record = records.build(pairs, os.urandom(16 * len(pairs)))
    assert record.terms() == [
        "party-name:CN:ganzhou magnet", "party:uscc:91", "party-name:CN:赣州", "subject-name:-:acme",
        "subject-name:-:line 3", "matter:a:1", "class:order", "document:" + (1).to_bytes(32).hex(),
    ]  # fmt: skip
    assert names_of(pairs)[-2:] == ["event-time-basis", "reference"]
    assert dict(pairs)["subject.1.degree"] == "named"
    assert "subject.2.degree" not in dict(pairs)
    assert dict(pairs)["request.scope"] == "beyond"
    assert "request.text" not in dict(pairs)  # it stands in the request's own record


def test_same_document_twice_is_filed_once() -> None:
    assert sum(t.startswith("document:") for t in replace(PLAIN, items=(document(1), document(1))).draft().terms) == 1


def test_item_keeps_its_name_to_the_last_space() -> None:
    item = Item({"name": " a\n ", "narrative": " b "})
    assert item.pairs(1) == [("item.1.name", " a\n "), ("item.1.narrative", "b")]


def items(count: int) -> Iterator[Item]:
    return map(document, range(1, count + 1))


def test_what_fits_is_one_transmittal_without_a_series() -> None:
    assert list(split(PLAIN, items(MAX_ITEMS), MAX_ITEMS, "s")) == [replace(PLAIN, items=tuple(items(MAX_ITEMS)))]


def test_more_items_become_transmittals_of_one_series() -> None:
    parts = list(split(PLAIN, items(MAX_ITEMS + 1), MAX_ITEMS + 1, "s"))
    assert [len(part.items) for part in parts] == [MAX_ITEMS, 1]
    assert {part.series for part in parts} == {"s"}


def test_a_transmittal_comes_as_soon_as_its_items_have_come() -> None:
    coming = items(3 * MAX_ITEMS)
    first = next(split(PLAIN, coming, 3 * MAX_ITEMS, "s"))
    assert (len(first.items), len(list(coming))) == (MAX_ITEMS, 2 * MAX_ITEMS)


def test_tags_limit_the_items_of_a_transmittal_too() -> None:
    crowd = tuple(Recipient("to", Snapshot(f"P-{n}", f"name {n}")) for n in range(MAX_TERMS - 10))
    whole = replace(PLAIN, recipients=crowd)
    parts = list(split(whole, items(25), 25, "s"))
    assert room(whole) == 10
    assert [len(part.items) for part in parts] == [10, 10, 5]
    assert all(len(part.draft().terms) <= MAX_TERMS for part in parts)


def test_parties_with_more_names_than_an_entry_has_tags_are_refused() -> None:
    crowd = tuple(Recipient("to", Snapshot(f"P-{n}", f"name {n}")) for n in range(MAX_TERMS))
    with pytest.raises(Unfit, match="disclose in parts"):
        room(replace(PLAIN, recipients=crowd))
