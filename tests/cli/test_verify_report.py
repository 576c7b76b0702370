"""`dvault verify REPORT` and `python -I -m vault.verify REPORT`: the same words, nothing that a terminal obeys."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.clerk import Clerk
from tests.reports import handmade
from tests.reports.handmade import Handmade, Story
from tests.verify.bundles import archives

HOSTILE = "\u202egnp.\x9b2J\u200b<script>alert(1)</script>=cmd|'/C calc'!A0"


@pytest.fixture(scope="module")
def made() -> Handmade:
    """A bundle with an auditor, without time stamps."""
    return Handmade(Story())


@pytest.fixture
def policy(made: Handmade, tmp_path: Path) -> Path:
    believed = handmade.believing(made.ledger).policy
    (tmp_path / "policy").write_bytes(bytes(believed) if believed else b"")
    return tmp_path / "policy"


def alone(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The stranger's program."""
    command = [sys.executable, "-I", "-m", "vault.verify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_report_is_judged_as_a_folder_and_as_a_zip(clerk: Clerk, made: Handmade, policy: Path) -> None:
    files = made.files()
    folder = handmade.write(clerk.folder / "report", files)
    (clerk.folder / "report.zip").write_bytes(archives.by_library(files))
    for what in ("report", "report.zip"):
        told = clerk(f"verify {what} --policy {policy} --json").json
        assert {one["state"] for one in told["verdicts"].values()} == {"PROVEN"}
        assert [one["number"] for one in told["report"]["transmittals"]] == [1, 3, 4]
        assert told["report"]["for"] == "Counsel LLP"
        assert told["report"]["transmittals"][0]["by"].startswith("2026-11-24T09:01")
        assert [one["number"] for one in told["steps"]] == sorted(one["number"] for one in told["steps"])
    said = clerk(f"verify report --policy {policy}")
    assert [line.split()[1] for line in said.lines[:5]] == ["PROVEN"] * 5
    assert "transmittal 4, entry 8: by 2026-11-24T09:01:00.000000Z" in said.err
    same = alone(folder, "--policy", policy, "--json")
    assert same.returncode == 0
    assert json.loads(same.stdout)["report"] == clerk(f"verify report --policy {policy} --json").json["report"]


def test_exit_codes_say_what_is_required(clerk: Clerk, made: Handmade, policy: Path) -> None:
    handmade.write(clerk.folder / "report", replace(made, auditor=None).files())
    clerk("verify report", code=1)
    clerk("verify report --require integrity")
    clerk(f"verify report --policy {policy}", code=1)
    assert "self-asserted" in clerk("verify report", code=1).out
    clerk(f"verify report --fingerprint {made.ledger.fingerprint.hex()} --require integrity,order")
    assert alone(clerk.folder / "report").returncode == 1


def test_a_kept_checkpoint_is_compared_and_a_report_is_not_followed(clerk: Clerk, made: Handmade, policy: Path) -> None:
    folder = handmade.write(clerk.folder / "report", made.files())
    (clerk.folder / "kept").write_bytes(made.ledger.checkpoint())
    clerk(f"verify report --policy {policy} --checkpoint kept")
    fork = Story(more=True).ledger
    (clerk.folder / "kept").write_bytes(fork.log.sign(fork.tree()._replace(size=12)))
    assert "order         BROKEN" in clerk(f"verify report --policy {policy} --checkpoint kept", code=1).out
    assert "not followed" in clerk("verify report --since seen", code=2).err
    assert alone(folder, "--since", clerk.folder / "seen").returncode == 2
    clerk(f"verify report --documents --policy {policy}")


def test_hostile_texts_are_shown_inert(clerk: Clerk, made: Handmade) -> None:
    name = f"000003-1-{HOSTILE[:-3]}".replace("/", "")
    hostile = replace(
        made,
        stated=lambda one: one._replace(recipient=HOSTILE, purpose=HOSTILE * 50),
        documents={name: handmade.DRAWING, "\u202ex": b"x"},
        query=made.query._replace(filters=(HOSTILE,)),
    )
    folder = handmade.write(clerk.folder / "report", hostile.files())
    said = clerk("verify report", code=1)
    for text in (said.out + said.err, alone(folder).stdout, clerk("verify report --json", code=1).out):
        assert not set("\u202e\x9b\u200b\x1b") & set(text)
        assert len(text) < 20_000


def test_a_bomb_is_refused_in_words(clerk: Clerk, made: Handmade) -> None:
    part = archives.Part(b"report/data/x", bytes(1 << 20), method=8)
    (clerk.folder / "bomb.zip").write_bytes(archives.archive([*archives.honest(), part]))
    said = clerk("verify bomb.zip", code=1)
    assert "integrity     BROKEN" in said.out
    assert "bomb.zip: expected files of at most 1000 times what is stored" in " ".join(said.out.split())
    assert made.ledger.size


def test_what_is_not_there_is_not_found(clerk: Clerk) -> None:
    clerk("verify none.zip --fingerprint " + 64 * "0", code=4)


def test_judging_a_report_loads_no_database_no_cloud_no_command_line(made: Handmade, tmp_path: Path) -> None:
    folder = handmade.write(tmp_path / "report", made.files())
    code = (
        f"import runpy, sys; sys.argv = ['x', {str(folder)!r}]\n"
        "try:\n    runpy.run_module('vault.verify', run_name='__main__')\nexcept SystemExit:\n    pass\n"
        "print(sorted({'sqlcipher3', 'boto3', 'click', 'structlog', 'vault.archive', 'keys'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
