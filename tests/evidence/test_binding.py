"""What ties a record to its entries: root, tags, approvals."""

import re
from dataclasses import replace

import pytest

from tests import vectors
from tests.evidence.ledgers import Ledger
from tests.vectors import example
from vault.evidence import entry, record
from vault.evidence.binding import check_approvals, check_record
from vault.evidence.entry import SignedEntry
from vault.evidence.record import Record
from vault.evidence.strict import Malformed, base64_text


@pytest.mark.parametrize("case", vectors.read("shown-records"), ids=lambda case: case["name"])
def test_own_vectors_of_shown_records(case: vectors.Case) -> None:
    def read() -> None:
        check_record(record.parse_shown(case["shown"].encode()), entry.parse(case["entry"].encode()))

    if case["expect"] == "accept":
        read()
    else:
        with pytest.raises(Malformed):
            read()


def test_error_says_which_entry_and_never_a_term() -> None:
    ledger = Ledger.founded()
    built = ledger.build([("a", 1)], ["class:price", "entry:0"])
    signed = ledger.file("receipt", built)
    check_record(built, signed)
    other = replace(signed, entry=replace(signed.entry, tags=signed.entry.tags[:1]))
    with pytest.raises(Malformed, match=r"^record 1: expected 1 terms, as entry 1 has tags, found 2$"):
        check_record(built, other, "record 1")
    with pytest.raises(Malformed, match=r"^record: expected the record of entry 1, found 'another root'$"):
        check_record(ledger.build([("a", 2)]), signed)


class Office:
    """m1 is custodian, m2 and m3 record; approvals stand in the ledger before what they approve."""

    def __init__(self) -> None:
        self.ledger = Ledger.founded()
        self.ledger.admit("m2", "recorder")
        self.ledger.admit("m3", "recorder")
        self.approvals: dict[int, SignedEntry] = {}

    def draft(self, *approvals: int, country: str = "CN") -> Record:
        lines = [(f"approval.{number}.entry", seq) for number, seq in enumerate(approvals, 1)]
        return self.ledger.build([("recipient.1.country", country), *lines, ("event-time", "now")])

    def approve(self, drafted: Record, by: str) -> int:
        signed = self.ledger.public("approval", f"approves {base64_text(drafted.approved_root)}", by=by)
        self.approvals[signed.entry.seq] = signed
        return signed.entry.seq

    def check(self, built: Record, by: str = "m2") -> None:
        signed = self.ledger.file("disclosure", built, by)
        check_record(built, signed)
        check_approvals(built, signed, self.approvals)


def resalted(office: Office, drafted: Record, *approvals: int) -> Record:
    """The drafted record with approval lines: the approved lines keep their salts."""
    more = office.draft(*approvals).lines[1:]
    return Record((*drafted.lines[:1], *more))


@pytest.fixture
def office() -> Office:
    return Office()


def test_record_approved_by_another_member_passes(office: Office) -> None:
    drafted = office.draft()
    first, second = office.approve(drafted, "m1"), office.approve(drafted, "m3")
    office.check(resalted(office, drafted, first, second))


def test_example_is_approved() -> None:
    leaves = example.ledger().leaves
    check_approvals(example.disclosed(), entry.parse(leaves[3]), {2: entry.parse(leaves[2])})


def test_record_without_approvals_says_nothing_of_them(office: Office) -> None:
    office.check(office.draft())


@pytest.mark.parametrize(
    ("approvers", "message"),
    [(["m2"], "an approval by another member"), (["m1", "m1"], "an approval by another member")],
)
def test_nobody_approves_his_own_or_twice(office: Office, approvers: list[str], message: str) -> None:
    drafted = office.draft()
    numbers = [office.approve(drafted, by) for by in approvers]
    with pytest.raises(Malformed, match=message):
        office.check(resalted(office, drafted, *numbers))


def test_approval_of_other_lines_counts_for_nothing(office: Office) -> None:
    number = office.approve(office.draft(country="DE"), "m1")
    with pytest.raises(Malformed, match=f"an approval of these lines, found 'entry {number}'"):
        office.check(resalted(office, office.draft(), number))


def test_approval_that_is_withheld_is_none(office: Office) -> None:
    drafted = office.draft()
    built = resalted(office, drafted, office.approve(drafted, "m1"))
    with pytest.raises(Malformed, match=r"the approvals to be shown, found 'approval\.1\.entry'"):
        office.check(record.withhold(built, ["approval.1.entry"]))


def test_approval_comes_before_what_it_approves(office: Office) -> None:
    drafted = office.draft()
    built = resalted(office, drafted, office.ledger.size + 1)
    signed = office.ledger.file("disclosure", built, "m2")
    office.approve(drafted, "m1")
    with pytest.raises(Malformed, match=re.escape("an approval before entry 3, found 'entry 4'")):
        check_approvals(built, signed, office.approvals)


def test_approval_is_no_entry_of_the_same_number(office: Office) -> None:
    drafted = office.draft()
    approval = office.approvals[office.approve(drafted, "m1")]
    built = resalted(office, drafted, 4)
    signed = office.ledger.file("disclosure", built, "m2")
    beside = {4: replace(approval, entry=replace(approval.entry, seq=4))}  # from a second history
    with pytest.raises(Malformed, match="an approval before entry 4, found 'entry 4'"):
        check_approvals(built, signed, beside)


def test_approval_is_an_entry_of_that_kind_and_number(office: Office) -> None:
    drafted = office.draft()
    number = office.approve(drafted, "m1")
    policy = office.ledger.public("policy", f"rule approvals {base64_text(drafted.approved_root)}")
    built = resalted(office, drafted, policy.entry.seq)
    signed = office.ledger.file("disclosure", built, "m2")
    for found in ({}, {policy.entry.seq: policy}, {policy.entry.seq: office.approvals[number]}):
        with pytest.raises(Malformed, match="an approval before entry 5, found 'entry 4'"):
            check_approvals(built, signed, found)
