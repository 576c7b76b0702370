"""Unlocking the user's identity; ahead of its use where its passphrase lies in a file.

Argon2id takes 0.1 s of one core, by design, and importing a command's modules takes as long on another: libsodium lets
go of the interpreter. So the stretching begins before the command is imported. Only a file is read ahead: nobody is
asked, and no command is run, for a command line that may yet prove wrong.
"""

from pathlib import Path
from threading import Thread

import click

from cli import output, settings
from keys import identity_file
from keys.errors import WrongPassphrase
from keys.identity_file import LockedIdentity, OpenIdentity
from keys.protectors.passphrase import Passphrase
from vault.errors import NotFound

_AHEAD = "disclosure-vault.unlocking"  # where click's context keeps it
TRIES = 3  # at a prompt; a file or command would only say the same again


def load_identity(path: Path) -> LockedIdentity:
    """The identity file as it lies there."""
    try:
        return identity_file.load(path)
    except FileNotFoundError as exc:
        hint = f"dvault init makes one; {settings.IDENTITY} names another"
        raise NotFound(f"no identity at {path}", hint) from exc


def unlock(locked: LockedIdentity) -> OpenIdentity:
    """Unlock by the user's passphrase; a wrong one at a prompt may be repeated."""
    protector = Passphrase(lambda: settings.passphrase(f"Passphrase of {output.inert(locked.path)}"))
    for _ in range(TRIES - 1 if settings.passphrase_is_typed() else 0):
        try:
            return locked.unlock([protector])
        except WrongPassphrase as exc:
            output.say(f"{output.inert(exc)}; once more.")
    return locked.unlock([protector])


class Unlocking:
    """An identity being unlocked in a thread, which does not keep the program from ending if nobody wants it.

    Both files are read at once, by the caller's thread; the other one stretches and opens.
    """

    def __init__(self, path: Path) -> None:
        self._ended: OpenIdentity | BaseException | None = None
        self._thread: Thread | None = None
        try:
            locked, words = load_identity(path), settings.passphrase("")
        except Exception as exc:
            self._ended = exc  # raised where the identity is wanted, if it ever is
            return
        self._thread = Thread(target=self._run, args=(locked, words), name="unlocking", daemon=True)
        self._thread.start()

    def _run(self, locked: LockedIdentity, words: str) -> None:
        try:
            self._ended = locked.unlock([Passphrase(lambda: words)])
        except BaseException as exc:
            self._ended = exc

    def result(self) -> OpenIdentity:
        """The identity, waited for; raises what unlocking it raised."""
        if self._thread is not None:
            self._thread.join()
        if not isinstance(self._ended, OpenIdentity):
            raise self._ended or RuntimeError("unlocking ended without a result")
        return self._ended


def begin(ctx: click.Context) -> None:
    """Begin to unlock the user's identity, if its passphrase lies in a file; `identity` waits for the end."""
    if settings.passphrase_is_in_file():
        ctx.meta[_AHEAD] = Unlocking(settings.Settings.of_user().identity)


def identity(path: Path) -> OpenIdentity:
    """The user's identity, unlocked now unless that began ahead."""
    ctx = click.get_current_context(silent=True)
    ahead = ctx.meta.get(_AHEAD) if ctx else None
    return ahead.result() if isinstance(ahead, Unlocking) else unlock(load_identity(path))
