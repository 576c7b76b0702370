"""The table of fields: what product.md requires is there, and no two fields are in each other's way."""

import pytest

from vault.evidence.naming import check_names
from vault.records.fields import ITEM, TABLE, Field, Type, main_field
from vault.records.words import NOT_STATED

EVERY = [(kind, known) for kind in TABLE for known in TABLE[kind]]
REQUIRED = {
    "disclosure": (
        "event-time", "event-time-basis", "late-reason", "discloser.entity", "discloser.person", "purpose",
        "legal-basis", "method", "reference", "category.*", "designation", "marking", "confidentiality-claim",
        "inspection.findings", "inspection.override-by", "inspection.override-reason", "nda", "nda-confirm-by",
        "retention", "export-classification",
    ),
    "item": (
        "name", "size", "media-type", "sha256", "language", "document-number", "revision", "pages", "narrative",
        "present", "derived-from", "derivation", "payload-size", "payload-sha256",
    ),
    "party": ("name", "country", "address", "register.*", "alias.*", "role"),
    "request": ("from", "received", "text", "cited-rule", "scope"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in REQUIRED.items() for name in names])
def test_what_the_law_asks_for_is_in_the_table(kind: str, name: str) -> None:
    assert name in [known.name for known in TABLE[kind]]


@pytest.mark.parametrize("kind", TABLE)
def test_names_and_options_are_used_once(kind: str) -> None:
    names = [known.name for known in TABLE[kind]]
    options = [known.option for known in TABLE[kind] if known.option]
    assert len(set(names)) == len(names)
    assert len(set(options)) == len(options)


def test_disclose_has_no_two_fields_of_one_option() -> None:
    options = [known.option for known in (*TABLE["disclosure"], *ITEM) if known.option]
    assert len(set(options)) == len(options)


@pytest.mark.parametrize(("kind", "known"), EVERY, ids=lambda value: value.name if isinstance(value, Field) else value)
def test_every_name_is_one_that_records_may_hold(kind: str, known: Field) -> None:
    check_names(["a", known.name.replace("*", "1")], kind)


@pytest.mark.parametrize("kind", [kind for kind in TABLE if kind != "item"])
def test_every_kind_has_a_field_that_must_be_stated_but_the_disclosure(kind: str) -> None:
    mains = [known for known in TABLE[kind] if known.main]
    assert bool(mains) == (kind != "disclosure")
    if mains:
        assert main_field(kind) is mains[0]


def test_only_disclosures_take_defaults_and_only_of_one_value() -> None:
    for kind, known in EVERY:
        if known.default:
            assert kind == "disclosure"
            assert not known.many


def test_a_choice_is_never_the_word_for_nothing() -> None:
    for _, known in EVERY:
        assert NOT_STATED not in known.choices
        assert bool(known.choices) == (known.type in (Type.WORD, Type.CHOICE))


def test_help_is_a_phrase_that_reads_in_a_sentence() -> None:
    for _, known in EVERY:
        assert known.help
        assert not known.help.endswith(".") or known.help.endswith("...")


def test_values_of_a_field_come_in_their_order() -> None:
    category = next(known for known in TABLE["disclosure"] if known.name == "category.*")
    assert list(category.values({"category.2": "b", "category.1": "a", "category": "c", "category.4": "d"})) == [
        "a",
        "b",
    ]
    purpose = next(known for known in TABLE["disclosure"] if known.name == "purpose")
    assert list(purpose.values({"purpose": "x", "purpose.1": "y"})) == ["x"]
