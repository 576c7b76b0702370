"""`dvault get`: the exact bytes of documents, or their sealed form."""

from collections.abc import Iterator
from pathlib import Path

import click

from cli import options, output, progress
from cli.wiring import opened
from vault import giving
from vault.archive import Archive
from vault.errors import Misuse, NotFound
from vault.filenames import safe_name
from vault.names import transmittal_id, transmittal_item


@click.command("get", no_args_is_help=True)
@click.argument("item", metavar="T-000001[/ITEM]")
@click.option("-o", "--output", "target", type=options.FILE, help="Write to this file or folder.")
@click.option("--sealed", is_flag=True, help="Write age files instead: header and payload, still sealed.")
@options.json_option
@options.vault_option
def command(item: str, target: Path | None, sealed: bool, as_json: bool, vault: str | None) -> None:
    """Give a document back, checked against the SHA-256 of its record; all of a transmittal into a folder (-o FOLDER).

    Never overwrites. Nothing appears under a name unless all of it is authentic. Prints the names of the files.
    """
    number, place = transmittal_item(item)
    if str(target) == "-":
        raise Misuse(
            "a document is not written to standard output", "what is cut or changed shows only at its end; -o FILE"
        )
    with opened(vault) as archive:
        for one in _places(archive, number, place, target):
            found, document = giving.find(archive, number, one)
            path = _path(str(found.get("name", "document")), target, sealed=sealed)
            with progress.bar("opening", document.size) as advance:
                written = giving.write(archive, document, path, advance, sealed=sealed)
            if as_json:
                id_ = transmittal_id(number, one)
                size, sha256 = found["size"], found["sha256"]
                output.as_json({"id": id_, "file": str(written), "size": size, "sha256": sha256, "sealed": sealed})
            else:
                output.data(output.inert(written))


def _places(archive: Archive, number: int, place: int | None, target: Path | None) -> Iterator[int]:
    """The item that is asked for, or all that have a file if they go into a folder."""
    items = archive.catalog.items(number)
    if place is not None or len(items) == 1:
        yield place or 1
        return
    found = archive.catalog.transmittal(number)
    if target is None or not target.is_dir():
        raise Misuse(f"{found.id} has {len(items)} items", f"say which one, like {found.id}/1, or all: -o FOLDER")
    documents = [item.place for item in items if item.sha256]
    if not documents:
        raise NotFound(f"{found.id} has no documents", f"dvault show {found.id} tells what was said or shown")
    yield from documents


def _path(name: str, target: Path | None, *, sealed: bool) -> Path:
    if target is not None and not target.is_dir():
        return target
    folder = target or Path()
    suffix = ".age" if sealed else ""
    there = [one.name.removesuffix(suffix) for one in folder.iterdir()] if target else []
    return folder / (safe_name(name, there) + suffix)
