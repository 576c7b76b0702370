"""Tampering with what is signed beside the entries: checkpoints, the keyring, and who may sign what."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from keys import keyring
from keys.identity_file import OpenIdentity
from tests.vault.attackers import all_entries, checkpoint_over, rewrite, signed
from tests.vault.checking.findings import INTEGRITY, ORDER, ORIGIN_, check, faults
from tests.vault.machine import ORIGIN, Machine, fill, found, spoken
from tests.vault.members import admit
from vault.archive import Archive
from vault.errors import Damaged, Refused
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State
from vault.ledger.store import NewEntry


class TestCheckpoints:
    def test_one_of_another_vault(self, machine: Machine, tmp_path: Path, identity: OpenIdentity) -> None:
        other = found(tmp_path / "other", identity, origin="other.example/log")
        fill(other)
        with other.opened() as theirs, machine.opened() as archive:
            note = theirs.ledger.checkpoint()
            archive.database.execute("UPDATE checkpoint SET note=?", (note,))
            assert "origin" in str(faults(archive, ORIGIN_)[0])
            with pytest.raises(Malformed):
                archive.append([spoken()])
        with machine.opened() as again:  # opening leaves it to `verify` to name it
            assert not check(again).passes()

    def test_one_of_another_size_of_this_vault(self, archive: Archive) -> None:
        archive.append([spoken()])
        archive.database.execute("UPDATE checkpoint SET size=size-1 WHERE kept=0")
        (fault,) = faults(archive, ORDER)
        assert fault.where == "checkpoint 6"

    def test_one_over_entries_that_are_not_there(self, archive: Archive) -> None:
        archive.database.execute("UPDATE checkpoint SET size=40 WHERE kept=0")
        assert {fault.where for fault in faults(archive, ORDER)} >= {"checkpoint 40"}

    @pytest.mark.parametrize("line", [-1, -2])
    def test_one_signature_missing(self, archive: Archive, line: int) -> None:
        note = archive.ledger.checkpoint()
        assert note is not None
        lines = note.splitlines(keepends=True)
        del lines[line]
        archive.database.execute("UPDATE checkpoint SET note=?", (b"".join(lines),))
        assert faults(archive, ORIGIN_)

    @pytest.mark.parametrize("size", [0, -4])
    def test_one_over_nothing(self, archive: Archive, size: int) -> None:
        archive.database.execute("INSERT INTO checkpoint SELECT ?, 1, note FROM checkpoint WHERE kept=0", (size,))
        report = check(archive)
        assert not report.passes()

    def test_bytes_that_are_none(self, archive: Archive) -> None:
        archive.database.execute("UPDATE checkpoint SET note=x'00'")
        assert faults(archive, ORIGIN_)

    def test_another_root_signed_by_the_log(self, archive: Archive) -> None:
        size, note = checkpoint_over(archive, [NewEntry("x", b"other")] * 6)
        archive.ledger.put_checkpoint(size, note)
        (fault,) = faults(archive, ORDER)
        assert fault.where == "checkpoint 6"


class TestKeyring:
    @pytest.fixture
    def admitted(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> Callable[[], bytes]:
        """Admits a second member; returns the keyring from before."""

        def act() -> bytes:
            before = machine.place.keyring.read_bytes()
            admit(archive, stranger, "auditor")
            return before

        return act

    def test_edited(self, machine: Machine, archive: Archive) -> None:
        path = machine.place.keyring
        path.write_bytes(path.read_bytes().replace(b"m1 ", b"m7 "))
        assert check(archive).state(ORIGIN_) is State.BROKEN
        with pytest.raises((Refused, Damaged, Malformed)):
            machine.open()

    def test_swapped_for_that_of_another_vault(self, machine: Machine, archive: Archive, tmp_path: Path) -> None:
        other = found(tmp_path / "other", machine.identity, origin="other.example/log")
        shutil.copy(other.place.keyring, machine.place.keyring)
        assert faults(archive, ORIGIN_)[0].where == "keyring"
        with pytest.raises(Refused, match=r"is of other\.example/log"):
            machine.open()

    def test_rolled_back(self, machine: Machine, archive: Archive, admitted: Callable[[], bytes]) -> None:
        before = admitted()
        assert check(archive).passes()
        machine.place.keyring.write_bytes(before)
        assert "newest key entry" in faults(archive, ORIGIN_)[0].found
        with pytest.raises(Damaged, match="not the one that the newest key entry"):
            machine.open()

    def test_rolled_back_with_its_key_entry_hidden(
        self, machine: Machine, archive: Archive, admitted: Callable[[], bytes]
    ) -> None:
        """The record key lets one file the key entry as something else, so that opening does not find it."""
        machine.place.keyring.write_bytes(admitted())
        archive.database.execute("UPDATE entry SET kind='party', number=99 WHERE kind='key'")
        with machine.opened() as deceived:
            report = check(deceived)
            assert report.state(INTEGRITY) is report.state(ORIGIN_) is State.BROKEN
            assert "to be filed as key 1" in report.why(INTEGRITY)

    def test_signed_by_somebody_else(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        ring = keyring.parse(machine.place.keyring.read_bytes()).unverified
        machine.place.keyring.write_bytes(keyring.sign(ring, stranger.identity.signer(f"{ORIGIN}/m1")))
        assert faults(archive, ORIGIN_)
        with pytest.raises(Damaged, match="not the one"):
            machine.open()

    @pytest.mark.parametrize("name", ["m1", "m2"])
    def test_named_by_the_ledger_but_not_signed_by_a_custodian(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity, name: str
    ) -> None:
        """A custodian's slip, or a program's: the hash alone does not make a keyring."""
        admit(archive, stranger, "auditor")
        ring = keyring.parse(machine.place.keyring.read_bytes()).unverified
        data = keyring.sign(ring, stranger.identity.signer(f"{ORIGIN}/{name}"))
        machine.place.keyring.write_bytes(data)
        archive.append_public("key", [f"keyring {keyring.parse(data).sha256}"])
        (fault,) = faults(archive, ORIGIN_)
        assert fault.where.startswith("keyring")
        with pytest.raises((Damaged, Malformed)):
            machine.open()

    def test_missing(self, machine: Machine, archive: Archive) -> None:
        machine.place.keyring.unlink()
        assert "is missing" in faults(archive, ORIGIN_)[0].found
        with pytest.raises(Damaged, match="keyring is missing"):
            machine.open()


class TestSigners:
    @pytest.mark.parametrize("roles", ["auditor", "checkpointer"])
    def test_who_may_not_record(self, machine: Machine, archive: Archive, stranger: OpenIdentity, roles: str) -> None:
        admit(archive, stranger, roles)
        wanted = self.recorded_by(archive, stranger, "m2")
        rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
        (fault,) = faults(archive, ORIGIN_)
        assert fault.where == "entry 7"
        assert "signed by a custodian or reader or recorder" in fault.expected

    def test_who_is_no_member(self, archive: Archive, stranger: OpenIdentity) -> None:
        wanted = self.recorded_by(archive, stranger, "m2")
        rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
        assert "by a member at this point" in faults(archive, ORIGIN_)[0].expected

    def test_who_bears_a_members_name(self, archive: Archive, stranger: OpenIdentity) -> None:
        wanted = self.recorded_by(archive, stranger, "m1")
        rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
        assert faults(archive, ORIGIN_)[0].where == "entry 6"

    def test_a_recorder_may(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        admit(archive, stranger, "recorder")
        wanted = self.recorded_by(archive, stranger, "m2")
        rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
        assert check(archive, documents=True).passes()

    def recorded_by(self, archive: Archive, identity: OpenIdentity, name: str) -> list[NewEntry]:
        """All entries, and a disclosure signed by `identity` as `name`."""
        found = all_entries(archive)
        signer = identity.identity.signer(f"{ORIGIN}/{name}")
        writer = replace(archive, secrets=replace(archive.secrets, signer=signer))
        head, model = archive.ledger.head(), archive.entry(3).entry
        entry = model._replace(seq=head.size, previous=head.last)
        return [*found, found[3]._replace(leaf=signed(writer, entry).leaf)]
