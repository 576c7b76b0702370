"""Who attacks a vault: somebody with all files and the record key, and its owner with every key there is.

Both write the database anew as thoroughly as the product itself would: tree, kinds, numbers and catalog follow from the
entries they want, so that nothing but evidence can give them away.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from vault.archive import Archive
from vault.catalog import projection
from vault.errors import VaultError
from vault.evidence import entry as entries
from vault.evidence import merkle, note
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.entry import Entry, SignedEntry
from vault.evidence.index import Tree
from vault.evidence.strict import Malformed
from vault.ledger.store import Head, NewEntry

Rewrite = Callable[[list[NewEntry]], list[NewEntry]]
TABLES = ("entry", "node", "record", "record_wrap")


def all_entries(archive: Archive) -> list[NewEntry]:
    """Every entry with its sealed record."""
    return [
        NewEntry(archive.entry(seq).entry.kind, leaf, archive.ledger.record(seq))
        for seq, leaf in enumerate(archive.ledger.leaves())
    ]


def rewrite(archive: Archive, wanted: Sequence[NewEntry], checkpoints: Iterable[tuple[int, bytes]] | None) -> None:
    """Put these entries, and all that follows from them, in place of what is stored; `None` leaves the checkpoints."""
    database = archive.database
    with database.transaction():
        for table in TABLES:
            database.execute(f"DELETE FROM {table}")  # noqa: S608 - one of ours
        archive.ledger.append(Head(), wanted)
        projection.rebuild(database)
        for seq, new in enumerate(wanted):
            _project(archive, seq, new)
        if checkpoints is not None:
            database.execute("DELETE FROM checkpoint")
            for size, data in checkpoints:
                archive.ledger.put_checkpoint(size, data, keep=True)


def _project(archive: Archive, seq: int, new: NewEntry) -> None:
    try:
        values = archive.read(seq).values()
    except (VaultError, Malformed):
        return
    projection.project(archive.database, seq, new.kind, archive.entry(seq).entry.time, values)


def forged(new: NewEntry, **changes: object) -> NewEntry:
    """The entry with another text under the signature it had."""
    signed = entries.parse(new.leaf)
    changed: Entry = signed.entry._replace(**changes)  # type: ignore[arg-type]  # the fields of an entry
    return new._replace(kind=changed.kind, leaf=note.render(changed.text, [signed.unverified_signature]))


def mended(wanted: Sequence[NewEntry]) -> list[NewEntry]:
    """The entries with numbers and links as they should be; the signatures stay and fit no longer."""
    result: list[NewEntry] = []
    for seq, new in enumerate(wanted):
        previous = merkle.leaf_hash(result[-1].leaf) if result else merkle.EMPTY_ROOT
        here = entries.parse(new.leaf).entry
        fits = (here.seq, here.previous) == (seq, previous)
        result.append(new if fits else forged(new, seq=seq, previous=previous))
    return result


def signed_anew(archive: Archive, wanted: Sequence[NewEntry]) -> list[NewEntry]:
    """The entries with numbers and links as they should be, each signed by the archive's member where it changed."""
    result: list[NewEntry] = []
    for seq, new in enumerate(wanted):
        previous = merkle.leaf_hash(result[-1].leaf) if result else merkle.EMPTY_ROOT
        here = entries.parse(new.leaf).entry._replace(seq=seq, previous=previous)
        result.append(new._replace(leaf=signed(archive, here).leaf))
    return result


def signed(archive: Archive, entry: Entry) -> SignedEntry:
    """The entry signed by the archive's member, whether or not he may."""
    return entries.parse(note.render(entry.text, [archive.secrets.signer.sign(entry.text)]))


def checkpoint_over(archive: Archive, wanted: Sequence[NewEntry], origin: str | None = None) -> tuple[int, bytes]:
    """A checkpoint over these entries by the archive's log key."""
    assert archive.secrets.log is not None
    root = merkle.root(new.leaf for new in wanted)
    checkpoint = Checkpoint(origin or archive.config.origin, len(wanted), root)
    return checkpoint.size, archive.secrets.log.sign(checkpoint, 1_790_000_000)


# What is done to a ledger of a genesis, a party and four disclosures.


def changing(found: list[NewEntry]) -> list[NewEntry]:
    """Backdate a disclosure by a month."""
    time = entries.parse(found[3].leaf).entry.time - timedelta(days=30)
    return [*found[:3], forged(found[3], time=time), *found[4:]]


def deleting(found: list[NewEntry]) -> list[NewEntry]:
    """Take a disclosure out of the middle."""
    return [*found[:3], *found[4:]]


def reordering(found: list[NewEntry]) -> list[NewEntry]:
    """Swap two disclosures."""
    return [*found[:3], found[4], found[3], *found[5:]]


def inserting(found: list[NewEntry]) -> list[NewEntry]:
    """Say an old disclosure a second time."""
    return [*found[:4], found[2], *found[4:]]


def truncating(found: list[NewEntry]) -> list[NewEntry]:
    """Cut the last disclosure off."""
    return found[:-1]


def extending(found: list[NewEntry]) -> list[NewEntry]:
    """Put an old disclosure behind the last one."""
    return [*found, found[2]]


ATTACKS: tuple[Rewrite, ...] = (changing, deleting, reordering, inserting, truncating)

INDEX_TABLES = (
    "UPDATE index_head SET root=zeroblob(32)",
    "DELETE FROM index_head",
    "UPDATE indexed_tag SET count=count+2 WHERE tag=(SELECT min(tag) FROM indexed_tag)",
    "UPDATE indexed_tag SET peaks=zeroblob(length(peaks)) WHERE tag=(SELECT min(tag) FROM indexed_tag)",
    "DELETE FROM indexed_tag WHERE tag=(SELECT max(tag) FROM indexed_tag)",
    "INSERT INTO indexed_tag VALUES(zeroblob(32), 1, 1, zeroblob(32))",
    "DELETE FROM index_block",
    "INSERT INTO index_block VALUES(1, 'f0', x'')",
    "UPDATE index_block SET children=CAST(zeroblob(33) || substr(children, 34) AS BLOB)",
)
"""What is done to the stored index of such a ledger."""


def index_root(archive: Archive, size: int, *, without: int = -1) -> bytes:
    """The root of the index over the first entries, or over all of them but one."""
    tree = Tree()
    for seq in range(size):
        signed_entry = archive.entry(seq)
        if seq != without:
            tree.add(signed_entry.entry.kind, signed_entry.entry.tags, signed_entry.hash)
    return tree.root
