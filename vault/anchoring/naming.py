"""What `anchor` entries name of the folder `anchors`, and what lies there that none of them names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from vault.anchoring.keeping import Anchors
from vault.evidence import entry as entries
from vault.evidence import public
from vault.evidence.strict import refuse
from vault.ledger.sqlcipher import SqlcipherLedger

BOOKKEEPING = ("index", "anchor", "backup")  # entries that say nothing new of what was disclosed


@dataclass(frozen=True, slots=True)
class Named:
    """What an `anchor` entry names: the checkpoint's size and root, the SHA-256 of each token; the desk's time."""

    seq: int
    time: datetime
    size: int
    root: bytes
    tokens: tuple[str, ...]


def named(ledger: SqlcipherLedger) -> Iterator[Named]:
    """What the anchor entries with a token name, in their order."""
    for seq, leaf in ledger.kind_leaves("anchor"):
        if (one := read_anchor(leaf, f"entry {seq}")).tokens:
            yield one


def read_anchor(leaf: bytes, where: str) -> Named:
    """What an anchor entry names; nothing of it is verified."""
    entry = entries.parse(leaf, where).entry
    if entry.kind != "anchor":
        refuse(where, "an entry of kind anchor", entry.kind)
    lines = list(map(public.split, entry.public_lines))
    size, root = public.parse_root(lines[0][1], where)
    listed = tuple(value for keyword, value in lines if keyword == "token")
    return Named(entry.seq, entry.time, size, root, listed)


def orphans(ledger: SqlcipherLedger, there: Anchors) -> dict[int, list[str]]:
    """By size: the tokens in `anchors/` that no anchor entry names; a folder without a token has an empty list."""
    known = {(one.size, digest) for one in named(ledger) for digest in one.tokens}
    found = {}
    for size in there.sizes():
        listed = there.tokens(size)
        unnamed = [digest for digest in listed if (size, digest) not in known]
        if unnamed or not listed:
            found[size] = unnamed
    return found
