"""Heads: never a checkpoint below or beside one that was signed, never a vault older than or beside what was seen."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity
from tests.vault.attackers import all_entries, changing, checkpoint_over, rewrite, signed_anew
from tests.vault.machine import (
    Machine,
    spoken,
)
from tests.vault.members import admit
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Damaged, Refused, Unavailable
from vault.evidence.checkpoint import open_checkpoint
from vault.evidence.index import Tree
from vault.evidence.strict import Malformed, base64_text
from vault.index.store import IndexStore


class TestSeenBefore:
    def test_an_older_copy_put_back_is_refused(self, machine: Machine, tmp_path: Path) -> None:
        before = machine.copied(tmp_path / "before")
        with machine.opened() as archive:
            archive.append([spoken()])
        old = replace(before, folder=before.folder)
        (before.folder / "pins").rename(before.folder / "old pins")
        (machine.folder / "pins").rename(before.folder / "pins")
        with pytest.raises(Refused, match="rolled back: it has 6 entries, 7 were seen"):
            old.open()

    def test_a_copy_that_went_on_by_itself_is_refused_where_the_first_was_seen(
        self, machine: Machine, tmp_path: Path
    ) -> None:
        other = machine.copied(tmp_path / "other")
        for each, purpose in ((machine, "here"), (other, "there")):
            with each.opened() as archive:
                archive.append([spoken(purpose)])
                archive.append([spoken(purpose)])
        (other.folder / "vault").rename(tmp_path / "met")
        (machine.folder / "vault").rename(tmp_path / "mine")
        (tmp_path / "met").rename(machine.folder / "vault")
        with pytest.raises(Refused, match="forked or rewritten: it lacks entry 7"):
            machine.open()

    def test_a_fork_between_check_and_pin_is_refused_when_pinning(self, machine: Machine, tmp_path: Path) -> None:
        """Two copies open at the same moment under one pin: the second to pin learns of it."""
        copy = tmp_path / "copy"
        machine.copied(copy)
        (copy / "pins").rename(tmp_path / "aside")
        (copy / "pins").symlink_to(machine.folder / "pins")
        other = replace(machine, folder=copy)
        with machine.opened() as one, other.opened() as two:
            one.append([spoken("here")])
            with pytest.raises(Refused, match="rolled back"):
                two.append([spoken("there")])
            assert two.ledger.size() == 6
            with two.ledger.appending():  # as if it had looked before the first had pinned
                two.ledger.append(two.ledger.head(), [all_entries(two)[3]])
            with pytest.raises(Refused, match="entry 6 was written, but not pinned") as caught:
                two.heads.pin(two.history, two.ledger.head(), b"")
            assert "do not repeat it" in caught.value.hint
        with machine.opened() as one:
            assert one.read(6).values()["purpose"] == "here"

    def test_the_same_holds_for_who_signs_no_checkpoints(
        self, machine: Machine, tmp_path: Path, stranger: OpenIdentity
    ) -> None:
        with machine.opened() as archive:
            admit(archive, stranger, "recorder")
        mine = machine.of(stranger)
        with mine.opened() as archive:
            other = mine.copied(tmp_path / "other").of(stranger)
            archive.append([spoken("here")])
        pins = other.folder / "second" / "pins"
        pins.rename(tmp_path / "aside")
        pins.symlink_to(mine.folder / "second" / "pins")
        with pytest.raises(Refused, match="rolled back"):
            other.open()

    def test_a_recorders_fork_is_refused_though_its_checkpoint_agrees(
        self, machine: Machine, tmp_path: Path, stranger: OpenIdentity
    ) -> None:
        """What a recorder saw last is under no checkpoint yet; his own entry is what he knows."""
        with machine.opened() as archive:
            admit(archive, stranger, "recorder")
        other = machine.copied(tmp_path / "other")
        with machine.of(stranger).opened() as theirs:
            theirs.append([spoken("here")])
        with other.of(stranger).opened() as theirs:
            theirs.append([spoken("there")])
        shutil.rmtree(machine.place.path)
        shutil.copytree(other.place.path, machine.place.path)
        with pytest.raises(Refused, match="forked or rewritten: it lacks entry 7"):
            machine.of(stranger).open()

    def test_a_pin_without_a_checkpoint_does_for_opening(self, machine: Machine) -> None:
        (path,) = (machine.folder / "pins").iterdir()
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:4]))
        with machine.opened() as archive:
            assert archive.pinned

    def test_a_pin_that_cannot_be_written_is_told_and_the_entry_is_not_lost(self, machine: Machine) -> None:
        with machine.opened() as archive:
            pins = machine.folder / "pins"
            pins.rename(machine.folder / "aside")
            pins.write_text("a file in the way")
            with pytest.raises(Unavailable):
                archive.append([spoken()])
            assert archive.ledger.size() == 6  # the pin could not even be read: nothing was written
            pins.unlink()
            pins.mkdir()
            (machine.folder / "aside" / archive.fingerprint).rename(pins / archive.fingerprint)
            pins.chmod(0o500)
            archive.append([spoken()])  # root writes everywhere
            assert archive.ledger.size() == 7


class TestCheckpoint:
    def test_signs_keeps_and_pins_the_head(self, archive: Archive) -> None:
        note = archive.checkpoint()
        assert open_checkpoint(note, archive.history.log).size == 7
        archive.append([spoken()])
        sizes = [size for size, _ in archive.ledger.checkpoints()]
        assert sizes == [1, 7, 8]

    def test_is_over_an_index_of_all_that_came_before(self, archive: Archive) -> None:
        note = archive.checkpoint()
        last = archive.entry(6).entry
        assert (last.kind, archive.ledger.head().size) == ("index", 7)
        tree = Tree()
        for seq in range(6):
            signed = archive.entry(seq)
            tree.add(signed.entry.kind, signed.entry.tags, signed.hash)
        assert last.public_lines == (f"index 6 {base64_text(tree.root)}",)
        assert open_checkpoint(note, archive.history.log).root == archive.ledger.root(7)

    def test_of_an_idle_vault_is_the_same_and_appends_nothing(self, archive: Archive) -> None:
        note = archive.checkpoint()
        assert archive.checkpoint() == note
        archive.append_public("backup", ["size 7", f"objects 1 {'ab' * 32}"])
        size = archive.ledger.size()
        other = archive.checkpoint()
        assert archive.checkpoint() == other != note
        assert archive.ledger.size() == size

    def test_a_plain_one_over_the_head_is_kept_from_then_on(self, archive: Archive) -> None:
        archive.checkpoint()
        archive.append_public("backup", ["size 7", f"objects 1 {'ab' * 32}"])
        note = archive.ledger.checkpoint()
        assert archive.checkpoint() == note
        archive.append([spoken()])
        assert [size for size, _ in archive.ledger.checkpoints()] == [1, 7, 8, 9]

    def test_an_entry_of_public_lines_is_pinned_too(self, archive: Archive) -> None:
        seq = archive.append_public("policy", ["rule retain 10y"])
        pin = archive.pins.read(archive.fingerprint)
        assert pin is not None
        assert (pin.last_seq, pin.covered) == (seq, 7)

    def test_a_signed_head_is_pinned_where_it_was_not(self, machine: Machine, archive: Archive) -> None:
        (machine.folder / "pins" / archive.fingerprint).unlink()
        note = archive.checkpoint()
        pin = archive.pins.read(archive.fingerprint)
        assert pin is not None
        assert (pin.last_seq, pin.checkpoint) == (6, note)

    def test_plain_ones_are_replaced(self, archive: Archive) -> None:
        for _ in range(3):
            archive.append([spoken()])
        assert [size for size, _ in archive.ledger.checkpoints()] == [1, 9]

    def test_is_never_signed_below_the_stored_one(self, machine: Machine, archive: Archive) -> None:
        archive.append([spoken()])
        pin = machine.folder / "pins" / archive.fingerprint
        pin.unlink()
        archive.database.execute("DELETE FROM entry WHERE seq=6")
        with pytest.raises(Refused, match="a checkpoint of 7 entries was signed, and there are 6"):
            archive.checkpoint()

    def test_is_never_signed_beside_the_stored_one(self, machine: Machine, tmp_path: Path) -> None:
        """The owner writes history anew with all keys, and leaves the old checkpoint where it was."""
        with machine.opened() as archive:
            rewrite(archive, signed_anew(archive, changing(all_entries(archive))), None)
        with machine.elsewhere(tmp_path / "elsewhere").opened() as fresh:
            for act in (fresh.checkpoint, lambda: fresh.append([spoken()])):
                with pytest.raises(Damaged, match="tree hashes are not those of checkpoint 6"):
                    act()

    def test_one_over_nothing_is_no_beginning(self, archive: Archive) -> None:
        archive.database.execute("DELETE FROM checkpoint")
        archive.ledger.put_checkpoint(*checkpoint_over(archive, []))
        with pytest.raises(Malformed, match="at least the genesis"):
            archive.append([spoken()])

    def test_is_never_signed_below_the_pinned_one(self, archive: Archive) -> None:
        archive.append([spoken()])
        archive.database.execute("DELETE FROM entry WHERE seq=6")
        archive.database.execute("DELETE FROM checkpoint")
        with pytest.raises(Refused, match="rolled back"):
            archive.checkpoint()

    def test_is_not_signed_over_a_leaf_that_reads_back_otherwise(self, archive: Archive) -> None:
        archive.database.execute("UPDATE node SET hash=zeroblob(32) WHERE level=0 AND number=5")
        with pytest.raises(Damaged, match="nothing is added or signed while entry 6 stands"):
            archive.append([spoken()])
        for index in (True, False):
            with pytest.raises(Damaged, match="tree hashes are not those"):
                archive.checkpoint(index=index)
        assert archive.ledger.size() == 6
        assert IndexStore(archive.database).head == (0, bytes(32))

    def test_follows_the_whole_ledger_where_none_was_ever_kept(self, machine: Machine, archive: Archive) -> None:
        archive.database.execute("DELETE FROM checkpoint")
        (machine.folder / "pins" / archive.fingerprint).unlink()
        archive.checkpoint()
        assert check(archive).passes()

    def test_nothing_is_stored_where_signing_was_refused(self, archive: Archive) -> None:
        archive.database.execute("UPDATE node SET hash=zeroblob(32) WHERE level=2")
        entries = all_entries(archive)
        with pytest.raises((Damaged, Refused)):
            archive.append([spoken()])
        assert all_entries(archive) == entries
