"""What an `anchor` entry names: a checkpoint and the tokens over it. docs/format/anchors.md."""

from datetime import datetime
from typing import NamedTuple

from vault.evidence import public
from vault.evidence.entry import Entry

BOOKKEEPING = ("index", "anchor", "backup")  # entries that say nothing new of what was disclosed


class Named(NamedTuple):
    """What an `anchor` entry names: the checkpoint's size and root, the SHA-256 of each token; the desk's time."""

    seq: int
    time: datetime
    size: int
    root: bytes
    tokens: tuple[str, ...]


def named(entry: Entry) -> Named | None:
    """What an entry names, if it is an anchor; nothing of it is verified."""
    if entry.kind != "anchor" or entry.record:
        return None
    lines = list(map(public.split, entry.public_lines))
    size, root = public.parse_root(lines[0][1], f"entry {entry.seq}")
    listed = tuple(value for keyword, value in lines if keyword == "token")
    return Named(entry.seq, entry.time, size, root, listed)
