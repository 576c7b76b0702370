"""The keyring and the entry that names it change in one step: whatever interrupts it, the vault opens."""

import os
from errno import EBUSY
from pathlib import Path

import pytest

from keys import keyring, vault_keys
from keys.identity_file import OpenIdentity
from keys.vault_keys import Holder
from tests.vault.machine import Machine
from tests.vault.members import admit, remove
from vault import doctoring, keyring_file, membership, rotating
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Damaged, Refused, Unavailable, Unfinished, Unpinned
from vault.unlocked import read_keyring


def prepared(archive: Archive, stranger: OpenIdentity) -> bytes:
    """What a change writes beside the keyring before its entry is committed."""
    kept = archive.folder.keyring.read_bytes()
    admit(archive, stranger, "reader")
    changed = archive.folder.keyring.read_bytes()
    archive.folder.keyring.write_bytes(kept)
    archive.folder.next_keyring.write_bytes(changed)
    return changed


def busy(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The system gives no file this name."""
    real = os.replace

    def replace(source: str, target: str, **where: int) -> None:
        if target == name:
            raise OSError(EBUSY, "device or resource busy")
        real(source, target, **where)

    monkeypatch.setattr(os, "replace", replace)


class TestCutShort:
    def test_after_the_commit_the_next_opening_puts_it_in_place(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        changed = prepared(archive, stranger)
        with machine.opened() as reopened:
            assert reopened.folder.keyring.read_bytes() == changed
            assert not reopened.folder.next_keyring.exists()
            assert check(reopened).passes()
            assert [one.name for one in membership.members(reopened)] == ["m1", "m2"]

    def test_before_the_commit_it_counts_for_nothing(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        holder = Holder("m2", frozenset(("reader",)), stranger.identity.public.hybrid)
        ring = read_keyring(archive.folder, archive.config.origin).unverified
        sealed = vault_keys.admit(ring, holder, archive.secrets.held, membership.seal)
        archive.folder.next_keyring.write_bytes(keyring.sign(sealed, archive.secrets.signer))
        with machine.opened() as reopened:
            assert len(membership.members(reopened)) == 1
            assert check(reopened).passes()
            admit(reopened, stranger, "reader")
            assert not reopened.folder.next_keyring.exists()

    @pytest.mark.parametrize("junk", [b"", b"disclosure-vault/keyring/v1\n"], ids=["empty", "cut"])
    def test_what_is_no_keyring_beside_a_wrong_one_changes_no_refusal(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity, junk: bytes
    ) -> None:
        prepared(archive, stranger)
        archive.folder.next_keyring.write_bytes(junk)
        with pytest.raises(Damaged, match="not the one that the newest key entry"):
            machine.open()

    def test_a_disk_that_refuses_changes_nothing(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        machine.place.next_keyring.mkdir()
        Path(machine.place.next_keyring / "in the way").write_bytes(b"")
        with pytest.raises(Unavailable, match=r"keyring\.next cannot be read"):
            admit(archive, stranger, "reader")
        assert archive.history.joined == 1


class TestWhoMay:
    def test_only_a_custodian_admits(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        admit(archive, stranger, "reader")
        with machine.of(stranger).opened() as theirs, pytest.raises(Refused, match="only a custodian admits"):
            membership.admit(theirs, machine.identity.identity.public, frozenset(("reader",)))

    def test_a_swapped_keyring_is_noticed(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        kept = archive.folder.keyring.read_bytes()
        admit(archive, stranger, "reader")
        archive.folder.keyring.write_bytes(kept)
        with pytest.raises(Damaged, match="not the one that the newest key entry"):
            machine.open()

    def test_settling_twice_is_the_same(self, archive: Archive, stranger: OpenIdentity) -> None:
        admit(archive, stranger, "reader")
        before = archive.folder.keyring.read_bytes()
        keyring_file.settle(archive)
        assert archive.folder.keyring.read_bytes() == before


class TestTheOneThatCounts:
    """It lies as `keyring.next` behind the entry: nobody takes it for a leftover."""

    def test_who_opened_before_neither_removes_nor_overwrites_it(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        with machine.opened() as before:
            changed = prepared(archive, stranger)
            with pytest.raises(Unavailable, match="were changed meanwhile"):
                doctoring.clean(before)
            with pytest.raises(Unavailable, match="were changed meanwhile"):
                rotating.rotate(before, ["log"])
            with pytest.raises(Unavailable, match="were changed meanwhile"):
                remove(before, "m2")
            with pytest.raises(Unavailable, match="were changed meanwhile"):
                doctoring.examine(before)
        assert archive.folder.next_keyring.read_bytes() == changed
        with machine.opened() as reopened:
            assert reopened.folder.keyring.read_bytes() == changed

    def test_one_that_cannot_take_its_place_is_kept_and_named(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        busy(monkeypatch, "keyring")
        with pytest.raises(Unfinished, match=r"entry 6 was written, but .*keyring that counts"):
            admit(archive, stranger, "reader")
        changed = archive.folder.next_keyring.read_bytes()
        with machine.opened() as again:
            named = [one.what for one in doctoring.examine(again) if "keyring.next" in one.what]
            assert len(named) == 1
            assert "is the keyring that the ledger names" in named[0]
            for act in (doctoring.clean, lambda one: rotating.rotate(one, ["log"]), lambda one: remove(one, "m2")):
                with pytest.raises(Unavailable, match="cannot take its place"):
                    act(again)
        assert archive.folder.next_keyring.read_bytes() == changed
        monkeypatch.undo()
        with machine.opened() as again:
            assert again.folder.keyring.read_bytes() == changed
            assert not again.folder.next_keyring.exists()

    def test_a_pin_that_fails_leaves_none_beside(
        self, machine: Machine, archive: Archive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        busy(monkeypatch, archive.fingerprint)
        with pytest.raises(Unpinned):
            rotating.rotate(archive, ["record"])
        assert not archive.folder.next_keyring.exists()
        monkeypatch.undo()
        with machine.opened() as again:
            assert check(again).passes()


def test_doctor_names_what_a_change_left_that_was_never_made(archive: Archive) -> None:
    archive.folder.next_keyring.write_bytes(b"of no entry\n")
    archive.folder.next_keyring.chmod(0o600)
    assert [finding.what for finding in doctoring.examine(archive) if "keyring.next" in finding.what]
    assert doctoring.clean(archive) == ["keyring.next"]
    assert not [finding.what for finding in doctoring.examine(archive) if "keyring.next" in finding.what]
