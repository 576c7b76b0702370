"""`dvault log`: the transmittals, filtered."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from cli import options, output
from cli.wiring import opened
from vault.catalog.queries import Filter, Transmittal
from vault.records import times


@click.command("log")
@click.option("--party", multiple=True, help="Sent to, via or onward to this party.")
@click.option("--subject", multiple=True, help="Exposing this subject.")
@click.option("--matter", help="For this matter.")
@click.option("--since", metavar="TIME", help="From this day or time on.")
@click.option("--until", metavar="TIME", help="Before this day or time; a day is included.")
@click.option("--text", default="", metavar="TEXT", help="With this text in any field or file name.")
@click.option("-n", "--last", "limit", type=click.IntRange(1), help="Only the last N.")
@options.json_option
@options.vault_option
def command(party: tuple[str, ...], subject: tuple[str, ...], as_json: bool, vault: str | None, **said: Any) -> None:
    """List the transmittals, oldest first."""
    now = datetime.now(UTC)
    named = [("party", name) for name in party] + [("subject", name) for name in subject]
    named += [("matter", said["matter"])] if said["matter"] else []
    since = times.parse(said["since"], now) if said["since"] else None
    with opened(vault) as archive:
        ids = tuple(archive.catalog.resolve(kind, name).id for kind, name in named)
        wanted = Filter(ids, since, _end(said["until"], now), said["text"], said["limit"] or -1)
        found = archive.catalog.transmittals(wanted)
    if as_json:
        for one in found:
            output.as_json(_as_json(one))
        return
    output.table(
        ["number", "date", "to", "items", "size", "purpose"],
        [
            [
                one.id + (" (void)" if one.void else ""),
                output.local(one.event_time),
                ", ".join(name if relation == "to" else f"{relation} {name}" for relation, name in one.recipients()),
                one.items,
                output.size(one.bytes),
                one.values.get("purpose", ""),
            ]
            for one in found
        ],
    )


def _end(until: str | None, now: datetime) -> datetime | None:
    if not until:
        return None
    moment = times.parse(until, now)
    return moment if ":" in until or until == "now" else moment + timedelta(days=1)


def _as_json(one: Transmittal) -> dict[str, object]:
    people = [{"relation": relation, "name": name} for relation, name in one.recipients()]
    return {
        "transmittal": one.id,
        "entry": one.seq,
        "event_time": one.event_time,
        "void": one.void,
        "recipients": people,
        "items": one.items,
        "bytes": one.bytes,
        "fields": dict(one.values),
    }
