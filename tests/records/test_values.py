"""What people state is checked field by field: one spelling is recorded, what doesn't fit is named."""

from datetime import UTC, date, datetime

import pytest

from vault.records.fields import Field, Type
from vault.records.values import MAX_TEXT, Unfit, fit

CHOICES = ("public", "trade-secret")


def field(type_: Type) -> Field:
    return Field("thing", type_, "a thing", "thing", choices=CHOICES)


ACCEPTED = [
    (Type.TEXT, "  Müller & Söhne ", "Müller & Söhne"),
    (Type.TEXT, "赣州磁材\nsecond line", "赣州磁材\nsecond line"),
    (Type.NAME, " a file with spaces ", " a file with spaces "),
    (Type.NAME, "line\nfeed\x1b[31m", "line\nfeed\x1b[31m"),
    (Type.NUMBER, "007", 7),
    (Type.NUMBER, 0, 0),
    (Type.NUMBER, 2**53 - 1, 2**53 - 1),
    (Type.FLAG, True, True),
    (Type.TIME, datetime(2026, 11, 22, 18, 39, tzinfo=UTC), "2026-11-22T18:39:00+00:00"),
    (Type.DATE, "2026-11-22", "2026-11-22"),
    (Type.DATE, date(2026, 11, 22), "2026-11-22"),
    (Type.WORD, "Trade_Secret", "trade-secret"),
    (Type.WORD, "another-word", "another-word"),
    (Type.CHOICE, "Trade secret", "trade-secret"),
    (Type.COUNTRY, "cn", "CN"),
    (Type.REGISTER, "USCC: 9136 0700-MA35", "uscc:91360700MA35"),
    (Type.HASH, "AB" * 32, "ab" * 32),
]

REFUSED = [
    (Type.TEXT, ""),
    (Type.TEXT, " \n"),
    (Type.TEXT, 5),
    (Type.TEXT, None),
    (Type.TEXT, "\udcff"),
    (Type.TEXT, "x" * (MAX_TEXT + 1)),
    (Type.NAME, ""),
    (Type.NAME, "\udcff"),
    (Type.NUMBER, "-1"),
    (Type.NUMBER, "1.5"),
    (Type.NUMBER, "１"),
    (Type.NUMBER, True),
    (Type.NUMBER, 2**53),
    (Type.NUMBER, "9" * 5000),
    (Type.FLAG, False),
    (Type.FLAG, "yes"),
    (Type.TIME, "2026-11-22 18:39"),
    (Type.TIME, datetime(2026, 11, 22, 18, 39)),
    (Type.DATE, "22.11.2026"),
    (Type.DATE, "20261122"),
    (Type.DATE, "2026-W47-7"),
    (Type.DATE, "2026-02-30"),
    (Type.WORD, "no/word"),
    (Type.WORD, "x" * 65),
    (Type.WORD, "größe"),
    (Type.CHOICE, "secret"),
    (Type.COUNTRY, "CHN"),
    (Type.COUNTRY, "ＣＮ"),
    (Type.COUNTRY, "ß"),
    (Type.REGISTER, "91360700"),
    (Type.REGISTER, "uscc:"),
    (Type.REGISTER, "9:1"),
    (Type.REGISTER, "uscc:赣州"),
    (Type.HASH, "ab" * 31),
    (Type.HASH, "xy" * 32),
]


@pytest.mark.parametrize(("type_", "stated", "recorded"), ACCEPTED)
def test_value_is_recorded_in_one_spelling(type_: Type, stated: object, recorded: object) -> None:
    assert fit(field(type_), stated) == recorded


@pytest.mark.parametrize(("type_", "stated"), REFUSED)
def test_value_that_does_not_fit_is_refused_by_name(type_: Type, stated: object) -> None:
    with pytest.raises(Unfit, match=r"^--thing: expected"):
        fit(field(type_), stated)


def test_refusal_shows_no_more_than_a_glimpse_of_the_value() -> None:
    with pytest.raises(Unfit) as caught:
        fit(field(Type.CHOICE), "x" * 10_000)
    assert len(str(caught.value)) < 200
