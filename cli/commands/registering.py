"""What party, subject, matter and request have in common: add, list, show."""

from datetime import UTC, datetime
from typing import Any

import click

from cli import options, output
from cli.wiring import opened
from vault import registering
from vault.catalog.queries import Registered

MAIN_FIELD = {"party": "name", "subject": "name", "matter": "title", "request": "text"}
COLUMNS = {
    "party": ("role", "country", "register.1"),
    "subject": ("sort", "country", "register.1"),
    "matter": ("authority", "number"),
    "request": ("from", "received", "scope"),
}


def commands(kind: str, noun: str, text: str) -> click.Group:
    """The group of commands for one kind; `noun` is what its main argument is called."""
    group = click.Group(kind, help=text)
    for command in (_add(kind, noun), _list(kind, noun), _show(kind)):
        group.add_command(command)
    return group


def _add(kind: str, noun: str) -> click.Command:
    @click.command("add", help=f"Add a {kind}. Prints its id.")
    @click.argument("name", metavar=f'"{noun}"')
    @options.field_options(kind)
    @options.json_option
    @options.vault_option
    def add(name: str, as_json: bool, vault: str | None, **said: Any) -> None:
        matter = said.pop("matter", None)
        stated = options.stated(kind, said, datetime.now(UTC)) | {MAIN_FIELD[kind]: name}
        with opened(vault) as archive:
            added = registering.add(archive, kind, stated, matter)
        if as_json:
            output.as_json({"id": added.id, "entry": added.seq, "warnings": list(added.warnings)})
            return
        for warning in added.warnings:
            output.say(warning)
        output.data(added.id)

    if kind == "request":
        add.params.append(click.Option(["--matter"], metavar="MATTER", help="The matter it belongs to."))
    return add


def _list(kind: str, noun: str) -> click.Command:
    @click.command("list", help=f"List every {kind}.")
    @options.json_option
    @options.vault_option
    def list_(as_json: bool, vault: str | None) -> None:
        with opened(vault) as archive:
            found = archive.catalog.registered(kind)
        if as_json:
            for one in found:
                output.as_json(_as_json(one))
            return
        columns = COLUMNS[kind]
        rows = [
            [one.id, one.name + (" (void)" if one.void else ""), *(one.values.get(column, "") for column in columns)]
            for one in found
        ]
        output.table(["id", noun.lower(), *(column.split(".")[0] for column in columns)], rows)

    return list_


def _show(kind: str) -> click.Command:
    @click.command("show", help=f"Show a {kind} as it stands after corrections.")
    @click.argument("name", metavar="ID-OR-NAME")
    @options.json_option
    @options.vault_option
    def show(name: str, as_json: bool, vault: str | None) -> None:
        with opened(vault) as archive:
            found = archive.catalog.resolve(kind, name)
            follow_ups = archive.catalog.follow_ups(found.seq)
        if as_json:
            output.as_json(_as_json(found) | {"corrections": [seq for seq, _ in follow_ups]})
            return
        show_registered(found, follow_ups)

    return show


def show_registered(found: Registered, follow_ups: list[tuple[int, str]]) -> None:
    """An object for people, on stdout."""
    output.data(f"{found.id}  entry {found.seq}" + ("  void" if found.void else ""))
    output.pairs(found.values.items())
    for seq, kind in follow_ups:
        output.data(f"{kind}: entry {seq}")


def _as_json(one: Registered) -> dict[str, object]:
    return {"id": one.id, "entry": one.seq, "name": one.name, "void": one.void, "fields": dict(one.values)}
