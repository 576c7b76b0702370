"""`dvault ledger export` and `dvault verify` of what it wrote, with and without the program's own command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.clerk import Clerk


@pytest.fixture
def exported(logged: Clerk) -> Path:
    logged.run("ledger", "export", "out")
    return logged.folder / "out"


def fingerprint(clerk: Clerk) -> str:
    return str(clerk("verify --json").json["fingerprint"])


def test_export_prints_the_folder_and_says_what_it_shows(logged: Clerk) -> None:
    said = logged("ledger export out")
    assert said.out == "out\n"
    assert "which entries share a term" in said.err
    assert "hint: dvault verify out --fingerprint " in said.err
    again = logged("ledger export out --json").json
    assert (again["files"], again["uncovered"]) == (0, 0)


def test_what_was_exported_is_proven_by_its_fingerprint_and_without_any_key(
    exported: Path, logged: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = fingerprint(logged)
    for name in ("DVAULT_IDENTITY", "DVAULT_PASSPHRASE_FILE", "DVAULT_VAULT"):
        monkeypatch.setenv(name, str(exported / "none"))
    assert "self-asserted" in logged(f"verify {exported}", code=1).out
    said = logged(f"verify {exported} --fingerprint {known}")
    assert "order         PROVEN" in said.out
    assert "step 10 (records) skipped" in said.err
    found = logged(f"verify {exported} --json --fingerprint {known}").json
    assert [step["number"] for step in found["steps"]] == list(range(1, 17))
    assert found["fingerprint"] == known


def test_a_checkpoint_from_before_is_compared(exported: Path, logged: Clerk) -> None:
    kept = logged.folder / "kept"
    kept.write_bytes((exported / "checkpoint").read_bytes())
    logged("disclose a.txt --to ganzhou")
    logged("ledger export out")
    found = logged(f"verify out --checkpoint {kept} --fingerprint {fingerprint(logged)} --json").json
    assert not next(step for step in found["steps"] if step["number"] == 8)["skipped"]
    (exported / "checkpoint").write_bytes(b"x")
    assert "BROKEN" in logged(f"verify out --checkpoint {kept}", code=1).out


def test_following_by_cron(exported: Path, logged: Clerk) -> None:
    known = fingerprint(logged)
    line = f"verify out --fingerprint {known} --since seen"
    assert "nothing was kept from an earlier look" in logged(line).err
    logged("disclose a.txt --to ganzhou")
    logged("ledger export out")
    assert "were read at an earlier look" in logged(line).err
    state = (logged.folder / "seen").read_bytes()
    (exported / "tile/entries").rename(exported / "tile/gone")
    logged(line, code=1)
    assert (logged.folder / "seen").read_bytes() == state


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("verify out --documents", "holds no documents"),
        ("verify --since state", "for a ledger in tile form"),
        ("verify --checkpoint file", "for a ledger in tile form"),
        ("verify ftp://log.example", "no vault"),
        ("verify out --require all", "verdicts are"),
    ],
)
def test_misuse_is_told(exported: Path, logged: Clerk, line: str, said: str) -> None:
    assert said in logged(line, code=4 if "ftp" in line else 2).err


def stranger(*words: str, expect: int) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "vault.verify", *words], capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.returncode == expect, done.stderr
    return done


def test_the_stranger_s_program_agrees(exported: Path, logged: Clerk) -> None:
    known = fingerprint(logged)
    ours = logged(f"verify {exported} --json --fingerprint {known}").json
    assert json.loads(stranger(str(exported), "--fingerprint", known, "--json", expect=0).stdout) == ours
    assert "13  files" in stranger(str(exported), expect=1).stdout
    assert "hint: " in stranger("https://a:b@log.example", expect=2).stderr
    stranger(str(exported / "tile"), expect=4)
    stranger("http://127.0.0.1:9/ledger", expect=6)


def test_the_stranger_s_program_loads_no_database_and_no_command_line() -> None:
    heavy = {"sqlcipher3", "boto3", "click", "rich", "structlog", "keys"}
    code = f"import sys, vault.verify.__main__; print(sorted({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
