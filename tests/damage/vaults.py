"""The vaults that are damaged: one of hybrid keys, one whose last entry lies in the write-ahead log, and what to swap.

Files lie in memory where the machine offers it: a trial reads all of them, and none has to last.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from keys import identity_file
from keys.identity import Identity
from keys.identity_file import OpenIdentity
from keys.protectors.passphrase import Passphrase
from tests.vault.machine import ORIGIN, START, Clock, Machine, disclose, found, party, spoken
from tests.vault.members import admit
from vault.archive import Archive
from vault.evidence.strict import base64_text

WORDS = "correct horse"
MEMORY = Path("/dev/shm")  # noqa: S108 - only a folder made there under a random name is used
DOCUMENTS = (b"end-user certificate 4711\n", bytes(range(200)), b"")


@dataclass(frozen=True)
class Vaults:
    """Machines by what is in their vaults; all of one custodian but `stranger`'s, all of one origin but `elsewhere`."""

    plain: Machine
    older: Machine  # the same vault before a member joined and a call was logged
    twin: Machine
    elsewhere: Machine
    classic: Machine  # opened at half the cost; for the many bytes of ledger.db
    logged: Machine  # its last entry lies in ledger.db-wal
    restarted: Machine  # as well, and behind it what an earlier round of the log left


@contextmanager
def room() -> Iterator[Path]:
    """A folder that goes away again; another user gets through to what is his in it."""
    with tempfile.TemporaryDirectory(prefix="dvault-damage-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


def build(folder: Path) -> Vaults:
    """Make all of them in `folder`."""
    custodian, stranger = (_identity(folder / name) for name in ("custodian", "stranger"))
    plain = found(folder / "plain", custodian)
    with plain.opened(_clock()) as archive:
        _entries(archive)
        plain.identity.save(plain.identity.identity)
        older = _copied(plain, folder / "older")
        admit(archive, stranger, "auditor")
        archive.append([spoken("audit")])
    return Vaults(
        plain,
        _settled(older),
        _filled(folder / "twin", custodian, ORIGIN),
        _filled(folder / "elsewhere", custodian, "other.example/disclosures"),
        _filled(folder / "classic", custodian, ORIGIN, classic=True),
        _left_open(folder, "logged", custodian, lambda archive: None),
        _left_open(folder, "restarted", custodian, _restart),
    )


def _identity(folder: Path) -> OpenIdentity:
    return identity_file.create(folder / "identity", Identity.generate(), [Passphrase(lambda: WORDS)])


def _clock() -> Clock:
    return Clock(START + timedelta(hours=1))


def _entries(archive: Archive) -> None:
    archive.append([party()])
    disclose(archive, DOCUMENTS[0])
    archive.append([spoken()])
    disclose(archive, *DOCUMENTS[1:])


def _filled(folder: Path, custodian: OpenIdentity, origin: str, *, classic: bool = False) -> Machine:
    machine = found(folder, custodian, origin=origin, classic=classic)
    with machine.opened(_clock()) as archive:
        _entries(archive)
    machine.identity.save(machine.identity.identity)
    return machine


def _copied(machine: Machine, folder: Path) -> Machine:
    """As it lies there while it is open: with its log, as a crash leaves it, without the memory of its users."""
    copied = machine.copied(folder)
    for path in copied.place.path.glob("*-shm"):
        path.unlink()
    return copied


def _settled(machine: Machine) -> Machine:
    with machine.opened():
        return machine


def _left_open(folder: Path, name: str, custodian: OpenIdentity, before: Callable[[Archive], None]) -> Machine:
    """A vault whose last entry only the write-ahead log holds."""
    made = _filled(folder / f"{name}-open", custodian, ORIGIN, classic=True)
    with made.opened(Clock(START + timedelta(hours=2))) as archive:
        before(archive)
        archive.append_public("approval", [f"approves {base64_text(bytes(32))}"])  # few pages
        left = _copied(made, folder / name)
    shutil.rmtree(made.folder)
    return left


def _restart(archive: Archive) -> None:
    """Fill the log, fold it, and have the next entry written over its beginning."""
    archive.append([spoken()])
    archive.database.rows("PRAGMA wal_checkpoint(RESTART)")


def restored(machine: Machine, original: Machine) -> None:
    """Put everything back as it was."""
    shutil.rmtree(machine.folder)
    original.copied(machine.folder)
