"""Merkle trees kept in memory, as a store would keep them."""

from collections.abc import Sequence

from vault.evidence import merkle


def nodes_over(hashes: Sequence[bytes]) -> merkle.Node:
    """Stored subtree hashes, as `merkle.append` completes them."""
    stored: dict[tuple[int, int], bytes] = {}
    peaks: list[bytes] = []
    for size, leaf in enumerate(hashes):
        for level, hash_ in enumerate(merkle.append(peaks, size, leaf)):
            stored[level, size >> level] = hash_
    return lambda level, index: stored[level, index]
