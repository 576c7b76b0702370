"""Opening the vault a command is about: the only place that chooses back ends and asks for the passphrase."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli import logs, output, settings, unlocking
from cli.settings import Settings
from keys import identity_file
from keys.identity import Identity
from keys.identity_file import OpenIdentity
from keys.protectors.passphrase import Passphrase
from vault import opening
from vault.archive import Archive
from vault.errors import Refused
from vault.folder import Folder, read_config
from vault.pins import Pins

FIRST_OPENING = (
    "first opening of this vault here: trusted on first use, never compared."
    " hint: dvault verify --fingerprint F, with the one you got another way"
)


def new_identity(path: Path, identity: Identity | None = None) -> OpenIdentity:
    """A new identity file under a passphrase, of new keys unless some are given; never over another one."""
    protector = Passphrase(lambda: settings.passphrase("New passphrase of your identity", confirm=True))
    try:
        made = identity_file.create(path, identity or Identity.generate(), [protector])
    except FileExistsError as exc:
        hint = f"name another by {settings.IDENTITY}"
        raise Refused(f"{path} exists; an identity is never overwritten", hint) from exc
    output.say(f"identity {output.inert(path)} (new)")
    return made


def open_identity(path: Path) -> OpenIdentity:
    """The user's identity, unlocked."""
    frame, key = unlocking.unlocked(path)
    return identity_file.of_frame(frame).opened_with(key)


@contextmanager
def opened(vault: str | None, fingerprint: str = "") -> Iterator[Archive]:
    """The vault, open, with the user's identity; closed at the end. `fingerprint` is one that the user brought."""
    with opened_by(vault, fingerprint) as (archive, _):
        yield archive


@contextmanager
def opened_by(vault: str | None, fingerprint: str = "") -> Iterator[tuple[Archive, OpenIdentity]]:
    """The same, and the identity it was opened with."""
    settings.refuse_impossible_zone()
    user = Settings.of_user()
    folder = Folder(user.vault(vault))
    config = read_config(folder)
    with logs.timed("identity unlocked"):
        identity = open_identity(user.identity)
    with logs.timed("vault opened") as measured:
        archive = opening.open_archive(folder, config, identity, Pins(user.pins))
        measured["entries"] = archive.ledger.head().size
    try:
        if fingerprint:
            _compare(archive, identity, fingerprint)
        elif archive.new:
            output.say(FIRST_OPENING)
        yield archive, identity
    finally:
        archive.database.close()


def _compare(archive: Archive, identity: OpenIdentity, fingerprint: str) -> None:
    if opening.compare(archive, identity, fingerprint):
        output.say("the fingerprint is the one you brought; remembered as compared")
    elif archive.known:
        output.say("the fingerprint is the one you brought; it could not be remembered")
