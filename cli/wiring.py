"""Opening the vault a command is about: the only place that chooses back ends and asks for the passphrase."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import logs, output, settings
from cli.settings import Settings
from keys import identity_file
from keys.errors import WrongPassphrase
from keys.identity import Identity
from keys.identity_file import LockedIdentity, OpenIdentity
from keys.protectors.passphrase import Passphrase
from vault import opening
from vault.archive import Archive
from vault.errors import NotFound, Refused
from vault.folder import Folder, read_config
from vault.pins import Pins

FIRST_OPENING = (
    "first opening of this vault here: trusted on first use, never compared."
    " hint: dvault verify --fingerprint F, with the one you got another way"
)
TRIES = 3  # at a prompt; a file or command would only say the same again


def load_identity(path: Path) -> LockedIdentity:
    """The identity file as it lies there."""
    try:
        return identity_file.load(path)
    except FileNotFoundError as exc:
        hint = f"dvault init makes one; {settings.IDENTITY} names another"
        raise NotFound(f"no identity at {path}", hint) from exc


def new_identity(path: Path) -> OpenIdentity:
    """A new identity file under a passphrase; never over another one."""
    protector = Passphrase(lambda: settings.passphrase("New passphrase of your identity", confirm=True))
    try:
        made = identity_file.create(path, Identity.generate(), [protector])
    except FileExistsError as exc:
        hint = f"name another by {settings.IDENTITY}"
        raise Refused(f"{path} exists; an identity is never overwritten", hint) from exc
    output.say(f"identity {output.inert(path)} (new)")
    return made


def unlock(locked: LockedIdentity) -> OpenIdentity:
    """Unlock by the user's passphrase; a wrong one at a prompt may be repeated."""
    protector = Passphrase(lambda: settings.passphrase(f"Passphrase of {output.inert(locked.path)}"))
    for _ in range(TRIES - 1 if settings.passphrase_is_typed() else 0):
        try:
            return locked.unlock([protector])
        except WrongPassphrase as exc:
            output.say(f"{output.inert(exc)}; once more.")
    return locked.unlock([protector])


@contextmanager
def opened(vault: str | None, fingerprint: str = "") -> Iterator[Archive]:
    """The vault, open, with the user's identity; closed at the end. `fingerprint` is one that the user brought."""
    user = Settings.of_user()
    folder = Folder(user.vault(vault))
    config = read_config(folder)
    with logs.timed("identity unlocked"):
        identity = unlock(load_identity(user.identity))
    with logs.timed("vault opened") as measured:
        archive = opening.open_archive(folder, config, identity, Pins(user.pins))
        measured["entries"] = archive.ledger.head().size
    try:
        if fingerprint:
            _compare(archive, identity, fingerprint)
        elif archive.new:
            output.say(FIRST_OPENING)
        yield archive
    finally:
        archive.database.close()


def _compare(archive: Archive, identity: OpenIdentity, fingerprint: str) -> None:
    if opening.compare(archive, identity, fingerprint):
        output.say("the fingerprint is the one you brought; remembered as compared")
    elif archive.known:
        output.say("the fingerprint is the one you brought; it could not be remembered")
