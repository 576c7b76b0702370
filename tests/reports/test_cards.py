"""Recovery cards on paper: a page each, every word in its place, nothing beside what the format document says."""

import io

import pikepdf
import pytest

from tests import vectors
from tests.reports.test_paper import text_of
from vault.reports.paper import cards
from vault.reports.paper.cards import Card

CASE = vectors.read("recovery")[0]
ORIGIN = "magnets.example/disclosures"


def card(number: int) -> Card:
    words = tuple(CASE["shares"][number - 1].split())
    return Card(ORIGIN, "ab" * 32, number, 5, 3, CASE["check"], words)


@pytest.fixture(scope="module")
def printed() -> bytes:
    return cards.pdf([card(1), card(2), card(3)])


def pages(printed: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(printed)) as whole:
        found = []
        for page in whole.pages:
            alone = pikepdf.new()
            alone.pages.append(page)
            written = io.BytesIO()
            alone.save(written)
            found.append(text_of(written.getvalue()))
    return found


def test_each_card_is_one_page_with_its_words_in_order(printed: bytes) -> None:
    found = pages(printed)
    assert len(found) == 3
    for number, text in enumerate(found, 1):
        assert f"Recovery card {number} of 5" in text
        assert " ".join(f"{place} {word}" for place, word in enumerate(card(number).words, 1)) in text
        others = {word for other in (1, 2, 3) if other != number for word in card(other).words[3:] if len(word) > 7}
        assert others - set(card(number).words) - set(text.split()) == others - set(card(number).words)


def test_each_card_says_what_is_needed_to_come_back(printed: bytes) -> None:
    for text in pages(printed):
        for said in (
            ORIGIN,
            "ab" * 32,
            CASE["check"],
            "Any 3 of the 5 cards",
            "dvault keys recovery restore",
            "URL DIR --fingerprint",
        ):
            assert said in text


def test_file_names_no_time_and_attaches_nothing(printed: bytes) -> None:
    with pikepdf.open(io.BytesIO(printed)) as whole:
        assert list(whole.attachments) == []
    assert cards.pdf([card(1), card(2), card(3)]) == printed


def test_sixteen_cards_with_a_long_origin_stay_a_page_each() -> None:
    long = f"{'very-' * 40}long.example/disclosures"
    made = cards.pdf([card(1)._replace(origin=long, number=number, shares=16, needed=16) for number in range(1, 17)])
    with pikepdf.open(io.BytesIO(made)) as whole:
        assert len(whole.pages) == 16
