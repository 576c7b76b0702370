"""`dvault init`: a vault on this machine, nothing else to install."""

from pathlib import Path

import click

from cli import options, output
from cli.settings import VAULT, Settings
from cli.wiring import new_identity, open_identity
from keys.identity_file import OpenIdentity
from vault import founding, succession
from vault.archive import Archive
from vault.errors import Misuse, Unpinned
from vault.pins import Pins


@click.command("init", no_args_is_help=True)
@click.argument("folder", metavar="DIR", type=options.FILE)
@click.option(
    "--origin", required=True, metavar="ORIGIN", help="The ledger's name for ever, like example.com/disclosures."
)
@click.option("--classic", is_flag=True, help="X25519 in place of the hybrid post-quantum keys.")
@click.option(
    "--continues", metavar="ORIGIN", help="Take up this ledger, whose newest entries are lost for good, and say so."
)
@options.json_option
def command(folder: Path, origin: str, classic: bool, continues: str | None, as_json: bool) -> None:
    """Make a new vault in DIR, and your identity if you have none yet.

    Prints the vault's fingerprint: give it to those who will verify, by another way than the vault itself.
    """
    settings = Settings.of_user()
    identity, pins = _identity(settings.identity), Pins(settings.pins)
    before = succession.predecessor(continues, identity.identity, pins) if continues is not None else None
    archive = founding.create(folder, founding.Charter(origin, classic, before), identity, pins)
    archive.database.close()
    try:
        with output.acknowledging(
            f"the vault {output.inert(folder)} is made, its fingerprint is {archive.fingerprint}"
        ):
            _answer(archive, folder, settings.identity, as_json)
    finally:  # whoever reads no further, `init | head -1`, has a default vault all the same
        is_default = _remember(settings, folder)
    if before:
        output.say(f"it takes up {output.inert(continues)} after {output.counted(before.size, 'entry')}, and says so")
    output.say(f"vault {output.inert(folder)}" + (" (your default)" if is_default else ""))
    output.say("hint: back up your identity file and its passphrase now; losing it loses the vault")


def _answer(archive: Archive, folder: Path, identity: Path, as_json: bool) -> None:
    log = archive.history.log
    if not as_json:
        output.data(f"fingerprint {archive.fingerprint}")
        output.data(f"log {log.ed25519}")
        output.data(f"log {output.shortened(str(log.ml_dsa))}")
        return
    output.as_json(
        {
            "vault": str(folder.resolve()),
            "origin": archive.config.origin,
            "fingerprint": archive.fingerprint,
            "log": [str(log.ed25519), str(log.ml_dsa)],
            "identity": str(identity),
        }
    )


def _remember(settings: Settings, folder: Path) -> bool:
    """Make it the default vault if there is none. Last of all: the vault is there, whatever comes of this."""
    try:
        return settings.remember_vault(folder)
    except (OSError, Misuse) as exc:
        hint = f"mend that; until then name it by --vault or {VAULT}"
        raise Unpinned(f"the vault was made, but is not your default: {exc}", hint) from exc


def _identity(path: Path) -> OpenIdentity:
    return open_identity(path) if path.exists() else new_identity(path)
