"""The commands as people and scripts run them, in this process and as the real program, against a real server."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backup.weed import Weed, secret
from tests.cli import clerk as clerks
from tests.cli.clerk import Clerk
from tests.desk import Desk


@pytest.fixture(scope="session")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A vault with one party and one disclosure."""
    desk = Desk(tmp_path_factory.mktemp("desk") / "desk")
    (desk.folder / "a.txt").write_text("hello")
    desk.dvault("disclose", "a.txt", "--to", "ganzhou", "--yes")
    return desk


@pytest.fixture
def clerk(
    weed: Weed,
    desk_template: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Clerk:
    """Somebody at that vault, with the owner's credentials in the environment."""
    for name, value in weed.environment().items():
        monkeypatch.setenv(name, value)
    return Clerk(clerks.copy(desk_template, tmp_path / "desk"), monkeypatch, capfd)


@pytest.fixture
def url(bucket: str, prefix: str) -> str:
    return f"s3://{bucket}/{prefix}"


def test_from_init_to_a_restore_on_a_clean_machine(
    clerk: Clerk, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert clerk("backup status", code=4).err.startswith("error: this vault has no backup yet")
    probed = clerk(f"backup init {url} --retain 1d --mode governance")
    assert probed.out.count("yes") == 6
    assert "BypassGovernanceRetention" in probed.err
    planned = clerk("backup run --dry-run --json").json
    assert (planned["entries"], planned["segments"]) == (3, 1)
    ran = clerk("backup run --json").json
    assert (ran["size"], ran["before"], ran["warnings"]) == (5, 0, [])
    again = clerk("backup run")
    assert (again.lines, again.err) == (["checkpoint 5"], "  Nothing new.\n") or "Nothing new." in again.err
    assert clerk("backup status --json").json["lag"] == 0
    assert clerk("backup verify --all --json").json["faults"] == []
    assert clerk("backup drill --json").json["ok"]
    assert clerk("backup extend --json").json["extended"] > 10
    fingerprint = clerk("verify --json").json["fingerprint"]
    assert clerk(f"verify {url}", code=1).out.startswith("integrity     PROVEN")
    clerk(f"verify {url} --fingerprint {fingerprint}")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "clean" / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "clean" / "config"))
    restored = clerk(f"restore {url} {tmp_path}/clean/vault --json").json
    assert (restored["size"], restored["lost"], restored["lost_tail"], restored["warnings"]) == (6, [], [], [])
    clerk(f"verify {tmp_path}/clean/vault --documents")
    assert clerk(f"--vault {tmp_path}/clean/vault get T-1/1 -o {tmp_path}/back.txt").code == 0
    assert (tmp_path / "back.txt").read_text() == "hello"


def test_a_lost_tail_ends_with_one_and_tells_of_a_successor(clerk: Clerk, url: str, tmp_path: Path) -> None:
    clerk(f"backup init {url} --retain 1d")
    clerk("backup run")
    clerk("party add Lost --country DE")
    kept = clerk.file("kept", clerk("checkpoint").out.encode())
    said = clerk(f"restore {url} {tmp_path}/older --expect {kept}", code=1)
    assert "entries are lost" in said.err
    assert "--continues desk.example/log" in said.err


def test_a_bucket_that_is_gone_or_closed_is_told_by_its_exit_code(
    clerk: Clerk, url: str, monkeypatch: pytest.MonkeyPatch, weed: Weed
) -> None:
    clerk(f"backup init {url} --retain 1d")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert "the server refuses it" in clerk("backup run", code=3).err
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret("owner"))
    assert clerk("restore s3://no-such-bucket-here/x there", code=4).err
    assert clerk("backup init https://example.org/x", code=2).err
    assert clerk("verify . --endpoint http://127.0.0.1:1", code=2).err
    clerk("restore s3://x/y there --expect nothing", code=4)


@pytest.mark.parametrize("line", ["backup init", "backup verify --sample 0%", "backup verify --sample x",
                                  "backup init s3://b/p --retain 10", "backup init s3://b/p --mode both"])  # fmt: skip
def test_what_makes_no_sense_is_usage(clerk: Clerk, line: str) -> None:
    clerk(line, code=2)


LOADED = "import sys; from cli.commands import {}; print('boto3' in sys.modules)"


@pytest.mark.parametrize("name", ["backup", "restore", "verify", "disclose", "log"])
def test_boto3_is_loaded_for_a_bucket_only(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(name)], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert json.loads(done.stdout.lower()) is False
