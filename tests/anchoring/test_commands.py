"""The command line, run as the program against a TSA on a loopback port; and the samples of docs/custodian.md."""

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.anchoring.authority import Authority, openssl_accepts
from tests.anchoring.serving import Server, served
from tests.desk import Desk
from tests.docs.documents import ROOT, blocks
from vault import stamping
from vault.errors import Unavailable

CUSTODIAN = ROOT / "docs" / "custodian.md"


@pytest.fixture
def at(tsa: Authority) -> Iterator[Server]:
    with served(tsa) as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, at: Server, tsa: Authority) -> Desk:
    """A desk whose vault.toml names the TSA as docs/custodian.md tells to."""
    made = Desk(tmp_path / "desk")
    (sample,) = blocks(CUSTODIAN, "Time stamps", "toml")
    configured = re.sub(r'url = "[^"]*"', f'url = "{at.url}"', sample)
    vault = made.folder / "vault"
    with (vault / "vault.toml").open("a") as file:
        file.write(configured)
    (vault / re.findall(r'roots = "([^"]*)"', sample)[0]).write_bytes(tsa.root.pem)
    return made


def test_a_day_with_time_stamps(desk: Desk, tsa: Authority, at: Server) -> None:
    desk.grow(4)
    anchored = json.loads(desk.dvault("checkpoint", "--anchor", "--json"))
    ((made,), size) = anchored["anchors"], anchored["size"]
    (token,) = made["tokens"]
    folder = desk.folder / "vault" / "anchors" / str(size)
    openssl_accepts(folder / f"{token['sha256']}.tsr", folder / "checkpoint", tsa.folder / "root.pem")
    assert (folder / "checkpoint").read_text() == anchored["checkpoint"]
    assert (made["failed"], made["size"], token["accuracy"]) == ([], size, 1.5001)

    assert desk.dvault("checkpoint", "--anchor", "--if-older-than", "1d") == ""
    assert len(at.asked) == 1
    desk.dvault("checkpoint", "--anchor", "--renew")
    assert len(at.asked) == 2

    assert "self-asserted" in desk.dvault("verify")
    root = tsa.folder / "root.pem"
    said = desk.dvault("verify", "--tsa-root", root, "--require", "time")
    assert re.search(r"^time +PROVEN +entries 0 to [0-9]+ were there by ", said, re.MULTILINE)
    shown = json.loads(desk.dvault("show", "P-0001", "--json"))
    assert datetime.fromisoformat(shown["stamped"]["by"]) >= datetime.fromisoformat(token["time"])
    assert shown["stamped"]["after"] is None
    assert "By time stamps, under the vault's own TSA roots" in desk.dvault("show", "P-0001")


def test_tsa_that_is_down_appends_nothing_and_is_safe_to_repeat(desk: Desk, at: Server) -> None:
    at.status = 503
    desk.dvault("checkpoint", "--anchor", expect=6)
    with desk.opened() as archive:
        assert archive.ledger.count("anchor") == 0
    at.status = 200
    desk.dvault("checkpoint", "--anchor")


@pytest.mark.parametrize(
    ("answer", "told", "hint"),
    [
        (b"", "expected a time-stamp response (RFC 3161) in DER, found '0 bytes that are none'", "roots and policy"),
        (b"<html>", "expected a time-stamp response (RFC 3161) in DER, found '6 bytes", "roots and policy"),
        (None, "127.0.0.1:1/ cannot be reached: Connection refused", "repeat it later"),
    ],
)
def test_tsa_that_answers_wrongly_is_told_in_words(
    desk: Desk, at: Server, answer: bytes | None, told: str, hint: str
) -> None:
    if answer is None:
        config = desk.folder / "vault" / "vault.toml"
        config.write_text(config.read_text().replace(at.url, "http://127.0.0.1:1/"))
    else:
        at.answer = lambda _: answer
    with desk.opened() as archive, pytest.raises(Unavailable) as caught:
        stamping.anchor(archive)
    assert told in str(caught.value)
    assert "no anchor entry was appended" in caught.value.hint
    assert hint in caught.value.hint
    assert "Error" not in str(caught.value)


def test_server_that_hangs_up_is_told_in_words(desk: Desk, at: Server) -> None:
    at.cut = 20
    with desk.opened() as archive, pytest.raises(Unavailable, match="ended the connection in the middle of an answer"):
        stamping.anchor(archive)


def run(*arguments: str) -> tuple[int, str]:
    """The exit code and words of the program where there is no vault."""
    command = [sys.executable, "-m", "cli.main", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        "--renew",
        "--if-older-than 1d",
        "--anchor --if-older-than 1",
        "--anchor --if-older-than 0d",
        "--anchor --renew=1",
    ],
)
def test_wrong_use_is_told(arguments: str) -> None:
    assert run("checkpoint", *arguments.split())[0] == 2


def test_file_that_holds_no_roots_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("no certificate")
    code, said = run("verify", "--tsa-root", str(tmp_path / "words"))
    assert (code, f"{tmp_path / 'words'}: expected certificates" in said) == (2, True)


def unit(name: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=True)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]  # keys of units have capitals
    (text,) = (body for body in blocks(CUSTODIAN, "Every day, by itself", "ini") if body.startswith(f"; {name}\n"))
    parsed.read_string(text)
    return parsed


def arguments_of(command: str) -> list[str]:
    words = shlex.split(command)
    at = next(n for n, word in enumerate(words) if word.rpartition("/")[2] == "dvault")
    return words[at + 1 :]


def test_sample_units_run_a_command_that_there_is_with_the_passphrase_in_a_file(desk: Desk, at: Server) -> None:
    service, timer = unit("dvault-anchor.service"), unit("dvault-anchor.timer")
    assert service["Service"]["Type"] == "oneshot"
    environment = dict(pair.split("=", 1) for pair in shlex.split(service["Service"]["Environment"]))
    assert set(environment) == {"DVAULT_VAULT", "DVAULT_PASSPHRASE_FILE"}
    assert environment["DVAULT_PASSPHRASE_FILE"].startswith("%d/")
    assert service["Service"]["LoadCredentialEncrypted"].split(":")[0] == environment["DVAULT_PASSPHRASE_FILE"][3:]
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"
    desk.dvault(*arguments_of(service["Service"]["ExecStart"]))
    assert len(at.asked) == 1
    desk.dvault(*arguments_of(service["Service"]["ExecStart"]))
    assert len(at.asked) == 1  # idle, and young


def test_sample_units_are_what_systemd_reads(tmp_path: Path) -> None:
    """Where systemd is; what it asks is read above where it is not."""
    analyze = shutil.which("systemd-analyze")
    for text in blocks(CUSTODIAN, "Every day, by itself", "ini"):
        name = text.partition("\n")[0].removeprefix("; ")
        (tmp_path / name).write_text(text.replace("%h/.local/bin/dvault", sys.executable))
        if analyze:
            command = [analyze, "verify", "--user", "--man=no", str(tmp_path / name)]
            environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
            done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert {path.name for path in tmp_path.iterdir()} >= {"dvault-anchor.service", "dvault-anchor.timer"}


def test_sample_cron_line_runs_the_same_command() -> None:
    (text,) = blocks(CUSTODIAN, "Every day, by itself", "crontab")
    *settings, line = text.strip().splitlines()
    assert all(re.fullmatch(r"DVAULT_[A-Z_]+=[^/~$\s]\S*", setting) for setting in settings)
    minute, hour, *rest = line.split(maxsplit=5)
    assert 0 <= int(minute) < 60
    assert 0 <= int(hour) < 24
    assert rest[:3] == ["*", "*", "*"]
    assert "%" not in rest[3]  # cron's own sign for a new line
    command, _, _ = rest[3].partition(" > ")
    assert arguments_of(command) == arguments_of(unit("dvault-anchor.service")["Service"]["ExecStart"])
