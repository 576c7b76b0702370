"""Unlocking the user's identity; ahead of its use where its passphrase lies in a file.

Argon2id takes 0.1 s of one core, by design, and importing a command's modules takes longer on another: libsodium lets
go of the interpreter. So the stretching begins before the command is imported, and what it needs is all that is
imported by then. Only a file is read ahead: nobody is asked, and no command is run, for a command line that may yet
prove wrong.
"""

from pathlib import Path
from threading import Thread

import click

from cli import output, settings
from keys import locks
from keys.errors import WrongPassphrase
from keys.locks import Frame
from keys.protectors.interface import Protector
from keys.protectors.passphrase import Passphrase
from vault.errors import NotFound

_AHEAD = "disclosure-vault.unlocking"  # where click's context keeps it
_LATER = RuntimeError("not unlocked ahead")
TRIES = 3  # at a prompt; a file or command would only say the same again


def load_frame(path: Path) -> Frame:
    """The identity file as it lies there."""
    try:
        return locks.load(path)
    except FileNotFoundError as exc:
        hint = f"dvault init makes one; {settings.IDENTITY} names another"
        raise NotFound(f"no identity at {path}", hint) from exc


def unlock(frame: Frame) -> bytes:
    """The file's key by the user's passphrase; a wrong one at a prompt may be repeated."""
    protector = _protector(frame)
    for _ in range(TRIES - 1 if settings.passphrase_is_typed() else 0):
        try:
            return frame.file_key([protector])
        except WrongPassphrase as exc:
            output.say(f"{output.inert(exc)}; once more.")
    return frame.file_key([protector])


def _protector(frame: Frame) -> Protector:
    """A passphrase, without loading what knows tokens and clouds, unless something else locks the file too."""
    if {lock.protector for lock in frame.locks} == {"passphrase"}:
        return Passphrase(lambda: settings.passphrase(f"Passphrase of {output.inert(frame.path)}"))
    from cli import protecting

    return protecting.of_frame(frame)


class Unlocking:
    """An identity being unlocked in a thread, which does not keep the program from ending if nobody wants it.

    Both files are read at once, by the caller's thread; the other one stretches.
    """

    def __init__(self, path: Path) -> None:
        self._ended: bytes | BaseException | None = None
        self._frame: Frame | None = None
        try:
            self._frame, words = load_frame(path), settings.passphrase("")
        except Exception as exc:  # any: raised where the identity is wanted, if it ever is
            self._ended = exc
            return
        if {lock.protector for lock in self._frame.locks} != {"passphrase"}:
            self._ended = _LATER  # these words may be a token's PIN
            return
        self._thread = Thread(target=self._run, args=(self._frame, words), name="unlocking", daemon=True)
        self._thread.start()

    def _run(self, frame: Frame, words: str) -> None:
        try:
            self._ended = frame.file_key([Passphrase(lambda: words)])
        except BaseException as exc:  # of a thread: raised where the identity is wanted
            self._ended = exc

    def result(self) -> tuple[Frame, bytes]:
        """The file and its key, waited for; raises what unlocking it raised."""
        if self._ended is _LATER and self._frame is not None:
            return self._frame, unlock(self._frame)
        if self._ended is None:
            self._thread.join()
        if self._frame is None or not isinstance(self._ended, bytes):
            raise self._ended if isinstance(self._ended, BaseException) else RuntimeError("unlocking never ended")
        return self._frame, self._ended


def begin(ctx: click.Context) -> None:
    """Begin to unlock the user's identity, if its passphrase lies in a file; `unlocked` waits for the end."""
    if settings.passphrase_is_in_file():
        ctx.meta[_AHEAD] = Unlocking(settings.Settings.of_user().identity)


def unlocked(path: Path) -> tuple[Frame, bytes]:
    """The user's identity file and its key: unlocked now, unless that began ahead."""
    ctx = click.get_current_context(silent=True)
    ahead = ctx.meta.get(_AHEAD) if ctx else None
    if isinstance(ahead, Unlocking):
        return ahead.result()
    frame = load_frame(path)
    return frame, unlock(frame)
