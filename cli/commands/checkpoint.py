"""`dvault checkpoint`: sign the state of the ledger and keep it; let witnesses cosign it and TSAs stamp it."""

import re
from datetime import timedelta

import click

from cli import anchoring, cosigning, options, output, progress
from cli.wiring import opened
from vault.evidence.checkpoint import parse_text
from vault.evidence.note import parse

_AGE = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _age(_: click.Context, __: click.Parameter, value: str | None) -> timedelta | None:
    if value is None:
        return None
    if not (match := _AGE.fullmatch(value)):
        raise click.BadParameter("an age is a number with m, h or d, like 1d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


@click.command("checkpoint")
@click.option("--witness", is_flag=True, help="Let every [[witness]] of vault.toml cosign it, keep what they sign.")
@click.option("--anchor", is_flag=True, help="Let every [[tsa]] of vault.toml stamp it, keep the tokens, log them.")
@click.option(
    "--if-older-than", callback=_age, metavar="AGE", help="Anchor only if the last anchor is older and there is news."
)
@click.option("--renew", is_flag=True, help="Anchor without news too, before certificates or algorithms weaken.")
@options.json_option
@options.vault_option
def command(
    witness: bool, anchor: bool, if_older_than: timedelta | None, renew: bool, as_json: bool, vault: str | None
) -> None:
    """Sign the present state with both log keys, keep it, print it: give it to somebody outside.

    An index of all that was filed is appended first, if anything was since the last one. Whoever has seen the
    checkpoint notices every later change of what it covers. A witness that cosigned it has seen no other; a time
    stamp shows that it was there by then.
    """
    if not anchor and (if_older_than is not None or renew):
        raise click.UsageError("--if-older-than and --renew go with --anchor")
    more: dict[str, object] = {}
    with opened(vault) as archive:
        if anchor and not anchoring.is_due(archive, if_older_than, renew=renew):
            return
        with progress.steps("indexing") as show:
            note = archive.checkpoint(progress=show)
        note, outcomes = cosigning.asked(archive, note) if witness else (note, [])
        if anchor:
            note, more = anchoring.stamped(archive)
    _print(note, {**more, **cosigning.shown(outcomes)}, as_json=as_json)
    cosigning.end(outcomes)


def _print(note: bytes, more: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        checkpoint = parse_text(parse(note).text)
        shown = {"size": checkpoint.size, "root": checkpoint.root.hex(), "checkpoint": note.decode()}
        output.as_json({**shown, **more})
    else:
        click.echo(note.decode(), nl=False)
