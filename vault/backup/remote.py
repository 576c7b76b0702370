"""What the bucket says of this ledger before anything is added: nothing yet, its beginning, or what must not be there.

[Two machines restored from one backup go on by themselves: the second to come finds what it lacks, and is refused.]
"""

from typing import NamedTuple

from vault.archive import Archive
from vault.backup import layout
from vault.backup.store import LargeStore
from vault.errors import NotFound, Refused
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, open_checkpoint, parse_text
from vault.evidence.note import parse as parse_note
from vault.evidence.strict import Malformed

_FORK = (
    "two machines may have gone on by themselves from one backup: keep both, compare them with a checkpoint that others"
    " keep; one of them has to found a successor: dvault init --continues"
)


class Remote(NamedTuple):
    """The newest checkpoint there: its size, 0 if there is none; and a sentence if it does not hold."""

    size: int
    odd: str = ""


def look(archive: Archive, store: LargeStore, covered: int) -> Remote:
    """One request. `covered` is the size that this machine has seen there.

    `Refused` where another history of this ledger lies there, a longer one, or another ledger's. What is no checkpoint
    of this ledger at all is said, and gone over.
    """
    where = f"{store.name}/{layout.CHECKPOINT}"
    try:
        note = store.read(layout.CHECKPOINT, size=MAX_CHECKPOINT + 1)
        there = _opened(archive, note, where)
    except NotFound:
        odd = f"{where} is gone, it was over {covered} entries" if covered else ""
        return Remote(0, odd)
    except Malformed as exc:
        return Remote(0, f"what lies under {where} is no checkpoint of this ledger ({exc}): it is written anew")
    if there.size < covered:
        return Remote(there.size, f"{where} was put back to {there.size} entries, it was over {covered}")
    return Remote(there.size)


def _opened(archive: Archive, note: bytes, where: str) -> Checkpoint:
    claimed = parse_text(parse_note(note, where, limit=MAX_CHECKPOINT).text, where)
    mine, size = archive.config.origin, archive.ledger.size()
    if claimed.origin != mine:
        raise Refused(f"{where} is of the ledger {claimed.origin!a}, this one is {mine}", "name another prefix")
    if not claimed.size:
        raise Malformed(where, "a checkpoint over at least the genesis", claimed.size)
    if claimed.size > size:
        open_checkpoint(note, archive.history.log_at(size), where)
        raise Refused(
            f"the backup holds {claimed.size} entries, this vault has {size}",
            f"this vault was rolled back, or another machine went on: dvault verify. {_FORK}",
        )
    open_checkpoint(note, archive.history.log_at(claimed.size), where)
    if archive.ledger.root(claimed.size) != claimed.root:
        raise Refused(f"the backup holds another history of {claimed.size} entries than this vault", _FORK)
    return claimed


def refuse_fork(archive: Archive, store: LargeStore, key: str, mine: Checkpoint) -> None:
    """Refuse where a version under this name is a checkpoint that our log signed over other entries of this size."""
    for version in store.versions(key):
        if version.key != key or version.marker or version.size > MAX_CHECKPOINT:
            continue
        try:
            there = open_checkpoint(store.read(key, version.id), archive.history.log_at(mine.size), key)
        except (Malformed, NotFound):
            continue
        if (there.size, there.root) != (mine.size, mine.root):
            raise Refused(f"the backup holds another history of {there.size} entries than this vault", _FORK)
