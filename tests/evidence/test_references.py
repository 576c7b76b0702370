"""What records refer to in earlier entries: approvals that count, follow-ups filed where they are found."""

import pickle
import re

import pytest

from tests.evidence.ledgers import Ledger, check_references
from tests.vectors import example
from vault.evidence import entry, record, references
from vault.evidence.binding import check_record
from vault.evidence.entry import SignedEntry
from vault.evidence.record import Record
from vault.evidence.references import FOLLOW_UPS, Filed
from vault.evidence.strict import Malformed, base64_text

LEI = "party:lei:529900T8BM49AURSDO55"
MATTER = "matter:mofcom:2026-117"


class Office:
    """m1 is custodian, m2 and m3 record; approvals stand in the ledger before what they approve."""

    def __init__(self) -> None:
        self.ledger = Ledger.founded()
        self.ledger.admit("m2", "recorder")
        self.ledger.admit("m3", "recorder")
        self.approvals: dict[int, SignedEntry | Record] = {}

    def draft(self, *approvals: int, country: str = "CN", kind: str = "disclosure") -> Record:
        lines = [(f"approval.{number}.entry", seq) for number, seq in enumerate(approvals, 1)]
        stated = [("kind", kind), ("recipient.1.country", country)]
        return self.ledger.build([*stated, *lines, ("event-time", "now")])

    def approve(self, drafted: Record, by: str) -> int:
        signed = self.ledger.public("approval", f"approves {base64_text(drafted.approved_root)}", by=by)
        self.approvals[signed.entry.seq] = signed
        return signed.entry.seq

    def check(self, built: Record, by: str = "m2") -> None:
        signed = self.ledger.file("disclosure", built, by)
        check_record(built, signed)
        check_references(built, signed, self.approvals)


def resalted(office: Office, drafted: Record, *approvals: int) -> Record:
    """The drafted record with approval lines: the approved lines keep their salts."""
    more = office.draft(*approvals).lines[2:]
    return Record((*drafted.lines[:2], *more))


@pytest.fixture
def office() -> Office:
    return Office()


def test_record_approved_by_another_member_passes(office: Office) -> None:
    drafted = office.draft()
    first, second = office.approve(drafted, "m1"), office.approve(drafted, "m3")
    office.check(resalted(office, drafted, first, second))


def test_example_is_approved() -> None:
    leaves = example.ledger().leaves
    check_references(example.disclosed(), entry.parse(leaves[3]), {2: entry.parse(leaves[2])})


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
    with pytest.raises(Malformed, match="the approvals to be shown"):
        office.check(record.withhold(built, ["approval.1.entry"]))


def test_approval_comes_before_what_it_approves(office: Office) -> None:
    drafted = office.draft()
    built = resalted(office, drafted, office.ledger.size + 1)
    signed = office.ledger.file("disclosure", built, "m2")
    office.approve(drafted, "m1")
    with pytest.raises(Malformed, match=re.escape("an approval before entry 3, found 'entry 4'")):
        check_references(built, signed, office.approvals)


def test_approval_is_no_entry_of_the_same_number(office: Office) -> None:
    drafted = office.draft()
    approval = office.approvals[office.approve(drafted, "m1")]
    assert isinstance(approval, SignedEntry)
    built = resalted(office, drafted, 4)
    signed = office.ledger.file("disclosure", built, "m2")
    beside = {4: approval._replace(entry=approval.entry._replace(seq=4))}  # from a second history
    with pytest.raises(Malformed, match="an approval before entry 4, found 'entry 4'"):
        check_references(built, signed, beside)


def test_approval_is_an_entry_of_that_kind_and_number(office: Office) -> None:
    drafted = office.draft()
    number = office.approve(drafted, "m1")
    policy = office.ledger.public("policy", f"rule approvals {base64_text(drafted.approved_root)}")
    built = resalted(office, drafted, policy.entry.seq)
    signed = office.ledger.file("disclosure", built, "m2")
    for found in ({}, {policy.entry.seq: policy}, {policy.entry.seq: office.approvals[number]}):
        with pytest.raises(Malformed, match="an approval before entry 5, found 'entry 4'"):
            check_references(built, signed, found)


def test_approval_is_for_one_kind(office: Office) -> None:
    drafted = office.draft(kind="request")
    with pytest.raises(Malformed, match="an approved line `kind` that says disclosure"):
        office.check(resalted(office, drafted, office.approve(drafted, "m1")))


def test_kind_that_is_withheld_is_none(office: Office) -> None:
    drafted = office.draft()
    built = resalted(office, drafted, office.approve(drafted, "m1"))
    with pytest.raises(Malformed, match="an approved line `kind`"):
        office.check(record.withhold(built, ["kind"]))


def test_approval_counts_for_the_first_entry_that_names_it(office: Office) -> None:
    drafted = office.draft()
    built = resalted(office, drafted, office.approve(drafted, "m1"))
    signed = [office.ledger.file("disclosure", built, "m2") for _ in range(2)]
    ((one,), (two,)) = (references.of(built, each) for each in signed)
    first = references.first_named([two, one])  # in any order
    assert first == {3: 4}
    approvals = {3: entry.parse(office.ledger.leaves[3])}
    references.check_approvals(one, approvals, first)
    with pytest.raises(Malformed, match="an approval not spent on entry 4, found 'entry 3'"):
        references.check_approvals(two, approvals, first)


def test_record_of_another_entry_refers_to_nothing(office: Office) -> None:
    built = office.draft(3)
    other = office.ledger.file("disclosure", office.draft(3, country="DE"), "m2")
    assert references.of(built, other) == []


def test_reference_can_be_handed_to_another_process_and_shows_no_term(office: Office) -> None:
    built = office.ledger.build([("corrects", 2)], ["entry:2", LEI])
    (reference,) = references.of(built, office.ledger.file("correction", built))
    assert pickle.loads(pickle.dumps(reference)) == reference  # noqa: S301 - our own bytes
    assert "party" not in repr(reference)


class History:
    """A disclosure (1) to a party about a matter, its receipt (2), and what follows them up."""

    def __init__(self) -> None:
        self.ledger = Ledger.founded()
        self.records: dict[int, SignedEntry | Record] = {}
        self.follow("disclosure", [("purpose", "x")], [LEI, MATTER, "class:price"])
        self.follow("receipt", [("note", "x")], ["entry:1", LEI, MATTER, "subject-name:DE:motors"])

    def follow(self, kind: str, pairs: list[tuple[str, record.Value]], terms: list[str]) -> None:
        built = self.ledger.build(pairs, terms)
        signed = self.ledger.file(kind, built)
        check_references(built, signed, self.records)
        self.records[signed.entry.seq] = built


@pytest.fixture
def history() -> History:
    return History()


SUBJECT = "subject-name:DE:motors"


@pytest.mark.parametrize(
    ("kind", "lines", "terms"),
    [
        ("correction", [("corrects", 1)], ["entry:1", LEI, MATTER]),
        ("correction", [("corrects", 1)], ["entry:1", LEI, MATTER, "party-name:CN:new", "class:other"]),
        ("correction", [("corrects", 2)], ["entry:1", "entry:2", LEI, MATTER, SUBJECT]),
        ("hold", [("reason", "x")], ["entry:1", LEI, MATTER]),
        ("correction", [("corrects", 0)], ["entry:0"]),  # which has no record
        ("party", [("name", "x")], [LEI]),
    ],
)
def test_follow_ups_that_are_found(
    history: History, kind: str, lines: list[tuple[str, record.Value]], terms: list[str]
) -> None:
    history.follow(kind, lines, terms)


@pytest.mark.parametrize(
    ("kind", "lines", "terms", "message"),
    [
        ("correction", [("corrects", 1), ("void", True)], [], "filed under the entry that it follows up"),
        ("correction", [("corrects", 1)], ["entry:2", "entry:1", LEI, MATTER], "terms of entry 2"),
        ("correction", [("corrects", 1)], ["entry:1", LEI], "party, subject and matter terms of entry 1"),
        ("correction", [("corrects", 2)], ["entry:1", LEI, MATTER], "its line `corrects` names"),
        ("correction", [("corrects", 2)], ["entry:2", LEI, MATTER, SUBJECT], "a term entry:1, the first"),
        ("correction", [("corrects", "1")], ["entry:1", LEI, MATTER], "its line `corrects` names"),
        ("correction", [("corrects", True)], ["entry:1", LEI, MATTER], "its line `corrects` names"),
        ("correction", [("reason", "x")], ["entry:1", LEI, MATTER], "its line `corrects` names"),
        ("report", [("note", "x")], ["entry:1", LEI], "terms of entry 1"),  # whatever its kind
        *((kind, [("note", "x")], [LEI, MATTER], "filed under the entry") for kind in sorted(FOLLOW_UPS)),
    ],
)
def test_follow_ups_that_would_be_left_out(
    history: History, kind: str, lines: list[tuple[str, record.Value]], terms: list[str], message: str
) -> None:
    with pytest.raises(Malformed, match=message) as caught:
        history.follow(kind, lines, terms)
    assert "lei" not in str(caught.value)


def test_withheld_terms_are_not_judged(history: History) -> None:
    built = history.ledger.build([("corrects", 1)], ["entry:1", LEI])
    signed = history.ledger.file("correction", built)
    check_references(record.withhold(built, ["term.2"]), signed, history.records)
    check_references(record.withhold(built, ["corrects"]), signed, {})


def test_terms_of_categories_and_documents_are_not_shared() -> None:
    built = Ledger().build([("a", 1)], [LEI, "class:price", "document:" + "0" * 64, "entry:7", "entry:3"])
    assert Filed.of(built) == Filed((3, 7), frozenset([LEI]))
