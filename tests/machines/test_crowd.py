"""Many processes at one vault: no gap, nothing lost, no number twice, and nobody waits for the dead."""

import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from tests.desk import Desk, oral
from tests.machines.crowd import Crowd, is_free
from vault import doctoring
from vault.archive import Archive
from vault.records import parties


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A new vault with one party."""
    return Desk(tmp_path / "desk")


def test_a_crowd_of_which_some_are_killed_leaves_every_acknowledged_number(desk: Desk) -> None:
    crowd = Crowd(desk, seed=1)
    done = crowd.work({"clerk": 3, "doctor": 1, "custodian": 1, "auditor": 1}, turns=6, kills=2)
    found = crowd.judge()
    assert {"disclose", "correct", "register", "sign", "verify", "examine", "clean", "read"} <= set(done)
    assert (found["killed"], found["processes"]) == (2, 8)
    assert found["documents"] > 10


def test_real_programs_at_once_are_told_different_numbers(desk: Desk) -> None:
    processes = []
    for number in range(4):
        (desk.folder / f"{number}.txt").write_text(f"document {number}")
        processes.append(start(desk, "disclose", f"{number}.txt", "--to", "ganzhou", "--yes"))
    processes += [start(desk, "verify", "--require", "integrity"), start(desk, "doctor"), start(desk, "checkpoint")]
    said = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * 7, said
    assert sorted(out.strip() for out, _ in said[:4]) == [f"T-00000{number}" for number in range(1, 5)]
    assert "PROVEN" in desk.dvault("verify", "--documents")


def start(desk: Desk, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *arguments], cwd=desk.folder, env={**os.environ, **desk.environment},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_writer_waits_for_another(desk: Desk) -> None:
    """The other has begun its transaction before this one starts, and ends it when this one has opened the vault."""
    with desk.opened() as archive, archive.database.transaction():
        waiting = start(desk, "-v", "party", "add", "Later Ltd")
        assert waiting.stderr is not None
        while "vault opened" not in (line := waiting.stderr.readline()):
            assert line, "it ended before it had opened the vault"
        archive.append([parties.draft("party", {"name": "Earlier Ltd"})])
    out, err = waiting.communicate()
    assert (waiting.returncode, out) == (0, "P-0003\n"), err
    with desk.opened() as archive:
        assert [one.name for one in archive.catalog.registered("party")] == [
            "Ganzhou Magnet", "Earlier Ltd", "Later Ltd",
        ]  # fmt: skip


@pytest.mark.parametrize("renamed", [False, True], ids=["while it is written", "before the commit of its entry"])
def test_cleaning_never_removes_what_somebody_is_about_to_commit(desk: Desk, renamed: bool) -> None:
    """The clock is read between the two: the segment has its name by then, and no entry names it."""
    removed: list[str] = []
    cleaners: list[threading.Thread] = []

    def clean(segments: str) -> None:
        cleaners.append(in_a_thread(desk, lambda other: removed.extend(doctoring.clean(other))))
        wait_until_blocked(desk.folder / "vault" / "lock")
        assert len(list((desk.folder / "vault" / "segments").glob(segments))) == 1

    def look_at_the_clock() -> datetime:
        if renamed:
            clean("[0-9a-f]*[0-9a-f]")
        return datetime.now(UTC)

    with desk.opened() as archive:
        archive.clock = look_at_the_clock
        with archive.storing() as storing:
            document = storing.add(BytesIO(b"about to be logged"))
            if not renamed:
                clean("*.part")
            archive.append([oral()], storing)
        for thread in cleaners:
            thread.join()
        assert (len(cleaners), removed) == (1, [])
        sink = BytesIO()
        archive.get(document, sink)
        assert sink.getvalue() == b"about to be logged"


def in_a_thread(desk: Desk, act: Callable[[Archive], object]) -> threading.Thread:
    """With a vault of its own: a lock is held by an open file, not by a process."""

    def work() -> None:
        with desk.opened() as archive:
            act(archive)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_until_blocked(lock: Path) -> None:
    """Until the kernel lists somebody who waits for this lock."""
    inode = f":{lock.stat().st_ino} "
    while not any("->" in line and inode in line for line in Path("/proc/locks").read_text().splitlines()):
        pass


def test_doctor_waits_for_who_stores_and_who_stores_waits_for_doctor(desk: Desk) -> None:
    lock = desk.folder / "vault" / "lock"
    with desk.opened() as archive, archive.storing():
        assert not is_free(lock)
        with desk.opened() as other, other.storing():  # those who store do not wait for each other
            pass
    assert is_free(lock)
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        storing = in_a_thread(desk, lambda archive: archive.storing().__enter__().abort())
        wait_until_blocked(lock)
    storing.join()


def test_a_killed_process_holds_no_lock_and_its_part_is_removed(desk: Desk) -> None:
    """Killed with the shared lock, a segment half written, and the write lock of the database."""
    script = (
        "import sys, io; from pathlib import Path; from tests.machines.worker import Worker\n"
        "from keys import identity_file; from keys.protectors.passphrase import Passphrase\n"
        "desk = Path(sys.argv[1]); words = (desk / 'passphrase').read_text()\n"
        "identity = identity_file.load(desk / 'identity').unlock([Passphrase(lambda: words)])\n"
        "archive = Worker(desk, 'x', identity).open()\n"
        "with archive.storing() as storing, archive.database.transaction():\n"
        "    storing.add(io.BytesIO(b'x' * 100_000)); print('ready', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, desk.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert not is_free(desk.folder / "vault" / "lock")
        process.kill()
    assert is_free(desk.folder / "vault" / "lock")
    with desk.opened() as archive:
        archive.append([parties.draft("party", {"name": "Next Ltd"})])
        (removed,) = doctoring.clean(archive)
        assert removed.endswith(".part")
        assert doctoring.examine(archive) == []
