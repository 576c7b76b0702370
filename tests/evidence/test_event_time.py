"""When it went out, as a record line says it: two spellings, read alike by every verifier."""

from datetime import UTC, datetime

import pytest

from vault.evidence.event_time import beginning
from vault.records import moments


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-22T18:39:00+01:00", (2026, 11, 22, 17, 39)), ("2026-11-22+01:00", (2026, 11, 21, 23)),
        ("2026-11-22T18:39:00-00:00", (2026, 11, 22, 18, 39)), ("2026-02-28-12:00", (2026, 2, 28, 12)),
        ("2026-11-22T18:39:00+05:53:28", (2026, 11, 22, 12, 45, 32)), ("0001-01-02+14:00", (1, 1, 1, 10)),
    ],
)  # fmt: skip
def test_an_instant_and_a_day_have_a_beginning(value: str, expected: tuple[int, ...]) -> None:
    assert beginning(value) == datetime(*expected, tzinfo=UTC)  # type: ignore[arg-type, misc]
    read = moments.read(value)
    assert read
    assert read.start == beginning(value)


@pytest.mark.parametrize(
    "value",
    [
        "", "not stated", "2026-11-22", "2026-11-22T18:39:00", "2026-11-22T18:39:00Z", "2026-11-22T18:39+01:00",
        "2026-11-22 18:39:00+01:00", "20261122T183900+0100", "2026-W47-7+01:00", "2026-13-22+01:00", "2026-02-30+01:00",
        "2026-11-22T24:00:00+01:00", "2026-11-22T18:60:00+01:00", "2026-11-22+24:00", "0001-01-01+01:00",
        "9999-12-31-01:00T", "２026-11-22+01:00", "2026-11-22+01:00\n", 20261122, True, None,
    ],
)  # fmt: skip
def test_all_else_has_none(value: object) -> None:
    assert beginning(value) is None
