"""`dvault correct`: a later record that says what was wrong. Nothing is ever edited."""

from datetime import UTC, datetime
from typing import Any

import click

from cli import options, output, showing
from cli.wiring import opened
from vault import correcting, reviewing
from vault.correcting import LINKS, Corrected, Links
from vault.errors import Misuse
from vault.evidence.strict import utc_text
from vault.records.fields import CLOCK, ITEM, TABLE, Field
from vault.reviewing import Named


def _every_field() -> list[Field]:
    """One option for each that any kind has; which of them fit is known once the object is."""
    found = {
        known.option: known for kind in TABLE for known in TABLE[kind] if known.option not in ("", "reason", "void")
    }
    return [found[option] for option in sorted(found)]


@click.command("correct", no_args_is_help=True)
@click.argument("object_id", metavar="ID")
@click.option("--reason", required=True, help="Why; it is kept for ever.")
@click.option("--void", is_flag=True, help="It was not disclosed, or not so: the number stays, marked void.")
@click.option("--subject", multiple=True, metavar="SUBJECT[:DEGREE]", help="Who is exposed, and how.")
@click.option("--matter", default="", metavar="MATTER", help="The matter it is for.")
@click.option("--request", default="", metavar="REQUEST", help="The request it answers.")
@options.field_options(_every_field())
@options.json_option
@options.vault_option
def command(object_id: str, reason: str, void: bool, as_json: bool, vault: str | None, **said: Any) -> None:
    """Correct a transmittal (T-000017), an item of it (T-000017/2), a party (P-0001), subject, matter or request.

    The earlier record stays as it was; this one says what holds from now on. What may be given several times is
    replaced as a whole; "not stated" takes a value back. Who got it is not corrected: void it, and disclose it anew.
    """
    named = reviewing.name(object_id)
    about = {"reason": reason, **({"void": True} if void else {}), **_clock(said)}
    _refuse_foreign(named, said)
    links = Links(said["subject"], said["matter"], said["request"])
    stated = options.stated(named.kind, said, datetime.now(UTC))
    changes = bool(stated) or links != Links()
    if void and changes:
        raise Misuse("--void goes alone", "a void record needs no other value")
    if not (changes or void):
        raise Misuse("nothing is corrected", 'say a field, like --purpose "...", or --void')
    with opened(vault) as archive:
        corrected = correcting.correct(archive, named, stated, about, links)
    _answer(named, corrected, void, as_json)


def _clock(said: dict[str, Any]) -> dict[str, str]:
    reason = said.pop(CLOCK.key)
    return {CLOCK.name: reason} if reason else {}


def _refuse_foreign(named: Named, said: dict[str, Any]) -> None:
    known = {known.key for known in TABLE[named.kind] if known.option} | set(LINKS.get(named.kind, ()))
    foreign = [
        name.replace("_", "-") for name, value in said.items() if value not in (None, "", ()) and name not in known
    ]
    if foreign and named.kind == "disclosure" and foreign[0] in [known.option for known in ITEM]:
        raise Misuse(f"--{foreign[0]} is of an item", f"say which one, like {named.id}/1")
    if foreign:
        fields = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(known - {CLOCK.key}))
        raise Misuse(f"{named.id} has no --{foreign[0]}", f"it has {fields}")


def _answer(named: Named, corrected: Corrected, void: bool, as_json: bool) -> None:
    done = corrected.done
    with output.acknowledging(f"entry {done.seq}, which corrects {named.id}, is in the ledger"):
        if as_json:
            output.as_json({"corrects": named.id, "entry": done.seq, "time": utc_text(done.time), "void": void})
            return
        output.data(str(done.seq))
    output.say(f"{named.id} {'voided' if void else 'corrected'} by entry {done.seq}")
    for name, change in showing.changes(corrected.changed):
        output.say(f"  {name}: {output.inert_lines(change, 4)}")
