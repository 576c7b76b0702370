"""The accounting says what the shown records say, after their corrections, and hides no exception."""

import pytest

from tests.reports.firm import Story, item, to_ganzhou, year
from vault.reports.accounting import Accounting, account
from vault.reports.cells import Held


@pytest.fixture(scope="module")
def story() -> Story:
    return year()


@pytest.fixture(scope="module")
def accounting(story: Story) -> Accounting:
    return account(story.statement(), story.pieces())


def sorts(accounting: Accounting) -> set[str]:
    return {one.sort for one in accounting.exceptions}


def test_one_row_for_each_that_the_query_selects(story: Story, accounting: Accounting) -> None:
    assert [one.seq for one in accounting.transmittals] == [s for s in story.transmittals if s not in story.excluded]
    assert [one.excluded for one in accounting.others] == ["other-designation"]


def test_corrections_are_applied_and_told(accounting: Accounting) -> None:
    corrected = accounting.transmittals[3]
    assert corrected.first["designation"] == "internal"
    assert corrected.cells["designation"] == "trade-secret"
    assert corrected.cells["item.1.revision"] == "C"
    assert ("designation", "internal", "trade-secret") in corrected.follow_ups[0].changes


def test_what_was_taken_back_stays_and_says_so(accounting: Accounting) -> None:
    assert [one.void for one in accounting.transmittals].count(True) == accounting.void == 1


@pytest.mark.parametrize(
    "sort", ["late entry", "correction", "void", "override", "not stated", "request", "gap between numbers"]
)
def test_no_exception_is_left_out(accounting: Accounting, sort: str) -> None:
    assert sort in sorts(accounting)


def test_void_disclosures_expose_nobody(accounting: Accounting) -> None:
    void = next(one.id for one in accounting.transmittals if one.void)
    assert all(void not in one.transmittals for one in (*accounting.subjects, *accounting.categories))


def test_the_strongest_degree_counts(accounting: Accounting) -> None:
    degrees = {(one.what.name, one.to.name): one.degree for one in accounting.subjects}
    assert set(degrees.values()) <= {"named", "inferable", "redacted"}
    assert any(who == "Müller Antriebe GmbH" and degree == "named" for (who, _), degree in degrees.items())


def test_what_is_withheld_is_a_reason_and_never_a_value() -> None:
    story = year()
    story.withhold(("subject", "other-client"), ("item.*.name", "trade-secret"))
    made = account(story.statement(), story.pieces())
    assert made.transmittals[0].cells["item.1.name"] == Held("trade-secret")
    assert made.withheld["item.*.name", "trade-secret"] > 0
    assert "EUC-4711.pdf" not in repr(made.transmittals[0].cells)


def test_a_selected_one_that_is_not_there_is_no_accounting(story: Story) -> None:
    pieces = [piece for piece in story.pieces() if piece.signed.entry.seq != story.transmittals[0]]
    with pytest.raises(ValueError, match="not among the pieces"):
        account(story.statement(), pieces)


def test_a_correction_whose_target_is_withheld_changes_nothing() -> None:
    story = Story()
    seq = story.disclose(to_ganzhou([item("a.pdf")]))
    story.correct(seq, {"purpose": "another"})
    story.withhold(("corrects", "privilege"))
    one = account(story.statement(), story.pieces()).transmittals[0]
    assert one.cells["purpose"] == "licence application 2026-117"
    assert not one.follow_ups[0].applied
