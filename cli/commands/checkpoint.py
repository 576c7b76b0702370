"""`dvault checkpoint`: sign the state of the ledger and keep it; with `--witness` let witnesses cosign it."""

import click

from cli import cosigning, options, output, progress
from cli.wiring import opened
from vault.evidence.checkpoint import parse_text
from vault.evidence.note import parse


@click.command("checkpoint")
@click.option("--witness", is_flag=True, help="Let every [[witness]] of vault.toml cosign it, keep what they sign.")
@options.json_option
@options.vault_option
def command(witness: bool, as_json: bool, vault: str | None) -> None:
    """Sign the present state with both log keys, keep it, print it: give it to somebody outside.

    An index of all that was filed is appended first, if anything was since the last one. Whoever has seen the
    checkpoint notices every later change of what it covers. A witness that cosigned it has seen no other.
    """
    with opened(vault) as archive, progress.steps("indexing") as show:
        note = archive.checkpoint(progress=show)
        note, outcomes = cosigning.asked(archive, note) if witness else (note, [])
    if as_json:
        checkpoint = parse_text(parse(note).text)
        shown = {"size": checkpoint.size, "root": checkpoint.root.hex(), "checkpoint": note.decode()}
        output.as_json({**shown, **cosigning.shown(outcomes)})
    else:
        click.echo(note.decode(), nl=False)
    cosigning.end(outcomes)
