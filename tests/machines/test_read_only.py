"""Read-only media: a vault that cannot be written is read all the same, and who would write is told why it is not."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest

from tests.desk import Desk, oral
from tests.machines.media import contents, dvault, read_only

READS = [
    "log",
    "show T-1",
    "get T-1 -o out",
    "party list",
    "party show P-1",
    "doctor",
    "verify --documents",
    "doctor --clean",
]
WRITES = [
    "disclose new.txt --to ganzhou", "disclose a.txt --to ganzhou", "party add Somebody", "checkpoint",
    "correct T-1 --purpose x --reason y", "doctor --rebuild", "keys export-age-identity -o key --yes",
]  # fmt: skip


def test_vault_that_cannot_be_written_is_read(desk: Desk) -> None:
    before = contents(desk.folder / "vault")
    with read_only(desk.folder / "vault"):
        for line in READS:
            done = dvault(desk, *line.split())
            assert done.returncode == 0, (line, done.stderr)
    assert (desk.folder / "out").read_text() == "content of a.txt"
    assert contents(desk.folder / "vault") == before


def test_who_would_write_it_is_told(desk: Desk) -> None:
    before = contents(desk.folder / "vault")
    with read_only(desk.folder / "vault"):
        for line in WRITES:
            done = dvault(desk, *line.split())
            assert done.returncode == 6, (line, done.stderr)
            assert done.stdout == ""
            assert (
                "can only be read here" in done.stderr or "segments cannot be written: Permission denied" in done.stderr
            )
            assert "nothing was written" in done.stderr
    assert contents(desk.folder / "vault") == before
    desk.dvault("party", "add", "Somebody")


def test_file_that_cannot_be_written_in_a_folder_that_can_is_read(desk: Desk) -> None:
    (desk.folder / "vault" / "ledger.db").chmod(0o400)
    assert dvault(desk, "verify", "--documents").returncode == 0
    done = dvault(desk, "party", "add", "Somebody")
    assert (done.returncode, "can only be read here" in done.stderr) == (6, True)


def test_log_beside_the_ledger_is_read_too(desk: Desk) -> None:
    """Copied while somebody had it open, or after a crash: what is in the log only is not overlooked."""
    with desk.opened() as archive:
        archive.append([oral()])
        copy = desk.moved(desk.folder.parent / "copy")
        shutil.copytree(desk.folder, copy.folder)
    assert (copy.folder / "vault" / "ledger.db-wal").stat().st_size
    with read_only(copy.folder / "vault"):
        assert dvault(copy, "log").stdout.count("\n") == 2
        assert dvault(copy, "party", "add", "Somebody").returncode == 6
    (copy.folder / "vault" / "ledger.db-shm").unlink()
    with read_only(copy.folder / "vault"):
        done = dvault(copy, "log")
        assert done.returncode == 6
        assert "a log lies beside it that is not folded into it" in done.stderr
        assert "hint: copy the vault's folder to a disk that can be written" in done.stderr
    assert dvault(copy, "log").stdout.count("\n") == 2


def test_who_writes_elsewhere_is_seen_by_who_can_only_read(desk: Desk) -> None:
    with desk.opened() as archive:
        archive.append([oral()])
        with read_only(desk.folder / "vault"):
            assert dvault(desk, "log").stdout.count("\n") == 2


@pytest.mark.parametrize("state", ["state/disclosure-vault/pins", "state"])
def test_state_that_cannot_be_written_stops_an_entry_before_it_is_written(desk: Desk, state: str) -> None:
    """Else each entry is written and never pinned, and each command fails with it in the ledger."""
    with desk.opened() as archive:
        before = archive.ledger.size()
    with read_only(desk.folder / state):
        for line in ("log", "get T-1 -o out", "verify", "doctor", "doctor --clean"):
            assert dvault(desk, *line.split()).returncode == 0, line
        for line in WRITES[:5]:
            done = dvault(desk, *line.split())
            assert (done.returncode, done.stdout) == (6, ""), (line, done.stderr)
            assert "where this machine notes what it has seen of each vault" in done.stderr
    with desk.opened() as archive:
        assert archive.ledger.size() == before
        assert archive.documents.segments() == set(archive.segments.names())


def test_new_machine_whose_state_cannot_be_written_reads_and_says_that_it_does_not_know_the_vault(desk: Desk) -> None:
    shutil.rmtree(desk.folder / "state")
    (desk.folder / "state").mkdir()
    with read_only(desk.folder / "state"):
        for _ in range(2):
            done = dvault(desk, "verify")
            assert done.returncode == 1
            assert "first use" in done.stdout
        assert dvault(desk, "party", "add", "Somebody").returncode == 6


def test_nothing_is_made_where_nothing_can_be(desk: Desk) -> None:
    (desk.folder / "shelf").mkdir()
    with read_only(desk.folder / "shelf"):
        done = dvault(desk, "init", "shelf/new", "--origin", "new.example/log")
        assert (done.returncode, "Permission denied" in done.stderr) == (6, True)
        done = dvault(desk, "get", "T-1", "-o", "shelf/a.txt")
        assert (done.returncode, "shelf/a.txt cannot be written" in done.stderr) == (6, True)


def test_ledger_in_a_folder_with_an_odd_name_is_opened(tmp_path: Path) -> None:
    """SQLite reads the path as a URI."""
    desk = Desk(tmp_path / "100%25?mode=memory&a#b ü")
    with desk.opened() as archive:
        with archive.storing() as storing:
            storing.add(BytesIO(b"x"))
            archive.append([oral()], storing)
        assert archive.ledger.size() == 3
    assert (desk.folder / "vault" / "ledger.db").stat().st_size > 8192
