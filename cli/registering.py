"""What party, subject, matter and request have in common: add, list, show."""

from datetime import UTC, datetime
from typing import Any

import click

from cli import options, output, showing, telling
from cli.output import Column
from cli.wiring import opened
from vault import registering, reviewing
from vault.catalog.answers import Registered
from vault.evidence.strict import utc_text
from vault.records.fields import TABLE, main_field

COLUMNS = {
    "party": ("role", "country", "register.1"),
    "subject": ("sort", "country", "register.1"),
    "matter": ("authority", "number"),
    "request": ("from", "received", "scope"),
}


def commands(kind: str, text: str) -> click.Group:
    """The group of commands for one kind; `text` tells what the kind is."""
    group = click.Group(kind, help=text)
    for command in (_add(kind), _list(kind), _show(kind)):
        group.add_command(command)
    return group


def _add(kind: str) -> click.Command:
    main = main_field(kind)

    @click.command("add", help=f"Add a {kind}. Prints its id.")
    @click.argument("main", metavar=main.help.upper().replace(" ", "-"))
    @options.field_options(known for known in TABLE[kind] if not known.main)
    @options.json_option
    @options.vault_option
    def add(main: str, as_json: bool, vault: str | None, **said: Any) -> None:
        matter = said.pop("matter", "")
        stated = options.stated(kind, said, datetime.now(UTC)) | {main_field(kind).name: main}
        with opened(vault) as archive:
            added = registering.add(archive, kind, stated, matter)
        with output.acknowledging(f"{added.id} is in the ledger"):
            if as_json:
                warnings = telling.warnings(added.cautions, added.draft)
                output.as_json({"id": added.id, "entry": added.seq, "time": utc_text(added.time), "warnings": warnings})
                return
            output.data(added.id)
        if remarks := telling.remarks(added.cautions, added.draft):
            output.tell(remarks)
        telling.hint(added.id, added.draft)

    if kind == "request":
        add.params.append(click.Option(["--matter"], default="", metavar="MATTER", help="The matter it belongs to."))
    return add


def _list(kind: str) -> click.Command:
    @click.command("list", help=f"List all {output.plural(kind)}. On a pipe one line each, tab-separated.")
    @options.json_option
    @options.vault_option
    def list_(as_json: bool, vault: str | None) -> None:
        with opened(vault) as archive:
            found = list(archive.catalog.registered(kind))
        if as_json:
            for one in found:
                output.as_json(_as_json(one))
            return
        main = Column(main_field(kind).name, None)
        output.table(
            [Column("id"), main, *(Column(name.split(".")[0], None) for name in COLUMNS[kind])], map(_row, found)
        )

    return list_


def _row(one: Registered) -> list[object]:
    columns = COLUMNS[one.kind]
    shown = [telling.when(value) if name == "received" else value for name, value in one.values.items()]
    values = dict(zip(one.values, shown, strict=True))
    return [one.id, one.name + (" (void)" if one.void else ""), *(values.get(column, "") for column in columns)]


def _show(kind: str) -> click.Command:
    @click.command("show", help=f"Show a {kind} as it stands after corrections.")
    @click.argument("name", metavar="ID-OR-NAME")
    @options.json_option
    @options.vault_option
    def show(name: str, as_json: bool, vault: str | None) -> None:
        with opened(vault) as archive:
            found = archive.catalog.resolve(kind, name)
            review = reviewing.review(archive, reviewing.Named(found.id, kind))
        showing.as_json(review) if as_json else showing.for_people(review)

    return show


def _as_json(one: Registered) -> dict[str, object]:
    return {"id": one.id, "entry": one.seq, "name": one.name, "void": one.void, "fields": dict(one.values)}
