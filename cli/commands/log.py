"""`dvault log`: the transmittals, filtered."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from cli import options, output, telling
from cli.wiring import opened
from vault.archive import Archive
from vault.catalog.answers import Filter, Transmittal
from vault.records import times

_COLUMNS = (
    output.Column("number", 8),
    output.Column("date", 11),
    output.Column("to", None),
    output.Column("items"),
    output.Column("size"),
    output.Column("purpose", None),
)


@click.command("log")
@click.option("--party", multiple=True, metavar="PARTY", help="Sent to, via or onward to this party.")
@click.option("--subject", multiple=True, metavar="SUBJECT", help="Exposing this subject.")
@click.option("--matter", multiple=True, metavar="MATTER", help="For this matter.")
@click.option("--request", multiple=True, metavar="REQUEST", help="Answering this request.")
@click.option("--since", default="", metavar="TIME", help="From this day or time on.")
@click.option("--until", default="", metavar="TIME", help="Up to this day, its end included, or before this time.")
@click.option("--text", default="", metavar="TEXT", help="With this text in any field or file name.")
@click.option("-n", "--last", "limit", metavar="N", type=click.IntRange(1), help="Only the last N.")
@options.json_option
@options.vault_option
def command(as_json: bool, vault: str | None, **said: Any) -> None:
    """List the transmittals, oldest first; several filters must all match.

    On a pipe one line each, tab-separated, without headings.
    """
    now = datetime.now(UTC)
    since = times.parse(said["since"], now).start if said["since"] else None
    until = times.parse(said["until"], now).end if said["until"] else None
    with opened(vault) as archive:
        kinds = ("party", "subject", "matter", "request")
        ids = tuple(archive.catalog.resolve(kind, name).id for kind in kinds for name in said[kind])
        found = archive.catalog.transmittals(Filter(ids, since, until, said["text"], said["limit"] or -1))
        if as_json:
            for one in found:
                output.as_json(_as_json(archive, one))
            return
    output.table(_COLUMNS, map(_row, found))


def _row(one: Transmittal) -> tuple[object, ...]:
    return (
        one.id + (" (void)" if one.void else ""),
        telling.when(one.values.get("event-time", one.event_time)),
        ", ".join(_people(one)),
        one.items,
        output.size(one.bytes),
        one.values.get("purpose", ""),
    )


def _people(one: Transmittal) -> Iterator[str]:
    return (name if relation == "to" else f"{relation} {name}" for relation, _, name in one.recipients())


def _as_json(archive: Archive, one: Transmittal) -> dict[str, object]:
    items = [
        {"name": item.name, "size": item.size, "sha256": item.sha256} for item in archive.catalog.items(one.number)
    ]
    return {
        **telling.as_json(one.number, one.seq, archive.entry(one.seq).entry.time),
        "event_time": one.event_time,
        "void": one.void,
        "recipients": [{"relation": relation, "id": id_, "name": name} for relation, id_, name in one.recipients()],
        "items": telling.items_as_json(one.number, items),
        "bytes": one.bytes,
        "fields": dict(one.values),
    }
