"""Unlocking the user's identity, by whatever locks it; what can be done ahead of its use is in `ahead`."""

from pathlib import Path

import click

from cli import ahead, output, settings
from keys.errors import WrongPassphrase
from keys.locks import Frame
from keys.protectors.interface import Protector
from keys.protectors.passphrase import Passphrase

_AHEAD = "disclosure-vault.unlocking"  # where click's context keeps it
TRIES = 3  # at a prompt; a file or command would only say the same again


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


def begin(ctx: click.Context) -> None:
    """Begin to unlock the user's identity, if its passphrase lies in a file; `unlocked` waits for the end."""
    if settings.passphrase_is_in_file():
        ctx.meta[_AHEAD] = ahead.taken() or ahead.Unlocking(settings.Settings.of_user().identity)


def unlocked(path: Path) -> tuple[Frame, bytes]:
    """The user's identity file and its key: unlocked now, unless that began ahead."""
    ctx = click.get_current_context(silent=True)
    begun = ctx.meta.get(_AHEAD) if ctx else None
    frame, key = begun.result() if isinstance(begun, ahead.Unlocking) else (ahead.load_frame(path), None)
    return frame, unlock(frame) if key is None else key
