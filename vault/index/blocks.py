"""Four levels of the index's tree in one block: at most sixteen children, named by a hex digit of the tag.

A child is *alone* where one tag stands below it: then its hash is that tag's leaf. Else it is a node with a block of
its own. Blocks are read with the hash they have to have, so nothing that was stored counts before it is compared.
"""

from collections.abc import Sequence
from typing import NamedTuple

from vault.errors import Damaged
from vault.evidence.index import EMPTY, node_hash

DIGITS = 16
DAMAGED = "dvault doctor --rebuild makes the index anew; dvault verify says what is wrong"

_ALONE, _CHILD = 0x10, 33  # a byte of digit and flag, then the hash

_Below = tuple[bytes, bool]  # the hash of a subtree, and whether it is a leaf
_NONE: _Below = EMPTY, False


class Child(NamedTuple):
    """The subtree below one digit."""

    digit: int
    hash: bytes
    alone: bool


class End(NamedTuple):
    """Where the way of a tag leaves a block: at which child, if any, and the siblings on it, highest first."""

    child: Child | None
    siblings: list[bytes]


def pack(children: Sequence[Child]) -> bytes:
    """The children, sorted by their digits, as a row holds them."""
    return b"".join(bytes([child.digit | _ALONE * child.alone]) + child.hash for child in children)


def unpack(data: bytes, expected: bytes, prefix: str) -> list[Child]:
    """The children of a block whose hash has to be `expected`; else `Damaged`."""
    pieces = [data[at : at + _CHILD] for at in range(0, len(data), _CHILD)]
    children = [Child(piece[0] & 0x0F, piece[1:], bool(piece[0] & _ALONE)) for piece in pieces]
    digits = [child.digit for child in children]
    if len(data) % _CHILD or sorted({*digits}) != digits or pack(children) != data or fold(children) != expected:
        raise Damaged(f"the index below {prefix or 'its root'} is not what its index entry commits to", DAMAGED)
    return children


def fold(children: Sequence[Child]) -> bytes:
    """The hash over sorted children."""
    return _fold(children, 0, DIGITS)


def _fold(children: Sequence[Child], low: int, width: int) -> bytes:
    level: list[_Below] = [_NONE] * width
    for digit, hash_, alone in children:
        level[digit - low] = hash_, alone
    while len(level) > 1:
        level = list(map(_join, level[::2], level[1::2]))
    return level[0][0]


def _join(left: _Below, right: _Below) -> _Below:
    """What two places are one level up, where a leaf rises as it is."""
    if right is _NONE and (left is _NONE or left[1]):
        return left
    if left is _NONE and right[1]:
        return right
    return node_hash(left[0], right[0]), False


def _halves(children: Sequence[Child], middle: int) -> tuple[list[Child], list[Child]]:
    return [c for c in children if c.digit < middle], [c for c in children if c.digit >= middle]


def follow(children: Sequence[Child], digit: int) -> End:
    """The way of a tag with this digit through a block."""
    siblings: list[bytes] = []
    low, width = 0, DIGITS
    while width > 1 and not (not children or (len(children) == 1 and children[0].alone)):
        width //= 2
        halves, turn = _halves(children, low + width), digit >= low + width
        siblings.append(_fold(halves[not turn], low + width * (not turn), width))
        children, low = halves[turn], low + width * turn
    return End(children[0] if children else None, siblings)
