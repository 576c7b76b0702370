"""Where things are: the only reader of environment variables and of the user's config file."""

import os
import time
from pathlib import Path
from typing import NamedTuple

from keys import durable
from vault.errors import Misuse, NotFound, Refused

APP = "disclosure-vault"
MAX_PASSPHRASE = 4096  # bytes
COMMAND_SECONDS = 120
DAY = 86_400  # seconds

VAULT = "DVAULT_VAULT"
IDENTITY = "DVAULT_IDENTITY"
PASSPHRASE_FILE = "DVAULT_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable
PASSPHRASE_COMMAND = "DVAULT_PASSPHRASE_COMMAND"  # noqa: S105

VARIABLES = {
    VAULT: "the vault",
    IDENTITY: "your identity file, else the one beside the config file",
    PASSPHRASE_FILE: "a file that holds the passphrase of your identity",
    PASSPHRASE_COMMAND: "a command that prints it, like `pass show vault`",
}


class Settings(NamedTuple):
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
        named = os.environ.get(IDENTITY)
        return Path(named) if named else self.config.with_name("identity")

    @property
    def pins(self) -> Path:
        """The folder of pins."""
        return self.state / "pins"

    @property
    def pkcs11_module(self) -> str:
        """The driver of a PKCS#11 token, by config.toml alone: [an identity file may come from anybody]."""
        return str(self._read().get("pkcs11_module", ""))

    @property
    def unlock_with(self) -> str:
        """Which of several protectors opens the identity on this machine; empty where it does not matter."""
        return str(self._read().get("unlock_with", ""))

    def vault(self, said: str | None) -> Path:
        """The vault: as said, `DVAULT_VAULT`, a vault.toml upward from here, or the user's default."""
        if named := said or os.environ.get(VAULT):
            return Path(named)
        if found := _upward():
            return found
        if default := self._read().get("default_vault"):
            return Path(str(default))
        raise NotFound("no vault is named", f"dvault init DIR makes one; --vault or {VAULT} names one")

    def remember_vault(self, path: Path) -> bool:
        """Make `path` the default vault unless there is one already; says whether it did."""
        if self._read().get("default_vault"):
            return False
        durable.make_folders(self.config.parent)
        escaped = str(path.resolve()).replace("\\", "\\\\").replace('"', '\\"')
        durable.replace(self.config, f'default_vault = "{escaped}"\n'.encode())
        return True

    def _read(self) -> dict[str, object]:
        from vault import toml

        try:
            return toml.read(self.config)
        except FileNotFoundError:
            return {}
        except (OSError, toml.NotToml) as exc:
            raise Misuse(f"{self.config} cannot be read: {exc}", "mend or remove it") from exc


def refuse_impossible_zone() -> None:
    """Refuse a `TZ` a day or more from UTC, in which no time can be stated. A name nobody knows is UTC."""
    if max(abs(time.timezone), abs(time.altzone)) >= DAY:
        raise Misuse(f"TZ says {os.environ.get('TZ')}: no zone is a day from UTC", "set TZ to one like Europe/Berlin")


def colour() -> bool | None:
    """Whether to write in colour: None leaves it to the terminal. https://no-color.org"""
    return False if os.environ.get("NO_COLOR") else None


def _xdg(variable: str, fallback: str) -> Path:
    named = os.environ.get(variable, "")
    if named.startswith("/"):  # the specification: a relative path is to be ignored
        return Path(named)
    try:
        return Path.home() / fallback
    except RuntimeError as exc:
        raise Misuse("this user has no home folder", f"set HOME, or {variable} to an absolute path") from exc


def _upward() -> Path | None:
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return None  # the folder was removed under us
    return next((folder for folder in (here, *here.parents) if (folder / "vault.toml").is_file()), None)


def passphrase_is_in_file() -> bool:
    """Whether the passphrase can be read, again too, without asking anybody or running anything.

    [What is read ahead from a pipe, as a shell makes for <(...), is gone when it is wanted; a FIFO may wait for ever.]
    """
    return bool(file := os.environ.get(PASSPHRASE_FILE, "")) and Path(file).is_file()


def is_completing() -> bool:
    """Whether a shell asks for what completes a word, and nothing else."""
    return "_DVAULT_COMPLETE" in os.environ


def passphrase_is_typed() -> bool:
    """Whether the passphrase is asked for on a terminal, and so can be asked for again."""
    from cli import asking

    return not (os.environ.get(PASSPHRASE_FILE) or os.environ.get(PASSPHRASE_COMMAND)) and asking.is_possible()


def passphrase(prompt: str, *, confirm: bool = False) -> str:
    """The passphrase: from the file or the command the environment names, else typed; never from argv.

    A trailing newline is dropped. Without a terminal and without either variable there is nothing to ask.
    """
    if file := os.environ.get(PASSPHRASE_FILE):
        return _from_file(Path(file))
    if command := os.environ.get(PASSPHRASE_COMMAND):
        return _from_command(command)
    from cli import asking

    if not asking.is_possible():
        raise Refused(
            "the identity is locked and there is no terminal to ask for its passphrase",
            f"set {PASSPHRASE_FILE} or {PASSPHRASE_COMMAND}",
        )
    return asking.passphrase(prompt, confirm=confirm)


def another(prompt: str, file: Path | None, *, confirm: bool = False) -> str:
    """A passphrase or PIN beside that of the identity: from a file, or typed on a terminal."""
    if file:
        return _from_file(file)
    from cli import asking

    if not asking.is_possible():
        raise Refused(f"{prompt}: there is no terminal to ask on", "name a file that holds it: see --help")
    return asking.passphrase(prompt, confirm=confirm)


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return _clean(file.read(MAX_PASSPHRASE + 3), f"the passphrase file {path}")
    except OSError as exc:
        raise Refused(f"the passphrase file {path} cannot be read: {exc.strerror}", f"see {PASSPHRASE_FILE}") from exc


def _from_command(command: str) -> str:
    import subprocess

    try:
        done = subprocess.run(  # noqa: S602 - the user's own command line, from the user's own environment
            command,
            shell=True,
            stdin=subprocess.DEVNULL,  # ours may hold the document: `printf doc | dvault disclose -`
            stdout=subprocess.PIPE,
            timeout=COMMAND_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        # Not `from exc`: the error would carry the command's output, which may be the passphrase.
        raise Refused(f"the command in {PASSPHRASE_COMMAND} failed", "run it by hand") from None
    return _clean(done.stdout, f"the output of {PASSPHRASE_COMMAND}")


def _clean(data: bytes, where: str) -> str:
    line = data.removesuffix(b"\n").removesuffix(b"\r")
    if not line or len(line) > MAX_PASSPHRASE:
        raise Refused(f"{where} holds no passphrase, or one of over {MAX_PASSPHRASE} bytes")
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise Refused(f"{where} is not UTF-8") from None  # the cause would show its bytes
