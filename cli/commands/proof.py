"""`dvault proof`: files that somebody checks without the vault and without the ledger."""

from pathlib import Path
from typing import Any

import click

from cli import options, output
from cli.wiring import opened
from keys import durable
from vault import proving
from vault.errors import Misuse, Refused, Unavailable
from vault.names import transmittal_id, transmittal_number
from vault.verify.asking import kept_checkpoint


@click.command("proof", no_args_is_help=True)
@click.argument("transmittal", metavar="[T-000001]", required=False)
@click.option("-o", "--output", "target", type=options.FILE, help="The file, or the folder to put it into.")
@click.option("--reveal", multiple=True, metavar="LINE", help="Show this line, or all of item.1, only. Repeatable.")
@click.option("--withhold", multiple=True, metavar="LINE", help="Show the name of this line only. Repeatable.")
@click.option("--consistency", "old", type=options.FILE, metavar="CHECKPOINT", help="An old checkpoint to prove.")
@options.json_option
@options.vault_option
def command(transmittal: str | None, target: Path | None, as_json: bool, vault: str | None, **asked: Any) -> None:
    """Make a receipt of a transmittal, or prove that the ledger of an old checkpoint is the beginning of this one.

    A receipt is the entry, its record, what ties both to a signed checkpoint, and that each shown party or matter is
    filed as it should be. All of the record is shown unless --reveal or --withhold say otherwise: look before it goes
    out. Without -o it is printed. dvault verify FILE checks it, without a key.
    """
    old, reveal, withhold = asked["old"], asked["reveal"], asked["withhold"]
    if (transmittal is None) == (old is None):
        raise Misuse("a proof is of a transmittal or of an old checkpoint", "dvault proof T-000001, or --consistency")
    if old is not None and (reveal or withhold):
        raise Misuse("a consistency proof shows no record")
    with opened(vault) as archive:
        if old is not None:
            name, note = kept_checkpoint(old)
            made, title = bytes(proving.consistent(archive, note, name)), "consistency.proof"
        else:
            number = transmittal_number(transmittal or "")
            made, title = bytes(proving.receipt(archive, number, reveal, withhold)), f"{transmittal_id(number)}.receipt"
        fingerprint = archive.fingerprint
    _hand_out(made, title, target, as_json=as_json)
    output.say(f"hint: dvault verify {output.inert(target or 'FILE')} --fingerprint {fingerprint}")


def _hand_out(made: bytes, title: str, target: Path | None, *, as_json: bool) -> None:
    path = target / title if target is not None and target.is_dir() else target
    if path is not None:
        _write(path, made)
    if as_json:
        whole = {} if path else {"proof": made.decode()}
        output.as_json({"file": str(path) if path else None, "size": len(made)} | whole)
    else:
        output.data(output.inert(path) if path else made.decode().removesuffix("\n"))


def _write(path: Path, made: bytes) -> None:
    try:
        durable.write_new(path, made)
    except FileExistsError as exc:
        raise Refused(f"{path} exists", "name another file with -o") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be written: {exc.strerror}", "mend it, then repeat") from exc
