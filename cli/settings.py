"""Where things are: the only reader of environment variables and of the user's config file."""

import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from keys import durable
from vault.errors import Misuse, NotFound, Refused

APP = "disclosure-vault"
MAX_PASSPHRASE = 4096
COMMAND_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Settings:
    """The paths of this user on this machine."""

    config: Path
    state: Path

    @classmethod
    def of_user(cls) -> "Settings":
        """By the XDG base directories."""
        return cls(
            _xdg("XDG_CONFIG_HOME", ".config") / APP / "config.toml",
            _xdg("XDG_STATE_HOME", ".local/state") / APP,
        )

    @property
    def identity(self) -> Path:
        """The identity file: `DVAULT_IDENTITY`, else beside the config file."""
        named = os.environ.get("DVAULT_IDENTITY")
        return Path(named) if named else self.config.with_name("identity")

    @property
    def pins(self) -> Path:
        """The folder of pins."""
        return self.state / "pins"

    def vault(self, said: str | None) -> Path:
        """The vault: as said, `DVAULT_VAULT`, a vault.toml upward from here, or the user's default."""
        if named := said or os.environ.get("DVAULT_VAULT"):
            return Path(named)
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / "vault.toml").is_file():
                return folder
        if default := self._read().get("default_vault"):
            return Path(str(default))
        raise NotFound("no vault is named", "dvault init DIR makes one; --vault or DVAULT_VAULT names one")

    def remember_vault(self, path: Path) -> bool:
        """Make `path` the default vault unless there is one already; says whether it did."""
        if self._read().get("default_vault"):
            return False
        durable.make_folders(self.config.parent)
        escaped = str(path.resolve()).replace("\\", "\\\\").replace('"', '\\"')
        durable.replace(self.config, f'default_vault = "{escaped}"\n'.encode())
        return True

    def _read(self) -> dict[str, object]:
        try:
            return tomllib.loads(self.config.read_text())
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
            raise Misuse(f"{self.config} cannot be read: {exc}", "mend or remove it") from exc


def _xdg(variable: str, fallback: str) -> Path:
    named = os.environ.get(variable, "")
    return Path(named) if named.startswith("/") else Path.home() / fallback


def passphrase(prompt: str, *, confirm: bool = False) -> str:
    """The passphrase: from the file or the command the environment names, else typed; never from argv.

    A trailing newline is dropped. Without a terminal and without either variable there is nothing to ask.
    """
    if file := os.environ.get("DVAULT_PASSPHRASE_FILE"):
        return _from_file(Path(file))
    if command := os.environ.get("DVAULT_PASSPHRASE_COMMAND"):
        return _from_command(command)
    if not sys.stdin.isatty():
        raise Refused(
            "the identity is locked and there is no terminal to ask for its passphrase",
            "set DVAULT_PASSPHRASE_FILE or DVAULT_PASSPHRASE_COMMAND",
        )
    return _typed(prompt, confirm)


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return _clean(file.read(MAX_PASSPHRASE + 2), f"the passphrase file {path}")
    except OSError as exc:
        raise Refused(f"the passphrase file {path} cannot be read: {exc.strerror}") from exc


def _from_command(command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S602 - the user's own command line, from the user's own environment
            command, shell=True, stdout=subprocess.PIPE, timeout=COMMAND_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError):
        # Not `from exc`: the error would carry the command's output, which may be the passphrase.
        raise Refused("the command in DVAULT_PASSPHRASE_COMMAND failed", "run it by hand") from None
    return _clean(done.stdout, "the output of DVAULT_PASSPHRASE_COMMAND")


def _typed(prompt: str, confirm: bool) -> str:
    import click

    while True:
        given = str(click.prompt(prompt, hide_input=True, err=True))
        if not confirm or given == click.prompt("Repeat it", hide_input=True, err=True):
            return given
        click.echo("They differ; once more.", err=True)


def _clean(data: bytes, where: str) -> str:
    line = data.removesuffix(b"\n").removesuffix(b"\r")
    if not line or len(line) > MAX_PASSPHRASE:
        raise Refused(f"{where} holds no passphrase, or one of over {MAX_PASSPHRASE} bytes")
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise Refused(f"{where} is not UTF-8") from None
