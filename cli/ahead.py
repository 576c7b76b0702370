"""Unlocking the user's identity ahead of its use, where its passphrase lies in a file.

Argon2id takes 0.1 s of one core, by design, and importing click and a command's modules takes as long on another:
libsodium lets go of the interpreter. So the stretching begins before all of them, and what it needs is all that is
imported by then. Only a file is read ahead: nobody is asked, and no command is run, for a command line that may yet
prove wrong.
"""

from pathlib import Path
from threading import Thread

from cli import settings
from keys import locks
from keys.locks import Frame
from keys.protectors.passphrase import Passphrase
from vault.errors import NotFound


def load_frame(path: Path) -> Frame:
    """The identity file as it lies there."""
    try:
        return locks.load(path)
    except FileNotFoundError as exc:
        hint = f"dvault init makes one; {settings.IDENTITY} names another"
        raise NotFound(f"no identity at {path}", hint) from exc


class Unlocking:
    """An identity being unlocked in a thread, which does not keep the program from ending if nobody wants it.

    Both files are read at once, by the caller's thread; the other one stretches.
    """

    def __init__(self, path: Path) -> None:
        self._ended: bytes | BaseException | None = None
        self._thread: Thread | None = None
        self._frame: Frame | None = None
        try:
            self._frame, words = load_frame(path), settings.passphrase("")
        except Exception as exc:  # any: raised where the identity is wanted, if it ever is
            self._ended = exc
            return
        if {lock.protector for lock in self._frame.locks} != {"passphrase"}:
            return  # these words may be a token's PIN
        self._thread = Thread(target=self._run, args=(self._frame, words), name="unlocking", daemon=True)
        self._thread.start()

    def _run(self, frame: Frame, words: str) -> None:
        try:
            self._ended = frame.file_key([Passphrase(lambda: words)])
        except BaseException as exc:  # of a thread: raised where the identity is wanted
            self._ended = exc

    def result(self) -> tuple[Frame, bytes | None]:
        """The file and its key, waited for, None where something else locks the file; raises what unlocking raised."""
        if self._thread is not None:
            self._thread.join()
        if isinstance(self._ended, BaseException):
            raise self._ended
        if self._frame is None:
            raise RuntimeError("unlocking never began")
        return self._frame, self._ended


class _Process:
    """What this process has begun and nobody has asked for yet."""

    begun: Unlocking | None = None


def begin() -> None:
    """Begin if the passphrase lies in a regular file."""
    if not settings.is_completing() and settings.passphrase_is_in_file():
        _Process.begun = Unlocking(settings.Settings.of_user().identity)


def taken() -> Unlocking | None:
    """What was begun, once."""
    begun, _Process.begun = _Process.begun, None
    return begun
