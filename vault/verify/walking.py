"""Walking a ledger in tile form: by this process, or by several that each follow a chunk (ADR 15).

This process reads, once, and hands out the bytes. A chunk begins where the tiles and the key entries so far say that
the ledger stood; where two chunks don't meet, all of it is followed again in one piece, and only that counts.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

from vault.errors import Damaged, NotFound
from vault.evidence import entry as entries
from vault.evidence import merkle, tiles
from vault.evidence.chain import Chain
from vault.evidence.members import KEY_KINDS, KeyHistory
from vault.evidence.strict import Malformed
from vault.evidence.tiles import WIDTH
from vault.verify.chunks import CHUNK, Chunk, Tiles, Walked, walk
from vault.verify.indexing import Recomputed
from vault.verify.progress import Progress
from vault.verify.report import Report
from vault.verify.trail import Trail

_MARKS = tuple(f"\n{kind}\n".encode() for kind in KEY_KINDS)


Told = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Effort:
    """How a check is spread: what has more than two chunks of so many bundles is shared by `processes`."""

    chunk: int = CHUNK
    processes: int = os.cpu_count() or 1


def walk_all(ledger: Tiles, chain: Chain, size: int, effort: Effort, progress: Progress) -> Walked:
    """Follow the entries behind `chain` up to `size`, or as far as they can be read."""
    if effort.processes > 1 and size - chain.size > 2 * effort.chunk * WIDTH:
        shared = walk_shared(ledger, deepcopy(chain), effort, lambda done: progress(done, size))
        if shared is not None:
            return shared
    return walk_on(ledger, _whole(chain), effort, lambda done: progress(done, size))


def _whole(chain: Chain) -> Walked:
    """Nothing followed yet. What lies before it was not read, so there is an index only from entry 0 on."""
    first = chain.size == 0
    return Walked(Trail(chain, filed=[] if first else None), index=Recomputed() if first else None)


def walk_on(ledger: Tiles, whole: Walked, effort: Effort, told: Told = lambda _: None) -> Walked:
    """Follow the entries behind what was followed, in this process, up to the size of `ledger` or as far as they go."""
    chain = whole.trail.chain
    for chunk in ledger.chunks(chain.size, whole.trail.report, effort.chunk):
        whole.take(walk(whole.trail, chunk))
        told(chain.size)
        if not whole.trail.readable:
            break
    return whole


def walk_shared(ledger: Tiles, chain: Chain, effort: Effort, told: Told) -> Walked | None:
    """The same by a crew; None where the chunks don't meet, or one cannot be read. `chain` is used up."""
    from vault.crew import crew, each

    unread, standing, whole = Report(), deque[Chain](), _whole(chain)
    gathers = whole.index is not None

    def jobs() -> Iterator[tuple[Chain, Chunk, bool]]:
        for start, chunk in _plan(ledger, chain, effort.chunk, unread):
            standing.append(start)
            yield start, chunk, gathers

    try:
        with crew(effort.processes, _begin, None) as pool:
            for walked in each(pool, _follow, jobs(), 2 * effort.processes):
                if not whole.trail.join(standing.popleft(), walked.trail):
                    return None
                whole.take(walked)
                told(whole.trail.chain.size)
    except (Malformed, NotFound, Damaged):
        return None
    whole.trail.report.take(unread)
    return whole


def _begin(_: None) -> None:
    """A process of the crew needs nothing but its chunk."""


def _follow(job: tuple[Chain, Chunk, bool]) -> Walked:
    chain, chunk, gathers = job
    return walk(Trail(chain, filed=[] if gathers else None), chunk)


def _plan(ledger: Tiles, chain: Chain, length: int, unread: Report) -> Iterator[tuple[Chain, Chunk]]:
    """Each chunk with the chain as it should stand before it. Raises where the tiles do not say how it stands."""
    keys, before = chain.keys, None
    for chunk in ledger.chunks(chain.size, unread, length):
        yield _standing(ledger, chain, keys, before), chunk
        keys, before = _declared(keys, chunk), chunk


def _standing(ledger: Tiles, chain: Chain, keys: KeyHistory, before: Chunk | None) -> Chain:
    """How the chain should stand behind the chunk `before`; at first as it stands, with nothing counted."""
    if before is None:
        standing = Chain(
            chain.origin, chain.size, list(chain.peaks), chain.fingerprint, chain.last_hash, chain.last_time
        )
    else:
        last, peaks = _last(before), merkle.peaks_at(before.stop, ledger.node)
        fingerprint = chain.fingerprint or ledger.node(0, 0)
        standing = Chain(chain.origin, before.stop, peaks, fingerprint, last.hash, last.entry.time)
    standing.keys = keys
    return standing


def _last(chunk: Chunk) -> entries.SignedEntry:
    tile, bundle, _ = chunk.bundles[-1]
    return entries.parse(tiles.parse_bundle(bundle, tile)[-1])


def _declared(keys: KeyHistory, chunk: Chunk) -> KeyHistory:
    """The keys after a chunk; key entries are found by the line that says what they are."""
    for tile, bundle, _ in chunk.bundles:
        if any(mark in bundle for mark in _MARKS):
            first = tile.number * WIDTH
            for leaf in tiles.parse_bundle(bundle, tile)[max(chunk.start + chunk.skip - first, 0) :]:
                keys = _after(keys, leaf)
    return keys


def _after(keys: KeyHistory, leaf: bytes) -> KeyHistory:
    """As the chain does: what is refused changes nothing."""
    if not any(mark in leaf for mark in _MARKS):
        return keys
    try:
        return keys.after(entries.parse(leaf), "entry")
    except Malformed:
        return keys
