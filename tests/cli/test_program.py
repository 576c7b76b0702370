"""The real program: pipes, locales, closed streams, interruption; what it loads; what it must never tell."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cli import exits
from tests.cli.clerk import ALONE, Clerk
from tests.transcript import ROOT

DVAULT = [sys.executable, "-m", "cli.main"]


def run(clerk: Clerk, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*DVAULT, *arguments], cwd=clerk.folder, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
        capture_output=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
)
def test_output_is_utf_8_whatever_the_locale(clerk: Clerk, environment: dict[str, str]) -> None:
    done = run(clerk, "subject", "list", **environment)
    assert done.stdout.decode("utf-8") == "S-0001\tSocietà Magneti\t\tIT\t\n"


@pytest.mark.parametrize(("environment", "code"), [({"LC_ALL": "C"}, 0), ({"LC_ALL": "POSIX", "PYTHONUTF8": "0"}, 2)])
def test_name_is_read_as_utf_8_or_said_to_be_no_text(clerk: Clerk, environment: dict[str, str], code: int) -> None:
    # With its UTF-8 mode switched off Python hands us bytes for the name.
    assert run(clerk, "party", "show", "Müller", **environment).returncode == code


@pytest.mark.parametrize("argument", [b"\xff\xfe", b"a\x1b[31m", "a\u202e".encode()])
def test_argument_of_any_bytes_is_no_reason_to_crash(clerk: Clerk, argument: bytes) -> None:
    done = run(clerk, "party", "add", os.fsdecode(argument), LC_ALL="C")
    assert done.returncode == 2
    assert done.stderr.startswith(b"error: name: expected")
    assert b"\x1b" not in done.stderr


def test_reader_that_has_had_enough_is_no_fault(logged: Clerk) -> None:
    for arguments in (["log"], ["--help"], ["disclose", "--help"]):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(
            [*DVAULT, *arguments], cwd=logged.folder, stdout=write, stderr=subprocess.PIPE, check=False
        )
        os.close(write)
        assert (done.returncode, done.stderr) == (0, b"")


def test_vault_whose_fingerprint_nobody_read_is_the_default_all_the_same(clerk: Clerk, tmp_path: Path) -> None:
    """`dvault init | head -1`."""
    read, write = os.pipe()
    os.close(read)
    homes = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "state")}
    done = subprocess.run(
        [*DVAULT, "init", str(tmp_path / "new"), "--origin", "new.example/log"],
        cwd=tmp_path, stdout=write, stderr=subprocess.PIPE, check=False, env={**os.environ, **homes},
    )  # fmt: skip
    os.close(write)
    assert done.returncode == 0
    assert b"nobody read standard output to its end" in done.stderr
    assert str(tmp_path / "new") in (tmp_path / "config" / "disclosure-vault" / "config.toml").read_text()


def test_full_disk_under_standard_output_is_said(logged: Clerk) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run([*DVAULT, "log"], cwd=logged.folder, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 6
    assert done.stderr.startswith(b"error: standard output: No space left on device\nhint: ")


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_reason_to_fail(logged: Clerk, closed: str) -> None:
    command = f"'{sys.executable}' -m cli.main"
    script = f"{command} log {closed} && {command} disclose a.txt --to ganzhou {closed}"
    done = subprocess.run(["bash", "-c", script], cwd=logged.folder, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert len(logged("log").lines) == 4


def test_closed_standard_input_is_never_taken_for_a_document(clerk: Clerk) -> None:
    script = f"'{sys.executable}' -m cli.main disclose - --to ganzhou <&-"
    done = subprocess.run(["bash", "-c", script], cwd=clerk.folder, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"standard input is closed" in done.stderr


def test_without_a_terminal_a_locked_identity_is_said_to_be_so(clerk: Clerk) -> None:
    done = run(clerk, "log", DVAULT_PASSPHRASE_FILE="")
    assert done.returncode == 3
    assert b"no terminal" in done.stderr
    assert b"DVAULT_PASSPHRASE_FILE or DVAULT_PASSPHRASE_COMMAND" in done.stderr


def test_interrupted_disclosure_leaves_nothing(clerk: Clerk) -> None:
    with subprocess.Popen(
        [*DVAULT, "disclose", "-", "--to", "ganzhou"], cwd=clerk.folder, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.write(b"x" * 3_000_000)  # returns once all but a pipe's worth is read
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"error: interrupted" in said
    assert clerk("log").out == ""
    assert clerk("doctor").out == ALONE


def test_help_loads_no_command_and_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['dvault', '--help']\n"
        "from cli.start import run\n"
        "try: run()\nexcept SystemExit: print(*sorted(m for m in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    heavy = {"nacl", "sqlcipher3", "rich", "structlog", "cryptography", "boto3", "tomllib", "cli.wiring", "cli.options"}
    assert not heavy & loaded
    assert not [module for module in loaded if module.startswith(("cli.commands", "vault", "keys"))]


SECRETS = {
    "party": "Geheimpartner-GmbH", "subject": "Geheimkunde", "file": "Geheimliste.txt", "content": "Geheiminhalt",
    "purpose": "Geheimzweck",
}  # fmt: skip


def test_no_name_and_no_content_is_readable_on_the_disk(clerk: Clerk) -> None:
    clerk(f"party add {SECRETS['party']}")
    clerk(f"subject add {SECRETS['subject']}")
    clerk.file(SECRETS["file"], SECRETS["content"].encode())
    sent = f"disclose {SECRETS['file']} --to {SECRETS['party']} --subject {SECRETS['subject']}"
    clerk(f"{sent} --purpose {SECRETS['purpose']}")
    (clerk.folder / SECRETS["file"]).unlink()
    looked_at = 0
    for path in clerk.folder.rglob("*"):
        if path.is_file():
            looked_at += 1
            found = path.read_bytes() + os.fsencode(path.relative_to(clerk.folder))
            assert not [secret for secret in SECRETS.values() if secret.encode() in found], path
    assert looked_at > 5


def test_crash_tells_where_and_nothing_of_what_it_held(logged: Clerk) -> None:
    words = (logged.folder / "passphrase").read_text()
    with logged.desk.opened() as archive:
        archive.database.execute("UPDATE transmittal SET stated='{Geheimpartner'")
    for flags in ([], ["-v"]):
        done = run(logged, *flags, "log")
        told = (done.stdout + done.stderr).decode()
        assert done.returncode == 1
        assert "error: a defect of dvault: JSONDecodeError at " in told
        assert "Traceback" not in told
        for secret in (words, "Geheimpartner", "Ganzhou", "AGE-SECRET-KEY", "stated"):
            assert secret not in told


def test_passphrase_command_is_told_nothing(clerk: Clerk) -> None:
    words = (clerk.folder / "passphrase").read_text()
    spy = clerk.file(
        "spy.sh",
        b"#!/bin/sh\nread -r _ _ _ above _ < /proc/$PPID/stat\n"
        b"{ env; tr '\\0' ' ' < /proc/$above/cmdline; } > seen\ncat passphrase\n",
    )
    spy.chmod(0o700)
    done = run(clerk, "party", "list", DVAULT_PASSPHRASE_FILE="", DVAULT_PASSPHRASE_COMMAND=str(spy))
    assert done.returncode == 0
    seen = (clerk.folder / "seen").read_text()
    assert "cli.main party list" in seen
    assert words not in seen


def test_json_of_every_command_is_a_line_of_an_object_each(logged: Clerk) -> None:
    (logged.folder / "out").mkdir()
    lines = [
        "init second --origin other.example/log --json",
        "party add X --json", "subject add X --json", "matter add X --json", "request add X --json",
        "party list --json", "subject list --json", "matter list --json", "request list --json",
        "party show P-1 --json", "subject show S-1 --json", "matter show M-1 --json", "request show R-1 --json",
        "disclose a.txt --to ganzhou --json", "disclose a.txt --to ganzhou --dry-run --json",
        "correct T-1 --purpose y --reason r --json", "log --json", "show T-1 --json", "show P-1 --json",
        "get T-1 -o out --json", "get T-3 -o out --json", "checkpoint --json", "verify --json", "doctor --json",
        "doctor --rebuild --clean --json", "keys identity show --json", "keys export-age-identity -o k --yes --json",
    ]  # fmt: skip
    for line in lines:
        said = logged(line)
        assert said.lines, line
        for printed in said.lines:
            assert isinstance(json.loads(printed), dict), line


def test_vault_that_cannot_be_the_default_is_said_to_be_made(clerk: Clerk) -> None:
    (clerk.folder / "config" / "disclosure-vault" / "config.toml").mkdir(parents=True)
    said = clerk("init new --origin new.example/log", code=exits.EVIDENCE)
    assert said.lines[0].startswith("fingerprint ")
    assert "the vault was made, but is not your default" in said.err
    assert "config.toml" in said.err
    assert "repeat" not in said.err
    clerk("--vault new party add Ganzhou")


def test_identity_that_cannot_be_read_is_named(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVAULT_IDENTITY", "/proc/self/mem")  # opens, and cannot be read
    said = clerk("log", code=exits.UNAVAILABLE)
    assert said.err.startswith("error: /proc/self/mem: ")


def test_doctor_looks_at_a_vault_that_does_not_open(clerk: Clerk) -> None:
    path = clerk.folder / "vault" / "keyring"
    path.write_bytes(path.read_bytes()[:-1])
    said = clerk("doctor", 1)
    assert f"damage: {path}" in said.out
    assert "lost: the vault keys, without which nothing in this vault opens" in said.out
    assert "put back the keyring" in said.out
    assert said.err == ""


def test_doctor_names_an_identity_that_others_may_read(clerk: Clerk) -> None:
    path = clerk.folder / "identity"
    path.chmod(0o644)
    assert f"{path} is open to others (mode 0644)" in clerk("doctor").out
