"""The one hash tree: RFC 6962 section 2.1 (= RFC 9162), its roots, inclusion and consistency proofs.

Used three times: over the lines of a record, over the entries of a ledger, over the entries that carry one tag.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

from vault.evidence.strict import refuse

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()
MAX_PROOF = 63  # hashes on the path of any leaf: sizes are below 2^63 (C2SP tlog-witness has the same limit)

Node = Callable[[int, int], bytes]
"""`node(level, index)`: the hash of the perfect subtree over leaves [index << level, (index + 1) << level)."""


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The tree hash over leaf inputs. O(n) memory."""
    return root_of_hashes([sha256(b"\x00" + leaf).digest() for leaf in leaves])


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """The tree hash over leaf hashes, level by level; a node without a sibling rises as it is. O(n) memory."""
    level = hashes
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + [*level[len(level) & ~1 :]]
    return level[0] if level else EMPTY_ROOT


def append(peaks: list[bytes], size: int, leaf: bytes) -> list[bytes]:
    """Add the hash of leaf number `size` to the peaks of a tree of `size` leaves, in place.

    Returns the hashes of the perfect subtrees this leaf completes, lowest level first (the leaf itself is level 0).
    """
    completed = [leaf]
    while size & 1:
        leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()  # `node_hash`, without the call: an audit makes millions
        completed.append(leaf)
        size >>= 1
    peaks.append(leaf)
    return completed


def push(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """The same where nobody asks what was completed."""
    while size & 1:
        leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
        size >>= 1
    peaks.append(leaf)


def fold_peaks(peaks: Sequence[bytes]) -> bytes:
    """The root over the peaks of a tree, largest subtree first."""
    if not peaks:
        return EMPTY_ROOT
    folded = peaks[-1]
    for peak in reversed(peaks[:-1]):
        folded = node_hash(peak, folded)
    return folded


def peaks_at(size: int, node: Node) -> list[bytes]:
    """The peaks of a tree of `size` leaves, largest first, from stored subtree hashes: O(log n) reads."""
    return [node(level, (size >> level) - 1) for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]


def subtree_root(start: int, end: int, node: Node) -> bytes:
    """The hash over leaves [start, end), `start` aligned to the size of the subtree, from stored subtree hashes."""
    size = end - start
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(size)
    return node_hash(subtree_root(start, middle, node), subtree_root(middle, end, node))


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (>= 2)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf `index` in a tree of `size` leaves, leaf sibling first (RFC 6962 section 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(subtree_root(middle, end, node))
            end = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the tree of `old` leaves is a prefix of the tree of `new` (RFC 6962 section 2.1.2)."""
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new} leaves")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(subtree_root(middle, end, node))
            end = middle
        else:
            path.append(subtree_root(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(subtree_root(start, end, node))
    return path[::-1]


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes, where: str = "inclusion proof"
) -> None:
    """Refuse unless `leaf` (a leaf hash) is leaf `index` of the tree of `size` with root `expected`.

    RFC 9162 section 2.1.3.2. Raises `Malformed`.
    """
    if not 0 <= index < size:
        refuse(where, f"a leaf number below the size {size}", index)
    _check_hashes(where, [leaf, expected, *proof])
    found = leaf
    for sibling, on_left in _climb(index, size - 1, proof, where):
        found = node_hash(sibling, found) if on_left else node_hash(found, sibling)
    _check_root(where, expected, found)


def check_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes, where: str = "consistency proof"
) -> None:
    """Refuse unless the tree (`old`, `old_root`) is a prefix of the tree (`new`, `new_root`).

    RFC 9162 section 2.1.4.2; between equal sizes the proof is empty. Raises `Malformed`.
    """
    if not 0 < old <= new:
        refuse(where, f"an old size from 1 to {new}", old)
    _check_hashes(where, [old_root, new_root, *proof])
    if old == new:
        if proof:
            refuse(where, "no hashes between equal sizes", f"{len(proof)} hashes")
        _check_root(where, old_root, new_root)
        return
    if not proof:
        refuse(where, "at least one hash", "none")
    # The climb starts at the perfect subtree that ends the old tree; where that is the whole of it, its root is known.
    level = (old & -old).bit_length() - 1
    start, *siblings = proof if old & (old - 1) else [old_root, *proof]
    found_old = found_new = start
    for sibling, on_left in _climb((old - 1) >> level, (new - 1) >> level, siblings, where):
        if on_left:
            found_old, found_new = node_hash(sibling, found_old), node_hash(sibling, found_new)
        else:
            found_new = node_hash(found_new, sibling)
    _check_root(where, old_root, found_old)
    _check_root(where, new_root, found_new)


def _climb(place: int, last: int, siblings: Sequence[bytes], where: str) -> Iterator[tuple[bytes, bool]]:
    """Each sibling on the way from node `place` to the root, and whether it stands on the left.

    `last` is the rightmost node of the same level: RFC 9162 calls the two `fn` and `sn`. Refuses a proof that is
    longer or shorter than the way, the shorter one after its last sibling.
    """
    for sibling in siblings:
        if last == 0:
            refuse(where, "no more hashes than the path is long", f"{len(siblings)} hashes")
        on_left = bool(place & 1) or place == last
        yield sibling, on_left
        while on_left and place and not place & 1:  # the right edge of a ragged tree: no sibling on these levels
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    if last:
        refuse(where, "as many hashes as the path is long", f"{len(siblings)} hashes")


def _check_hashes(where: str, hashes: Iterable[bytes]) -> None:
    # A zero-length "hash" would make an empty root verify; see the single-entry vectors of transparency-dev/merkle.
    for hash_ in hashes:
        if len(hash_) != HASH_SIZE:
            refuse(where, f"hashes of {HASH_SIZE} bytes", f"{len(hash_)} bytes")


def _check_root(where: str, expected: bytes, found: bytes) -> None:
    if expected != found:  # public values: no secret to protect by a constant-time comparison
        refuse(where, f"root {expected.hex()}", found.hex())
