"""What follows a rotation: ledger.db under the newest record key, headers wrapped to the newest content key.

Each step is durable by itself and taken up again where it was cut short; until then the older key opens what it did.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from vault import database, rewrapping
from vault import folder as folders
from vault.archive import Archive
from vault.errors import Refused, Unfinished, VaultError
from vault.rewrapping import Rewrapped
from vault.unlocked import database_key
from vault.verify.progress import Progress, silent


class Renewed(NamedTuple):
    """What was done: whether ledger.db has another key than before, how many headers were wrapped anew."""

    rekeyed: bool
    headers: Rewrapped


def unfinished(archive: Archive) -> Iterator[str]:
    """What a rotation that was cut short has left to do, in words; nothing for most vaults at most times. O(1)."""
    if archive.under_older_key():
        yield "ledger.db still opens by an older record key"
    elif _check_is_due(archive):
        yield "vault.toml has the check value of an older record key"
    if not rewrapping.is_done(archive):
        yield "headers of documents may still be wrapped to an older content key"


def finish(archive: Archive, progress: Progress = silent) -> Renewed:
    """Do what `unfinished` names, and leave nothing of what was there before in ledger.db or its log. Idempotent.

    `progress` counts headers. Raises `Unavailable` where another process is in the way; what was done by then stays
    done. `Refused` where this member lacks a key that it takes.
    """
    rekeyed = _rekey(archive)
    if rewrapping.is_done(archive):
        return Renewed(rekeyed, Rewrapped())
    if not archive.secrets.content:
        raise Refused("this identity holds no content key", "a reader or custodian wraps headers anew")
    return Renewed(rekeyed, rewrapping.rewrap(archive, progress))


def follow(archive: Archive, entry: int, progress: Progress = silent) -> Renewed:
    """As `finish`, behind key entry `entry`: `Unfinished` says of what cuts it short, Ctrl-C too, that it is there."""
    try:
        return finish(archive, progress)
    except (VaultError, KeyboardInterrupt) as exc:
        said = f"entry {entry} was written, but what has to follow it was cut short: {str(exc) or 'interrupted'}"
        raise Unfinished(said, "do not repeat it: dvault keys rotate --resume goes on") from exc


def older_copies(archive: Archive) -> list[Path]:
    """Copies of ledger.db that an older version of it left beside it, under the record key of that day."""
    path = archive.folder.database
    return sorted(path.parent.glob(f"{path.name}.v*"))


def _check_is_due(archive: Archive) -> bool:
    return archive.config.check != _check(archive)


def _check(archive: Archive) -> str:
    return database.key_check(archive.folder.database, database_key(archive.secrets.held))


def _rekey(archive: Archive) -> bool:
    """Under the exclusive lock: nobody is storing meanwhile, and the crew of no command has the old key."""
    due = archive.under_older_key()
    if not due and not _check_is_due(archive):
        return False
    with folders.locked(archive.folder, exclusive=True):
        if due:
            archive.database.rekey(database_key(archive.secrets.held))
        archive.database.fold()
        check = _check(archive)
        folders.write_check(archive.folder, archive.config.check, check)
        archive.config = replace(archive.config, check=check)
    return due
