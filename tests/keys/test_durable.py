"""The durable write: wholly there or not at all, whatever fails and whenever it is killed."""

import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from errno import EIO
from pathlib import Path

import pytest

from keys import durable

PROGRAM = "import sys; from pathlib import Path; from keys import durable; "
WRITES = ("write_new", "replace")
NEW = b"new" * 100_000


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("write", WRITES)
def test_file_holds_the_data_and_nothing_else_is_left(tmp_path: Path, write: str) -> None:
    getattr(durable, write)(tmp_path / "file", NEW)
    assert (tmp_path / "file").read_bytes() == NEW
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("write", WRITES)
def test_file_is_its_owner_s_alone_whatever_the_umask(tmp_path: Path, write: str) -> None:
    before = os.umask(0)
    try:
        getattr(durable, write)(tmp_path / "file", b"")
    finally:
        os.umask(before)
    assert mode(tmp_path / "file") == 0o600


@pytest.mark.parametrize("write", WRITES)
def test_name_of_the_longest_kind_can_be_written(tmp_path: Path, write: str) -> None:
    getattr(durable, write)(tmp_path / ("n" * 255), b"new")
    assert names(tmp_path) == ["n" * 255]


def test_replace_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old and longer")
    durable.replace(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_write_new_refuses_a_name_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        durable.write_new(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("write", WRITES)
def test_symbolic_link_is_never_followed(tmp_path: Path, write: str) -> None:
    """[A link planted in a shared folder would choose which of the writer's files is overwritten.]"""
    (tmp_path / "victim").write_bytes(b"old")
    (tmp_path / "file").symlink_to(tmp_path / "victim")
    if write == "write_new":
        with pytest.raises(FileExistsError):
            durable.write_new(tmp_path / "file", b"new")
    else:
        durable.replace(tmp_path / "file", b"new")
        assert not (tmp_path / "file").is_symlink()
    assert (tmp_path / "victim").read_bytes() == b"old"


def test_write_new_refuses_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "file").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        durable.write_new(tmp_path / "file", b"new")
    assert names(tmp_path) == ["file"]


def test_of_many_who_create_one_file_one_wins(tmp_path: Path) -> None:
    def attempt(number: int) -> bool:
        try:
            durable.write_new(tmp_path / "file", b"%d" % number)
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(attempt, range(40)))
    assert won.count(True) == 1
    assert (tmp_path / "file").read_bytes() == b"%d" % won.index(True)
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("folder", ["missing", "file", "/proc/self"])
def test_folder_that_cannot_be_written_is_an_os_error(tmp_path: Path, write: str, folder: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match=r"\[Errno"):
        getattr(durable, write)(tmp_path / folder / "x", b"new")


@pytest.mark.parametrize("write", WRITES)
def test_folder_is_not_a_file_to_be_written(tmp_path: Path, write: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        getattr(durable, write)(tmp_path / "folder", b"new")
    assert names(tmp_path) == ["folder"]


@pytest.mark.parametrize("write", WRITES)
def test_write_that_is_cut_short_leaves_nothing(tmp_path: Path, write: str) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); "
    ended = run(tmp_path, write, [], before=limit)
    assert "File too large" in ended.stderr
    assert names(tmp_path) == []


def test_folders_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    durable.make_folders(tmp_path / "a" / "b")
    assert [mode(tmp_path / "a"), mode(tmp_path / "a" / "b")] == [0o700, 0o700]


def test_folders_that_exist_are_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o755)
    durable.make_folders(tmp_path / "a")
    assert mode(tmp_path / "a") == 0o755


@pytest.mark.parametrize("path", ["file", "file/below"])
def test_file_where_a_folder_should_be_is_an_os_error(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        durable.make_folders(tmp_path / path)


def test_folder_below_a_dangling_link_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        durable.make_folders(tmp_path / "link")


# Faults: each system call of a write fails, or the process is killed at it.

CALLS = {
    "write_new": [
        "openat:when=1",
        "openat:when=2",
        "write:when=1",
        "fsync:when=1",
        "linkat",
        "unlinkat",
        "fsync:when=2",
    ],
    "replace": ["openat:when=1", "openat:when=2", "write:when=1", "fsync:when=1", "renameat", "fsync:when=2"],
}
FAULTS = [(write, call) for write, calls in CALLS.items() for call in calls]


def run(folder: Path, write: str, faults: list[str], before: str = "") -> subprocess.CompletedProcess[str]:
    """Write NEW to `file` in `folder` by a process of its own, some of whose system calls fail."""
    program = f"{before}{PROGRAM}durable.{write}(Path(sys.argv[1]), b'new' * 100_000)"
    command = [sys.executable, "-B", "-c", program, str(folder / "file")]
    if faults:
        only = ["-P", str(folder)] if any("openat" in fault for fault in faults) else []  # not what Python opens
        command = ["strace", "-qq", "-o", "/dev/null", *only, *(f"--inject={fault}" for fault in faults), *command]
    return subprocess.run(command, capture_output=True, text=True, check=False)


needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@needs_strace
@pytest.mark.parametrize(("write", "call"), FAULTS)
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_any_failing_call_leaves_the_old_or_the_new(tmp_path: Path, write: str, call: str, error: str) -> None:
    old = begin(tmp_path, write)
    ended = run(tmp_path, write, [f"{call}:error={error}"])
    assert ("OSError" in ended.stderr) == (call != "unlinkat")  # what is written is, and a leftover is no error
    assert (str(tmp_path / "file") in ended.stderr) == (call != "unlinkat")  # whatever the call knew it by
    check(tmp_path, old, leftovers=call == "unlinkat")


@needs_strace
@pytest.mark.parametrize(("write", "call"), FAULTS)
def test_being_killed_leaves_the_old_or_the_new(tmp_path: Path, write: str, call: str) -> None:
    old = begin(tmp_path, write)
    ended = run(tmp_path, write, [f"{call}:signal=KILL"])
    assert ended.returncode == -signal.SIGKILL
    check(tmp_path, old, leftovers=True)


@needs_strace
@pytest.mark.parametrize("error", ["EPERM", "EOPNOTSUPP", "EMLINK", "ENOSYS"])
def test_disk_without_hard_links_is_written_too(tmp_path: Path, error: str) -> None:
    ended = run(tmp_path, "write_new", [f"linkat:error={error}"])
    assert ended.stderr == ""
    assert (tmp_path / "file").read_bytes() == NEW
    assert names(tmp_path) == ["file"]


@needs_strace
def test_taken_name_is_refused_without_hard_links_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    ended = run(tmp_path, "write_new", ["linkat:error=EPERM"])
    assert "FileExistsError" in ended.stderr
    assert (tmp_path / "file").read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


@needs_strace
def test_name_is_free_again_where_the_rename_fails_without_hard_links(tmp_path: Path) -> None:
    ended = run(tmp_path, "write_new", ["linkat:error=EPERM", "renameat:error=EIO"])
    assert "Input/output error" in ended.stderr
    assert names(tmp_path) == []


def begin(folder: Path, write: str) -> bytes | None:
    """What is there before: nothing for a new file."""
    if write == "write_new":
        return None
    (folder / "file").write_bytes(b"old")
    return b"old"


def check(folder: Path, old: bytes | None, *, leftovers: bool) -> None:
    found = (folder / "file").read_bytes() if (folder / "file").exists() else None
    assert found in (old, NEW)
    others = [name for name in names(folder) if name != "file"]
    assert all(map(durable.is_temporary, others))
    assert leftovers or not others


def test_only_regular_files_are_read_and_nothing_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"some")
    assert durable.read(tmp_path / "file", 3) == b"som"
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(OSError, match="no regular file"):
            durable.read(path, 3)


def test_a_lock_is_let_go_of_even_where_closing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """[A disk that failed at the close left the handle, and `dvault init` waited for its own lock for ever.]"""

    def fail(_: int) -> None:
        raise OSError(EIO, "an injected fault")

    handle, again = (os.open(tmp_path, os.O_RDONLY) for _ in range(2))
    with monkeypatch.context() as patch:
        patch.setattr(os, "close", fail)
        with durable.locked(handle, fcntl.LOCK_EX), pytest.raises(BlockingIOError):
            fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
    for left in (handle, again):
        os.close(left)
