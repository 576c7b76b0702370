"""Standard streams that fail: what was written is said to be there, and the exit code never invites to repeat it."""

import json
import os
import subprocess
import sys

import pytest

from tests.cli.clerk import Clerk

DVAULT = [sys.executable, "-m", "cli.main"]


def run(clerk: Clerk, line: str, out: str = "/dev/null", err: str | None = None) -> tuple[int, str]:
    """Exit code and what stands on stderr, with files or devices in the place of the streams."""
    with open(out, "wb") as stdout, open(err or os.devnull, "wb") as stderr:  # noqa: PTH123
        told = stderr if err else subprocess.PIPE
        done = subprocess.run([*DVAULT, *line.split()], cwd=clerk.folder, stdout=stdout, stderr=told, check=False)
    return done.returncode, (done.stderr or b"").decode()


WRITES = {
    "disclose a.txt --to ganzhou": "T-000004 is in the ledger",
    "disclose a.txt --to ganzhou --json": "T-000004 is in the ledger",
    "correct T-1 --purpose x --reason y": "entry 10, which corrects T-000001, is in the ledger",
    "party add Somebody": "P-0004 is in the ledger",
    "subject add Somebody --json": "S-0002 is in the ledger",
    "keys export-age-identity -o key --yes": "key is written, and recorded as entry 10",
    "init second --origin other.example/log": "the vault second is made, its fingerprint is ",
}


@pytest.mark.parametrize("line", WRITES)
def test_entry_is_told_where_standard_output_is_full(logged: Clerk, line: str) -> None:
    code, told = run(logged, line, out="/dev/full")
    assert code == 1  # and not 6, which says that it is safe to repeat
    assert f"error: {WRITES[line]}" in told
    assert "but standard output failed: No space left on device\nhint: do not repeat it\n" in told
    if "init" not in line:
        assert size(logged) == 11


def size(clerk: Clerk) -> int:
    with clerk.desk.opened() as archive:
        return archive.ledger.size()


@pytest.mark.parametrize("line", WRITES)
def test_entry_is_told_where_nobody_reads_standard_output(logged: Clerk, line: str) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*DVAULT, *line.split()], cwd=logged.folder, stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert done.returncode == 0
    assert WRITES[line] in done.stderr
    assert "nobody read standard output to its end" in done.stderr


def test_first_line_is_enough_for_who_reads_no_more(logged: Clerk) -> None:
    for number in range(1_001):
        logged.file(f"many/{number:04}", str(number).encode())
    script = f"'{sys.executable}' -m cli.main disclose many --to ganzhou --json | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=logged.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["transmittal"] == "T-000004"
    assert len(logged("log").lines) == 5


@pytest.mark.parametrize("line", ["verify --documents", "verify --documents --json", "doctor --documents"])
def test_what_is_broken_ends_with_1_whoever_reads_it(logged: Clerk, line: str) -> None:
    (segment, *_) = sorted((logged.folder / "vault" / "segments").iterdir())
    data = bytearray(segment.read_bytes())
    data[20] ^= 1
    segment.write_bytes(data)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *line.split()], cwd=logged.folder, stdout=write, stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL, text=True, check=False,
    )  # fmt: skip
    os.close(write)
    assert done.returncode == 1, done.stderr


READS = ["log", "log --json", "show T-1", "party list", "verify", "verify --json", "doctor", "checkpoint", "--help"]


@pytest.mark.parametrize("line", READS)
def test_what_only_reads_is_safe_to_repeat(logged: Clerk, line: str) -> None:
    code, told = run(logged, line, out="/dev/full")
    assert code == 6
    assert told.startswith("error: standard output: No space left on device\nhint: mend it, then repeat\n") or (
        "error: standard output: No space left on device" in told
    )


@pytest.mark.parametrize("line", ["disclose a.txt --to ganzhou", "-v disclose a.txt --to ganzhou", "verify", "log"])
def test_full_standard_error_changes_nothing(logged: Clerk, line: str) -> None:
    assert run(logged, line, err="/dev/full")[0] == 0


def test_error_is_the_exit_code_where_nobody_can_be_told(logged: Clerk) -> None:
    assert run(logged, "show T-9", out="/dev/full", err="/dev/full")[0] == 4


def test_everything_answers_in_the_locale_of_nobody(logged: Clerk) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    said = ""
    for line in (*READS, "disclose a.txt --to müller --purpose Größe", "show T-4"):
        done = subprocess.run(
            [*DVAULT, *line.split()], cwd=logged.folder, env={**environment, "LC_ALL": "C"}, capture_output=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

        said = done.stdout.decode("utf-8")
    assert "Größe" in said
