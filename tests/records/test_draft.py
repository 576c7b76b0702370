"""Drafts: lines in the order of the table, what is missing is recorded as such, terms once each."""

import os

import pytest

from vault.evidence import record as records
from vault.records import matters, parties
from vault.records.draft import Draft, changes, state
from vault.records.values import Unfit
from vault.records.words import NOT_STATED


def test_lines_stand_in_the_order_of_the_table_whatever_the_order_they_are_stated_in() -> None:
    lines, _ = state("party", {"country": "CN", "role": "supplier", "name": "A"})
    assert [name for name, _ in lines] == ["name", "role", "country"]


def test_required_field_that_nobody_states_is_recorded_and_named() -> None:
    lines, missing = state("party", {"name": "A"})
    assert dict(lines) == {"name": "A", "role": NOT_STATED, "country": NOT_STATED}
    assert [known.option for known in missing] == ["role", "country"]


def test_field_that_is_not_required_is_left_out() -> None:
    assert "address" not in dict(state("party", {"name": "A"})[0])


@pytest.mark.parametrize("stated", [{}, {"name": ""}, {"name": "  "}, {"name": 5}, {"name": NOT_STATED}])
def test_main_field_must_be_stated(stated: dict[str, object]) -> None:
    with pytest.raises(Unfit, match=r"^name: expected"):
        state("party", stated)


def test_values_that_are_given_twice_are_recorded_once() -> None:
    assert changes("disclosure", {"category.*": ["order", "Order", "price"]}) == [
        ("category.1", "order"),
        ("category.2", "price"),
    ]


def test_unknown_field_is_refused() -> None:
    with pytest.raises(Unfit, match="colour: not a field of a party"):
        state("party", {"name": "A", "colour": "red"})


def test_not_stated_fits_a_field_of_any_type() -> None:
    assert changes("disclosure", {"nda-confirm-by": NOT_STATED, "designation": NOT_STATED}) == [
        ("designation", NOT_STATED),
        ("nda-confirm-by", NOT_STATED),
    ]


def test_pairs_are_in_the_order_that_records_must_have() -> None:
    draft = Draft("disclosure", (("reference", "r"), ("purpose", "p"), ("event-time", "t")), ("class:order",))
    assert [name for name, _ in draft.pairs()] == ["purpose", "term.1", "reference", "event-time"]
    records.build(draft.pairs(), os.urandom(16 * 4))


def test_party_is_filed_under_each_register_number_name_and_alias() -> None:
    stated = {"name": "Ganzhou Magnet", "country": "CN", "register.*": ["USCC:91", "lei:X"], "alias.*": ["赣州磁材"]}
    assert parties.draft("party", stated).terms == (
        "party-name:CN:ganzhou magnet", "party:uscc:91", "party:lei:X", "party-name:CN:赣州磁材",
    )  # fmt: skip


def test_alias_that_is_the_name_makes_no_second_term() -> None:
    assert parties.draft("subject", {"name": "ACME", "alias.*": ["acme"]}).terms == ("subject-name:-:acme",)


def test_matter_is_filed_once_authority_and_number_are_known() -> None:
    assert parties.draft("matter", {"title": "T", "number": "1"}).terms == ()
    whole = {"title": "T", "number": "2026-117", "authority": "MOFCOM"}
    assert parties.draft("matter", whole).terms == ("matter:mofcom:2026-117",)


def test_request_is_filed_under_its_matter() -> None:
    matter = matters.Reference.of("matter", "M-0001", {"title": "T", "number": "1", "authority": "A"})
    draft = matters.draft_request({"text": "send all"}, matter)
    assert draft.terms == ("matter:a:1",)
    assert ("matter.id", "M-0001") in draft.lines


@pytest.mark.parametrize("name", ["a\u202eb", "a\x1b[31m", "a\u00adb", "\u0378"])
def test_name_that_nobody_could_look_up_is_refused_as_what_was_said(name: str) -> None:
    with pytest.raises(Unfit, match=r"^name: expected"):
        parties.draft("party", {"name": name})
