"""`dvault correct`: a later record that says what was wrong. Nothing is ever edited."""

from datetime import UTC, datetime
from typing import Any

import click

from cli import options, output
from cli.wiring import opened
from vault import correcting
from vault.errors import Misuse
from vault.names import is_object
from vault.records.fields import TABLE, Field

KINDS = {"P": "party", "S": "subject", "M": "matter", "R": "request"}


def _every_field(function: Any) -> Any:
    """An option for each field that any kind has; which of them fit is known once the object is."""
    seen: dict[str, Field] = {"name": Field("name", TABLE["party"][0].type, "legal name or title", "name")}
    for kind in ("disclosure", *KINDS.values()):
        for known in TABLE[kind]:
            if known.option and known.option not in ("reason", "void"):
                seen.setdefault(known.option, known)
    for name in sorted(seen, reverse=True):
        function = options.option_of(seen[name])(function)
    return function


@click.command("correct", no_args_is_help=True)
@click.argument("object_id", metavar="ID")
@click.option("--reason", required=True, help="Why; it is kept for ever.")
@click.option("--void", is_flag=True, help="It was not disclosed, or not so: the number stays, marked void.")
@_every_field
@options.json_option
@options.vault_option
def command(object_id: str, reason: str, void: bool, as_json: bool, vault: str | None, **said: Any) -> None:
    """Correct a transmittal (T-000017), party (P-0001), subject, matter or request, by a new record.

    The earlier record stays as it was. What was disclosed to whom by mistake is not corrected but voided, and
    disclosed anew.
    """
    kind = KINDS[object_id[0].upper()] if is_object(object_id) else "disclosure"
    stated = options.stated(kind, said, datetime.now(UTC))
    if said.get("name") and kind != "disclosure":
        stated[{"matter": "title", "request": "text"}.get(kind, "name")] = said["name"]
    foreign = sorted(name for name, value in said.items() if value not in (None, "", ())) if not stated else []
    if foreign:
        raise Misuse(
            f"a {kind} has no field --{foreign[0].replace('_', '-')}", f"dvault {kind} --help shows its fields"
        )
    if not stated and not void:
        raise Misuse("nothing is corrected", 'say a field, like --purpose "...", or --void')
    with opened(vault) as archive:
        done = correcting.correct(archive, object_id, kind, stated, reason, void=void)
    if as_json:
        output.as_json({"corrects": object_id.upper(), "entry": done.seq, "time": done.time.isoformat(), "void": void})
        return
    output.data(str(done.seq))
    output.say(f"{object_id.upper()} {'voided' if void else 'corrected'} by entry {done.seq}.")
