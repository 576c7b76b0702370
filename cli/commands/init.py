"""`dvault init`: a vault on this machine, nothing else to install."""

from pathlib import Path

import click

from cli import options, output
from cli.settings import Settings, passphrase
from cli.wiring import load_identity, unlock
from keys import identity_file
from keys.identity import Identity
from keys.identity_file import OpenIdentity
from keys.protectors.passphrase import Passphrase
from vault import opening
from vault.errors import Refused
from vault.pins import Pins


@click.command("init", no_args_is_help=True)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--origin", required=True, help="The ledger's name for ever, like magnets.example/disclosures.")
@click.option("--classic", is_flag=True, help="X25519 in place of the hybrid post-quantum keys.")
@options.json_option
def command(folder: Path, origin: str, classic: bool, as_json: bool) -> None:
    """Make a new vault in DIR, and your identity if you have none yet.

    Prints the vault's fingerprint: give it to those who will verify, by another way than the vault itself.
    """
    settings = Settings.of_user()
    identity, is_new = _identity(settings.identity)
    archive = opening.create(folder, origin, identity, Pins(settings.pins), classic=classic)
    archive.database.close()
    is_default = settings.remember_vault(folder)
    log = archive.history.log
    if as_json:
        output.as_json(
            {
                "vault": str(folder.resolve()),
                "origin": origin,
                "fingerprint": archive.fingerprint,
                "log": [str(log.ed25519), str(log.ml_dsa)],
                "identity": str(settings.identity),
            }
        )
    else:
        output.data(f"fingerprint {archive.fingerprint}")
        output.data(f"log {log.ed25519}")
        output.data(f"log {log.ml_dsa}")
    output.say(f"vault {folder}" + (" (your default)" if is_default else ""))
    output.say(f"identity {settings.identity}" + (" (new)" if is_new else ""))
    output.say("hint: back up your identity file and its passphrase now; losing it loses the vault")


def _identity(path: Path) -> tuple[OpenIdentity, bool]:
    if path.exists():
        return unlock(load_identity(path)), False
    protector = Passphrase(lambda: passphrase("New passphrase of your identity", confirm=True))
    try:
        return identity_file.create(path, Identity.generate(), [protector]), True
    except FileExistsError as exc:
        raise Refused(f"{path} was made meanwhile", "repeat it") from exc
