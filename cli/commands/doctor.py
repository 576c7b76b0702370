"""`dvault doctor`: look for damage and leftovers; mend what can be rebuilt, when told to."""

import click

from cli import exits, options, output
from cli.settings import Settings
from cli.wiring import opened
from vault import doctoring


@click.command("doctor")
@click.option("--rebuild", is_flag=True, help="Recreate the catalog from the ledger.")
@click.option("--clean", is_flag=True, help="Remove orphan segments and what dead processes left.")
@options.json_option
@options.vault_option
def command(rebuild: bool, clean: bool, as_json: bool, vault: str | None) -> None:
    """Look for damage, leftovers and wrong modes. Changes nothing unless told to with --rebuild or --clean."""
    ours = (Settings.of_user().config.parent,)
    with opened(vault) as archive:
        rebuilt = doctoring.rebuild(archive) if rebuild else None
        removed = doctoring.clean(archive, ours) if clean else []
        findings = doctoring.examine(archive, ours)
    if as_json:
        shown = [{"what": found.what, "next": found.next, "harm": found.harm} for found in findings]
        output.as_json({"rebuilt": rebuilt, "removed": removed, "findings": shown})
    else:
        if rebuilt is not None:
            output.say(f"catalog rebuilt from {output.counted(rebuilt, 'record')}")
        for name in removed:
            output.say(f"removed {name}")
        _print(findings)
    if any(finding.harm for finding in findings):
        raise click.exceptions.Exit(exits.EVIDENCE)


def _print(findings: list[doctoring.Finding]) -> None:
    for finding in findings:
        output.data(f"{'damage' if finding.harm else 'note'}: {output.inert(finding.what)}")
        output.data(f"  next: {output.inert(finding.next)}")
    if not findings:
        output.data("nothing found")
