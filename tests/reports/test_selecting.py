"""What a query selects, what it brings along, and what it leaves out with a reason."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.desk import Desk
from tests.reports import bundles
from tests.reports.bundles import PARTY
from vault.archive import Archive
from vault.errors import Misuse, NotFound, Refused
from vault.records.values import Unfit
from vault.reports import preparing
from vault.reports.asking import Asked
from vault.reports.preparing import Prepared
from vault.reports.rules import Options


def prepared(archive: Archive, asked: Asked, options: Options = Options()) -> Prepared:  # noqa: B008 - frozen
    return preparing.prepare(archive, asked, options, dry=True)


def selected(archive: Archive, asked: Asked) -> list[int]:
    return [one.number for one in prepared(archive, asked).statement.selected]


def excluded(archive: Archive, asked: Asked) -> dict[int, str]:
    return {one.seq: one.reason for one in prepared(archive, asked).statement.excluded}


def day(month: int, number: int = 1) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def test_a_party_gets_all_that_was_filed_under_any_of_its_terms(archive: Archive) -> None:
    made = prepared(archive, PARTY)
    assert made.statement.query.complete == ("party-name:CN:ganzhou magnet", "party:uscc:91")
    assert [(one.number, one.seq) for one in made.statement.selected] == [(1, 7), (3, 9), (4, 11)]
    assert sorted(made.pieces) == [1, 7, 9, 10, 11, 12]  # the party's own record, a correction, the index
    assert made.statement.counts.span == (1, 11)


def test_the_first_kind_is_complete_and_the_others_are_within(archive: Archive) -> None:
    asked = Asked(subjects=("magneti",), matters=("M-1",), categories=("order",))
    query = prepared(archive, asked).statement.query
    assert query.complete == ("subject-name:IT:società magneti",)
    assert query.within == ("class:order", "matter:mofcom:2026-117")
    assert prepared(archive, Asked(categories=("order",))).statement.query.complete == ("class:order",)


def test_of_each_kind_one_has_to_be_carried(archive: Archive) -> None:
    assert selected(archive, PARTY._replace(categories=("order",))) == [1, 4]
    assert excluded(archive, PARTY._replace(categories=("order",))) == {9: "not-within"}
    assert selected(archive, PARTY._replace(categories=("order", "forecast"))) == [1, 3, 4]
    assert selected(archive, PARTY._replace(subjects=("magneti",), categories=("forecast",))) == [3]


def test_the_period_counts_from_its_first_instant_and_ends_before_its_last(archive: Archive) -> None:
    first = datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert selected(archive, PARTY._replace(since=first)) == [1, 3, 4]
    assert selected(archive, PARTY._replace(since=first + timedelta(microseconds=1))) == [3, 4]
    assert selected(archive, PARTY._replace(until=first)) == []
    assert excluded(archive, PARTY._replace(since=day(2), until=day(10))) == {
        7: "outside-period",
        11: "outside-period",
    }


def test_a_corrected_time_counts_and_the_one_before_does_not(desk: Desk) -> None:
    """[Logged for January and corrected to June: a report of January leaves it out, one of June has it.]"""
    bundles.run(desk, "correct T-1 --at '2026-06-05 09:00Z' --reason 'wrong month'")
    bundles.run(desk, "checkpoint")
    with desk.opened() as archive:
        assert selected(archive, PARTY._replace(since=day(6), until=day(7))) == [1]
        assert 7 in excluded(archive, PARTY._replace(until=day(2)))


def test_a_corrected_designation_counts(desk: Desk) -> None:
    bundles.run(desk, "correct T-1 --designation public --reason published")
    bundles.run(desk, "checkpoint")
    with desk.opened() as archive:
        assert selected(archive, PARTY._replace(designations=("confidential",))) == []
        assert excluded(archive, PARTY._replace(designations=("public",))) == {
            9: "other-designation",
            11: "other-designation",
        }


def test_a_correction_of_an_item_decides_nothing(desk: Desk) -> None:
    bundles.run(desk, "correct T-1/1 --language zh --reason looked")
    bundles.run(desk, "checkpoint")
    with desk.opened() as archive:
        assert selected(archive, PARTY._replace(designations=("confidential",))) == [1]


def test_what_a_correction_filed_under_a_term_is_selected_by_it(desk: Desk) -> None:
    """[The customer was forgotten and added later: a report on him has to hold the transmittal.]"""
    bundles.run(desk, "correct T-1 --subject magneti --reason forgotten")
    bundles.run(desk, "checkpoint")
    with desk.opened() as archive:
        made = prepared(archive, Asked(subjects=("magneti",)))
        assert [one.number for one in made.statement.selected] == [1, 2, 3]
        assert {7, 13} < made.pieces.keys()
        assert selected(archive, PARTY._replace(subjects=("magneti",))) == [1, 3]


def test_what_follows_up_a_shown_entry_is_shown_and_what_follows_that(desk: Desk) -> None:
    bundles.run(desk, "correct T-1 --purpose audit --reason again")
    bundles.run(desk, "correct T-2 --purpose other --reason 'of another one'")
    bundles.run(desk, "checkpoint")
    with desk.opened() as archive:
        assert sorted(prepared(archive, Asked(numbers=(1,))).pieces) == [7, 10, 13, 15]


def test_numbers_alone_show_nothing_of_the_others(archive: Archive) -> None:
    made = prepared(archive, Asked(numbers=(3, 2)))
    assert [one.number for one in made.statement.selected] == [2, 3]
    assert made.statement.excluded == ()
    assert sorted(made.pieces) == [8, 9, 12]
    assert not made.statement.query.every


def test_numbers_among_terms_exclude_the_others(archive: Archive) -> None:
    assert excluded(archive, PARTY._replace(numbers=(3,))) == {7: "not-chosen", 11: "not-chosen"}


def test_a_period_alone_selects_without_a_list(archive: Archive) -> None:
    made = prepared(archive, Asked(since=day(2), until=day(3, 1)))
    assert [one.number for one in made.statement.selected] == [2]
    assert (made.statement.query.complete, made.statement.query.every, made.statement.excluded) == ((), False, ())


def test_nothing_asked_is_all(archive: Archive) -> None:
    made = prepared(archive, Asked())
    assert made.statement.query.every
    assert [one.number for one in made.statement.selected] == [1, 2, 3, 4]


def test_of_what_is_excluded_only_what_excludes_it_is_shown(archive: Archive) -> None:
    made = prepared(archive, PARTY._replace(designations=("trade-secret",)))
    assert excluded(archive, PARTY._replace(designations=("trade-secret",))) == dict.fromkeys(
        (7, 11), "other-designation"
    )
    for seq in (7, 10, 11):
        record = made.pieces[seq].record
        assert record is not None
        assert record.values().keys() <= {"event-time", "designation", "corrects"}
        assert record.values()


def test_who_has_nothing_is_told_so_completely(archive: Archive) -> None:
    made = prepared(archive, Asked(parties=("MOFCOM",), since=day(7)))
    assert made.statement.selected == ()
    assert made.statement.query.complete


def test_names_before_a_correction_are_asked_for_too(desk: Desk) -> None:
    bundles.run(desk, "correct P-1 --name 'Ganzhou Rare Earth' --reason renamed")
    bundles.run(desk, "disclose a.txt --to P-1")
    bundles.run(desk, "checkpoint")
    with desk.opened() as archive:
        made = prepared(archive, Asked(parties=("Ganzhou Rare Earth",)))
        assert [one.number for one in made.statement.selected] == [1, 3, 4, 5]
        assert {"party-name:CN:ganzhou magnet", "party-name:CN:ganzhou rare earth"} < {*made.statement.query.complete}
        assert made.statement.query.filters == ("party: Ganzhou Rare Earth",)


def test_what_came_after_the_checkpoint_is_counted_and_not_shown(desk: Desk) -> None:
    bundles.run(desk, "disclose a.txt --to ganzhou")
    with desk.opened() as archive:
        made = prepared(archive, PARTY)
        assert (made.statement.counts.later, made.statement.checkpoint.size) == (1, 13)
        with pytest.raises(Refused, match="T-000005 is under no index yet"):
            prepared(archive, Asked(numbers=(5,)))
        whole = preparing.prepare(archive, PARTY, Options())  # who holds the log key indexes first
        assert (whole.statement.counts.later, whole.statement.checkpoint.size) == (0, 15)
        assert [one.number for one in whole.statement.selected] == [1, 3, 4, 5]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        (Asked(parties=("nobody",)), NotFound),
        (Asked(numbers=(99,)), NotFound),
        (PARTY._replace(numbers=(99,)), NotFound),
        (Asked(categories=("Ünfit!",)), Unfit),
        (Asked(designations=("very",)), Unfit),
    ],
)
def test_what_is_not_there_is_said(archive: Archive, asked: Asked, error: type[Exception]) -> None:
    with pytest.raises(error):
        prepared(archive, asked)


def test_the_ledger_is_given_to_nobody_in_particular_never(archive: Archive) -> None:
    with pytest.raises(Misuse, match="nobody is named"):
        prepared(archive, PARTY, Options(ledger=True))
