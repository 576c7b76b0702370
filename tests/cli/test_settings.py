"""Where things are, and the passphrase: four variables, one config file, never argv, never an error that tells it."""

import os
import re
import stat
from pathlib import Path

import pytest

from cli import settings
from cli.settings import Settings, passphrase
from tests.transcript import ROOT
from vault.errors import Misuse, NotFound, Refused

SECRET = "correct horse battery"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder, and nothing else set."""
    for name in (*settings.VARIABLES, "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_variables_are_exactly_the_four_of_the_contract() -> None:
    assert sorted(settings.VARIABLES) == [
        "DVAULT_IDENTITY", "DVAULT_PASSPHRASE_COMMAND", "DVAULT_PASSPHRASE_FILE", "DVAULT_VAULT",
    ]  # fmt: skip


def test_no_other_file_reads_the_environment_or_names_a_variable() -> None:
    for package in ("cli", "vault", "keys"):
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text()
            found = set(re.findall(r"(?<!_)DVAULT_[A-Z_]+", text)) - set(settings.VARIABLES)
            assert not found, path
            if path.name not in ("settings.py", "demo.py"):
                assert "os.environ" not in text, path
                assert "getenv" not in text, path


def test_files_lie_where_xdg_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.of_user() == Settings(
        home / ".config/disclosure-vault/config.toml", home / ".local/state/disclosure-vault"
    )
    monkeypatch.setenv("XDG_CONFIG_HOME", "/c")
    monkeypatch.setenv("XDG_STATE_HOME", "relative/is/ignored")
    assert Settings.of_user() == Settings(
        Path("/c/disclosure-vault/config.toml"), home / ".local/state/disclosure-vault"
    )


def test_identity_lies_beside_the_config_or_where_the_variable_says(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings.of_user().identity == home / ".config/disclosure-vault/identity"
    monkeypatch.setenv("DVAULT_IDENTITY", "/key")
    assert Settings.of_user().identity == Path("/key")


def test_vault_is_said_then_named_then_around_us_then_the_default(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = Settings.of_user()
    with pytest.raises(NotFound, match="no vault is named"):
        user.vault(None)
    assert user.remember_vault(home / 'odd "name" \\ here')
    assert user.vault(None) == home / 'odd "name" \\ here'
    assert not user.remember_vault(home / "second")
    (home / "around" / "sub").mkdir(parents=True)
    (home / "around" / "vault.toml").touch()
    monkeypatch.chdir(home / "around" / "sub")
    assert user.vault(None) == home / "around"
    monkeypatch.setenv("DVAULT_VAULT", "/named")
    assert user.vault(None) == Path("/named")
    assert user.vault("/said") == Path("/said")
    assert stat.S_IMODE(user.config.stat().st_mode) == 0o600


def test_folder_that_was_removed_under_us_holds_no_vault(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "gone").mkdir()
    monkeypatch.chdir(home / "gone")
    (home / "gone").rmdir()
    with pytest.raises(NotFound, match="no vault is named"):
        Settings.of_user().vault(None)
    monkeypatch.chdir(home)


@pytest.mark.parametrize("content", [b"default_vault = ", b"\xff", b"a = 1\na = 2", b"a = " + b"[" * 20_000])
def test_config_that_cannot_be_read_is_named(home: Path, content: bytes) -> None:
    config = Settings.of_user().config
    config.parent.mkdir(parents=True)
    config.write_bytes(content)
    with pytest.raises(Misuse, match=r"config\.toml cannot be read"):
        Settings.of_user().vault(None)


@pytest.mark.parametrize("content", [SECRET, f"{SECRET}\n", f"{SECRET}\r\n"])
def test_passphrase_comes_from_a_file_without_its_line_end(
    home: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    (home / "p").write_bytes(content.encode())
    monkeypatch.setenv("DVAULT_PASSPHRASE_FILE", str(home / "p"))
    assert passphrase("?") == SECRET


def test_passphrase_comes_from_a_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVAULT_PASSPHRASE_COMMAND", f"printf '%s\\n' '{SECRET}'")
    assert passphrase("?") == SECRET


BAD = [
    ("DVAULT_PASSPHRASE_FILE", "missing", "cannot be read"),
    ("DVAULT_PASSPHRASE_FILE", ".", "cannot be read"),
    ("DVAULT_PASSPHRASE_FILE", "empty", "holds no passphrase"),
    ("DVAULT_PASSPHRASE_FILE", "long", "holds no passphrase"),
    ("DVAULT_PASSPHRASE_FILE", "latin", "is not UTF-8"),
    ("DVAULT_PASSPHRASE_COMMAND", f"echo '{SECRET}'; exit 3", "failed"),
    ("DVAULT_PASSPHRASE_COMMAND", "no-such-program-here", "failed"),
    ("DVAULT_PASSPHRASE_COMMAND", "true", "holds no passphrase"),
]


@pytest.mark.parametrize(("variable", "value", "complaint"), BAD)
def test_passphrase_that_cannot_be_had_is_refused_without_telling_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, complaint: str
) -> None:
    (home / "empty").touch()
    (home / "long").write_bytes(b"x" * 5000)
    (home / "latin").write_bytes(SECRET.encode() + b"\xff")
    monkeypatch.setenv(variable, value)
    with pytest.raises(Refused, match=complaint) as caught:
        passphrase("?")
    shown = f"{caught.value} {caught.value.hint} {caught.value.__cause__!r}"
    assert SECRET not in shown
    assert caught.value.__suppress_context__ or not isinstance(caught.value.__context__, UnicodeDecodeError)


def test_without_a_terminal_nothing_is_asked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull) as nothing:  # noqa: PTH123
        monkeypatch.setattr("sys.stdin", nothing)
        with pytest.raises(Refused, match="no terminal") as caught:
            passphrase("?")
    assert caught.value.hint == "set DVAULT_PASSPHRASE_FILE or DVAULT_PASSPHRASE_COMMAND"


def test_standard_input_that_is_closed_is_no_terminal(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert not settings.passphrase_is_typed()
