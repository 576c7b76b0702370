"""Members: each may do what his keys and roles allow, nobody builds on what no member signed."""

from io import BytesIO

import pytest

from keys.identity_file import OpenIdentity
from tests.vault.attackers import all_entries, mended, rewrite
from tests.vault.machine import (
    Machine,
    disclose,
    files,
    spoken,
)
from tests.vault.members import admit, remove
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Damaged, Refused, Unavailable
from vault.evidence.verdicts import State, Verdict


class TestMembers:
    def test_an_auditor_is_refused_and_nothing_is_left(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, stranger, "auditor")
        with machine.of(stranger).opened() as theirs:
            before = files(theirs)
            with pytest.raises(Refused, match="may not sign a disclosure"):
                disclose(theirs, b"never")
            assert files(theirs) == before
            assert theirs.ledger.size() == 7
            assert theirs.read(3).values()["purpose"] == "licence"
            with pytest.raises(Refused, match="holds no content key"):
                theirs.get(next(theirs.documents.all()), BytesIO())
            report = check(theirs, documents=True)
            assert report.documents == 4
            assert "contents were not opened" in report.skipped[0]
            assert report.state(Verdict.INTEGRITY) is State.PROVEN

    def test_a_checkpointer_holds_no_index_key_and_is_refused(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, stranger, "checkpointer")
        with machine.of(stranger).opened() as theirs:
            with pytest.raises(Refused, match="holds no index key"):
                theirs.append([spoken()])
            theirs.checkpoint()
            assert check(theirs, documents=True).state(Verdict.INTEGRITY) is State.PROVEN

    def test_a_recorders_entries_are_pinned_and_wait_for_a_checkpoint(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, stranger, "recorder")
        with machine.of(stranger).opened() as theirs:
            disclose(theirs, b"recorded")
            pin = theirs.pins.read(theirs.fingerprint)
            assert pin is not None
            assert (pin.last_seq, pin.covered) == (7, 7)
            report = check(theirs)
            assert report.state(Verdict.ORDER) is State.NOT_PROVEN
            assert any("entries 7 to 7" in fault.where for fault in report.faults[Verdict.ORDER])
            with pytest.raises(Refused, match="holds no log key"):
                theirs.checkpoint()
        archive.append([spoken()])
        assert check(archive, documents=True).passes()

    @pytest.mark.parametrize("mend", [False, True], ids=["torn", "relinked"])
    def test_no_checkpoint_is_signed_over_what_a_stranger_put_into_the_tail(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity, mend: bool
    ) -> None:
        """Once a checkpoint covers it, it could never be taken out again."""
        admit(archive, stranger, "auditor")
        whole = all_entries(archive)
        with machine.of(stranger).opened() as theirs:
            forged = [*whole, whole[3]]
            rewrite(theirs, mended(forged) if mend else forged, None)
        with pytest.raises(Damaged, match="nothing is added or signed while entry 7 stands"):
            archive.append([spoken()])
        rewrite(archive, whole, None)
        archive.append([spoken()])
        assert check(archive, documents=True).passes()

    def test_a_recorder_does_not_build_on_it_either(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, stranger, "recorder")
        whole = all_entries(archive)
        with machine.of(stranger).opened() as theirs:
            theirs.append([spoken()])
            grown = all_entries(archive)
            rewrite(archive, [*grown, whole[3]], None)
            with pytest.raises(Damaged, match="nothing is added or signed while entry 8 stands"):
                theirs.append([spoken()])
            rewrite(archive, grown, None)
            theirs.append([spoken()])
        archive.append([spoken()])
        assert check(archive, documents=True).passes()

    def test_keys_changed_meanwhile_stop_an_append(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        """A member removed while his vault is open must not go on, nor anybody under an old index key."""
        admit(archive, stranger, "recorder")
        with machine.of(stranger).opened() as theirs:
            remove(archive, "m2")
            before = files(theirs)
            with pytest.raises(Unavailable, match="keys of this vault were changed"):
                disclose(theirs, b"never")
            assert files(theirs) == before
        assert archive.ledger.size() == 8
        assert check(archive).passes()

    def test_who_was_removed_opens_nothing(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        admit(archive, stranger, "recorder")
        remove(archive, "m2")
        with pytest.raises(Refused, match="opens no keys"):
            machine.of(stranger).open()

    def test_a_public_entry_by_the_wrong_member_is_refused(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, stranger, "recorder")
        with machine.of(stranger).opened() as theirs, pytest.raises(Refused) as caught:
            theirs.append_public("policy", ["rule retain 10y"])
        assert caught.value.hint == "a custodian may"
