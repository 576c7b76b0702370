"""`dvault show`: one transmittal, party, subject, matter or request whole."""

import click

from cli import options, output
from cli.commands.registering import show_registered
from cli.wiring import opened
from vault.archive import Archive
from vault.catalog.projection import items_of
from vault.names import is_object, transmittal_number


@click.command("show", no_args_is_help=True)
@click.argument("object_id", metavar="ID")
@options.json_option
@options.vault_option
def command(object_id: str, as_json: bool, vault: str | None) -> None:
    """Show what the record of T-000017 says, its corrections, and what its entry shows to strangers."""
    with opened(vault) as archive:
        if is_object(object_id):
            found = archive.catalog.by_id(object_id)
            if as_json:
                output.as_json({"id": found.id, "entry": found.seq, "void": found.void, "fields": dict(found.values)})
            else:
                show_registered(found, archive.catalog.follow_ups(found.seq))
            return
        _show(archive, transmittal_number(object_id), as_json)


def _show(archive: Archive, number: int, as_json: bool) -> None:
    found = archive.catalog.transmittal(number)
    values = archive.read(found.seq).values()
    follow_ups = [(seq, kind, archive.read(seq).values()) for seq, kind in archive.catalog.follow_ups(found.seq)]
    time = archive.entry(found.seq).entry.time
    if as_json:
        corrections = [{"entry": seq, "kind": kind, "fields": dict(said)} for seq, kind, said in follow_ups]
        head = {"transmittal": found.id, "entry": found.seq, "recorded": time.isoformat(), "void": found.void}
        output.as_json({**head, "fields": dict(values), "items": items_of(values), "follow_ups": corrections})
        return
    output.data(f"{found.id}  entry {found.seq}, recorded {output.local(time)}" + ("  VOID" if found.void else ""))
    output.pairs((name, value) for name, value in values.items() if not name.startswith(("item.", "term.")))
    for place, item in enumerate(items_of(values), 1):
        size = f"  {output.size(int(item['size']))}" if "size" in item else ""
        output.data(f"\n{found.id}/{place}  {output.inert(item.get('name', 'no file'))}{size}")
        output.pairs((name, value) for name, value in item.items() if name not in ("name", "size"))
    for seq, kind, said in follow_ups:
        output.data(f"\n{kind}, entry {seq}")
        output.pairs((name, value) for name, value in said.items() if not name.startswith(("term.", "corrects")))
