"""The attacks in brackets on records, shown or filed: each is refused by a rule of docs/format.

Most attackers here own every file and the record key; some also a member's key. None can sign for others.
"""

from hashlib import sha256

import pytest

from tests.evidence.attacked import ledger_with, staffed
from tests.evidence.ledgers import (
    Ledger,
    check_references,
)
from vault.evidence import entry, merkle, record, references
from vault.evidence.binding import check_record
from vault.evidence.record import Line
from vault.evidence.strict import Malformed, base64_text


def test_eight_lines_cannot_be_shown_as_four_and_one_withheld_leaf() -> None:
    built = Ledger().build([(f"recipient.{n // 4 + 1}.field-{n % 4}", f"value {n}") for n in range(8)])
    leaves = [merkle.leaf_hash(input_) for input_ in record.leaf_inputs(built.lines)]
    right = merkle.root_of_hashes(leaves[4:])
    assert merkle.root_of_hashes([*leaves[:4], right]) == built.root  # the attack on bare leaf hashes
    half = "".join(f"= {line.text}\n" for line in built.lines[:4] if isinstance(line, Line))
    with pytest.raises(Malformed, match="32 bytes in base64"):
        record.parse_shown(f"{half}- {base64_text(right)}\n".encode())
    shown, signed = ledger_with(built, f"{half}- recipient.2.field-0 {base64_text(right)}\n".encode())
    with pytest.raises(Malformed, match="another root"):
        check_record(shown, signed)


def test_withheld_line_cannot_take_another_name() -> None:
    built = Ledger().build([("recipient.1.name", "A"), ("recipient.2.name", "B")])
    hidden = record.render_shown(record.withhold(built, ["recipient.2.name"]))
    shown, signed = ledger_with(built, hidden.replace(b"- recipient.2.name", b"- note"))
    with pytest.raises(Malformed, match="another root"):
        check_record(shown, signed)


def test_one_statement_has_no_second_spelling_with_a_hash_of_its_own() -> None:
    line = '["AAAAAAAAAAAAAAAAAAAAAA==","purpose","a/b"]'
    assert record.parse(f"{line}\n".encode()).values() == {"purpose": "a/b"}
    for other in (line.replace("/", "\\/"), line.replace(",", ", "), line.replace("a/", "\\u0061/")):
        with pytest.raises(Malformed, match="compact spelling"):
            record.parse(f"{other}\n".encode())


def test_withheld_country_cannot_be_guessed_from_its_hash() -> None:
    built = record.build([("recipient.1.country", "CN"), ("recipient.2.country", "CN")], bytes(range(32)))
    one, two = (line.hash for line in built.lines)
    assert one != two
    assert sha256(b"CN").digest() not in (one, two)
    with pytest.raises(ValueError, match="no two of them equal"):
        record.build([("recipient.1.country", "CN"), ("recipient.2.country", "CN")], bytes(range(16)) * 2)


def test_no_name_stands_twice_so_that_readers_cannot_pick() -> None:
    with pytest.raises(Malformed, match="each once"):
        Ledger().build([("recipient.1.name", "A"), ("recipient.1.name", "B")])


def test_numbered_thing_cannot_be_missing_in_the_middle() -> None:
    with pytest.raises(Malformed, match="without a gap after `recipient`"):
        Ledger().build([("recipient.1.name", "A"), ("recipient.3.name", "C")])


def test_second_recipient_cannot_be_added_behind_the_approval() -> None:
    with pytest.raises(Malformed, match="then approvals, then times"):
        Ledger().build([("recipient.1.name", "A"), ("approval.1.entry", 3), ("recipient.2.name", "B")])
    with pytest.raises(Malformed, match="then approvals, then times"):
        Ledger().build([("recipient.1.name", "A"), ("event-time", "now"), ("recipient.2.name", "B")])


def approved(by: str, approver: str, change: str = "A") -> None:
    """A disclosure signed by one member, approved by another for recipient A."""
    ledger = staffed()
    lines = [("approval.1.entry", 4)]
    built = ledger.build([("kind", "disclosure"), ("recipient.1.name", "A"), *lines])
    ledger.public("approval", f"approves {base64_text(built.approved_root)}", by=approver)
    approval = entry.parse(ledger.leaves[4])
    built = built if change == "A" else ledger.build([("kind", "disclosure"), ("recipient.1.name", change), *lines])
    signed = ledger.file("disclosure", built, by)
    check_references(built, signed, {4: approval})


def test_nobody_is_both_pairs_of_eyes() -> None:
    approved("m2", "m1")
    with pytest.raises(Malformed, match="an approval by another member"):
        approved("m2", "m2")


def test_what_was_approved_cannot_be_changed_after() -> None:
    with pytest.raises(Malformed, match="an approval of these lines"):
        approved("m2", "m1", change="B")


def twice(kind: str, later: str) -> None:
    """A record approved as this kind, filed as it, and once more as `later`."""
    ledger = staffed()
    built = ledger.build([("kind", kind), ("recipient.1.name", "A"), ("approval.1.entry", 4)])
    approval = ledger.public("approval", f"approves {base64_text(built.approved_root)}", by="m1")
    both = [one for as_ in (kind, later) for one in references.of(built, ledger.file(as_, built, "m2"))]
    for one in both:
        references.check_approvals(one, {4: approval}, references.first_named(both))


def test_one_approval_cannot_be_spent_on_two_transmittals() -> None:
    with pytest.raises(Malformed, match="an approval not spent on entry 5"):
        twice("disclosure", "disclosure")


def test_what_was_approved_as_a_request_cannot_go_out_as_a_disclosure() -> None:
    with pytest.raises(Malformed, match="an approved line `kind` that says disclosure"):
        twice("request", "disclosure")


# Follow-ups


def voided(*filed: str) -> None:
    """A disclosure to a party about a matter (4), voided by a correction filed under these terms."""
    ledger = staffed()
    party, matter = "party:lei:529900T8BM49AURSDO55", "matter:mofcom:2026-117"
    built = ledger.build([("purpose", "licence")], [party, matter])
    ledger.file("disclosure", built, "m2")
    void = ledger.build([("corrects", 4), ("reason", "not sent"), ("void", True)], filed)
    check_references(void, ledger.file("correction", void, "m2"), {4: built})


def test_correction_cannot_be_filed_where_no_partial_view_shows_it() -> None:
    voided("entry:4", "party:lei:529900T8BM49AURSDO55", "matter:mofcom:2026-117")
    with pytest.raises(Malformed, match="a correction filed under the entry that it follows up"):
        voided()


@pytest.mark.parametrize("left_out", ["party:lei:529900T8BM49AURSDO55", "matter:mofcom:2026-117"])
def test_follow_up_cannot_be_left_out_of_a_view_by_party_or_matter(left_out: str) -> None:
    wanted = {"entry:4", "party:lei:529900T8BM49AURSDO55", "matter:mofcom:2026-117"}
    with pytest.raises(Malformed, match="the party, subject and matter terms of entry 4"):
        voided(*sorted(wanted - {left_out}))


def test_document_has_one_hash_spelling_to_be_found_by() -> None:
    with pytest.raises(Malformed, match="64 lower-case hex digits"):
        Ledger().build([("item.1.sha256", "AB" * 32)])


def test_tag_without_a_term_line_and_term_without_a_tag_are_refused() -> None:
    ledger = Ledger.founded()
    filed = ledger.build([("a", 1)], ["class:price"])
    plain = ledger.build([("a", 1)])
    tag = ledger.entry_of("disclosure", filed).tags
    untagged = entry.parse(ledger.sign(ledger.next_entry("disclosure", record=filed.root)))
    unnamed = entry.parse(ledger.sign(ledger.next_entry("disclosure", record=plain.root, tags=tag)))
    with pytest.raises(Malformed, match="expected 0 terms"):
        check_record(filed, untagged)
    with pytest.raises(Malformed, match="expected 0 terms"):
        check_record(record.withhold(filed, ["term.1"]), untagged)
    with pytest.raises(Malformed, match="expected 1 terms"):
        check_record(plain, unnamed)
