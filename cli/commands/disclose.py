"""`dvault disclose`: log what goes out, as you send it, and keep its exact bytes."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any

import click

from cli import asking, logs, options, output, progress, telling, template
from cli.wiring import opened
from vault import disclosing, linking, repeating
from vault.archive import Acknowledged, Archive
from vault.catalog.projection import items_of
from vault.disclosing import Plan, Said
from vault.documents.sources import Source, gather, standard_input
from vault.errors import Misuse
from vault.evidence.record import Value
from vault.names import transmittal_number
from vault.records.draft import changes
from vault.records.fields import DISCLOSURE, ITEM
from vault.records.values import Unfit
from vault.records.words import DEGREES


@click.command("disclose", no_args_is_help=True)
@click.argument("files", metavar="[FILE|FOLDER|-]...", nargs=-1, type=options.FILE)
@click.option("--to", multiple=True, metavar="PARTY", help="Who gets it from us: SCHEME:VALUE, alias, part of a name.")
@click.option("--via", multiple=True, metavar="PARTY", help="Who carries it there, and so gets it too.")
@click.option("--onward", multiple=True, metavar="PARTY", help="Who is expected to get it next.")
@click.option("--matter", default="", metavar="MATTER", help="The application, tender, audit or lawsuit it is for.")
@click.option("--request", default="", metavar="REQUEST", help="The request it answers.")
@click.option(
    "--subject", multiple=True, metavar="SUBJECT[:DEGREE]", help=f"Who is exposed, and how: {', '.join(DEGREES)}."
)
@options.field_options(DISCLOSURE)
@options.field_options(ITEM)
@click.option("--name", metavar="NAME", default="", help="The file name of what comes on standard input (-).")
@click.option("--all", "everything", is_flag=True, help="Take links and system droppings of folders too.")
@click.option("--like", metavar="T-000016", help="Repeat the fields of an earlier transmittal.")
@click.option(
    "--from", "from_file", type=options.FILE, metavar="FILE.toml", is_eager=True, expose_value=False,
    callback=template.use, help="Read options from a file; file names in it are beside it.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@options.yes_option
@options.json_option
@options.vault_option
def command(files: tuple[Path, ...], yes: bool, dry_run: bool, as_json: bool, vault: str | None, **said: Any) -> None:
    """Log what goes out, as you send it, and keep its exact bytes.

    Shows what it will write and asks (not with --yes or without a terminal). What nobody states comes from [defaults]
    in vault.toml, is asked for on a terminal, or is recorded as "not stated". Prints the transmittal's number.
    """
    now = datetime.now(UTC)
    asks = asking.is_possible() and not (yes or dry_run)
    sources = _sources(files, said)  # before anybody is asked for a passphrase
    with opened(vault) as archive:
        planned = _plan(archive, _said(archive, said, sources, now), now, asks=asks)
        if asks or dry_run:
            telling.preview(planned)
        if dry_run:
            output.say("dry run: nothing was written")
            if as_json:
                _answer_nothing(planned)
            return
        if asks:
            asking.go_on("Write it?")
        _answer(archive, _write(archive, planned), planned, as_json)


def _sources(files: tuple[Path, ...], said: dict[str, Any]) -> tuple[Source, ...]:
    found: list[Source] = []
    for path in files:
        if str(path) == "-":
            if sys.stdin is None:  # else the next file that is opened would be taken for it
                raise Misuse("standard input is closed", "pipe the document into it, or name its file")
            found.append(standard_input())
            continue
        sources, left_out = gather(path, everything=said["everything"])
        found += sources
        for one in left_out:
            output.say(f"left out: {output.inert(one)}")
    streams = sum(source.path is None for source in found)
    unnamed = [place for place, source in enumerate(found) if source.is_unnamed]
    if streams > 1:
        raise Misuse("standard input can be read once", "name - once")
    if said["name"]:
        if len(unnamed) != 1:
            raise Misuse("--name goes with -, or with one pipe", "a file is recorded under its own name")
        found[unnamed[0]] = found[unnamed[0]]._replace(name=said["name"])
    if files and not found:
        raise Misuse(f"{files[0]} holds no files", "--all takes links and system droppings too")
    return tuple(found)


def _said(archive: Archive, said: dict[str, Any], sources: tuple[Source, ...], now: datetime) -> Said:
    """The command line and --from, then --like, then the vault's defaults."""
    values = _item_values(archive, said)
    spoken = values if "narrative" in values else {}
    if "present" in values and not spoken:
        raise Misuse("--present goes with --narrative", "say what was said or shown")
    of_files = {name: value for name, value in values.items() if name not in ("narrative", "present")}
    wanted = Said(
        options.stated("disclosure", said, now),
        to=said["to"], via=said["via"], onward=said["onward"],
        subjects=said["subject"], matter=said["matter"], request=said["request"],
        sources=tuple(source._replace(values=of_files) for source in sources), spoken=spoken,
    )  # fmt: skip
    if said["like"]:
        wanted = repeating.like(archive.catalog, wanted, transmittal_number(said["like"]))
    return replace(wanted, stated={**_defaults(archive), **wanted.stated})


def _item_values(archive: Archive, said: dict[str, Any]) -> dict[str, Value]:
    stated = {known.name: said[known.key] for known in ITEM if known.option and said[known.key]}
    if "derived-from" in stated:
        stated["derived-from"] = linking.content(archive.catalog, stated["derived-from"])
    return dict(changes("item", stated))


def _defaults(archive: Archive) -> dict[str, object]:
    known = {known.key: known.name for known in DISCLOSURE if known.default}
    where = f"{archive.folder.config}: defaults"
    found = template.checked(archive.config.defaults, dict.fromkeys(known, template.Shape.TEXT), where)
    stated: dict[str, object] = {known[key]: value for key, value in found.items() if value}
    try:
        changes("disclosure", stated)
    except Unfit as exc:
        raise Misuse(f"{where}: {exc}", "mend it there") from exc
    return stated


def _plan(archive: Archive, wanted: Said, now: datetime, *, asks: bool) -> Plan:
    """What will be written; on a terminal after asking for what would stand there as not stated."""
    planned = disclosing.plan(archive, wanted, now)
    if asks and (answers := asking.fields(planned.draft.not_stated)):
        planned = disclosing.plan(archive, replace(wanted, stated={**wanted.stated, **answers}), now)
    return planned


def _write(archive: Archive, planned: Plan) -> list[Acknowledged]:
    total = sum(source.size for source in planned.sources)
    stream = FileIO(0, closefd=False) if any(source.path is None for source in planned.sources) else None
    with (
        progress.bar("sealing", total) as advance,
        logs.timed("documents sealed") as measured,
    ):
        done = disclosing.write(archive, planned, stream, advance)
        measured |= {"documents": len(planned.sources), "bytes": total, "entries": len(done)}
    return done


def _answer(archive: Archive, done: list[Acknowledged], planned: Plan, as_json: bool) -> None:
    if not as_json:
        telling.answer(archive, done, planned.cautions)
        return
    with output.acknowledging(telling.outcome(done)):
        for one in done:
            items = telling.items_as_json(one.number, items_of(dict(one.draft.lines)))
            warnings = telling.warnings(planned.cautions, one.draft)
            output.as_json({**telling.as_json(one.number, one.seq, one.time), "items": items, "warnings": warnings})


def _answer_nothing(planned: Plan) -> None:
    """The same JSON with null for all that only writing gives."""
    items = [{"id": None, "name": source.name, "size": source.size, "sha256": None} for source in planned.sources]
    warnings = telling.warnings(planned.cautions, planned.draft)
    output.as_json({"transmittal": None, "entry": None, "time": None, "items": items, "warnings": warnings})
