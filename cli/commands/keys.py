"""`dvault keys`: identities, and what vault keys there are."""

from pathlib import Path

import click

from cli import options, output
from cli.settings import Settings, passphrase
from cli.wiring import load_identity, opened
from keys import durable, identity_file
from keys.identity import Identity
from keys.protectors.passphrase import Passphrase
from vault import exporting
from vault.errors import Refused


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
    path = Settings.of_user().identity
    protector = Passphrase(lambda: passphrase("New passphrase of your identity", confirm=True))
    try:
        made = identity_file.create(path, Identity.generate(), [protector])
    except FileExistsError as exc:
        raise Refused(f"{path} exists; an identity is never overwritten", "name another by DVAULT_IDENTITY") from exc
    output.say(f"identity {path}")
    output.say("hint: back it up now, and its passphrase")
    _print(made.identity.public.fingerprint, str(made.identity.public), as_json)


@identity.command("show")
@options.json_option
def show(as_json: bool) -> None:
    """Print the fingerprint and the public string of your identity; asks for no passphrase."""
    public = load_identity(Settings.of_user().identity).unverified_public
    _print(public.fingerprint, str(public), as_json)


def _print(fingerprint: str, public: str, as_json: bool) -> None:
    if as_json:
        output.as_json({"fingerprint": fingerprint, "public": public})
        return
    output.data(f"fingerprint {fingerprint}")
    output.data(public)


@command.command("export-age-identity")
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), required=True, help="The file to write.")
@options.yes_option
@options.vault_option
def export_age_identity(target: Path, yes: bool, vault: str | None) -> None:
    """Write the content key in clear, for any age program. Whoever has it opens every document.

    The export is recorded in the ledger before the file is written.
    """
    if not yes:
        click.confirm("Write the key that opens every document, in clear?", abort=True, err=True)
    with opened(vault) as archive:
        text, seq = exporting.content_identities(archive, target)
    try:
        durable.write_new(target, text)
    except FileExistsError as exc:
        raise Refused(f"{target} exists", "name another file with -o") from exc
    output.data(str(target))
    output.say(f"recorded as entry {seq}; destroy the file when it is no longer needed")
