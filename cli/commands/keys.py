"""`dvault keys`: identities, and what vault keys there are."""

from pathlib import Path

import click

from cli import asking, options, output, writing
from cli.settings import Settings
from cli.wiring import new_identity, open_identity, opened
from keys.identity import PublicIdentity
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
