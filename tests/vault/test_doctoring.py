"""The doctor: names damage, leftovers and wrong modes; mends only what follows from the ledger, only when told to."""

import os
import shutil
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest

from keys import durable
from tests.vault.machine import Machine, disclose, party, spoken, written
from vault import doctoring
from vault.archive import Archive
from vault.catalog.tables import NAMES
from vault.checking.steps import check
from vault.database import PAGE
from vault.doctoring import clean, examine, rebuild
from vault.errors import Damaged, VaultError


def catalog_of(archive: Archive) -> dict[str, list[object]]:
    return {name: archive.database.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in NAMES}  # noqa: S608


def test_a_sound_vault_has_no_findings(archive: Archive) -> None:
    assert examine(archive) == []
    assert clean(archive) == []


def test_examining_changes_nothing(machine: Machine) -> None:
    with machine.opened() as archive:
        (archive.folder.segments / ("0" * 32)).touch(mode=0o600)
        archive.database.execute("DELETE FROM transmittal")
    before = {path: path.read_bytes() for path in machine.place.path.rglob("*") if path.is_file()}
    with machine.opened() as archive:
        assert len(examine(archive)) == 2
    assert {path: path.read_bytes() for path in machine.place.path.rglob("*") if path.is_file()} == before


def test_damaged_pages_are_harm(machine: Machine) -> None:
    with machine.opened():
        pass
    path = machine.place.database
    data = bytearray(path.read_bytes())
    data[-PAGE // 2] ^= 1
    path.write_bytes(data)
    with machine.opened() as archive:
        (finding,) = examine(archive)
    assert finding.harm
    assert f"page {len(data) // PAGE}" in finding.what


def test_every_damaged_page_is_named_with_what_it_held(machine: Machine) -> None:
    with machine.opened():
        pass
    path = machine.place.database
    whole = path.read_bytes()
    lost = set()
    for page in range(len(whole) // PAGE):
        data = bytearray(whole)
        data[page * PAGE + 100] ^= 1
        path.write_bytes(data)
        with suppress(VaultError), machine.opened() as archive:
            (finding,) = examine(archive)
            assert f"page {page + 1}" in finding.what
            lost.add(finding.lost)
    assert "no longer read in full: the keys of documents" in lost
    assert "no longer read in full: the catalog, which follows from entries and records" in lost
    assert "no row; the page holds an index, or nothing" in lost


class TestSegments:
    def test_a_missing_one_is_harm(self, archive: Archive) -> None:
        name = next(archive.documents.all()).segment
        (archive.folder.segments / name).unlink()
        (finding,) = examine(archive)
        assert finding.what == f"segment {name} is missing"
        assert finding.next == f"restore segments/{name} from any backup that has it: segments never change"
        assert finding.lost.startswith("T-00000")
        assert finding.harm

    @pytest.mark.parametrize(
        ("change", "said"), [(-1, "was cut to"), (1, "holds 1 bytes that belong to no document")], ids=["cut", "longer"]
    )
    def test_one_of_another_size_is_harm(self, archive: Archive, change: int, said: str) -> None:
        path = archive.folder.segments / next(archive.documents.all()).segment
        data = path.read_bytes()
        path.write_bytes(data[:change] if change < 0 else data + b"x")
        (finding,) = examine(archive)
        assert f"segment {path.name} {said}" in finding.what
        assert f"restore segments/{path.name}" in finding.next

    def test_one_that_holds_something_else_is_harm_once_it_is_read(self, archive: Archive) -> None:
        document = next(document for document in archive.documents.all() if document.size == 7)
        path = archive.folder.segments / document.segment
        path.write_bytes(bytes(path.stat().st_size))
        assert examine(archive) == []
        (finding,) = examine(archive, documents=True)
        assert path.name in finding.what
        assert finding.lost == "T-000003/2"
        assert path.name in finding.next

    def test_what_is_none_is_named_and_left(self, archive: Archive) -> None:
        other = archive.folder.segments / "notes.txt"
        other.touch(0o600)
        (finding,) = examine(archive)
        assert finding.what == "segments/notes.txt is no segment and not ours"
        assert clean(archive) == []
        assert other.exists()

    def test_the_only_copy_of_a_document_whose_row_is_lost_is_not_cleaned_away(self, archive: Archive) -> None:
        document = next(document for document in archive.documents.all() if document.size == 7)
        archive.database.execute("DELETE FROM document WHERE size=7")
        with pytest.raises(Damaged, match=r"the header of file-2\.bin is missing"):
            clean(archive)
        assert (archive.folder.segments / document.segment).exists()

    def test_all_are_missing_without_their_folder(self, archive: Archive) -> None:
        shutil.rmtree(archive.folder.segments)
        assert len([finding for finding in examine(archive) if finding.harm]) == 2

    def test_what_a_dead_process_left_is_named_and_cleaned_when_told_to(self, archive: Archive) -> None:
        names = {"0" * 32, "1" * 32 + ".part", f"{durable._PREFIX}77{durable._SUFFIX}"}
        for name in names:
            folder = archive.folder.path if durable.is_temporary(name) else archive.folder.segments
            (folder / name).touch(mode=0o600)
        findings = examine(archive)
        assert {finding.what.partition(" ")[0] for finding in findings} == names
        assert not any(finding.harm for finding in findings)
        assert set(clean(archive)) == names
        assert examine(archive) == []
        assert check(archive, documents=True).passes()

    def test_so_is_what_lies_beside_the_pins_and_in_folders_it_is_told(self, archive: Archive, tmp_path: Path) -> None:
        settings = tmp_path / "settings"
        settings.mkdir()
        left = [folder / f"{durable._PREFIX}77{durable._SUFFIX}" for folder in (archive.pins.folder, settings)]
        for path in (*left, settings / "config.toml"):
            path.touch(mode=0o600)
        assert len(examine(archive, (settings, tmp_path / "missing"))) == 2
        clean(archive, (settings,))
        assert not any(path.exists() for path in left)
        assert (settings / "config.toml").exists()
        assert archive.pins.read(archive.fingerprint) is not None

    def test_what_is_being_stored_is_no_orphan(self, machine: Machine) -> None:
        """Cleaning waits until everybody who is storing has appended or gone."""
        import threading

        with machine.opened() as archive:
            with archive.storing() as storing:
                document = storing.add(BytesIO(b"being stored"))
                cleaned: list[str] = []
                thread = threading.Thread(target=lambda: cleaned.extend(clean_elsewhere(machine)))
                thread.start()
                thread.join(0.2)
                assert thread.is_alive()
                archive.append([written([document])], storing)
            thread.join()
            assert cleaned == []
            assert check(archive, documents=True).passes()


def clean_elsewhere(machine: Machine) -> list[str]:
    with machine.opened() as archive:
        return clean(archive)


class TestModes:
    @pytest.mark.parametrize("name", [".", "ledger.db", "keyring", "segments", "vault.toml"])
    def test_what_is_open_to_others_is_named(self, archive: Archive, name: str) -> None:
        path = archive.folder.path / name
        path.chmod(path.stat().st_mode | 0o044)
        (finding,) = examine(archive)
        assert str(path.resolve()) in finding.what
        assert finding.next == f"chmod go= {path}"
        assert not finding.harm

    def test_so_is_a_segment(self, archive: Archive) -> None:
        path = next(archive.folder.segments.iterdir())
        path.chmod(0o644)
        (finding,) = examine(archive)
        assert str(path) in finding.what

    def test_so_is_a_link(self, machine: Machine, archive: Archive) -> None:
        machine.place.keyring.rename(machine.folder / "keyring")
        machine.place.keyring.symlink_to(machine.folder / "keyring")
        (finding,) = examine(archive)
        assert "is a symbolic link" in finding.what


class TestRebuild:
    def test_makes_the_same_catalog_again(self, archive: Archive) -> None:
        before = catalog_of(archive)
        assert before["transmittal"]
        assert rebuild(archive) == 5
        assert catalog_of(archive) == before

    @pytest.mark.parametrize("name", NAMES)
    def test_mends_a_lost_table_row_by_row(self, archive: Archive, name: str) -> None:
        before = catalog_of(archive)
        archive.database.execute(f"DELETE FROM {name}")  # noqa: S608 - one of ours
        rebuild(archive)
        assert catalog_of(archive) == before

    def test_mends_what_doctor_and_verify_say_it_would(self, archive: Archive) -> None:
        archive.database.execute("DELETE FROM transmittal WHERE number=2")
        archive.database.execute("DELETE FROM registered")
        found = [finding.next for finding in examine(archive)]
        assert found == ["dvault doctor --rebuild"] * 2
        rebuild(archive)
        assert examine(archive) == []
        report = check(archive)
        assert report.passes()
        assert report.remarks == []

    def test_mends_tree_and_rows(self, archive: Archive) -> None:
        archive.database.execute("UPDATE node SET hash=zeroblob(32) WHERE level=1")
        archive.database.execute("UPDATE entry SET kind='party', number=number+10 WHERE seq=3")
        assert not check(archive).passes()
        rebuild(archive)
        assert check(archive, documents=True).passes()
        archive.append([spoken()])

    def test_lets_an_append_go_on_that_a_broken_catalog_stopped(self, archive: Archive) -> None:
        for name in ("transmittal", "item", "link"):
            archive.database.execute(f"DELETE FROM {name} WHERE number=4")  # noqa: S608 - one of ours
        with pytest.raises(Damaged, match="would number entry 6 disclosure 4") as caught:
            archive.append([spoken()])
        assert caught.value.hint == "dvault doctor --rebuild"
        assert archive.ledger.size() == 6
        rebuild(archive)
        assert archive.append([spoken()])[0].number == 5

    def test_a_record_that_cannot_be_read_stops_it_and_changes_nothing(self, archive: Archive) -> None:
        before = catalog_of(archive)
        archive.database.execute("UPDATE record SET sealed=zeroblob(50) WHERE seq=4")
        with pytest.raises(Damaged, match="entry 4 cannot be read"):
            rebuild(archive)
        assert catalog_of(archive) == before

    def test_holds_no_more_than_a_few_records_at_a_time(self, archive: Archive) -> None:
        import tracemalloc

        archive.append([spoken("x" * 100_000) for _ in range(60)])
        tracemalloc.start()
        rebuild(archive)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 3_000_000  # sixty records of 100 kB lie in the ledger

    def test_works_beside_others_who_append(self, machine: Machine) -> None:
        with machine.opened() as one, machine.opened() as two:
            one.append([party("Another"), spoken()])
            disclose(two, b"more")
            assert rebuild(one) == 8
            two.append([spoken()])
            assert check(one, documents=True).remarks == []


def test_a_file_that_vanishes_meanwhile_is_no_finding(machine: Machine, archive: Archive) -> None:
    assert doctoring._interrupted(archive) == []
    log = machine.place.path / "ledger.db-wal"
    assert not log.exists() or isinstance(log, Path)
    assert examine(archive) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_belongs_to_somebody_else_is_named(machine: Machine, archive: Archive) -> None:
    os.chown(machine.place.keyring, 12345, -1)
    (finding,) = examine(archive)
    assert "belongs to user 12345" in finding.what
