"""The ledger in a bucket, followed from its first entry to a checkpoint: which checkpoint, and whether it holds.

Every signature, link and hash is judged as `dvault verify` does; of each bundle the version counts that fits.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from vault.backup import layout
from vault.backup.inventory import Inventory
from vault.backup.staging import Staged
from vault.errors import Damaged, NotFound
from vault.evidence import tiles
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, open_checkpoint, parse_text
from vault.evidence.members import KeyHistory
from vault.evidence.note import parse as parse_note
from vault.evidence.strict import Malformed
from vault.evidence.tiles import ENTRIES, MAX_BUNDLE, WIDTH, Tile
from vault.verify.progress import Progress, silent

AHEAD = 8  # bundles on their way


class Claim(NamedTuple):
    """A checkpoint by its own word: its note, where it lies, and since when."""

    unverified: Checkpoint
    note: bytes
    where: str
    since: datetime | None = None


@dataclass(slots=True)
class Followed:
    """A ledger that agrees with a checkpoint: the chain over all entries, and the roots at the sizes asked for."""

    claim: Claim
    chain: Chain
    roots: dict[int, bytes] = field(default_factory=dict)

    @property
    def checkpoint(self) -> Checkpoint:
        """What was verified."""
        return self.claim.unverified


def claim_of(note: bytes, where: str, since: datetime | None = None) -> Claim:
    """What a note says, its signatures still to be verified."""
    claimed = parse_text(parse_note(note, where, limit=MAX_CHECKPOINT).text, where)
    if not claimed.size:
        raise Malformed(where, "a checkpoint over at least the genesis", claimed.size)
    return Claim(claimed, note, where, since)


def claims(there: Inventory) -> Iterator[Claim]:
    """All that pass for checkpoints, the largest size first, each read when it is asked for.

    What lies under a name of a size has to claim that size. [Whoever may write floods the bucket with names.]
    """
    newest = _claims_under(there, layout.CHECKPOINT)
    first = next(newest, None)
    if first is not None:
        yield first
    for key in sorted(there.names(layout.CHECKPOINTS), key=layout.size_of, reverse=True):
        yield from (claim for claim in _claims_under(there, key) if claim.unverified.size == layout.size_of(key))
    yield from newest


def _claims_under(there: Inventory, key: str) -> Iterator[Claim]:
    for version in there.versions(key):
        if version.size > MAX_CHECKPOINT:
            continue
        try:
            claim = claim_of(there.store.read(key, version.id), key, version.modified)
        except (Malformed, NotFound):
            continue
        size = claim.unverified.size
        if names_of(there, (size - 1) // WIDTH, (size - 1) % WIDTH + 1):
            yield claim


class Unfit(Damaged):
    """The entries are not those of a checkpoint; `keys` is the key history as far as they could be followed."""

    def __init__(self, message: str, keys: KeyHistory) -> None:
        super().__init__(message, "dvault backup verify --all")
        self.keys = keys


def newest(there: Inventory, staged: Staged, sizes: Sequence[int] = (), progress: Progress = silent) -> Followed:
    """The largest checkpoint that holds. `NotFound` where there is none at all, `Damaged` where none holds.

    `checkpoint` itself is tried first, but one that was put back does not count while a larger one holds.
    """
    why: Damaged | Malformed | None = None
    best: Followed | None = None
    keys: KeyHistory | None = None
    for claim in claims(there):
        size = claim.unverified.size
        if (best and size <= best.checkpoint.size) or (keys and not _is_signed(claim, keys)):
            continue
        try:
            best = follow(there, claim, staged, sizes, progress)
            keys = best.chain.keys
        except (Damaged, Malformed) as exc:
            why, keys = why or exc, exc.keys if isinstance(exc, Unfit) and exc.keys.logs else keys
    if best is None and why is None and layout.CHECKPOINT in there:
        why = Damaged("no checkpoint there has its entries beside it", "another copy of the bucket may have them")
    if best is None:
        raise why or NotFound(f"{layout.CHECKPOINT} is not in the backup", "name the prefix that was backed up to")
    if staged.size != best.checkpoint.size:  # another claim was tried behind it
        best = follow(there, best.claim, staged, sizes, progress)
    return best


def _is_signed(claim: Claim, keys: KeyHistory) -> bool:
    try:
        open_checkpoint(claim.note, keys.log_at(claim.unverified.size), claim.where)
    except Malformed:
        return False
    return True


def follow(
    there: Inventory, claim: Claim, staged: Staged, sizes: Sequence[int] = (), progress: Progress = silent
) -> Followed:
    """Read all entries of a claim and hold it to them. `Damaged` or `Malformed` where they are not those it is over."""
    claimed, chain = claim.unverified, Chain(claim.unverified.origin)
    followed = Followed(claim, chain)
    wanted = set(sizes)
    staged.clear_bundles()
    for number, candidates in enumerate(_bundles(there, claimed.size)):
        if not candidates:
            raise Unfit(f"{Tile(ENTRIES, number).path} is not in the backup, or not whole", chain.keys)
        chain, leaves, roots = _fitting(chain, candidates, wanted)
        followed.roots |= roots
        staged.put_bundle(number, leaves)
        progress(chain.size, claimed.size)
    followed.chain = chain
    if (chain.size, chain.root) != (claimed.size, claimed.root):
        raise Unfit(f"{claim.where}: the entries there are not those it is over", chain.keys)
    open_checkpoint(claim.note, chain.keys.log_at(claimed.size), claim.where)
    return followed


def _bundles(there: Inventory, size: int) -> Iterator[list[list[bytes]]]:
    """For each bundle all that may be it, the one to be believed first; a few on their way ahead."""
    numbers = range(-(-size // WIDTH))
    with ThreadPoolExecutor(AHEAD, thread_name_prefix="entries") as pool:
        waiting: list[Future[list[list[bytes]]]] = []
        for number in numbers:
            waiting.append(pool.submit(_read, there, number, tiles.width_in(size, ENTRIES, number)))
            if len(waiting) > AHEAD:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


def names_of(there: Inventory, number: int, width: int) -> list[Tile]:
    """The tiles that hold the first `width` entries of a bundle: just them, or more of them."""
    wide = [Tile(ENTRIES, number, width), *(Tile(ENTRIES, number, w) for w in range(WIDTH, width, -1))]
    return [tile for tile in wide if tile.path in there]


def _read(there: Inventory, number: int, width: int) -> list[list[bytes]]:
    found: list[list[bytes]] = []
    for tile in names_of(there, number, width):
        for version in there.versions(tile.path):
            if version.size > MAX_BUNDLE:
                continue
            try:
                leaves = tiles.parse_bundle(there.store.read(tile.path, version.id), tile)[:width]
            except (Malformed, NotFound):
                continue
            if leaves not in found:
                found.append(leaves)
        if found and len(there.versions(tile.path)) == 1:
            break  # as it was written; the wider ones say the same
    return found


_Fit = tuple[Chain, list[bytes], dict[int, bytes]]


def _fitting(chain: Chain, candidates: list[list[bytes]], wanted: set[int]) -> _Fit:
    """The chain after the candidate that has no fault, after the first one if all have, for the root to judge."""
    tried: list[_Fit] = []
    for leaves in candidates:
        trial = deepcopy(chain) if len(candidates) > 1 else chain
        faults, roots = 0, {}
        for leaf in leaves:
            faults += len(trial.read(leaf)[1])
            if trial.size in wanted:
                roots[trial.size] = trial.root
        tried.append((trial, leaves, roots))
        if not faults:
            return tried[-1]
    return tried[0]
