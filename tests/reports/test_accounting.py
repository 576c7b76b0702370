"""What a report accounts for: transmittals as they stand, nothing withheld, and every exception."""

from datetime import timedelta
from typing import Any

import pytest

from tests.evidence.ledgers import START
from tests.reports.firm import MADE, Story, item, to_ganzhou, year
from vault.evidence import entry
from vault.evidence.statement import Query
from vault.records.moments import Moment
from vault.reports.accounting import Accounting, account
from vault.reports.cells import UNNAMED, Held
from vault.reports.pieces import Piece


def told(story: Story) -> Accounting:
    return account(story.statement(), story.pieces())


@pytest.fixture(scope="module")
def whole() -> Accounting:
    return told(year())


def test_a_transmittal_stands_as_its_corrections_left_it_and_its_first_words_stay(whole: Accounting) -> None:
    one = next(one for one in whole.transmittals if one.number == 4)
    assert (one.first["designation"], one.cells["designation"]) == ("internal", "trade-secret")
    assert [one.cells.get(f"category.{n}") for n in (1, 2, 3)] == ["order", "price", None]
    assert one.cells["item.1.revision"] == "C"
    changed = [later.changes for later in one.follow_ups]
    assert ("designation", "internal", "trade-secret") in changed[0]
    assert changed[1] == (("item.1.revision", None, "C"),)
    assert not one.void


def test_what_was_taken_back_is_void_keeps_its_place_and_exposes_nobody(whole: Accounting) -> None:
    assert [one.id for one in whole.transmittals if one.void] == ["T-000005"]
    assert len(whole.transmittals) == 6
    assert not any("T-000005" in one.transmittals for one in (*whole.subjects, *whole.categories))


def test_every_exception_is_told(whole: Accounting) -> None:
    found = {(one.sort, one.transmittal) for one in whole.exceptions}
    assert {
        ("void", "T-000005"), ("correction", "T-000004"), ("late entry", "T-000002"), ("override", "T-000007"),
        ("not stated", "T-000002"), ("request", "T-000001"), ("gap between numbers", ""),
    } <= found  # fmt: skip
    late = next(one.text for one in whole.exceptions if one.sort == "late entry")
    assert late == "logged 40 days after it went out; reason: found in the mailbox"
    assert next(one.text for one in whole.exceptions if one.sort == "not stated") == "purpose"
    assert "T-000006: 1 in the ledger" in next(one.text for one in whole.exceptions if one.sort.startswith("gap"))


def test_an_entry_late_by_its_times_alone_is_late_without_anybody_saying_so() -> None:
    story = Story()
    before = START - timedelta(days=3)
    stated: dict[str, Any] = {"event-time": Moment(before, before)}
    story.disclose(to_ganzhou(**stated))
    (one,) = told(story).transmittals
    assert one.late == "logged 3 days after it went out; reason: not stated"


def test_who_learned_of_whom_counts_the_strongest_degree(whole: Accounting) -> None:
    found = {(one.what.name, one.to.key): (one.degree, one.transmittals) for one in whole.subjects}
    assert found["Müller Antriebe GmbH", "P-0001"] == ("named", ("T-000001", "T-000003"))
    assert found["Winding process W7", "P-0002"] == ("named", ("T-000001", "T-000007"))
    assert [one.name for one in whole.parties][1] == "中华人民共和国商务部"


def test_a_withheld_line_is_told_with_the_reason_of_the_closest_pattern() -> None:
    story = year()
    story.withhold(("subject", "other-client"), ("subject.*.degree", "irrelevant"))
    one = told(story).transmittals[0]
    assert one.cells["subject.1.name"] == Held("other-client")
    assert one.cells["subject.1.degree"] == Held("irrelevant")


def test_a_withheld_correction_takes_the_value_before_it_along() -> None:
    """[The old value printed as what stands, the new one being withheld.]"""
    story = Story()
    seq = story.disclose(to_ganzhou(purpose="licence"))
    story.correct(seq, {"purpose": "audit"})
    story.withhold(("purpose", "privilege"))
    pieces = story.pieces()
    whole = story.ledger.records[seq]
    pieces[seq] = Piece(pieces[seq].signed, whole)  # the first is shown all the same
    (one,) = account(story.statement(), pieces).transmittals
    assert (one.first["purpose"], one.cells["purpose"]) == ("licence", Held("privilege"))
    assert one.follow_ups[0].changes == (("purpose", "licence", Held("privilege")),)


def test_where_a_withheld_line_leaves_open_what_is_corrected_nothing_is_applied() -> None:
    story = Story()
    seq = story.disclose(to_ganzhou([item("a.pdf"), item("b.pdf")]))
    story.correct(seq, {"revision": "C"}, item=2)
    story.withhold(("corrects-item", "security"))
    (one,) = told(story).transmittals
    assert one.cells == one.first
    assert [later.applied for later in one.follow_ups] == [False]


def test_a_correction_of_a_correction_is_no_correction_of_the_transmittal() -> None:
    story = Story()
    seq = story.disclose(to_ganzhou())
    at = story.correct(seq, {"note": "first"})
    story.ledger.record(
        "correction", [("corrects", at), ("reason", "x"), ("void", True)], [f"entry:{seq}", f"entry:{at}"]
    )
    (one,) = told(story).transmittals
    assert [later.applied for later in one.follow_ups] == [True, False]
    assert not one.void


def test_other_kinds_of_follow_ups_are_told_with_all_that_is_shown_of_them() -> None:
    story = Story()
    seq = story.disclose(to_ganzhou())
    story.ledger.record("receipt", [("reference", "R-77")], [f"entry:{seq}"])
    (one,) = told(story).transmittals
    assert [(later.signed.entry.kind, later.about) for later in one.follow_ups] == [("receipt", {"reference": "R-77"})]


def test_what_the_query_excludes_is_withheld_for_that(whole: Accounting) -> None:
    (left,) = (one for one in whole.others if one.excluded)
    assert left.excluded == "other-designation"
    assert left.cells["designation"] == "public"
    assert left.cells["purpose"] == Held("outside-filter")
    assert whole.withheld["purpose", "outside-filter"] == 1


def test_a_line_withheld_without_a_reason_is_an_exception() -> None:
    story = year()
    story.withhold(("purpose", "privilege"))
    told_without = account(story.statement()._replace(withheld=()), story.pieces())
    assert told_without.transmittals[0].cells["purpose"] == Held(UNNAMED)
    assert ("withheld", "T-000001") in {(one.sort, one.transmittal) for one in told_without.exceptions}


def test_a_clock_that_stepped_back_is_told() -> None:
    story = Story()
    story.disclose(to_ganzhou())
    built = story.ledger.build([("purpose", "x"), ("clock-reason", "battery")], ["class:order"])
    back = story.ledger.entry_of("disclosure", built)._replace(time=START - timedelta(days=1))
    story.ledger.records[story.ledger.size] = built
    story.transmittals.append(story.ledger.size)
    story.ledger.append(story.ledger.sign(back))
    found = [one.text for one in told(story).exceptions if one.sort == "clock"]
    assert found == [
        "its clock says 2026-11-21T17:39:28.123456Z, entry 1 before it 2026-11-22T17:40:28.123456Z",
        "recorded reason: battery",
    ]


def test_a_selected_entry_that_is_not_given_is_never_left_out_silently() -> None:
    story = year()
    with pytest.raises(ValueError, match=r"entries \[2\]"):
        account(story.statement(), [piece for piece in story.pieces() if piece.signed.entry.seq != 2])


def test_the_order_of_pieces_says_nothing(whole: Accounting) -> None:
    story = year()
    assert account(story.statement(), reversed(story.pieces())) == whole


def test_an_empty_report_is_one() -> None:
    empty = told(Story())
    assert (empty.transmittals, empty.items, empty.parties, empty.exceptions) == ((), 0, (), ())
    assert [piece.signed.entry.kind for piece in empty.public] == ["genesis"]


def test_items_and_void_ones_are_counted(whole: Accounting) -> None:
    assert (whole.items, whole.void) == (7, 1)


def test_stories_are_statements_and_entries_that_the_format_reads() -> None:
    story = year()
    assert story.statement(Query(every=True)).made == MADE
    assert [entry.parse(leaf).entry.seq for leaf in story.ledger.leaves] == list(range(story.ledger.size))
