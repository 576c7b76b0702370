"""`dvault ledger`: the ledger for strangers."""

from pathlib import Path

import click

from cli import options, output
from cli.wiring import opened
from vault import publishing


@click.group("ledger", no_args_is_help=True)
def command() -> None:
    """The ledger for strangers."""


@command.command("export", no_args_is_help=True)
@click.argument("target", metavar="DIR", type=options.FILE)
@options.json_option
@options.vault_option
def export(target: Path, as_json: bool, vault: str | None) -> None:
    """Write the ledger into a folder that anybody can check without a key, or add to one what is new.

    A C2SP tlog-tiles folder: dvault verify DIR checks it, so do other programs. Who holds the log key signs a
    checkpoint first if the newest covers less than all. It shows no party and no matter, but when something was
    logged, by which member, and which entries share a term.
    """
    with opened(vault) as archive:
        done = publishing.publish(archive, target)
        fingerprint = archive.fingerprint
    size = done.checkpoint.size
    with output.acknowledging(f"{output.inert(target)} holds the ledger up to checkpoint {size}"):
        if as_json:
            output.as_json({
                "folder": str(target), "size": size, "root": done.checkpoint.root.hex(), "fingerprint": fingerprint,
                "files": done.files, "uncovered": done.uncovered,
            })  # fmt: skip
        else:
            output.data(output.inert(target))
    new, written = size - done.before, output.counted(done.files, "file")
    output.tell(f"{output.counted(size, 'entry')} under checkpoint {size}, {new} new; {written} written.")
    if done.uncovered:
        output.tell(f"{output.counted(done.uncovered, 'entry')} under no checkpoint yet; a checkpointer signs one.")
    output.tell("It shows no party and no matter, but when, by whom, and which entries share a term: for named people.")
    output.say(f"hint: dvault verify {output.inert(target)} --fingerprint {fingerprint}")
