"""Corrections: a later record says what holds from now on; every party it concerns finds it."""

import os

import pytest

from vault.evidence import record as records
from vault.evidence.record import Value
from vault.records import corrections
from vault.records.corrections import Change, Target, apply
from vault.records.values import Unfit
from vault.records.words import NOT_STATED

VALUES: dict[str, Value] = {
    "purpose": "x", "category.1": "order", "category.2": "price", "nda": "2025",
    "matter.id": "M-0001", "matter.title": "T", "matter.number": "1",
    "subject.1.id": "S-0001", "subject.1.name": "A", "subject.2.id": "S-0002", "subject.2.name": "B",
    "item.1.name": "a.pdf", "item.1.pages": 3, "item.2.name": "b.pdf", "discloser.entity": "E", "discloser.person": "P",
}  # fmt: skip
TERMS = [
    "party:uscc:91",
    "party-name:CN:g",
    "subject-name:-:a",
    "matter:a:1",
    "class:order",
    "class:price",
    "document:" + "ab" * 32,
]


def corrected(**correction: Value) -> dict[str, Value]:
    return apply(VALUES, {"corrects": 4, "reason": "r", **correction})


def test_value_is_replaced_where_it_stood() -> None:
    assert list(corrected(purpose="y")) == list(VALUES)
    assert corrected(purpose="y")["purpose"] == "y"


def test_list_is_replaced_as_a_whole() -> None:
    found = corrected(**{"category.1": "forecast"})
    assert found["category.1"] == "forecast"
    assert "category.2" not in found


def test_two_fields_that_begin_alike_are_two() -> None:
    assert corrected(**{"discloser.entity": "F"})["discloser.person"] == "P"


def test_matter_is_replaced_with_all_its_lines() -> None:
    found = corrected(**{"matter.id": "M-0002", "matter.title": "U"})
    assert {name for name in found if name.startswith("matter")} == {"matter.id", "matter.title"}


def test_subjects_are_replaced_as_a_whole() -> None:
    found = corrected(**{"subject.1.id": "S-0003", "subject.1.name": "C"})
    assert {name: value for name, value in found.items() if name.startswith("subject")} == {
        "subject.1.id": "S-0003",
        "subject.1.name": "C",
    }


@pytest.mark.parametrize(
    ("line", "gone"), [("nda", "nda"), ("category.1", "category"), ("subject.1.id", "subject"), ("matter.id", "matter")]
)
def test_not_stated_takes_back(line: str, gone: str) -> None:
    assert not [name for name in corrected(**{line: NOT_STATED}) if name.startswith(gone)]


def test_item_is_corrected_by_its_number() -> None:
    found = apply(VALUES, {"corrects": 4, "reason": "r", "corrects-item": 2, "pages": 7, "language": "de"})
    assert (found["item.1.pages"], found["item.2.pages"], found["item.2.language"]) == (3, 7, "de")


def test_what_the_correction_says_of_itself_is_no_value() -> None:
    assert apply(VALUES, {"corrects": 4, "reason": "r", "void": True, "clock-reason": "c", "term.1": "t"}) == VALUES


def test_correction_is_filed_under_what_it_follows_up_and_all_who_are_concerned() -> None:
    target = Target("disclosure", 4, VALUES, TERMS)
    draft = corrections.draft(target, Change({"purpose": "y"}, {"reason": "r"}))
    assert draft.terms == ("entry:4", "party:uscc:91", "party-name:CN:g", "subject-name:-:a", "matter:a:1")


def test_correction_is_filed_under_what_is_new_in_it_too() -> None:
    target = Target("disclosure", 4, VALUES, TERMS)
    change = Change(
        {"category.*": ["order", "forecast"]}, {"reason": "r"}, (("subject.1.id", "S-3"),), ("subject-name:-:c",)
    )
    assert corrections.draft(target, change).terms[5:] == ("class:forecast", "subject-name:-:c")


def test_new_alias_of_a_party_is_a_new_term() -> None:
    target = Target("party", 1, {"name": "G", "country": "CN", "alias.1": "H"}, ["party-name:CN:g", "party-name:CN:h"])
    draft = corrections.draft(target, Change({"alias.*": ["I"]}, {"reason": "r"}))
    assert draft.terms == ("entry:1", "party-name:CN:g", "party-name:CN:h", "party-name:CN:i")


def test_record_of_a_correction_is_one_that_evidence_accepts() -> None:
    target = Target("disclosure", 4, VALUES, TERMS)
    draft = corrections.draft(target, Change({"purpose": "y", "reference": "42"}, {"reason": "r", "clock-reason": "c"}))
    pairs = draft.pairs()
    names = [name for name, _ in pairs]
    assert names[:3] == ["corrects", "reason", "purpose"]
    assert names[-2:] == ["clock-reason", "reference"]  # what is known only when it is written, behind what is approved
    records.build(pairs, os.urandom(16 * len(pairs)))


@pytest.mark.parametrize("about", [{}, {"reason": ""}, {"reason": " "}])
def test_correction_needs_a_reason(about: dict[str, str]) -> None:
    with pytest.raises(Unfit, match="reason"):
        corrections.draft(Target("party", 1, {"name": "G"}, []), Change({"nda": "2"}, about))


def test_field_of_another_kind_is_refused() -> None:
    with pytest.raises(Unfit, match="purpose: not a field of a party"):
        corrections.draft(Target("party", 1, {"name": "G"}, []), Change({"purpose": "y"}, {"reason": "r"}))
