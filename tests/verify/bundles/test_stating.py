"""What a statement says of a bundle, each rule of it broken once by somebody who has all keys."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.reports import handmade
from tests.reports.handmade import (
    END_USE,
    NAME,
    ORDER,
    OTHER,
    PARTY,
    Handmade,
    Story,
    sealed,
)  # fmt: skip
from tests.reports.stories import Write
from tests.verify.bundles.judged import faults, judge, letters
from vault.evidence.statement import Excluded, Query, Selected, Statement, Withheld
from vault.evidence.verdicts import Verdict
from vault.verify.outside import Outside

MARCH, NOVEMBER = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
INTEGRITY, SEQUENCE, ORIGIN, _, COMPLETE = Verdict


# Queries that fit, and those that are said to


QUERIES: list[tuple[Query, dict[int, str]]] = [
    (Query(every=True), {}),
    (PARTY._replace(since=NOVEMBER), {5: "outside-period"}),
    (PARTY._replace(since=MARCH - timedelta(hours=1), until=NOVEMBER), {3: "outside-period", 8: "outside-period"}),
    (PARTY._replace(designations=("confidential",)), {5: "other-designation"}),
    (PARTY._replace(within=(ORDER,)), {5: "not-within"}),
    (PARTY._replace(within=(END_USE, ORDER)), {}),
    (Query(every=True, chosen=(1, 4)), {4: "not-chosen", 5: "not-chosen"}),
]


@pytest.mark.parametrize(("query", "excluded"), QUERIES)
def test_a_query_that_fits_is_complete(
    story: Story, outside: Outside, write: Write, query: Query, excluded: dict[int, str]
) -> None:
    assert letters(judge(write(Handmade(story, query, excluded).files()), outside)) == "PPPPP"


LIES: list[tuple[Query, dict[int, str], str]] = [
    (PARTY._replace(since=NOVEMBER), {}, "transmittal 3, entry 5: .*outside-period"),
    (PARTY._replace(since=NOVEMBER), {5: "outside-period", 8: "outside-period"}, "entry 8, excluded as outside-period"),
    (PARTY._replace(since=MARCH), {}, "transmittal 3, entry 5"),  # the day begins an hour before
    (PARTY._replace(designations=("public",)), {3: "other-designation", 5: "other-designation"}, "entry 8"),
    (PARTY._replace(designations=("confidential",)), {}, "transmittal 3, entry 5: .*other-designation"),
    (PARTY._replace(within=(ORDER,)), {}, "transmittal 3, entry 5: .*not-within"),
    (PARTY._replace(within=(ORDER,)), {3: "not-within", 5: "not-within"}, "entry 3, excluded as not-within"),
    (PARTY._replace(chosen=(1,)), {5: "not-chosen"}, "transmittal 4, entry 8: .*not-chosen"),
    (PARTY, {5: "outside-period"}, "entry 5, excluded as outside-period"),
    (PARTY, {5: "privilege"}, "entry 5, excluded as privilege"),
]


@pytest.mark.parametrize(("query", "excluded", "why"), LIES)
def test_a_selection_that_does_not_follow_from_the_query_is_broken(
    story: Story, outside: Outside, write: Write, query: Query, excluded: dict[int, str], why: str
) -> None:
    found = judge(write(Handmade(story, query, excluded).files()), outside)
    assert letters(found) == "PPPPB"
    assert re.search(why, faults(found, COMPLETE))


@pytest.mark.parametrize(("name", "entry"), [("event-time", 8), ("designation", 9), ("designation", 5)])
def test_where_the_deciding_line_is_withheld_nothing_is_proven(
    story: Story, outside: Outside, write: Write, name: str, entry: int
) -> None:
    query = PARTY._replace(since=NOVEMBER, designations=("confidential",))
    excluded = {5: "other-designation"}
    made = Handmade(story, query, excluded, {entry: [name]}, [Withheld(name, "privilege")])
    found = judge(write(made.files()), outside)
    assert letters(found) == "PPPPN"
    assert "withheld" in faults(found, COMPLETE)


def test_a_transmittal_under_none_of_the_terms_is_not_the_partys(story: Story, outside: Outside, write: Write) -> None:
    """[The disclosures of others, to make the party's look many.]"""
    made = Handmade(story, PARTY)
    made.shown = lambda: sorted([*Handmade(story, PARTY).shown(), 4])  # type: ignore[method-assign]
    found = judge(write(made.files()), outside)
    assert letters(found) == "PPPPB"
    assert "transmittal 2, entry 4" in faults(found, COMPLETE)


def test_any_other_entry_that_nothing_brings_is_refused(story: Story, outside: Outside, write: Write) -> None:
    made = Handmade(story, Query(complete=(OTHER,)))
    made.shown = lambda: sorted([*Handmade(story, Query(complete=(OTHER,))).shown(), 2])  # type: ignore[method-assign]
    found = judge(write(made.files()), outside)
    assert letters(found) == "PPPPB"
    assert "entry 2: expected an entry that the query or a follow-up brings" in faults(found, COMPLETE)


# Each rule of the statement, broken once by who has all keys


def counted(**changes: object) -> Callable[[Statement], Statement]:
    return lambda one: one._replace(counts=one.counts._replace(**changes))  # type: ignore[arg-type]


def placed(**changes: object) -> Callable[[Statement], Statement]:
    return lambda one: one._replace(checkpoint=one.checkpoint._replace(**changes))  # type: ignore[arg-type]


STATED: list[tuple[str, Callable[[Statement], Statement], str, str]] = [
    ("size", placed(size=13), "PPPPB", "statement, size: expected 12, found '13'"),
    ("root", placed(root=bytes(32)), "PPPPB", "statement, root"),
    ("entries", counted(entries=9), "PPPPB", "statement, entries: expected 8, found '9'"),
    ("lines", counted(lines=1), "PPPPB", "statement, lines: expected 35"),
    ("withheld", counted(withheld=1), "PPPPB", "statement, lines withheld: expected 0"),
    ("span", counted(span=(2, 9)), "PPPPB", "statement, span: expected 2 to 10, found '2 to 9'"),
    ("no span", counted(span=None), "PPPPB", "statement, span: expected 2 to 10, found 'none'"),
    ("documents", counted(documents=0), "PPPPB", "statement, documents: expected 1"),
    ("bytes", counted(bytes=0), "PPPPB", "statement, bytes of documents"),
    ("ledger", counted(ledger=True), "PPPPB", "statement, ledger: expected no, found 'yes'"),
    (
        "unnamed",
        lambda s: s._replace(selected=s.selected[1:]),
        "PPPPB",
        "entry 3: expected a transmittal that the stat",
    ),
    (
        "more",
        lambda s: s._replace(selected=(*s.selected, Selected(5, 10))),
        "PPPPB",
        "entry 10: expected a transmittal in",
    ),
    ("absent", lambda s: s._replace(selected=(*s.selected, Selected(5, 99))), "PPPNB", "statement, entry 99"),
    (
        "both",
        lambda s: s._replace(excluded=(Excluded(3, "not-within"),)),
        "PPPPB",
        "statement, entry 3: expected selected",
    ),
    (
        "excluded",
        lambda s: s._replace(excluded=(Excluded(9, "not-within"),)),
        "PPPPB",
        "entry 9: expected a transmittal",
    ),
    ("origin", placed(origin="other.example/log"), "PPPPB", "statement, origin"),
    ("complete", lambda s: s._replace(query=s.query._replace(complete=(NAME,))), "PPPPB", "terms.proofs"),
    ("every", lambda s: s._replace(query=s.query._replace(complete=(), every=True)), "PPPPB", "kind disclosure|terms"),
    ("within", lambda s: s._replace(query=s.query._replace(within=(ORDER,))), "BPPPB", "within.proofs"),
]


@pytest.mark.parametrize(("change", "verdicts", "why"), [case[1:] for case in STATED], ids=[case[0] for case in STATED])
def test_a_statement_that_says_something_else_than_what_is_shown_is_broken(
    party: Handmade, outside: Outside, write: Write, change: Callable[[Statement], Statement], verdicts: str, why: str
) -> None:
    made = replace(party, stated=change)
    files = sealed(made.files(), origin=party.ledger.origin)
    found = judge(write(files), outside)
    assert letters(found) == verdicts, faults(found, COMPLETE)
    assert re.search(why, faults(found, COMPLETE))


def test_numbers_are_counted_where_all_transmittals_or_the_ledger_are_there(story: Story, write: Write) -> None:
    wrong = {8: 5}
    trusting = handmade.believing(story.ledger)
    assert letters(judge(write(Handmade(story, Query(every=True), numbers=wrong).files()), trusting))[4] == "B"
    assert letters(judge(write(Handmade(story, numbers=wrong, ledger_too=True).files()), trusting))[4] == "B"
    found = judge(write(Handmade(story, numbers=wrong).files()), trusting)
    assert letters(found)[4] == "P"
    assert any("transmittal numbers are the owner's word" in remark for remark in found.report.remarks)


def test_a_line_withheld_without_a_word_is_named(story: Story, outside: Outside, write: Write) -> None:
    silent = Handmade(story, hidden={3: ["purpose"]})
    found = judge(write(silent.files()), outside)
    assert letters(found) == "PPPPB"
    assert "entry 3: expected only lines withheld that the statement says are withheld" in faults(found, COMPLETE)
    said = replace(silent, patterns=[Withheld("purpose", "privilege")])
    found = judge(write(said.files()), outside)
    assert letters(found) == "PPPPP"
    assert "1 record lines are withheld: privilege" in found.report.remarks


def test_what_is_excluded_may_withhold_all_but_what_decides(story: Story, outside: Outside, write: Write) -> None:
    query = PARTY._replace(designations=("internal",))
    excluded = {3: "other-designation", 8: "other-designation"}
    hidden = {3: ["purpose", "item.1.name", "term.1"], 8: ["purpose"], 9: ["term.2"], 10: ["note"]}
    found = judge(write(Handmade(story, query, excluded, hidden).files()), outside)
    assert letters(found) == "PPPPP"
    assert found.handed
    assert found.handed.withheld == {"outside-filter": 6}
