"""Where a withheld value is found a second time, and where something else only looks like it."""

import pytest

from vault.evidence.record import Value
from vault.reports import repeated


@pytest.mark.parametrize(
    ("text", "whole", "stands"),
    [
        ("soc", "associates", False),
        ("soc", "an soc, and", True),
        ("soc", "associates of soc", True),
        ("motori", "motorist", False),
        ("motori", "(motori)", True),
        ("磁材", "赣州磁材有限公司", True),
        ("müller & söhne", "from müller & söhne.", True),
        ("2026-117", "no. 2026-1170", False),
        ("c++", "in c++ and", True),
    ],
)
def test_a_value_stands_as_words_of_its_own(text: str, whole: str, stands: bool) -> None:
    assert repeated.stands_in(text, whole) == stands


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("subject.name", "Società Motori S.p.A.", "societa motori"),
        ("recipient.name", "Ganzhou Magnet Co., Ltd.", "ganzhou magnet"),
        ("subject.name", "Müller GmbH & Co. KG", "muller"),
        ("subject.alias", "Nokia Oyj", "nokia"),
        ("subject.name", "Co. Ltd", "co. ltd"),
        ("subject.name", "Saab", "saab"),
        ("subject.name", "磁材", "磁材"),
        ("subject.register", "lei:529900T8BM49AURSDO55", "529900t8bm49aursdo55"),
        ("subject.country", "IT", ""),
        ("subject.name", "BMW", "bmw"),
        ("subject.name", "VW", ""),
        ("purpose", "BMW", ""),
        ("item.name", "plan SA", "plan sa"),
        ("item.size", 4711, ""),
        ("designation", "confidential", ""),
        ("purpose", "not stated", ""),
        ("unknown-field", "anything", "anything"),
    ],
)
def test_a_value_is_sought_by_what_people_call_it(path: str, value: Value, told: str) -> None:
    assert repeated.telling(tuple(path.split(".")), value) == told


def test_each_place_is_named_with_what_it_shows() -> None:
    places = {1: "an offer for motori", 2: "motorist", 3: "magneti and motori"}
    assert [place for place, _ in repeated.found(["motori", "magneti"], places)] == [1, 3]


def test_an_accent_left_out_hides_nothing() -> None:
    """[`for Societa Motori`, typed without the accent that the register has.]"""
    sought = repeated.telling(("subject", "name"), "Società Motori S.p.A.")
    assert repeated.stands_in(sought, repeated.folded("an offer for Societa  MOTORI, urgent"))
    assert repeated.folded("서울 がく 赣州") == "서울 かく 赣州"
