"""Which time stamps a report needs: for each transmittal the newest anchor before it and the first token over it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

from keys import durable
from vault.anchoring.naming import named
from vault.archive import Archive
from vault.errors import Unavailable
from vault.evidence.anchor import Named

MAX_CHAIN = 1 << 18  # bytes


class Anchors(NamedTuple):
    """The numbers of `anchor` entries to be shown; per size the tokens (SHA-256 in hex) over that checkpoint.

    `open` counts the entries that no token is over.
    """

    entries: tuple[int, ...]
    tokens: dict[int, tuple[str, ...]]
    open: int


def needed(archive: Archive, seqs: Iterable[int], size: int) -> Anchors:
    """Those that bound these entries of a ledger of `size`: O(anchors).

    Of what lies in the folder only what an anchor entry names; that entry may come after the checkpoint.
    """
    known = list(named(archive.ledger))
    before, over = [one for one in known if one.seq < size], sorted({one.size for one in known if one.size <= size})
    entries = [one.seq for one in before]
    shown, wanted, unbounded = set[int](), set[int](), 0
    for seq in seqs:
        if place := bisect_left(entries, seq):
            shown.add(place - 1)
        if (place := bisect_left(over, seq + 1)) < len(over):
            wanted.add(over[place])
        else:
            unbounded += 1
    wanted |= {before[place].size for place in shown}
    return Anchors(tuple(sorted(entries[place] for place in shown)), _tokens(archive, known, wanted), unbounded)


def _tokens(archive: Archive, known: Iterable[Named], sizes: set[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, set[str]] = {size: set() for size in sorted(sizes)}
    for one in known:
        if one.size in found:
            found[one.size].update(one.tokens)
    kept = {size: tuple(d for d in sorted(some) if _holds(archive, size, d)) for size, some in found.items()}
    return {size: some for size, some in kept.items() if some and archive.folder.anchors.note(size) is not None}


def _holds(archive: Archive, size: int, digest: str) -> bool:
    """Whether the token is there as its name says; what is missing or damaged `dvault doctor` tells."""
    token = archive.folder.anchors.token(size, digest)
    return token is not None and sha256(token).hexdigest() == digest


def files(archive: Archive, anchors: Anchors) -> Iterator[tuple[str, bytes]]:
    """`<size>/checkpoint`, the exact stamped note, and each token with its chain."""
    there = archive.folder.anchors
    for size, digests in anchors.tokens.items():
        yield f"{size}/checkpoint", there.note(size) or b""
        for digest in digests:
            yield f"{size}/{digest}.tsr", there.token(size, digest) or b""
            try:
                yield f"{size}/{digest}.pem", durable.read(there.folder(size) / f"{digest}.pem", MAX_CHAIN)
            except FileNotFoundError:
                continue
            except OSError as exc:
                raise Unavailable(f"{exc.filename} cannot be read: {exc.strerror}", "mend it, then repeat") from exc
