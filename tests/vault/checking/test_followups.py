"""What records refer to: approvals and follow-ups that a signed ledger can still get wrong are named by `verify`."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from keys.identity_file import OpenIdentity
from keys.signing import Signer
from tests.vault.attackers import all_entries, checkpoint_over, rewrite, signed
from tests.vault.checking.findings import INTEGRITY, ORIGIN_, faults
from tests.vault.machine import LEI, ORIGIN, START, Machine
from tests.vault.members import admit
from vault.archive import Archive
from vault.checking.followups import FollowUps
from vault.checking.steps import check
from vault.evidence import merkle, note, references
from vault.evidence import record as records
from vault.evidence.entry import Entry
from vault.evidence.record import Record, Value
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import State
from vault.evidence.vrf import term_input
from vault.ledger.store import NewEntry, SealedRecord
from vault.sealing import box

NAME = "party-name:CN:ganzhou magnet"  # of the party in entry 1


@dataclass
class Office:
    """m1 is custodian, m2 records; entries and records of any words are put in the place of all there were."""

    archive: Archive
    second: Signer
    entries: list[NewEntry] = field(init=False)

    def __post_init__(self) -> None:
        self.entries = all_entries(self.archive)

    def build(self, *lines: tuple[str, Value], terms: Iterable[str] = (LEI,)) -> Record:
        at = next((place for place, (name, _) in enumerate(lines) if name.startswith("approval.")), len(lines))
        filed = [(f"term.{number}", term) for number, term in enumerate(terms, 1)]
        pairs = [*lines[:at], *filed, *lines[at:]]
        return records.build(pairs, bytes(range(16 * len(pairs))) if len(pairs) < 16 else b"")

    def add(self, kind: str, body: Record | str, by: str = "m2") -> int:
        """Append an entry of a record or of a public line, signed by a member; returns its number."""
        archive, previous = self.archive, merkle.leaf_hash(self.entries[-1].leaf)
        entry = Entry(ORIGIN, len(self.entries), kind, START, previous)
        if isinstance(body, str):
            entry, sealed = entry._replace(public_lines=(body,)), None
        else:
            tags = sorted(archive.secrets.index[1].tag(term_input(term)) for term in body.terms())
            entry = entry._replace(record=body.root, tags=tuple(tags))
            sealed = SealedRecord(*box.seal(records.render(body), archive.secrets.wrapping[1], archive.random))
        signer = archive.secrets.signer if by == "m1" else self.second
        writer = replace(archive, secrets=replace(archive.secrets, signer=signer))
        self.entries.append(NewEntry(kind, signed(writer, entry).leaf, sealed))
        return entry.seq

    def approved(self, kind: str = "disclosure", by: str = "m1", at: int | None = None) -> Record:
        """A record with an approval by a member, in the next entry or in the one that it names all the same."""
        seq = len(self.entries) if at is None else at
        built = self.build(("kind", kind), ("purpose", "licence"), ("approval.1.entry", seq))
        self.add("approval", f"approves {base64_text(built.approved_root)}", by)
        return built

    def written(self) -> Archive:
        rewrite(self.archive, self.entries, [checkpoint_over(self.archive, self.entries)])
        return self.archive


@pytest.fixture
def office(machine: Machine, archive: Archive, stranger: OpenIdentity) -> Office:
    name = admit(archive, stranger, "recorder")
    return Office(archive, stranger.identity.signer(f"{ORIGIN}/{name}"))


class TestApprovals:
    def test_one_that_counts(self, office: Office) -> None:
        office.add("disclosure", office.approved())
        office.add("request", office.approved("request"))
        assert check(office.written(), documents=True).passes()

    def test_an_entry_that_is_no_approval(self, office: Office) -> None:
        built = office.build(("kind", "disclosure"), ("purpose", "x"), ("approval.1.entry", 3))
        office.add("disclosure", built)
        (fault,) = faults(office.written(), INTEGRITY)
        assert str(fault) == "record of entry 7: expected an approval before entry 7, found 'entry 3'"

    @pytest.mark.parametrize("seq", [0, 7, 8, 9, 2**53 - 1])
    def test_an_entry_that_cannot_be_one(self, office: Office, seq: int) -> None:
        office.approved(at=seq)  # in entry 7
        office.add("disclosure", office.build(("kind", "disclosure"), ("purpose", "x"), ("approval.1.entry", seq)))
        assert faults(office.written(), INTEGRITY)[0].where == "record of entry 8"

    def test_one_spent_twice(self, office: Office) -> None:
        built = office.approved()
        office.add("disclosure", built)
        office.add("disclosure", built)
        (fault,) = faults(office.written(), INTEGRITY, documents=False)
        assert str(fault) == "record of entry 9: expected an approval not spent on entry 8, found 'entry 7'"

    def test_one_for_another_kind(self, office: Office) -> None:
        office.add("disclosure", office.approved("request"))
        (fault,) = faults(office.written(), INTEGRITY)
        assert "an approved line `kind` that says disclosure" in str(fault)

    def test_ones_own(self, office: Office) -> None:
        office.add("disclosure", office.approved(by="m2"))
        (fault,) = faults(office.written(), INTEGRITY)
        assert "an approval by another member" in str(fault)

    def test_one_by_an_auditor(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        """His signature holds, and he may sign nothing: the record is broken by it as well as the approval."""
        admit(archive, stranger, "auditor")
        office = Office(archive, stranger.identity.signer(f"{ORIGIN}/m2"))
        office.add("disclosure", office.approved(by="m2"), by="m1")
        report = check(office.written())
        assert report.state(INTEGRITY) is report.state(ORIGIN_) is State.BROKEN
        assert "expected an approval before entry 8" in report.why(INTEGRITY)

    def test_one_whose_signature_fails(self, office: Office) -> None:
        office.add("disclosure", office.approved())
        approval = note.parse(office.entries[7].leaf)
        (claimed,) = approval.unverified_signatures
        forged = note.render(approval.text, [claimed._replace(value=bytes(32) + claimed.value[32:])])
        office.entries[7] = office.entries[7]._replace(leaf=forged)
        report = check(office.written())
        assert "expected an approval before entry 8" in report.why(INTEGRITY)

    def test_one_by_a_member_revoked_later(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        admit(archive, stranger, "recorder")
        office = Office(archive, stranger.identity.signer(f"{ORIGIN}/m2"))
        office.add("disclosure", office.approved(by="m2"), by="m1")
        keyring = f"keyring {archive.history.keyring.hex()}"
        office.written().append_public("key", ["revoke m2 7", keyring])
        report = check(archive)
        assert report.state(INTEGRITY) is State.PROVEN
        found = {fault.where: fault.state for fault in report.faults[ORIGIN_]}
        assert found["approval 7 of entry 8"] is State.NOT_PROVEN

    def test_the_order_in_which_they_were_collected_does_not_matter(self, office: Office) -> None:
        """Shards of a walk end in any order."""
        built = office.approved()
        office.add("disclosure", built)
        office.add("disclosure", built)
        archive = office.written()
        collected = [one for seq in (9, 8) for one in records_of(archive, seq)]
        assert [fault.where for fault in FollowUps(archive).check(collected)] == ["record of entry 9"]


def records_of(archive: Archive, seq: int) -> list[references.Reference]:
    return references.of(archive.read(seq), archive.entry(seq))


class TestFollowUps:
    ABOUT = (("corrects", 1), ("reason", "never dealt with"), ("void", True))

    @pytest.mark.parametrize("documents", [False, True])
    def test_one_that_is_found(self, office: Office, documents: bool) -> None:
        office.add("correction", office.build(*self.ABOUT, terms=["entry:1", LEI, NAME]))
        assert check(office.written(), documents=documents).passes()

    @pytest.mark.parametrize("documents", [False, True])
    @pytest.mark.parametrize("terms", [[], [LEI, NAME], ["entry:1", LEI], ["entry:2", LEI, NAME]])
    def test_one_that_a_partial_view_leaves_out(self, office: Office, terms: list[str], documents: bool) -> None:
        office.add("correction", office.build(*self.ABOUT, terms=terms))
        (fault,) = faults(office.written(), INTEGRITY, documents=documents)
        assert fault.where == "record of entry 7"
        assert "lei" not in str(fault)  # terms are secret

    def test_one_of_a_follow_up(self, office: Office) -> None:
        office.add("correction", office.build(*self.ABOUT, terms=["entry:1", LEI, NAME]))
        about = (("corrects", 7), ("reason", "not so"))
        office.add("correction", office.build(*about, terms=["entry:7", LEI, NAME]))
        (fault,) = faults(office.written(), INTEGRITY)
        assert (
            str(fault) == "record of entry 8: expected a term entry:1, the first that entry 7 follows up, found 'none'"
        )

    def test_one_of_an_erased_record_is_judged_by_its_own_lines(self, office: Office) -> None:
        office.add("correction", office.build(*self.ABOUT, terms=["entry:1"]))
        archive = office.written()
        archive.database.execute("DELETE FROM record_wrap WHERE seq=1")
        assert {fault.where for fault in faults(archive, INTEGRITY)} == {"record of entry 1"}
