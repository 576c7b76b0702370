"""`dvault doctor`: look for damage and leftovers; mend what can be rebuilt, when told to."""

import os
from dataclasses import asdict
from pathlib import Path

import click

from cli import exits, options, output
from cli.settings import Settings
from cli.wiring import opened
from vault import doctoring, remains
from vault.folder import Folder


@click.command("doctor")
@click.option("--rebuild", is_flag=True, help="Recreate catalog, tree and index from the ledger.")
@click.option("--clean", is_flag=True, help="Remove orphan segments and what dead processes left.")
@click.option("--documents", is_flag=True, help="Read every document too, and name those that are lost.")
@options.json_option
@options.vault_option
def command(rebuild: bool, clean: bool, documents: bool, as_json: bool, vault: str | None) -> None:
    """Look for damage, leftovers and wrong modes. Changes nothing unless told to with --rebuild or --clean.

    A vault that does not open is looked at from outside: which file is damaged, what is lost with it, what next.
    """
    user = Settings.of_user()
    ours = (user.config.parent,)
    place = Folder(user.vault(vault))
    rebuilt, removed, code = None, [], exits.FINE
    is_open = False
    try:
        with opened(vault) as archive:
            is_open = True
            rebuilt = doctoring.rebuild(archive) if rebuild else None
            removed = doctoring.clean(archive, ours) if clean else []
            findings = [*doctoring.examine(archive, ours, documents=documents), *doctoring.dependence(archive)]
    except remains.REFUSALS as exc:
        if is_open or not place.config.exists():
            raise
        code = exits.ending_of(exc).code
        findings = remains.examine(exc, place, user.identity)
    findings += [*doctoring.modes(Path(os.path.realpath(user.identity))), *doctoring.modes(user.pins)]
    if not code and any(finding.harm for finding in findings):
        code = exits.EVIDENCE
    with output.judging(code):
        if as_json:
            output.as_json({"rebuilt": rebuilt, "removed": removed, "findings": [asdict(found) for found in findings]})
        else:
            _print(rebuilt, removed, findings)


def _print(rebuilt: int | None, removed: list[str], findings: list[doctoring.Finding]) -> None:
    if rebuilt is not None:
        output.say(f"catalog rebuilt from {output.counted(rebuilt, 'record')}")
    for name in removed:
        output.say(f"removed {name}")
    for finding in findings:
        output.data(f"{'damage' if finding.harm else 'note'}: {output.inert(finding.what)}")
        if finding.lost:
            output.data(f"  lost: {output.inert(finding.lost)}")
        output.data(f"  next: {output.inert(finding.next)}")
    if not findings:
        output.data("nothing found")
