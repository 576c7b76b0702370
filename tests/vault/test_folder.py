"""A vault's folder: made for its owner alone, vault.toml read strictly, the lock held, network disks refused."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.vault.tracing import needs_strace, traced
from vault import folder, toml
from vault.errors import Damaged, NotFound, Refused, Unavailable
from vault.folder import Config, Folder, create, locked, read_config, refuse_network_disk, write_config

CONFIG = Config("magnets.example/log", "0123abcd")


@pytest.fixture
def made(tmp_path: Path) -> Folder:
    return create(tmp_path / "vault")


def say(made: Folder, text: str) -> None:
    made.config.write_text(text)


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_everything_is_for_its_owner_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        made = create(tmp_path / "above" / "vault")
        write_config(made, CONFIG)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "above").rglob("*")}
    assert modes == {"vault": 0o700, "segments": 0o700, "lock": 0o600, "vault.toml": 0o600}


def test_an_empty_folder_is_taken_and_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir(mode=0o755)
    create(tmp_path / "vault")
    assert stat.S_IMODE((tmp_path / "vault").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["letter.txt", "vault.toml", ".hidden"])
def test_a_folder_that_holds_anything_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(Refused, match="is not empty"):
        create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["lock", "segments", "keyring", "ledger.db"])
def test_a_half_made_vault_is_refused_with_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(Refused, match=r"a vault without vault\.toml") as caught:
        create(tmp_path)
    assert "remove the folder" in caught.value.hint
    assert "backup" in caught.value.hint


def test_a_file_in_the_way_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("mine")
    for path in (tmp_path / "vault", tmp_path / "vault" / "below"):
        with pytest.raises(Refused, match="is taken"):
            create(path)
    assert (tmp_path / "vault").read_text() == "mine"


def test_what_a_crash_left_is_said_to_be_removed(tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / ".dvault-0123456789abcdef.tmp").touch()
    with pytest.raises(Refused) as caught:
        create(tmp_path / "vault")
    assert "remove the folder and repeat" in caught.value.hint


def test_a_name_that_no_disk_takes_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be made"):
        create(tmp_path / ("x" * 300))


@needs_strace
def test_a_half_made_folder_is_taken_back(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from vault.folder import create; create(Path(sys.argv[1]) / 'vault')"
    )
    (tmp_path / "here").mkdir()
    _, said = traced(script, tmp_path / "here", "mkdir:error=ENOSPC:when=2")
    assert "vault.errors.Unavailable" in said
    assert list((tmp_path / "here").iterdir()) == []


def test_discarding_takes_away_what_was_made_and_nothing_else(made: Folder) -> None:
    logs = [made.path / f"ledger.db{suffix}" for suffix in ("-wal", "-shm", "-journal")]
    for path in (made.config, made.keyring, made.database, *logs):
        path.touch()
    folder.discard(made)
    assert not made.path.exists()
    again = create(made.path)
    (again.path / "mine.txt").touch()
    (again.segments / "mine").touch()
    folder.discard(again)
    assert {path.name for path in again.path.rglob("*")} == {"mine.txt", "segments", "mine"}


@pytest.mark.parametrize(
    "config",
    [CONFIG, Config('quo"te\\back.example', "0", True), Config("curly{braces}.example/#'", "ab")],
)
def test_what_is_written_is_read_back(made: Folder, config: Config) -> None:
    write_config(made, config)
    assert read_config(made) == config


def test_defaults_are_read_from_the_file(made: Folder) -> None:
    write_config(made, CONFIG)
    with made.config.open("a") as file:
        file.write('person = "Jane Doe"\n')
    assert read_config(made).defaults == {"person": "Jane Doe"}


def test_vault_toml_is_never_overwritten(made: Folder) -> None:
    write_config(made, CONFIG)
    with pytest.raises(Unavailable):
        write_config(made, Config("other.example", "0"))
    assert read_config(made) == CONFIG


@pytest.mark.parametrize("format_", ["0", "2", "99", "-1", "true", "1.0", '"1"', "[1]"])
def test_every_format_but_ours_is_refused(made: Folder, format_: str) -> None:
    say(made, f'format = {format_}\norigin = "a"\ncheck = "b"\n')
    with pytest.raises(Refused, match="format"):
        read_config(made)


def test_no_format_is_refused(made: Folder) -> None:
    say(made, 'origin = "a"\ncheck = "b"\n')
    with pytest.raises(Refused, match="no format number"):
        read_config(made)


@pytest.mark.parametrize("line", ['ledger = "postgresql://db/vault"', 'documents = "s3://bucket"', "x = 1"])
def test_what_a_newer_program_would_heed_is_not_overlooked(made: Folder, line: str) -> None:
    say(made, f'format = 1\norigin = "a"\ncheck = "b"\n{line}\n')
    with pytest.raises(Refused, match="does not know"):
        read_config(made)


@pytest.mark.parametrize(
    "text",
    [
        "format = 1",
        'format = 1\norigin = "a"\n',
        'format = 1\norigin = 1\ncheck = "b"\n',
        'format = 1\norigin = "a"\ncheck = "b"\ndefaults = 1\n',
        "format = 1\nformat = 1",
        "format = ",
        "not toml",
        "a = " + "[" * 60_000,
        "#" * (toml.MAX_FILE + 1),
        "a." * toml.MAX_DOTS + "a.a = 1",  # tomllib would take the square of it
        "format = " + "9" * 5_000,  # more digits than Python reads
        "format = 0x" + "f" * 5_000,  # or prints
    ],
)
def test_a_broken_vault_toml_is_damage(made: Folder, text: str) -> None:
    say(made, text)
    with pytest.raises(Damaged, match=r"vault\.toml"):
        read_config(made)


def test_bytes_that_are_no_text_are_damage(made: Folder) -> None:
    made.config.write_bytes(b"format = 1\n\xff")
    with pytest.raises(Damaged):
        read_config(made)


def test_no_vault_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no vault at"):
        read_config(Folder(tmp_path))


def test_a_lost_vault_toml_is_damage_where_there_is_a_ledger(made: Folder) -> None:
    made.database.touch()
    with pytest.raises(Damaged, match="missing"):
        read_config(made)


def test_shared_locks_go_together_and_an_exclusive_one_waits(made: Folder) -> None:
    script = (
        "import fcntl, os, sys; handle = os.open(sys.argv[1], os.O_RDONLY)\n"
        "try: fcntl.flock(handle, fcntl.LOCK_NB | (fcntl.LOCK_EX if sys.argv[2] == 'x' else fcntl.LOCK_SH))\n"
        "except BlockingIOError: sys.exit(7)"
    )

    def attempt(mode: str) -> int:
        return subprocess.run([sys.executable, "-c", script, made.lock, mode], check=False).returncode

    with locked(made, exclusive=False), locked(made, exclusive=False):
        assert (attempt("s"), attempt("x")) == (0, 7)
    with locked(made, exclusive=True):
        assert (attempt("s"), attempt("x")) == (7, 7)
    assert attempt("x") == 0


def test_a_lost_lock_is_not_made_anew(made: Folder) -> None:
    made.lock.unlink()
    with pytest.raises(Damaged, match="lock is missing"), locked(made, exclusive=True):
        pass
    assert not made.lock.exists()


MOUNTS = """\
21 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 21 0:40 / /srv/share rw - nfs4 server:/export rw
31 30 254:1 / /srv/share/local rw - xfs /dev/vdb rw
32 21 0:41 / /mnt/with\\040space rw - cifs //server/share rw
33 21 0:42 / /data rw - ext4 /dev/vdc rw
34 33 0:43 / /data rw - nfs server:/data rw
"""


@pytest.mark.parametrize(
    "path", ["/srv/share", "/srv/share/vault", "/mnt/with space/vault", "/data/vault", "/srv/share/localhost"]
)
def test_a_network_disk_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    with pytest.raises(Refused, match="lies on"):
        refuse_network_disk(Path(path), tmp_path / "mounts")


@pytest.mark.parametrize("path", ["/", "/home/x", "/srv/share/local/vault", "/srv/shared", "/mnt"])
def test_a_disk_of_this_machine_is_not(tmp_path: Path, path: str) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    refuse_network_disk(Path(path), tmp_path / "mounts")
    refuse_network_disk(Path(path), tmp_path / "no such file")


def test_a_lock_that_cannot_be_opened_is_unavailable(made: Folder) -> None:
    made.lock.unlink()
    made.lock.symlink_to(made.lock)
    with pytest.raises(Unavailable, match="cannot be opened"), locked(made, exclusive=True):
        pass
