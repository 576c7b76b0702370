"""`dvault show`: one transmittal, party, subject, matter or request whole."""

import click

from cli import options, showing
from cli.wiring import opened
from vault import reviewing


@click.command("show", no_args_is_help=True)
@click.argument("object_id", metavar="ID")
@options.json_option
@options.vault_option
def command(object_id: str, as_json: bool, vault: str | None) -> None:
    """Show what T-000017 (or T-000017/2, P-0001, ...) says as it stands, how it was corrected, what of it is public."""
    named = reviewing.name(object_id)
    with opened(vault) as archive:
        found = reviewing.review(archive, named)
    showing.as_json(found) if as_json else showing.for_people(found)
