"""Opening a vault: only with the right keys, files and history, each fault named; what is seen first is kept."""

import os
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity, load
from keys.protectors.passphrase import Passphrase
from keys.provenance import Provenance
from tests.vault.attackers import all_entries, checkpoint_over, rewrite
from tests.vault.machine import ORIGIN, Machine, fill, found, spoken
from tests.vault.members import admit
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Damaged, Refused, Unpinned, VaultError
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State, Verdict
from vault.opening import compare
from vault.pins import Pin


def test_a_stranger_opens_nothing(machine: Machine, stranger: OpenIdentity) -> None:
    with pytest.raises(Refused, match="opens no keys of") as caught:
        machine.of(stranger).open()
    assert "DVAULT_IDENTITY" in caught.value.hint


def test_another_vaults_database_is_refused(machine: Machine, identity: OpenIdentity, tmp_path: Path) -> None:
    other = found(tmp_path / "other", identity, origin="other.example/log")
    shutil.copy(other.place.database, machine.place.database)
    with pytest.raises(Refused, match="not opened by the record key in the keyring"):
        machine.open()


def test_a_wrong_check_value_changes_the_sentence_and_nothing_else(machine: Machine) -> None:
    text = machine.place.config.read_text()
    machine.place.config.write_text(text.replace('check = "', 'check = "0'))
    machine.open().database.close()


def test_the_files_of_another_vault_do_not_pass_for_this_one(
    machine: Machine, identity: OpenIdentity, tmp_path: Path
) -> None:
    """All files swapped, under the same origin: the identity remembers the genesis."""
    imposter = found(tmp_path / "imposter", identity)
    fill(imposter)
    shutil.rmtree(machine.place.path)
    shutil.copytree(imposter.place.path, machine.place.path)
    with pytest.raises(Refused, match=r"is not the vault .* that this identity knows"):
        machine.open()


@pytest.mark.parametrize("origin", ["other.example/log", "", "two words"])
def test_another_origin_in_vault_toml_is_refused(machine: Machine, origin: str) -> None:
    text = machine.place.config.read_text()
    machine.place.config.write_text(text.replace(ORIGIN, origin))
    with pytest.raises(Refused, match="keyring is of"):
        machine.open()


@pytest.mark.parametrize(
    ("harmed", "error", "sentence"),
    [
        (lambda age_file: len(age_file) - 30, Damaged, "a key sealed to m1 is damaged"),
        (lambda age_file: age_file.index(b" ", age_file.index(b"-> ") + 3) + 1, Refused, "opens no keys"),
    ],
    ids=["payload", "wrapped for nobody"],
)
def test_a_keyring_of_which_a_key_is_damaged_is_refused(
    machine: Machine, harmed: Callable[[bytes], int], error: type[VaultError], sentence: str
) -> None:
    lines = machine.place.keyring.read_text().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith("sealed content"))
    *words, sealed = lines[place].split(" ")
    age_file = bytearray(b64decode(sealed))
    hit = harmed(bytes(age_file))
    age_file[hit] = ord("A") if age_file[hit] != ord("A") else ord("B")
    lines[place] = " ".join([*words, f"{b64encode(age_file).decode()}\n"])
    machine.place.keyring.write_text("".join(lines))
    with pytest.raises(error, match=sentence):
        machine.open()


def test_a_keyring_without_our_record_key_is_damage(machine: Machine) -> None:
    lines = machine.place.keyring.read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("key record", "sealed record"))]
    machine.place.keyring.write_text("".join(kept))
    with pytest.raises(Damaged, match="no record key"):
        machine.open()


@pytest.mark.parametrize("data", [b"", b"not a keyring", b"\xff" * 100, b"x" * (1 << 25)])
def test_bytes_that_are_no_keyring_are_named(machine: Machine, data: bytes) -> None:
    machine.place.keyring.write_bytes(data)
    with pytest.raises(Malformed, match="keyring"):
        machine.open()


def test_a_ledger_without_its_genesis_is_damage(machine: Machine) -> None:
    with machine.opened() as archive:
        archive.database.execute("DELETE FROM entry WHERE seq=0")
    with pytest.raises(Damaged, match="no genesis"):
        machine.open()


def test_planted_triggers_are_refused(machine: Machine) -> None:
    with machine.opened() as archive:
        archive.database.execute("CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM record_wrap; END")
    with pytest.raises(Damaged, match="other tables"):
        machine.open()


def test_a_forged_key_entry_admits_nobody(machine: Machine, stranger: OpenIdentity) -> None:
    with machine.opened() as archive:
        admit(archive, stranger, "recorder")
        found_entries = all_entries(archive)
        leaf = found_entries[6].leaf.replace(b" recorder ", b" custodian ")
        rewrite(archive, [*found_entries[:6], found_entries[6]._replace(leaf=leaf)], None)
    with pytest.raises(Malformed, match="entry 6"):
        machine.of(stranger).open()


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


def test_a_damaged_pin_stops_and_is_named(machine: Machine, archive: Archive) -> None:
    path = machine.folder / "pins" / archive.fingerprint
    path.write_bytes(b"\n".join(path.read_bytes().split(b"\n")[:-4]) + b"\n")
    with pytest.raises((VaultError, Malformed), match="pin"):
        machine.open()
    assert check(archive).state(Verdict.ORDER) is State.BROKEN


def test_a_pin_whose_checkpoint_is_forged_stops(machine: Machine, archive: Archive) -> None:
    path = machine.folder / "pins" / archive.fingerprint
    path.write_bytes(path.read_bytes().replace(b"\n6\n", b"\n5\n"))
    with pytest.raises(Malformed, match="pinned checkpoint"):
        machine.open()


def test_opening_leaves_nothing_open_where_it_fails(machine: Machine, stranger: OpenIdentity) -> None:
    with machine.opened() as archive:
        archive.database.execute("DELETE FROM entry WHERE seq=0")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        with pytest.raises(Damaged):
            machine.open()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("name", ["keyring", "ledger.db", "vault.toml"])
def test_a_file_that_is_a_folder_is_an_error_of_ours(machine: Machine, name: str) -> None:
    (machine.place.path / name).unlink()
    (machine.place.path / name).mkdir()
    with pytest.raises(VaultError, match=name.replace(".", r"\.")):
        machine.open()


def test_keys_of_a_member_that_the_ledger_gives_to_another_open_nothing(
    machine: Machine, archive: Archive, stranger: OpenIdentity
) -> None:
    """Sealed to my recipient, but the ledger declares another signing key for that member."""
    admit(archive, stranger, "recorder")
    imposter = replace(stranger, identity=replace(stranger.identity, seed=bytes(range(32))))
    with pytest.raises(Refused, match="is no member m2"):
        machine.of(imposter).open()


class TestLog:
    """The write-ahead log of a vault that was not closed."""

    def test_one_rotten_bit_of_it_costs_no_more_than_what_it_hits(self, machine: Machine, tmp_path: Path) -> None:
        """The vault is refused as rolled back; closing it then must not fold and delete what is left."""
        with machine.opened() as archive:
            archive.append([spoken()])
            left = machine.copied(tmp_path / "left")
        log = left.place.database.with_name("ledger.db-wal")
        whole = log.read_bytes()
        rotten = whole[:-5000] + bytes([whole[-5000] ^ 4]) + whole[-4999:]
        log.write_bytes(rotten)
        with pytest.raises(Refused, match="rolled back") as caught:
            left.open()
        assert "ledger.db-wal" in caught.value.hint
        assert log.read_bytes() == rotten
        log.write_bytes(whole)
        with left.opened() as archive:
            assert archive.ledger.size() == 7

    def test_an_older_one_put_back_does_not_overwrite_the_ledger(self, machine: Machine, tmp_path: Path) -> None:
        with machine.opened() as archive:
            archive.append([spoken()])
            older = machine.copied(tmp_path / "older")
        with machine.opened() as archive:
            archive.append([spoken()])
        before = machine.place.database.read_bytes()
        log = machine.place.database.with_name("ledger.db-wal")
        shutil.copy(older.place.database.with_name("ledger.db-wal"), log)
        with pytest.raises(Refused, match="rolled back"):
            machine.open()
        assert machine.place.database.read_bytes() == before
        log.unlink()
        with machine.opened() as archive:
            assert archive.ledger.size() == 8

    def test_a_rollback_journal_is_not_played_back(self, machine: Machine) -> None:
        with machine.opened():
            pass
        before = machine.place.database.read_bytes()
        journal = machine.place.database.with_name("ledger.db-journal")
        journal.write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
        with pytest.raises(Damaged, match=r"ledger\.db-journal does not belong there"):
            machine.open()
        assert journal.exists()
        assert machine.place.database.read_bytes() == before


@pytest.mark.parametrize("name", ["vault.toml", "keyring", "ledger.db"])
def test_a_fifo_in_the_place_of_a_file_is_no_reason_to_wait(machine: Machine, name: str) -> None:
    (machine.place.path / name).unlink()
    os.mkfifo(machine.place.path / name, 0o600)
    with pytest.raises(VaultError, match="no regular file"):
        machine.open()


def test_a_pin_of_another_origin_is_refused_even_without_a_checkpoint(machine: Machine) -> None:
    with machine.opened() as archive:
        fingerprint = archive.fingerprint
    known = machine.pins.read(fingerprint)
    assert known is not None
    path = machine.pins.path(fingerprint)
    path.write_bytes(bytes(Pin("nagnets.example/disclosures", known.last_seq, known.last_hash)))
    with pytest.raises(Refused, match="forked or rewritten") as caught:
        machine.open()
    assert str(path) in caught.value.hint
