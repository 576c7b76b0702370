"""`dvault checkpoint`: sign the state of the ledger and keep it; with `--anchor` let TSAs stamp it."""

import re
from datetime import timedelta
from typing import Any

import click

from cli import options, output
from cli.wiring import opened
from vault.evidence.checkpoint import parse_text
from vault.evidence.note import parse
from vault.evidence.strict import utc_text

_AGE = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _age(_: click.Context, __: click.Parameter, value: str | None) -> timedelta | None:
    if value is None:
        return None
    if not (match := _AGE.fullmatch(value)):
        raise click.BadParameter("an age is a number with m, h or d, like 1d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


@click.command("checkpoint")
@click.option("--anchor", is_flag=True, help="Let every [[tsa]] of vault.toml stamp it, keep the tokens, log them.")
@click.option(
    "--if-older-than", callback=_age, metavar="AGE", help="Anchor only if the last anchor is older and there is news."
)
@click.option("--renew", is_flag=True, help="Anchor without news too, before certificates or algorithms weaken.")
@options.json_option
@options.vault_option
def command(anchor: bool, if_older_than: timedelta | None, renew: bool, as_json: bool, vault: str | None) -> None:
    """Sign the present state with both log keys, keep it, print it: give it to somebody outside.

    Whoever has seen it notices every later change of what it covers. A time stamp shows that it was there by then.
    """
    if not anchor and (if_older_than is not None or renew):
        raise click.UsageError("--if-older-than and --renew go with --anchor")
    if anchor:
        _anchor(if_older_than, renew=renew, as_json=as_json, vault=vault)
        return
    with opened(vault) as archive:
        note = archive.checkpoint()
    _print(note, {}, as_json=as_json)


def _anchor(if_older_than: timedelta | None, *, renew: bool, as_json: bool, vault: str | None) -> None:
    from vault import stamping

    with opened(vault) as archive:
        wanted = stamping.due(archive, if_older_than, renew=renew)
        made = stamping.anchor(archive) if wanted else []
    if not made:
        output.say("nothing to anchor: the last anchor is young enough, or nothing was logged since")
        return
    with output.acknowledging(f"the anchor is in the ledger as entry {made[-1].seq}"):
        for one in made:
            _tell(one)
        _print(made[-1].note, {"anchors": [_as_json(one) for one in made]}, as_json=as_json)


def _tell(made: Any) -> None:
    for failure in made.failed:
        output.tell(f"warning: {output.inert(failure)}")
    for kept in made.kept:
        stamp = kept.stamp
        within = "no accuracy stated" if stamp.accuracy is None else f"within {stamp.accuracy.total_seconds():g} s"
        output.tell(f"stamped {utc_text(stamp.time)} by {output.inert(kept.tsa)}, {within}; entry {made.seq}")


def _as_json(made: Any) -> dict[str, object]:
    return {
        "entry": made.seq,
        "size": parse_text(parse(made.note).text).size,
        "tokens": [
            {
                "tsa": kept.tsa,
                "sha256": kept.digest,
                "time": utc_text(kept.stamp.time),
                "accuracy": None if kept.stamp.accuracy is None else kept.stamp.accuracy.total_seconds(),
                "policy": kept.stamp.policy,
                "until": utc_text(kept.stamp.until),
            }
            for kept in made.kept
        ],
        "failed": list(made.failed),
    }


def _print(note: bytes, more: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        checkpoint = parse_text(parse(note).text)
        shown = {"size": checkpoint.size, "root": checkpoint.root.hex(), "checkpoint": note.decode()}
        output.as_json({**shown, **more})
    else:
        click.echo(note.decode(), nl=False)
