"""`dvault keys`: identities, members, and what vault keys there are."""

from pathlib import Path

import click

from cli import asking, options, output, settings, writing
from cli.members import command as member_command
from cli.protecting import PASSPHRASE, remaining
from cli.protecting import command as protect_command
from cli.recovery import command as recovery_command
from cli.rotating import revoke, rotate
from cli.settings import Settings
from cli.wiring import new_identity, open_identity, opened
from keys import identity_file
from keys.identity import PublicIdentity
from keys.protectors.passphrase import Passphrase
from vault import exporting
from vault.errors import Refused, Unavailable, Undecided


@click.group("keys")
def command() -> None:
    """Identities and vault keys."""


@command.group("identity")
def identity() -> None:
    """Your own keys: they sign what you record, and open what is sealed to you."""


@identity.command("new")
@options.json_option
def new(as_json: bool) -> None:
    """Make an identity. Prints its fingerprint and, last, the public string for a custodian."""
    made = new_identity(Settings.of_user().identity)
    output.say("hint: back it up now, and its passphrase")
    with output.acknowledging("the identity is made, dvault keys identity show prints its public string"):
        _print(made.identity.public, as_json)


@identity.command("show")
@options.json_option
def show(as_json: bool) -> None:
    """Print the fingerprint and the public string of your identity.

    As its secret keys give them, not as the file says: so it asks for the passphrase.
    """
    _print(open_identity(Settings.of_user().identity).identity.public, as_json)


def _print(public: PublicIdentity, as_json: bool) -> None:
    if as_json:
        output.as_json({"fingerprint": public.fingerprint, "public": str(public)})
        return
    output.data(f"fingerprint {public.fingerprint}")
    output.data(str(public))


command.add_command(member_command)
command.add_command(protect_command)
command.add_command(recovery_command)
command.add_command(rotate)
command.add_command(revoke)


@command.command("passwd")
@click.option("--new-file", type=options.FILE, metavar="FILE", help="Read the new passphrase from FILE, not a prompt.")
@options.json_option
def passwd(new_file: Path | None, as_json: bool) -> None:
    """Change the passphrase of your identity.

    The keys in it stay the same: whoever has an old copy of the file and the old passphrase still has them. Destroy old
    copies, and back up the new one.
    """
    path = Settings.of_user().identity
    identity = open_identity(path)
    others = remaining(identity_file.load(path).frame, PASSPHRASE)
    new = Passphrase(lambda: settings.another("New passphrase", new_file, confirm=True))
    try:
        identity.relocked([new, *others])
    except OSError as exc:
        raise Unavailable(
            f"{path} cannot be written: {exc.strerror}", "mend it; the old passphrase still holds"
        ) from exc
    with output.acknowledging("the passphrase is changed"):
        if as_json:
            output.as_json({"identity": str(path)})
        else:
            output.data(output.inert(path))
    output.say("hint: back it up anew; old copies open with the old passphrase, so destroy them")


@command.command("export-age-identity")
@click.option("-o", "--output", "target", type=options.FILE, required=True, help="The file to write.")
@options.yes_option
@options.json_option
@options.vault_option
def export_age_identity(target: Path, yes: bool, as_json: bool, vault: str | None) -> None:
    """Write the content key in clear, for any age program. Whoever has it opens every document.

    The export is recorded in the ledger before the file is written. Without a terminal it needs --yes.
    """
    if not yes:
        _confirm()
    with opened(vault) as archive:
        text, seq = exporting.content_identities(archive, target)
    try:
        writing.new_file(target, text)
    except Unavailable as exc:  # nothing is there, but the ledger says that the key was let go
        raise Undecided(
            f"{exc}; entry {seq} is in the ledger: it records the export", "mend it, then export anew"
        ) from exc
    with output.acknowledging(f"{output.inert(target)} is written, and recorded as entry {seq}"):
        if as_json:
            output.as_json({"file": str(target), "entry": seq})
        else:
            output.data(output.inert(target))
    output.say(f"recorded as entry {seq}; destroy the file when it is no longer needed")


def _confirm() -> None:
    if not asking.is_possible():
        raise Refused("the key that opens every document would leave the vault", "--yes says that this is meant")
    asking.go_on("Write the key that opens every document, in clear?")
