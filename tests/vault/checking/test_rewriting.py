"""Rewriting history: caught by `verify` without the signing keys, and with them by whoever saw an earlier head."""

import shutil
from pathlib import Path

import pytest

from tests.vault import attackers
from tests.vault.attackers import ATTACKS, Rewrite, all_entries, checkpoint_over, rewrite
from tests.vault.checking.findings import check
from tests.vault.machine import START, Machine, spoken
from vault.archive import Archive
from vault.errors import Damaged, Refused
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State, Verdict
from vault.ledger.store import NewEntry
from vault.opening import compare

CORE = (Verdict.INTEGRITY, Verdict.ORDER, Verdict.ORIGIN)


def broken(archive: Archive) -> set[Verdict]:
    report = check(archive, documents=True)
    assert not report.passes()
    return {verdict for verdict in Verdict if report.state(verdict) is State.BROKEN}


@pytest.fixture
def entries(archive: Archive) -> list[NewEntry]:
    return all_entries(archive)


def test_the_untouched_vault_is_proven(archive: Archive) -> None:
    report = check(archive, documents=True)
    assert report.passes()
    assert {verdict: report.state(verdict) for verdict in CORE} == dict.fromkeys(CORE, State.PROVEN)
    assert (report.entries, report.transmittals, report.checkpoint, report.documents) == (6, 4, 6, 4)
    assert report.remarks == report.skipped == []
    assert report.why(Verdict.TIME) == "anchor: expected a timestamp over a checkpoint, found 'none'"
    assert report.why(Verdict.COMPLETENESS).startswith("index: expected an index recomputed by somebody independent")


def test_writing_anew_what_is_there_is_no_attack(archive: Archive, entries: list[NewEntry]) -> None:
    rewrite(archive, entries, None)
    assert check(archive, documents=True).passes()


@pytest.mark.parametrize("mend", [False, True], ids=["left", "relinked"])
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
class TestWithoutSigningKeys:
    """All files and the record key are the attacker's. Each attack leaves the links torn, or mends them."""

    def wanted(self, entries: list[NewEntry], attack: Rewrite, mend: bool) -> list[NewEntry]:
        attacked = attack(entries)
        return attackers.mended(attacked) if mend else attacked

    def test_is_caught_where_the_vault_is_at_home(
        self, archive: Archive, entries: list[NewEntry], attack: Rewrite, mend: bool
    ) -> None:
        rewrite(archive, self.wanted(entries, attack, mend), None)
        assert Verdict.ORDER in broken(archive)

    def test_is_caught_without_any_checkpoint_left(
        self, archive: Archive, entries: list[NewEntry], attack: Rewrite, mend: bool
    ) -> None:
        rewrite(archive, self.wanted(entries, attack, mend), [])
        assert Verdict.ORDER in broken(archive)

    def test_is_not_proven_where_nobody_saw_the_vault_before(
        self, machine: Machine, tmp_path: Path, entries: list[NewEntry], attack: Rewrite, mend: bool
    ) -> None:
        with machine.opened() as archive:
            rewrite(archive, self.wanted(entries, attack, mend), [])
        with machine.elsewhere(tmp_path / "elsewhere").opened() as fresh:
            assert not check(fresh).passes()

    def test_no_checkpoint_is_signed_over_it(
        self, machine: Machine, archive: Archive, entries: list[NewEntry], attack: Rewrite, mend: bool
    ) -> None:
        rewrite(archive, self.wanted(entries, attack, mend), None)
        for act in (archive.checkpoint, lambda: archive.append([spoken()])):
            with pytest.raises((Refused, Damaged)):
                act()
        assert archive.ledger.size() == len(attack(entries))


@pytest.mark.parametrize("attack", [*ATTACKS, attackers.extending], ids=lambda attack: attack.__name__)
class TestWithEveryKey:
    """The owner writes another history and signs all of it."""

    def attacked(self, archive: Archive, entries: list[NewEntry], attack: Rewrite) -> None:
        wanted = attackers.signed_anew(archive, attack(entries))
        rewrite(archive, wanted, [checkpoint_over(archive, wanted)])

    def test_a_machine_that_never_saw_it_does_not_prove_it_however_often_it_looks(
        self, machine: Machine, tmp_path: Path, entries: list[NewEntry], attack: Rewrite
    ) -> None:
        with machine.opened() as archive:
            self.attacked(archive, entries, attack)
        other = machine.elsewhere(tmp_path / "elsewhere")
        for _ in range(3):
            with other.opened() as fresh:
                assert check(fresh, documents=True).state(Verdict.ORDER) is State.NOT_PROVEN

    def test_who_compares_the_fingerprint_alone_is_deceived(
        self, machine: Machine, tmp_path: Path, entries: list[NewEntry], attack: Rewrite
    ) -> None:
        """The first entry is the true one: only a checkpoint that somebody kept tells, and the verdict says so."""
        with machine.opened() as archive:
            self.attacked(archive, entries, attack)
        other = machine.elsewhere(tmp_path / "elsewhere")
        with other.opened() as fresh:
            compare(fresh, other.identity, fresh.fingerprint)
            report = check(fresh, documents=True)
            assert report.passes()
            assert "a second history was not ruled out" in report.why(Verdict.ORDER)

    def test_the_pin_of_who_saw_the_head_catches_it(
        self, machine: Machine, archive: Archive, entries: list[NewEntry], attack: Rewrite
    ) -> None:
        self.attacked(archive, entries, attack)
        if attack is attackers.extending:  # that one is a lawful entry
            assert check(archive).passes()
            return
        assert broken(archive) == {Verdict.ORDER}
        with pytest.raises(Refused, match=r"rolled back|forked or rewritten"):
            machine.open()

    def test_the_pin_catches_it_without_a_checkpoint_in_it(
        self, machine: Machine, archive: Archive, entries: list[NewEntry], attack: Rewrite
    ) -> None:
        path = machine.folder / "pins" / archive.fingerprint
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:4]))
        self.attacked(archive, entries, attack)
        if attack is attackers.extending:
            return
        assert broken(archive) == {Verdict.ORDER}
        with pytest.raises(Refused, match=r"rolled back|forked or rewritten"):
            machine.open()


def test_a_stored_leaf_hash_left_as_it_was_does_not_satisfy_the_pin(
    machine: Machine, archive: Archive, entries: list[NewEntry]
) -> None:
    last = len(entries) - 1
    (before,) = archive.database.row("SELECT hash FROM node WHERE level=0 AND number=?", (last,))
    path = machine.folder / "pins" / archive.fingerprint
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:4]))
    wanted = attackers.signed_anew(archive, [*entries[:last], attackers.changing(entries)[3]])
    rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
    archive.database.execute("UPDATE node SET hash=? WHERE level=0 AND number=?", (before, last))
    assert Verdict.ORDER in broken(archive)
    with pytest.raises(Refused, match="forked or rewritten"):
        machine.open()


def test_an_unacknowledged_tail_may_go(machine: Machine, tmp_path: Path) -> None:
    """An entry whose pin was never written was never acknowledged: cut back to the checkpoint before, nobody knows."""
    before = machine.copied(tmp_path / "before")
    with machine.opened() as archive:
        note, found = archive.ledger.checkpoint(), all_entries(archive)
        assert note is not None
        archive.append([spoken()])
        shutil.rmtree(machine.folder / "pins")
        shutil.copytree(before.folder / "pins", machine.folder / "pins")
        rewrite(archive, found, [(len(found), note)])
        assert check(archive).passes()
    with machine.opened() as archive:
        assert check(archive).passes()


def test_a_tail_under_no_checkpoint_is_not_proven(archive: Archive) -> None:
    archive.database.execute("DELETE FROM checkpoint")
    report = check(archive)
    assert report.state(Verdict.ORDER) is State.PROVEN  # the pin keeps the newest checkpoint, too
    path = archive.pins.folder / archive.fingerprint
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:4]))
    report = check(archive)
    assert report.state(Verdict.ORDER) is State.NOT_PROVEN
    assert "entries 0 to 5" in report.why(Verdict.ORDER)


def test_a_forged_entry_is_named_with_what_was_expected(archive: Archive, entries: list[NewEntry]) -> None:
    rewrite(archive, attackers.changing(entries), None)
    report = check(archive)
    assert "entry 3: expected a valid Ed25519 signature" in report.why(Verdict.ORIGIN)
    assert report.why(Verdict.ORDER).startswith("entry 4: expected previous ")


def test_an_entry_by_a_stranger_is_broken(archive: Archive, entries: list[NewEntry]) -> None:
    other = attackers.forged(entries[3])
    name = b"\xe2\x80\x94 magnets.example/disclosures/m1 "
    assert name in other.leaf
    leaf = other.leaf.replace(name, name.replace(b"m1", b"m9"))
    rewrite(archive, [*entries[:3], NewEntry(other.kind, leaf, other.record), *entries[4:]], None)
    report = check(archive)
    assert report.state(Verdict.ORIGIN) is State.BROKEN
    assert any("entry 3" in fault.where and "m9" in fault.found for fault in report.faults[Verdict.ORIGIN])


def test_a_garbled_genesis_is_named_and_breaks_nothing_else_down(archive: Archive, entries: list[NewEntry]) -> None:
    rewrite(archive, [NewEntry("genesis", b"no genesis"), *entries[1:]], None)
    report = check(archive)
    assert {report.state(verdict) for verdict in CORE} == {State.BROKEN}
    where = {fault.where for fault in report.faults[Verdict.ORIGIN]}
    assert {"checkpoint 1", "checkpoint 6", "pinned checkpoint 6", "entry 0", "entry 3"} <= where
    assert any("log keys that a genesis declares" in fault.expected for fault in report.faults[Verdict.ORIGIN])


def test_another_genesis_is_another_vault(archive: Archive, entries: list[NewEntry]) -> None:
    """Its owner writes all of it anew, from the first entry on; the fingerprint is known from outside."""
    genesis = attackers.forged(entries[0], time=START)
    wanted = attackers.signed_anew(archive, [genesis, *entries[1:]])
    rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
    report = check(archive)
    for verdict in (Verdict.ORDER, Verdict.ORIGIN):
        assert any(
            fault.where == "entry 0" and archive.fingerprint in fault.expected for fault in report.faults[verdict]
        )


def test_bytes_that_are_no_entry_are_named(archive: Archive, entries: list[NewEntry]) -> None:
    garbled = NewEntry("disclosure", b"not an entry", entries[3].record)
    rewrite(archive, [*entries[:3], garbled, *entries[4:]], None)
    report = check(archive)
    assert report.state(Verdict.INTEGRITY) is State.BROKEN
    assert any(fault.where.startswith("entry 3") for fault in report.faults[Verdict.INTEGRITY])
    # The garbled one still counts as a leaf, so what comes after it is judged at its place.
    where = {fault.where for fault in report.faults[Verdict.ORDER] if fault.state is State.BROKEN}
    assert where == {"entry 4", "checkpoint 6", "pinned checkpoint 6"}
    assert report.entries == 6
    with pytest.raises((Malformed, Damaged, Refused)):
        archive.append([spoken()])
