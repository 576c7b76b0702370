"""Filling the index from the ledger: from entries that are under its tree, onto what an index entry stated."""

from collections.abc import Iterator

from vault.errors import Damaged
from vault.evidence import entry as entries
from vault.evidence import merkle, public
from vault.evidence.entry import SignedEntry
from vault.evidence.index import EMPTY
from vault.index.blocks import DAMAGED
from vault.index.store import Filing, IndexStore
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.verify.progress import Progress, silent

UNINDEXED = ("index", "anchor", "backup")
_TOLD_EVERY = 1_024  # entries


def newest(ledger: SqlcipherLedger) -> SignedEntry | None:
    """The newest index entry, as it stands in the ledger: O(log n)."""
    seq = ledger.last_of("index")
    if seq is None:
        return None
    (leaf,) = ledger.leaves(seq, seq + 1)
    return entries.parse(leaf, f"entry {seq}")


def stated(signed: SignedEntry | None) -> tuple[int, bytes]:
    """The size and the root that an index entry states; those of nothing where there is none."""
    return public.parse_root(public.split(signed.entry.public_lines[0])[1], "index") if signed else (0, EMPTY)


def is_due(ledger: SqlcipherLedger) -> bool:
    """Whether anything but index, anchor and backup was appended since the last index entry."""
    return ledger.has_since(ledger.last_of("index"), UNINDEXED)


def advance(ledger: SqlcipherLedger, store: IndexStore, size: int, progress: Progress = silent) -> bytes:
    """Take in all entries below `size` that are not in yet, within a transaction; the root over all.

    `Damaged`, so that nothing is signed: where the stored head is not what the newest index entry states, where a row
    on the way of a changed tag does not lead to that root, or where the leaves taken in are not those under the stored
    tree, which the next checkpoint is over. Rows of other tags are not looked at; `verify` does that.
    """
    if store.head != stated(newest(ledger)):
        raise Damaged("the stored index is not that of the newest index entry", DAMAGED)
    return store.extend(_filings(ledger, store.head[0], size, progress))


def rebuild(ledger: SqlcipherLedger, store: IndexStore, progress: Progress = silent) -> None:
    """Make the tables anew as of the newest index entry, within a transaction: O(entries). `Damaged` if it is false."""
    size, root = stated(newest(ledger))
    store.clear()
    if store.extend(_filings(ledger, 0, size, progress)) != root:
        raise Damaged(f"the index in entry {size} is not that of the entries before it", "run dvault verify")


def _filings(ledger: SqlcipherLedger, start: int, stop: int, progress: Progress) -> Iterator[Filing]:
    peaks = merkle.peaks_at(start, ledger.node)
    for seq, leaf in enumerate(ledger.leaves(start, stop), start):
        signed = entries.parse(leaf, f"entry {seq}")
        merkle.append(peaks, seq, signed.hash)
        yield Filing(seq, signed.entry.kind, signed.entry.tags, signed.hash)
        if (seq + 1) % _TOLD_EVERY == 0:
            progress(seq + 1, stop)
    if merkle.fold_peaks(peaks) != ledger.root(stop):
        raise Damaged("the tree hashes are not those of the entries", "dvault doctor --rebuild")
