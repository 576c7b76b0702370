"""Opening the vault a command is about: the only place that chooses back ends and asks for the passphrase."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.settings import Settings, passphrase
from keys import identity_file
from keys.errors import WrongPassphrase
from keys.identity_file import LockedIdentity, OpenIdentity
from keys.protectors.passphrase import Passphrase
from vault import opening
from vault.archive import Archive
from vault.errors import NotFound
from vault.folder import Folder, read_config
from vault.pins import Pins

TRIES = 3  # at a prompt; a file or command is asked once


def load_identity(path: Path) -> LockedIdentity:
    """The identity file as it lies there."""
    try:
        return identity_file.load(path)
    except FileNotFoundError as exc:
        raise NotFound(f"no identity at {path}", "dvault init makes one; DVAULT_IDENTITY names another") from exc


def unlock(locked: LockedIdentity) -> OpenIdentity:
    """Unlock by the user's passphrase; a wrong one at a prompt may be repeated."""
    protector = Passphrase(lambda: passphrase(f"Passphrase of {locked.path}"))
    for _ in range(TRIES - 1 if sys.stdin.isatty() else 0):
        try:
            return locked.unlock([protector])
        except WrongPassphrase as exc:
            print(f"{exc}; once more.", file=sys.stderr)  # noqa: T201 - between two prompts
    return locked.unlock([protector])


@contextmanager
def opened(vault: str | None) -> Iterator[Archive]:
    """The vault, open, with the user's identity; closed at the end."""
    settings = Settings.of_user()
    folder = Folder(settings.vault(vault))
    config = read_config(folder)
    identity = unlock(load_identity(settings.identity))
    archive = opening.open_archive(folder, config, identity, Pins(settings.pins))
    try:
        yield archive
    finally:
        archive.database.close()
