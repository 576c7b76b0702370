"""Copied back and copied away: an older vault, and two that went on by themselves, are refused where they meet."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk import Desk, oral

OPENING = [
    "log", "show T-1", "get T-1 -o out", "party list", "party show P-1", "party add Somebody",
    "disclose a.txt --to ganzhou", "correct T-1 --purpose x --reason y", "checkpoint", "verify", "verify --documents",
    "doctor", "doctor --clean", "doctor --rebuild", "keys export-age-identity -o key --yes", "subject list",
]  # fmt: skip


def vault(desk: Desk) -> Path:
    return desk.folder / "vault"


def go_on(desk: Desk, entries: int = 1) -> None:
    with desk.opened() as archive:
        for _ in range(entries):
            archive.append([oral()])


def put(source: Path, target: Path) -> None:
    """A folder in the place of another."""
    shutil.rmtree(target)
    shutil.copytree(source, target)


def refusals(desk: Desk, lines: list[str]) -> set[str]:
    """What standard error says of each; every one has to refuse, and nothing may change."""
    before = {path: path.read_bytes() for path in vault(desk).rglob("*") if path.is_file() and "db-" not in path.name}
    said = {refusal(desk, line) for line in lines if not line.startswith("doctor")}
    for line in lines:
        if line.startswith("doctor"):  # which looks at what is refused, and says the same as a finding
            done = ended(desk, line)
            assert done.returncode == 3, (line, done.stdout, done.stderr)
            assert all(one.splitlines()[0].removeprefix("error: ") in done.stdout for one in said)
    assert {path: path.read_bytes() for path in before} == before
    return said


def ended(desk: Desk, line: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *line.split()], cwd=desk.folder,
        env={**os.environ, **desk.environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


def refusal(desk: Desk, line: str) -> str:
    done = ended(desk, line)
    assert (done.returncode, done.stdout) == (3, ""), (line, done.stdout, done.stderr)
    return done.stderr


def test_older_copy_of_the_whole_folder_is_refused_by_every_command(desk: Desk) -> None:
    backup = desk.folder / "backup"
    shutil.copytree(vault(desk), backup)
    go_on(desk, 2)
    put(backup, vault(desk))
    (said,) = refusals(desk, OPENING)
    assert "this vault was rolled back: it has 3 entries, 5 were seen on this machine" in said
    assert "hint: find the newer copy" in said


def test_older_ledger_alone_is_refused(desk: Desk) -> None:
    old = (vault(desk) / "ledger.db").read_bytes()
    desk.dvault("disclose", "a.txt", "--to", "ganzhou")
    (vault(desk) / "ledger.db").write_bytes(old)
    (said,) = refusals(desk, ["log", "disclose a.txt --to ganzhou", "verify"])
    assert "rolled back: it has 3 entries, 4 were seen" in said


def test_ledger_copied_without_its_log_is_refused(desk: Desk) -> None:
    """What was committed last stands in the log until the last process closes it."""
    with desk.opened() as archive:
        archive.append([oral()])
        alone = (vault(desk) / "ledger.db").read_bytes()
    (vault(desk) / "ledger.db").write_bytes(alone)
    (said,) = refusals(desk, ["log", "party add Somebody"])
    assert "rolled back: it has 3 entries, 4 were seen" in said


def test_older_log_beside_a_newer_ledger_is_refused(desk: Desk) -> None:
    """SQLite takes it for what is to be folded in: what comes out is older than what was seen."""
    with desk.opened() as archive:
        archive.append([oral()])
        log = (vault(desk) / "ledger.db-wal").read_bytes()
    go_on(desk, 2)
    (vault(desk) / "ledger.db-wal").write_bytes(log)
    assert "rolled back: it has 4 entries, 6 were seen" in refusal(desk, "log")


def test_copy_that_was_put_back_is_accepted_again_once_the_newer_one_is_there(desk: Desk) -> None:
    backup, newer = desk.folder / "backup", desk.folder / "newer"
    shutil.copytree(vault(desk), backup)
    go_on(desk)
    shutil.copytree(vault(desk), newer)
    put(backup, vault(desk))
    refusal(desk, "log")
    put(newer, vault(desk))
    desk.dvault("disclose", "a.txt", "--to", "ganzhou")


def machines(desk: Desk, folder: Path) -> tuple[Desk, Desk]:
    """The same identity and vault on a second machine."""
    shutil.copytree(desk.folder, folder)
    return desk, desk.moved(folder)


@pytest.mark.parametrize("entries", [1, 3], ids=["as long", "longer"])
def test_vault_used_on_two_machines_is_refused_where_the_copies_meet(desk: Desk, tmp_path: Path, entries: int) -> None:
    one, two = machines(desk, tmp_path / "second")
    go_on(one)
    go_on(two, entries)
    put(vault(two), vault(one))
    (said,) = refusals(one, OPENING)
    assert "this vault was forked or rewritten: it lacks entry 3 as it was seen on this machine" in said
    assert "hint: two copies may have gone on by themselves" in said
    two.dvault("verify")  # where only one was seen, there is nothing to see


def test_shorter_one_of_two_copies_is_refused_as_older(desk: Desk, tmp_path: Path) -> None:
    one, two = machines(desk, tmp_path / "second")
    go_on(one, 3)
    go_on(two)
    put(vault(two), vault(one))
    assert "rolled back: it has 4 entries, 6 were seen" in refusal(one, "log")


def test_copies_meet_on_a_third_machine_too(desk: Desk, tmp_path: Path) -> None:
    """Whoever saw the one refuses the other, though he wrote neither."""
    one, two = machines(desk, tmp_path / "second")
    third = desk.moved(tmp_path / "third")
    shutil.copytree(desk.folder, third.folder)
    go_on(one)
    go_on(two, 2)
    put(vault(one), vault(third))
    third.dvault("log")
    put(vault(two), vault(third))
    assert "forked" in refusal(third, "log")


def test_copy_that_only_one_has_gone_on_with_is_simply_newer(desk: Desk, tmp_path: Path) -> None:
    one, two = machines(desk, tmp_path / "second")
    go_on(two, 2)
    put(vault(two), vault(one))
    one.dvault("disclose", "a.txt", "--to", "ganzhou")
    one.dvault("verify", "--documents")


def test_other_vault_of_the_same_origin_is_refused(desk: Desk, tmp_path: Path) -> None:
    """Not a copy at all: the identity remembers which vault goes by this name."""
    other = Desk(tmp_path / "other")
    shutil.copytree(vault(other), desk.folder / "elsewhere")
    put(desk.folder / "elsewhere", vault(desk))
    assert refusal(desk, "log").startswith("error: this identity opens no keys of desk.example/log")
