"""Giving a document back: whole and authentic, or nothing under the name; never over anything."""

import os
import stat
from pathlib import Path

import pytest

from tests.vault.documents.test_local import files_of_at_most
from tests.vault.machine import DOCUMENTS, Machine, disclose
from tests.vault.tracing import needs_strace, traced
from vault import giving
from vault.archive import Archive
from vault.documents.local import LocalSegments
from vault.documents.store import Reader
from vault.documents.table import Document
from vault.errors import Damaged, Misuse, NotFound, Refused, Unavailable, VaultError
from vault.sealing import blob


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "desk").mkdir()
    return tmp_path / "desk"


def document(archive: Archive, size: int = 76_800) -> Document:
    return next(document for document in archive.documents.all() if document.size == size)


def test_an_item_is_found_by_transmittal_and_place(archive: Archive) -> None:
    for place, content in enumerate(DOCUMENTS, 1):
        item, found = giving.find(archive, 1, place)
        assert item["name"] == f"file-{place}.bin"
        assert found.size == len(content)


@pytest.mark.parametrize(
    ("number", "place", "error"),
    [(1, None, Misuse), (1, 0, Misuse), (1, 4, Misuse), (1, -1, Misuse), (9, 1, NotFound), (2, 1, NotFound)],
)
def test_what_is_not_there_is_said(archive: Archive, number: int, place: int | None, error: type[VaultError]) -> None:
    with pytest.raises(error):
        giving.find(archive, number, place)


def test_a_transmittal_of_one_item_needs_no_place(archive: Archive) -> None:
    disclose(archive, b"alone")
    item, _ = giving.find(archive, 5, None)
    assert item["size"] == 5


@pytest.mark.parametrize("content", DOCUMENTS)
def test_the_content_comes_back(archive: Archive, folder: Path, content: bytes) -> None:
    path = giving.write(archive, document(archive, len(content)), folder / "back")
    assert path.read_bytes() == content
    assert [found.name for found in folder.iterdir()] == ["back"]


def test_the_file_is_for_its_owner_alone(archive: Archive, folder: Path) -> None:
    before = os.umask(0)
    try:
        path = giving.write(archive, document(archive), folder / "back")
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_sealed_form_is_an_age_file(archive: Archive, folder: Path) -> None:
    path = giving.write(archive, document(archive), folder / "back.age", sealed=True)
    data = path.read_bytes()
    assert data.startswith(b"age-encryption.org/v1\n")
    assert blob.open_sealed(data, archive.secrets.content, limit=1 << 20) == DOCUMENTS[1]


@pytest.mark.parametrize("taken", ["file", "folder", "link", "dangling"])
def test_nothing_is_overwritten(archive: Archive, folder: Path, taken: str) -> None:
    target = folder / "back"
    match taken:
        case "file":
            target.write_text("mine")
        case "folder":
            target.mkdir()
        case "link":
            (folder / "mine").write_text("mine")
            target.symlink_to(folder / "mine")
        case _:
            target.symlink_to(folder / "nowhere")
    with pytest.raises(Refused, match="exists"):
        giving.write(archive, document(archive), target)
    assert not (folder / "nowhere").exists()
    assert (folder / "mine").read_text() == "mine" if taken == "link" else True


@pytest.mark.parametrize("sealed", [False, True])
@pytest.mark.parametrize("harm", ["flip", "cut", "missing", "header"])
def test_nothing_appears_of_what_is_damaged(archive: Archive, folder: Path, harm: str, sealed: bool) -> None:
    wanted = document(archive)
    path = archive.folder.segments / wanted.segment
    data = bytearray(path.read_bytes())
    match harm:
        case "flip":
            data[wanted.offset + wanted.payload_size - 1] ^= 1
            path.write_bytes(data)
        case "cut":
            path.write_bytes(data[: wanted.offset + wanted.payload_size - 1])
        case "missing":
            path.unlink()
        case _:
            if sealed:
                return  # without a key nobody can tell
            archive.database.execute(
                "UPDATE document SET header=? WHERE size=76800", (document(archive, len(DOCUMENTS[0])).header,)
            )
            wanted = document(archive)
    with pytest.raises(Damaged):
        giving.write(archive, wanted, folder / "back", sealed=sealed)
    assert list(folder.iterdir()) == []


def test_nothing_appears_of_what_was_erased(archive: Archive, folder: Path) -> None:
    archive.database.execute("UPDATE document SET header=NULL")
    for sealed in (False, True):
        with pytest.raises(NotFound, match="erased"):
            giving.write(archive, document(archive), folder / "back", sealed=sealed)
    assert list(folder.iterdir()) == []


def test_a_full_disk_leaves_nothing(archive: Archive, folder: Path) -> None:
    with files_of_at_most(1000), pytest.raises(Unavailable, match="back cannot be written"):
        giving.write(archive, document(archive), folder / "back")
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_not_there_is_unavailable(archive: Archive, folder: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be written"):
        giving.write(archive, document(archive), folder / "missing" / "back")


def test_a_segment_that_cannot_be_read_is_not_blamed_on_the_target(archive: Archive, folder: Path) -> None:
    wanted = document(archive)
    path = archive.folder.segments / wanted.segment
    path.unlink()
    path.mkdir()
    with pytest.raises(Unavailable, match=f"segment {wanted.segment}"):
        giving.write(archive, wanted, folder / "back")


def test_giving_changes_nothing_in_the_vault(machine: Machine, folder: Path) -> None:
    before = {path: path.read_bytes() for path in machine.place.path.rglob("*") if path.is_file()}
    with machine.opened() as archive:
        giving.write(archive, document(archive), folder / "back")
    assert {path: path.read_bytes() for path in machine.place.path.rglob("*") if path.is_file()} == before


NEW_FILE = (
    "import sys; from pathlib import Path; from vault.giving import _new_file\n"
    "with _new_file(Path(sys.argv[1]) / 'back') as sink: sink.write(b'content')"
)


@needs_strace
def test_it_is_flushed_before_it_has_its_name_and_the_folder_after(folder: Path) -> None:
    calls, said = traced(NEW_FILE, folder)
    assert said == ""
    assert calls == ["fsync", "link", "fsync", "unlink"]


@needs_strace
@pytest.mark.parametrize("error", ["EPERM", "EOPNOTSUPP"])
@pytest.mark.parametrize("taken", [False, True])
def test_a_stick_without_hard_links_gets_it_too_and_still_loses_nothing(folder: Path, error: str, taken: bool) -> None:
    """FAT knows no hard links: the name is taken by an empty file first."""
    if taken:
        (folder / "back").write_text("mine")
    _, said = traced(NEW_FILE, folder, f"link,linkat:error={error}")
    assert ("FileExistsError" in said) == taken
    assert (folder / "back").read_bytes() == (b"mine" if taken else b"content")
    assert [path.name for path in folder.iterdir()] == ["back"]


@needs_strace
@pytest.mark.parametrize("fault", ["link,linkat:error=EIO", "fsync:error=EIO:when=1"])
def test_nothing_appears_where_a_call_fails(folder: Path, fault: str) -> None:
    _, said = traced(NEW_FILE, folder, fault)
    assert "OSError: [Errno 5]" in said
    assert list(folder.iterdir()) == []


class Meddling(LocalSegments):
    """A store beside which somebody else takes the name meanwhile."""

    def __init__(self, folder: Path, target: Path) -> None:
        super().__init__(folder)
        self._target = target

    def open(self, name: str) -> Reader:
        self._target.write_text("mine")
        return super().open(name)


def test_what_somebody_else_writes_meanwhile_is_not_overwritten(archive: Archive, folder: Path) -> None:
    archive.segments = Meddling(archive.folder.segments, folder / "back")
    with pytest.raises(Refused, match="exists"):
        giving.write(archive, document(archive), folder / "back")
    assert (folder / "back").read_text() == "mine"
    assert [path.name for path in folder.iterdir()] == ["back"]


def test_a_taken_name_is_refused_before_anything_is_read(archive: Archive, folder: Path) -> None:
    wanted = document(archive)
    (archive.folder.segments / wanted.segment).unlink()
    (folder / "back").touch()
    with pytest.raises(Refused, match="exists"):
        giving.write(archive, wanted, folder / "back")
