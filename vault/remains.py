"""What is left of a vault that does not open: each file, what is lost with it, from what it comes back.

Changes nothing, needs no key, and asks for no passphrase.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from keys import durable, identity_file, keyring
from vault import database, walfile
from vault.doctoring import Finding, modes
from vault.errors import Damaged, NotFound, Refused, Unavailable, VaultError
from vault.evidence.strict import Malformed
from vault.folder import Folder

REFUSALS = (Damaged, Refused, Unavailable, NotFound, Malformed, OSError)
RESTORE = "restore it from the newest backup, then dvault verify --documents"


def examine(refusal: Exception, place: Folder, identity: Path) -> list[Finding]:
    """Why it did not open, and what can be seen without opening it: one of `REFUSALS`."""
    looks = (_identity(identity), _keyring(place), _database(place), _log(place), _segments(place), modes(place.path))
    return [_refused(refusal), *(finding for look in looks for finding in look)]


def _refused(exc: Exception) -> Finding:
    what = f"{exc.filename}: {exc.strerror}" if isinstance(exc, OSError) else str(exc)
    return Finding(what, getattr(exc, "hint", "") or RESTORE, harm=not isinstance(exc, Unavailable))


def _identity(path: Path) -> Iterator[Finding]:
    yield from _told(
        lambda: identity_file.load(path), path,
        "your own keys; who holds no other copy has to be admitted anew by another custodian",
        "put your copy of this file back; the passphrase it had then opens it",
    )  # fmt: skip


def _keyring(place: Folder) -> Iterator[Finding]:
    yield from _told(
        lambda: keyring.parse(durable.read(place.keyring, keyring.MAX_KEYRING + 1), str(place.keyring)), place.keyring,
        "the vault keys, without which nothing in this vault opens",
        "put back the keyring of the last change of members, from a backup or another copy of this vault;"
        " the ledger knows the right one by its hash",
    )  # fmt: skip


def _database(place: Folder) -> Iterator[Finding]:
    yield from _told(
        lambda: database.check_file(place.database), place.database,
        "all entries and records, and the keys of all documents; the payloads in segments stay shut without them",
        f"{RESTORE}; segments that are there need not be restored",
    )  # fmt: skip


def _log(place: Folder) -> Iterator[Finding]:
    path = database.log_of(place.database)
    if not os.path.lexists(path):
        return
    broken = [*_told(
        lambda: walfile.check(path), path,
        "what was committed last and is not in ledger.db yet, from the damaged place on",
        "copy ledger.db and ledger.db-wal away as they are; then find a newer copy of both",
    )]  # fmt: skip
    yield from broken
    if not broken:
        yield Finding(
            f"{path} is whole, and was not folded into ledger.db",
            "if it is another copy's, put back by mistake, move it out of the vault and repeat; else leave it",
            harm=False,
        )


def _segments(place: Folder) -> Iterator[Finding]:
    if not place.segments.is_dir():
        yield missing_folder(place)


def missing_folder(place: Folder) -> Finding:
    """Of the folder of segments."""
    return Finding(
        f"{place.segments} is missing, or no folder",
        "restore the folder from a backup: segments never change, so every backup that has one has the right one",
        lost="the contents of all documents; the ledger does not lie there",
    )


def _told(look: Callable[[], object], path: Path, lost: str, what_next: str) -> Iterator[Finding]:
    try:
        look()
    except FileNotFoundError:
        yield Finding(f"{path} is missing", what_next, lost=lost)
    except OSError as exc:
        yield Finding(f"{path} cannot be read: {exc.strerror}", f"mend that; else {what_next}", lost=lost)
    except (VaultError, Malformed) as exc:
        yield Finding(str(exc), what_next, lost=lost)
