"""A vault that is opened on a machine for the first time: what is proven of it, and what is pinned."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity, load
from keys.protectors.passphrase import Passphrase
from keys.provenance import Provenance
from tests.vault.attackers import all_entries, checkpoint_over, rewrite
from tests.vault.machine import ORIGIN, Machine, spoken
from tests.vault.members import admit
from vault.checking.steps import check
from vault.errors import Refused, Unpinned
from vault.evidence.verdicts import State, Verdict
from vault.opening import compare


class TestFirstUse:
    @pytest.fixture
    def elsewhere(self, machine: Machine, tmp_path: Path) -> Machine:
        """Another machine of the same member."""
        return machine.elsewhere(tmp_path / "elsewhere")

    def test_the_founders_own_machine_needs_no_step(self, machine: Machine) -> None:
        for _ in range(2):
            with machine.opened() as archive:
                assert (archive.known, archive.pinned, archive.new) == (True, True, False)
                assert check(archive).passes()

    def test_a_known_vault_on_a_new_machine_has_its_origin_proven_and_not_its_order(self, elsewhere: Machine) -> None:
        """What was cut off before this machine saw it, its pin cannot know."""
        for new in (True, False, False):
            with elsewhere.opened() as archive:
                assert (archive.known, archive.pinned, archive.new) == (True, False, new)
                report = check(archive)
                assert report.state(Verdict.ORDER) is State.NOT_PROVEN
                assert report.state(Verdict.ORIGIN) is State.PROVEN
                assert "first use" in report.why(Verdict.ORDER)
                archive.append([spoken()])  # neither looking nor writing makes it a word from outside
        with elsewhere.opened() as archive:
            assert compare(archive, elsewhere.identity, archive.fingerprint)
            assert check(archive).passes()
        with elsewhere.opened() as archive:
            assert archive.pinned
            assert check(archive).passes()

    def test_a_vault_cut_back_to_a_kept_checkpoint_is_not_proven_where_it_is_seen_first(
        self, machine: Machine, elsewhere: Machine
    ) -> None:
        """[Who has the record key cuts the ledger to a checkpoint that he kept; the copy is opened twice.]"""
        with machine.opened() as archive:
            note, found_entries = archive.checkpoint(), all_entries(archive)
            archive.append([spoken("what he would not have said")])
            rewrite(archive, found_entries, [(len(found_entries), note)])
            assert check(archive).state(Verdict.ORDER) is State.BROKEN
        shutil.rmtree(elsewhere.place.path)
        shutil.copytree(machine.place.path, elsewhere.place.path)
        for _ in range(3):
            with elsewhere.opened() as archive:
                assert check(archive).state(Verdict.ORDER) is State.NOT_PROVEN

    @pytest.fixture
    def theirs(self, machine: Machine, stranger: OpenIdentity) -> Machine:
        """The vault, handed to a second member whose identity and machine never knew it."""
        with machine.opened() as archive:
            admit(archive, stranger, "recorder")
        other = machine.of(stranger)
        shutil.copy(stranger.path, other.identity.path)
        return other

    def again(self, machine: Machine) -> Machine:
        """The machine of somebody who unlocks his identity file anew."""
        read = load(machine.identity.path).unlock([Passphrase(lambda: "battery staple")])
        return replace(machine, identity=read)

    def test_a_vault_nobody_vouches_for_stays_unproven(self, theirs: Machine) -> None:
        for _ in range(3):
            with theirs.opened() as archive:
                assert not archive.known
                report = check(archive)
                assert report.state(Verdict.ORIGIN) is report.state(Verdict.ORDER) is State.NOT_PROVEN
                for verdict in (Verdict.ORIGIN, Verdict.ORDER):
                    assert "trusted on first use, never compared" in report.why(verdict)
                fingerprint = archive.fingerprint
            theirs = self.again(theirs)
            assert theirs.identity.identity.fingerprint_of(ORIGIN) == fingerprint

    def test_a_vault_whose_fingerprint_was_compared_is_proven_from_then_on(self, theirs: Machine) -> None:
        with theirs.opened() as archive:
            assert compare(archive, theirs.identity, archive.fingerprint)
            assert check(archive).passes()
        again = self.again(theirs)
        known = again.identity.identity.known(ORIGIN)
        assert known is not None
        assert known.provenance is Provenance.COMPARED
        for one in (again, theirs):  # the pin knows it too, where the identity file could not be written
            with one.opened() as archive:
                assert check(archive).passes()

    def test_another_fingerprint_is_broken_and_what_was_taken_at_first_use_is_forgotten(self, theirs: Machine) -> None:
        with theirs.opened() as archive:
            assert not compare(archive, theirs.identity, "ab" * 32)
            report = check(archive)
            assert report.state(Verdict.ORIGIN) is report.state(Verdict.ORDER) is State.BROKEN
            assert "the fingerprint abab" in report.why(Verdict.ORIGIN)
        assert self.again(theirs).identity.identity.known(ORIGIN) is None

    def test_another_fingerprint_does_not_make_the_founder_forget(self, machine: Machine) -> None:
        machine.identity.save(machine.identity.identity)
        with machine.opened() as archive:
            assert not compare(archive, machine.identity, "ab" * 32)
            assert check(archive).state(Verdict.ORIGIN) is State.BROKEN
        reread = load(machine.identity.path).unlock([Passphrase(lambda: "correct horse")])
        known = reread.identity.known(ORIGIN)
        assert known is not None
        assert known.provenance is Provenance.FOUNDED

    def test_a_comparison_that_cannot_be_remembered_holds_for_once(self, elsewhere: Machine) -> None:
        lost = replace(elsewhere.identity, path=elsewhere.folder / "gone" / "identity")
        elsewhere = replace(elsewhere, identity=lost)
        with elsewhere.opened() as archive:
            assert not compare(archive, lost, archive.fingerprint)
            assert check(archive).passes()
        with elsewhere.opened() as archive:
            assert check(archive).state(Verdict.ORDER) is State.NOT_PROVEN

    def test_an_identity_that_lost_its_memory_learns_it_from_the_pin_of_the_founding(self, machine: Machine) -> None:
        """A crash between the founding and the identity file."""
        mine = machine.identity
        forgetful = replace(machine, identity=replace(mine, identity=mine.identity.without_vault(ORIGIN)))
        with forgetful.opened() as archive:
            assert check(archive).passes()
        known = load(mine.path).unlock([Passphrase(lambda: "correct horse")]).identity.known(ORIGIN)
        assert known is not None
        assert known.provenance is Provenance.FOUNDED

    def test_what_is_under_a_checkpoint_is_pinned_and_nothing_else(
        self, machine: Machine, tmp_path: Path, stranger: OpenIdentity
    ) -> None:
        with machine.opened() as archive:
            admit(archive, stranger, "recorder")
        with machine.of(stranger).opened() as archive:
            archive.append([spoken()])
        with machine.elsewhere(tmp_path / "elsewhere").opened() as archive:
            pin = archive.pins.read(archive.fingerprint)
            assert pin is not None
            assert (archive.ledger.size(), pin.last_seq, pin.covered) == (8, 6, 7)

    def test_without_a_checkpoint_the_genesis_is_pinned(self, machine: Machine, elsewhere: Machine) -> None:
        with elsewhere.opened() as archive:
            archive.database.execute("DELETE FROM checkpoint")
        shutil.rmtree(elsewhere.folder / "pins")
        with elsewhere.opened() as archive:
            pin = archive.pins.read(archive.fingerprint)
            assert pin is not None
            assert (pin.last_seq, pin.checkpoint) == (0, b"")

    def test_a_forged_checkpoint_is_not_pinned(self, elsewhere: Machine) -> None:
        with elsewhere.opened() as archive:
            note = archive.ledger.checkpoint()
            assert note is not None
            archive.database.execute("UPDATE checkpoint SET note=? WHERE kept=0", (note.replace(b"\n6\n", b"\n5\n"),))
        shutil.rmtree(elsewhere.folder / "pins")
        with elsewhere.opened() as archive:
            pin = archive.pins.read(archive.fingerprint)
            assert pin is not None
            assert pin.covered == 0
            assert not check(archive).passes()

    def test_a_signed_checkpoint_of_another_history_is_not_pinned(self, elsewhere: Machine) -> None:
        with elsewhere.opened() as archive:
            archive.ledger.put_checkpoint(*checkpoint_over(archive, all_entries(archive)[:5] * 2))
        shutil.rmtree(elsewhere.folder / "pins")
        with elsewhere.opened() as archive:
            pin = archive.pins.read(archive.fingerprint)
            assert pin is not None
            assert pin.covered == 0

    def test_what_others_signed_meanwhile_is_pinned_when_it_is_seen(self, machine: Machine, tmp_path: Path) -> None:
        """Having seen seven entries, a copy with six is a rollback, though this machine wrote none of them."""
        second = replace(machine, pinned_in="other machine")
        old = tmp_path / "old"
        shutil.copytree(machine.place.path, old)
        with second.opened():
            pass
        with machine.opened() as archive:
            archive.append([spoken()])
        with second.opened() as archive:
            pin = archive.pins.read(archive.fingerprint)
            assert pin is not None
            assert (pin.last_seq, pin.covered) == (6, 7)
        shutil.rmtree(machine.place.path)
        shutil.copytree(old, machine.place.path)
        with pytest.raises(Refused, match="rolled back"):
            second.open()

    def test_a_pin_that_cannot_be_written_hinders_nobody_from_reading(self, elsewhere: Machine) -> None:
        (elsewhere.folder / "pins").symlink_to("nowhere")
        for _ in range(2):
            with elsewhere.opened() as archive:
                assert not archive.pinned
                assert archive.read(3).values()["purpose"] == "licence"
                assert check(archive).state(Verdict.ORDER) is State.NOT_PROVEN
        with elsewhere.opened() as archive:
            with pytest.raises(Unpinned, match="entry 6 was written, but not pinned") as caught:
                archive.append([spoken()])
            assert "do not repeat it" in caught.value.hint
            assert "nothing was written" not in caught.value.hint

    def test_an_identity_that_cannot_be_written_is_no_hindrance(self, machine: Machine, tmp_path: Path) -> None:
        elsewhere = machine.elsewhere(tmp_path / "elsewhere")
        identity = elsewhere.identity.identity.without_vault(ORIGIN)
        lost = replace(elsewhere.identity, path=tmp_path / "gone" / "identity", identity=identity)
        with replace(elsewhere, identity=lost).opened() as archive:
            assert not archive.known
            assert check(archive).state(Verdict.ORIGIN) is State.NOT_PROVEN
