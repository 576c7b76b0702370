"""`dvault checkpoint`: sign the state of the ledger and keep it."""

import click

from cli import options, output, progress
from cli.wiring import opened
from vault.evidence.checkpoint import parse_text
from vault.evidence.note import parse


@click.command("checkpoint")
@options.json_option
@options.vault_option
def command(as_json: bool, vault: str | None) -> None:
    """Sign the present state with both log keys, keep it, print it: give it to somebody outside.

    An index of all that was filed is appended first, if anything was since the last one. Whoever has seen the
    checkpoint notices every later change of what it covers.
    """
    with opened(vault) as archive, progress.steps("indexing") as show:
        note = archive.checkpoint(progress=show)
    if as_json:
        checkpoint = parse_text(parse(note).text)
        output.as_json({"size": checkpoint.size, "root": checkpoint.root.hex(), "checkpoint": note.decode()})
    else:
        click.echo(note.decode(), nl=False)
