"""`dvault show`: one transmittal, party, subject, matter or request whole."""

import click

from cli import options, showing
from cli.wiring import opened
from vault import reviewing
from vault.archive import Archive
from vault.evidence.intervals import Interval


@click.command("show", no_args_is_help=True)
@click.argument("object_id", metavar="ID")
@options.json_option
@options.vault_option
def command(object_id: str, as_json: bool, vault: str | None) -> None:
    """Show what T-000017 (or T-000017/2, P-0001, ...) says as it stands, how it was corrected, what of it is public."""
    named = reviewing.name(object_id)
    with opened(vault) as archive:
        found = reviewing.review(archive, named)
        made = _interval(archive, found.seq)
    showing.as_json(found, made) if as_json else showing.for_people(found, made)


def _interval(archive: Archive, seq: int) -> Interval:
    """When it was made, by time stamps; without an anchor nothing of them is loaded."""
    if not archive.ledger.count("anchor"):
        return Interval(None, None)
    from vault.checking.anchors import interval_of

    return interval_of(archive, seq)
