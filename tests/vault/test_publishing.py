"""Handing the ledger out: what lies in the folder, what a second run adds, what is refused."""

import shutil
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity
from tests.vault.attackers import all_entries, rewrite, signed_anew
from tests.vault.machine import Machine, found, spoken
from vault import publishing
from vault.archive import Archive
from vault.errors import Damaged, Refused, Unavailable
from vault.evidence import merkle, tiles
from vault.evidence.checkpoint import open_checkpoint
from vault.evidence.tiles import ENTRIES, Tile
from vault.publishing import publish


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def expected_tiles(size: int) -> set[str]:
    return {tile.path for level in (ENTRIES, *tiles.levels(size)) for tile in tiles.tiles_of(size, level)}


def leaves_in(folder: Path, size: int) -> list[bytes]:
    read = [tiles.parse_bundle((folder / tile.path).read_bytes(), tile) for tile in tiles.tiles_of(size, ENTRIES)]
    return [leaf for bundle in read for leaf in bundle]


def check(folder: Path, archive: Archive, size: int) -> None:
    """The folder holds just this ledger, by its own tiles, bundles and checkpoint."""
    there = files(folder)
    assert there.keys() == expected_tiles(size) | {"checkpoint", "log.vkey"}
    opened = open_checkpoint(there["checkpoint"], archive.history.log_at(size))
    leaves = leaves_in(folder, size)
    assert leaves == list(archive.ledger.leaves(0, size))
    assert (opened.size, opened.root) == (size, merkle.root(leaves))
    assert tiles.root(size, lambda tile: tiles.parse_hashes(there[tile.path], tile)) == opened.root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "handed out" / "ledger"


def test_holds_entries_tiles_checkpoint_and_keys(archive: Archive, folder: Path) -> None:
    done = publish(archive, folder)
    check(folder, archive, 6)
    assert (done.checkpoint.size, done.before, done.files, done.uncovered) == (6, 0, 4, 0)
    keys = archive.history.log
    assert (folder / "log.vkey").read_text() == f"{keys.ed25519}\n{keys.ml_dsa}\n"
    modes = {path.stat().st_mode & 0o777 for path in folder.rglob("*")}
    assert modes == {0o600, 0o700}


def test_the_checkpoint_given_out_is_kept(archive: Archive, folder: Path) -> None:
    publish(archive, folder)
    archive.append([spoken()])
    assert (folder / "checkpoint").read_bytes() in [note for _, note in archive.ledger.checkpoints()]


def test_a_second_run_writes_only_what_is_new(archive: Archive, folder: Path) -> None:
    archive.append([spoken() for _ in range(294)])
    publish(archive, folder)
    check(folder, archive, 300)
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert publish(archive, folder).files == 0
    archive.append([spoken() for _ in range(300)])
    done = publish(archive, folder)
    assert (done.before, done.checkpoint.size) == (300, 600)
    same = {
        path.relative_to(folder).as_posix()
        for path, time in times.items()
        if path.exists() and path.stat().st_mtime_ns == time
    }
    assert same == {"tile/entries/000", "tile/0/000", "tile/1/000.p/1", "log.vkey"}
    (folder / "tile/1/000.p/1").unlink()  # the only partial tile that is not full yet
    check(folder, archive, 600)


def test_partial_tiles_stay_until_they_are_full(archive: Archive, folder: Path) -> None:
    publish(archive, folder)
    archive.append([spoken()])
    publish(archive, folder)
    assert {"tile/0/000.p/6", "tile/0/000.p/7", "tile/entries/000.p/6"} <= files(folder).keys()


@pytest.mark.parametrize("left", range(5))
def test_an_interrupted_run_is_completed(archive: Archive, folder: Path, left: int) -> None:
    """Killed after any number of files: those are there, the checkpoint isn't."""
    publish(archive, folder)
    whole = files(folder)
    shutil.rmtree(folder)
    order = ["log.vkey", "tile/entries/000.p/6", "tile/0/000.p/6"]
    for name in order[:left]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(whole[name])
    publish(archive, folder)
    check(folder, archive, 6)


def test_what_a_killed_run_left_is_removed_by_the_next(archive: Archive, folder: Path) -> None:
    publish(archive, folder)
    for place in (folder, folder / "tile" / "0"):
        (place / ".dvault-0123456789abcdef.tmp").write_bytes(b"half")
    assert publish(archive, folder).files == 0
    check(folder, archive, 6)


def test_temporary_files_beside_something_else_are_left_alone(archive: Archive, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in (".dvault-0123456789abcdef.tmp", "letter"):
        (folder / name).write_bytes(b"of somebody")
    with pytest.raises(Refused, match="is not empty"):
        publish(archive, folder)
    assert len(files(folder)) == 2


def test_a_folder_that_holds_something_else_is_refused(archive: Archive, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "letter.txt").write_text("dear")
    with pytest.raises(Refused, match="holds no ledger in tile form"):
        publish(archive, folder)
    assert files(folder) == {"letter.txt": b"dear"}


def test_another_ledger_is_refused(archive: Archive, machine: Machine, folder: Path, tmp_path: Path) -> None:
    with found(tmp_path / "other", machine.identity, origin="other.example/log").opened() as other:
        publish(other, folder)
    before = files(folder)
    with pytest.raises(Refused, match=r"holds the ledger 'other.example/log'"):
        publish(archive, folder)
    assert files(folder) == before


def test_another_ledger_of_the_same_name_is_refused(
    archive: Archive, stranger: OpenIdentity, folder: Path, tmp_path: Path
) -> None:
    with found(tmp_path / "other", stranger).opened() as other:
        publish(other, folder)
    with pytest.raises(Refused, match="no checkpoint of this ledger"):
        publish(archive, folder)


def test_a_copy_that_went_on_by_itself_is_refused(machine: Machine, folder: Path, tmp_path: Path) -> None:
    other = machine.elsewhere(tmp_path / "copy")
    with machine.opened() as archive, other.opened() as fork:
        archive.append([spoken("one")])
        fork.append([spoken("other")])
        publish(archive, folder)
        before = files(folder)
        with pytest.raises(Refused, match="another history of 7 entries"):
            publish(fork, folder)
        fork.append([spoken("other still")])
        with pytest.raises(Refused, match="another history of 7 entries"):
            publish(fork, folder)
    assert files(folder) == before


def test_a_ledger_that_was_rolled_back_is_refused(machine: Machine, folder: Path, tmp_path: Path) -> None:
    old = machine.elsewhere(tmp_path / "old")
    with machine.opened() as archive:
        archive.append([spoken()])
        publish(archive, folder)
    with old.opened() as archive, pytest.raises(Refused, match="holds 7 entries, the newest checkpoint here covers 6"):
        publish(archive, folder)


def test_a_tile_that_was_put_there_before_is_refused(archive: Archive, folder: Path) -> None:
    publish(archive, folder)
    archive.append([spoken()])
    path = folder / Tile(ENTRIES, 0, 7).path
    path.write_bytes(b"something else")
    with pytest.raises(Refused, match="is not what this vault would write there"):
        publish(archive, folder)
    assert open_checkpoint((folder / "checkpoint").read_bytes(), archive.history.log).size == 6


def test_entries_that_are_not_those_of_the_checkpoint_are_not_given_out(archive: Archive, folder: Path) -> None:
    """Whoever writes the tables, but signs nothing, swaps a leaf and leaves the tree as it was."""
    archive.database.execute("UPDATE entry SET leaf=(SELECT leaf FROM entry WHERE seq=3) WHERE seq=4")
    with pytest.raises(Damaged, match="not those of checkpoint 6"):
        publish(archive, folder)
    assert not (folder / "checkpoint").exists()


def test_a_tree_that_is_not_that_of_the_checkpoint_is_not_given_out(archive: Archive, folder: Path) -> None:
    kept = list(archive.ledger.checkpoints())
    entries = all_entries(archive)
    rewrite(archive, signed_anew(archive, [*entries[:3], *entries[4:], entries[3]]), kept)
    with pytest.raises(Damaged, match="the tree is not the one of checkpoint 6"):
        publish(archive, folder)
    assert not folder.exists()


def test_anchors_come_along_and_those_of_later_checkpoints_do_not(archive: Archive, folder: Path) -> None:
    for name in ("6/one.tsr", "9/later.tsr", "x/no.tsr"):
        path = archive.folder.path / "anchors" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    publish(archive, folder)
    assert {name: data for name, data in files(folder).items() if name.startswith("anchors")} == {
        "anchors/6/one.tsr": b"6/one.tsr"
    }


def test_a_folder_that_cannot_be_written_is_unavailable(archive: Archive, folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_bytes(b"a file")
    with pytest.raises(Unavailable, match="cannot be written"):
        publish(archive, folder)


def test_names_are_those_of_the_format() -> None:
    assert (publishing.CHECKPOINT, publishing.KEYS, publishing.ANCHORS) == ("checkpoint", "log.vkey", "anchors")


def test_checkpoint_that_auditors_cosign_lies_beside_one_that_ends_in_something_else(
    archive: Archive, folder: Path
) -> None:
    indexed = archive.checkpoint()
    publish(archive, folder)
    assert not (folder / "checkpoint-indexed").exists(), "it is the checkpoint itself"
    archive.append_public("backup", ["size 7", f"objects 1 {'ab' * 32}"])
    publish(archive, folder)
    assert (folder / "checkpoint-indexed").read_bytes() == indexed
    assert (folder / "checkpoint").read_bytes() != indexed
