"""Opening a vault: only with the right keys, files and history, each fault named."""

import os
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity
from tests.vault.attackers import all_entries, rewrite
from tests.vault.machine import ORIGIN, Machine, fill, found, spoken
from tests.vault.members import admit
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Damaged, Refused, VaultError
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State, Verdict
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
