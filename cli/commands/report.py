"""`dvault report`: what counsel hands over, a bundle that a stranger checks alone."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from cli import asking, options, output, progress
from cli.reporting import as_json as json_of
from cli.reporting import inferring, preview, tell
from cli.wiring import opened
from vault.archive import Archive
from vault.errors import Misuse
from vault.names import transmittal_number
from vault.records import times
from vault.records.words import CATEGORIES, DESIGNATIONS
from vault.reports import containers, making, preparing, rules
from vault.reports.asking import Asked
from vault.reports.making import Made
from vault.reports.preparing import Prepared
from vault.reports.rules import Options
from vault.reports.sealing import Asking


@click.command("report", no_args_is_help=True)
@click.option("-o", "--output", "target", type=options.FILE, metavar="DIR|X.zip", help="The new folder or zip.")
@click.option("--party", multiple=True, metavar="PARTY", help="What was filed under this party. Repeatable.")
@click.option("--subject", multiple=True, metavar="SUBJECT", help="What exposes this subject. Repeatable.")
@click.option("--matter", multiple=True, metavar="MATTER", help="What was for this matter. Repeatable.")
@click.option(
    "--category",
    multiple=True,
    type=options.Words(CATEGORIES),
    metavar="WORD",
    help="Of this kind of data. Repeatable.",
)
@click.option(
    "--designation",
    multiple=True,
    type=options.Words(DESIGNATIONS),
    metavar="WORD",
    help="So secret to us. Repeatable.",
)
@click.option("--since", default="", metavar="TIME", help="What went out from this day or time on.")
@click.option("--until", default="", metavar="TIME", help="Up to this day, its end included, or before this time.")
@click.option("--transmittal", multiple=True, metavar="T-000001", help="This one. Repeatable.")
@click.option("--reveal", multiple=True, metavar="FIELD", help="Show it: `subject`, who else is exposed. Repeatable.")
@click.option("--withhold", multiple=True, metavar="FIELD[=REASON]", help="Withhold a field, everywhere. Repeatable.")
@click.option("--with-documents", "documents", is_flag=True, help="The documents go along, opened.")
@click.option("--with-ledger", "ledger", is_flag=True, help="The whole ledger goes along; needs --for.")
@click.option("--purpose", default="", metavar="TEXT", help="What it is given for.")
@click.option("--for", "recipient", default="", metavar="NAME", help="To whom it is given.")
@click.option("--no-stamp", is_flag=True, help="Ask no TSA for a time stamp over it.")
@click.option("--clock-reason", default="", metavar="TEXT", help="Why this machine's clock is behind the last entry.")
@click.option("--dry-run", is_flag=True, help="Say what would be shown and withheld; write and log nothing.")
@options.yes_option
@options.json_option
@options.vault_option
def command(target: Path | None, vault: str | None, **said: Any) -> None:
    """Make a report: the transmittals that were asked for, with all that a stranger needs to judge them.

    Options of one kind are alternatives, kinds must all match. Where a party, subject, matter or category is asked for
    the report is proven to be complete for the first of these; by period, designation or numbers alone nobody can see
    what is left out. Without any of them it is of all transmittals. That others of a party have other numbers than
    those asked for by --transmittal, only the ledger shows.

    All lines of their records are shown but subjects that were not asked for; --withhold takes field names of
    docs/fields.md, and what repeats a withheld value is withheld too. Look at it before it goes out: --dry-run. A
    report is an entry of the ledger itself, which says who got it.
    """
    dry = said["dry_run"]
    if target is None and not dry:
        raise Misuse("nothing says where to write it", "-o DIR or -o X.zip")
    if target is not None:
        containers.refuse_existing(target)
    asked, wanted = _asked(said), _options(said)
    with opened(vault) as archive:
        with progress.steps("indexing") as show:
            prepared = preparing.prepare(archive, asked, wanted, dry=dry, progress=show)
        asks = asking.is_possible() and not said["yes"]
        if asks or dry:
            preview(prepared, wanted)
        elif wanted.ledger:
            output.tell(inferring(wanted.recipient))
        made = None if dry or target is None else _made(archive, prepared, target, said, asks=asks)
        _answer(archive, prepared, made, as_json=said["as_json"])


def _asked(said: dict[str, Any]) -> Asked:
    now = datetime.now(UTC)
    return Asked(
        parties=said["party"],
        subjects=said["subject"],
        matters=said["matter"],
        categories=said["category"],
        designations=said["designation"],
        since=times.parse(said["since"], now).start if said["since"] else None,
        until=times.parse(said["until"], now).end if said["until"] else None,
        numbers=tuple(map(transmittal_number, said["transmittal"])),
    )


def _options(said: dict[str, Any]) -> Options:
    return Options(
        tuple(map(rules.parse, said["withhold"])),
        tuple(map(rules.parse_revealed, said["reveal"])),
        said["recipient"],
        said["purpose"],
        said["documents"],
        said["ledger"],
    )


def _made(archive: Archive, prepared: Prepared, target: Path, said: dict[str, Any], *, asks: bool) -> Made:
    if asks:
        asking.go_on("Write it?")
    stamping = Asking(stamp=not said["no_stamp"])
    with progress.bar("writing documents", prepared.statement.counts.bytes) as advance:
        return making.make(archive, prepared, target, stamping, advance, said["clock_reason"])


def _answer(archive: Archive, prepared: Prepared, made: Made | None, *, as_json: bool) -> None:
    if made is None:
        output.say("dry run: nothing was written or logged")
        if as_json:
            output.as_json(json_of(prepared, None, archive.fingerprint))
        return
    with output.acknowledging(f"{output.inert(made.path)} holds the report, entry {made.seq} logs it"):
        if as_json:
            output.as_json(json_of(prepared, made, archive.fingerprint))
        else:
            tell(prepared, made)
    for failure in made.seal.failed:
        output.tell(f"warning: {output.inert(failure)}")
    output.say(f"hint: dvault verify {output.inert(made.path)} --fingerprint {archive.fingerprint}")
