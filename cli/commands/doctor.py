"""`dvault doctor`: look for damage and leftovers; mend what can be rebuilt, when told to."""

import sys

import click

from cli import exits, options, output
from cli.wiring import opened
from vault import doctoring


@click.command("doctor")
@click.option("--rebuild", is_flag=True, help="Recreate the catalog from the ledger.")
@click.option("--clean", is_flag=True, help="Remove orphan segments and what dead processes left.")
@options.json_option
@options.vault_option
def command(rebuild: bool, clean: bool, as_json: bool, vault: str | None) -> None:
    """Look for damage, leftovers and wrong modes. Changes nothing unless told to with --rebuild or --clean."""
    with opened(vault) as archive:
        if rebuild:
            count = doctoring.rebuild(archive)
            output.say(f"catalog rebuilt from {count} entries")
        if clean:
            for name in doctoring.clean(archive):
                output.say(f"removed {name}")
        findings = doctoring.examine(archive)
    if as_json:
        output.as_json({"findings": [{"what": f.what, "next": f.next, "harm": f.harm} for f in findings]})
    else:
        for finding in findings:
            output.data(f"{'damage' if finding.harm else 'note'}: {finding.what}")
            output.data(f"  next: {finding.next}")
        if not findings:
            output.data("nothing found")
    if any(finding.harm for finding in findings):
        sys.exit(exits.EVIDENCE)
