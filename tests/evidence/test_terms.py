"""Terms: one spelling that a stranger reaches too, whatever he types."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors
from vault.evidence import terms
from vault.evidence.strict import Malformed

FORMED: dict[str, Callable[..., str]] = {
    "party": terms.register_id,
    "subject": terms.register_id,
    "party-name": terms.legal_name,
    "subject-name": terms.legal_name,
    "matter": terms.matter,
    "document": lambda digest: terms.document(bytes.fromhex(digest)),
    "class": terms.category,
    "entry": lambda seq: terms.entry(int(seq)),
}
VISIBLE = st.text(st.characters(codec="utf-8", exclude_categories=["Cn", "Cs", "Co", "Cc", "Cf"]), min_size=1)


@pytest.mark.parametrize("case", vectors.read("terms"), ids=lambda case: case["name"])
def test_own_vectors_of_terms(case: vectors.Case) -> None:
    if case["expect"] == "reject":
        with pytest.raises(Malformed):
            FORMED[case["of"]](*case["given"]) if "of" in case else terms.check(case["term"], "term")
    elif "of" in case:
        assert FORMED[case["of"]](*case["given"]) == case["term"]
    else:
        terms.check(case["term"], "term")


def _folded(text: str) -> str:
    try:
        return terms.fold(text, "name")
    except Malformed:
        return ""


@given(VISIBLE)
def test_folding_twice_is_folding_once(text: str) -> None:
    folded = _folded(text)
    assert not folded or _folded(folded) == folded


@given(VISIBLE)
def test_white_space_around_and_between_words_makes_no_difference(text: str) -> None:
    if folded := _folded(text):
        assert _folded(f"\u3000 {text}\t\n") == folded
        assert _folded(f"{text}\u00a0\u2003x") == _folded(f"{text} x")


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), min_size=1))
def test_case_makes_no_difference(text: str) -> None:
    assert _folded(text.upper()) == _folded(text.lower()) == _folded(text)


@given(st.sampled_from(["party", "subject"]), st.sampled_from(["CN", "de", "", "-"]), VISIBLE)
def test_every_name_that_is_formed_is_in_its_one_spelling(sort: str, country: str, name: str) -> None:
    if _folded(name):
        terms.check(terms.legal_name(sort, country, name), "term")


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,9}", fullmatch=True), VISIBLE)
def test_every_register_id_that_is_formed_is_in_its_one_spelling(scheme: str, value: str) -> None:
    try:
        formed = terms.register_id("party", scheme, value)
    except Malformed:
        return
    terms.check(formed, "term")
    assert formed.isascii()


@given(VISIBLE, VISIBLE)
def test_every_matter_that_is_formed_is_in_its_one_spelling(authority: str, number: str) -> None:
    try:
        formed = terms.matter(authority, number)
    except Malformed:
        return
    terms.check(formed, "term")


@given(st.text())
def test_any_text_is_a_term_or_malformed(text: str) -> None:
    for term in (text, f"party-name:CN:{text}", f"party:lei:{text}", f"entry:{text}", f"document:{text}"):
        with suppress(Malformed):
            terms.check(term, "term")


@pytest.mark.parametrize("term", [None, 7, True, b"class:price", ["class:price"]])
def test_only_text_is_a_term(term: object) -> None:
    with pytest.raises(Malformed, match="expected a term: party, subject, party-name, subject-name, matter, document"):
        terms.check(term, "term")


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ("party-name:CN:gan\u200bzhou", "a term; legal name: visible characters"),
        ("party-name:CN:Ganzhou", "the one spelling of a `party-name` term"),
        ("ganzhou", f"a term: {', '.join(FORMED)}"),
    ],
)
def test_error_about_a_stored_term_says_the_rule_and_not_the_term(term: str, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        terms.check(term, "record")
    assert str(caught.value) == f"record: expected {message}"
    assert caught.value.__cause__ is None


def test_longest_term_has_4096_bytes() -> None:
    name = "x" * (4_096 - len("party-name:CN:"))
    assert len(terms.legal_name("party", "CN", name)) == 4_096
    with pytest.raises(Malformed, match="at most 4096 bytes, found '4097 bytes'"):
        terms.legal_name("party", "CN", name + "x")
    with pytest.raises(Malformed, match="at most 4096 bytes"):
        terms.register_id("party", "lei", name + "x" * 10)
    with pytest.raises(Malformed, match="at most 4096 bytes"):
        terms.matter("mofcom", name + "xxxx")


def test_character_that_the_tables_do_not_know_leaves_only_names_unjudged() -> None:
    for term in ("party-name:CN:\u0378 X", "subject-name:-:\u0378", "matter:a\u0378:1"):
        terms.check(term, "term")
    for term in (
        *(f"party-name:CN:{chr(code)} X" for code in (0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF)),
        *(
            "party-name:cn:\u0378",
            "party-name::\u0378",
            "party-name:\u0378:x",
            "subject-name:DEU:\u0378",
            "matter:A:\u0378",
        ),
        *("matter::\u0378", "party-name:CN:\u0378\u00ad", "party-name:CN:\u0378\n", "party-name:CN:" + "\u0378" * 3000),
    ):
        with pytest.raises(Malformed):
            terms.check(term, "term.1")
    for term in ("party:lei:\u0378", "subject:lei:1\u0378", "class:\u0378", "entry:1\u0378", "document:\u0378"):
        with pytest.raises(Malformed):
            terms.check(term, "term")


def test_slips_of_the_program_are_no_terms() -> None:
    with pytest.raises(ValueError, match="for a party or a subject"):
        terms.register_id("recipient", "lei", "1")
    with pytest.raises(ValueError, match="for a party or a subject"):
        terms.legal_name("recipient", "CN", "x")
    with pytest.raises(ValueError, match="32 bytes"):
        terms.document(bytes(31))
    for seq in (-1, 1 << 63):
        with pytest.raises(ValueError, match="numbered from 0"):
            terms.entry(seq)
