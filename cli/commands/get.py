"""`dvault get`: the exact bytes of a document, or its sealed form."""

import re
from pathlib import Path

import click

from cli import options, output
from cli.wiring import opened
from vault import giving
from vault.names import transmittal_item

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
MAX_NAME = 200  # bytes; file systems stop at 255


@click.command("get", no_args_is_help=True)
@click.argument("item", metavar="T-000001[/ITEM]")
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), help="Write to this file or folder.")
@click.option("--sealed", is_flag=True, help="Write the age file instead: header and payload, still sealed.")
@options.json_option
@options.vault_option
def command(item: str, target: Path | None, sealed: bool, as_json: bool, vault: str | None) -> None:
    """Give a document back, checked against the SHA-256 of its record. Never overwrites.

    Nothing appears under the name unless all of it is authentic. Prints the file's name.
    """
    number, place = transmittal_item(item)
    with opened(vault) as archive:
        found, document = giving.find(archive, number, place)
        name = safe_name(str(found.get("name", "document"))) + (".age" if sealed else "")
        path = target or Path(name)
        if path.is_dir():
            path = path / name
        written = giving.write(archive, document, path, sealed=sealed)
    if as_json:
        output.as_json({"file": str(written), "size": found["size"], "sha256": found["sha256"], "sealed": sealed})
    else:
        output.data(str(written))


def safe_name(name: str) -> str:
    """A file name that is harmless on every system: the last part of `name`, without what a system could act on."""
    last = re.split(r"[/\\]", name)[-1]
    cleaned = _UNSAFE.sub("_", last).strip(" .")
    while len(cleaned.encode("utf-8", "replace")) > MAX_NAME:
        stem, dot, suffix = cleaned.rpartition(".")
        cleaned = f"{stem[:-1]}{dot}{suffix}" if stem else cleaned[:-1]
    if not cleaned or _RESERVED.fullmatch(cleaned):
        cleaned = f"_{cleaned}"
    return cleaned.encode("utf-8", "replace").decode()
