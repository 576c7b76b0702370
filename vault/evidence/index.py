"""The index: a binary prefix tree over the tags of entries, each leaf committing to all the entries that carry its tag.

Leaf = SHA-256(0x02 || tag || uint64-BE count || R), R the RFC 6962 tree hash whose leaf inputs are the leaf hashes of
those entries in order. Node = SHA-256(0x03 || left || right), bits of a tag from the most significant on. Absent child
and empty tree = 32 zero bytes; a subtree of exactly one tag *is* its leaf, at any depth. docs/format/index.md.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

from vault.evidence import merkle
from vault.evidence.merkle import push

TAG_BITS = 256
EMPTY = bytes(32)

_HEAD = struct.Struct(">c32sQ")


@cache
def kind_tag(kind: str) -> bytes:
    """The tag that every entry of this kind has without carrying it."""
    return sha256(b"disclosure-vault/kind/v1\n" + kind.encode()).digest()


def tags_of(kind: str, tags: Sequence[bytes]) -> set[bytes]:
    """The tags that an entry stands under, its kind's among them. One that it carries besides counts once."""
    return {kind_tag(kind), *tags}


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x03 || left || right)."""
    return sha256(b"\x03" + left + right).digest()


def bit(tag: bytes, depth: int) -> int:
    """Bit number `depth` of a tag, from the most significant one."""
    return tag[depth >> 3] >> (7 - (depth & 7)) & 1


def lift(hash_: bytes, tag: bytes, depth: int, to: int) -> bytes:
    """The hash at depth `to` of a subtree that is the only one there, from its hash at `depth`; `tag` is one in it."""
    for place in range(depth - 1, to - 1, -1):
        hash_ = node_hash(EMPTY, hash_) if bit(tag, place) else node_hash(hash_, EMPTY)
    return hash_


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the index says of one tag (32 bytes): how many entries carry it, and `root` (R, 32 bytes) over them."""

    tag: bytes
    count: int
    root: bytes

    @property
    def hash(self) -> bytes:
        """SHA-256(0x02 || tag || count || R)."""
        return sha256(_HEAD.pack(b"\x02", self.tag, self.count) + self.root).digest()


@dataclass(frozen=True, slots=True)
class Path:
    """The way of a tag: the leaf at its end, None for an absent child, and the siblings from there up to the root.

    The leaf is the tag's own, or that of another tag which is alone where this one would stand.
    """

    end: Leaf | None
    siblings: tuple[bytes, ...]


@dataclass(slots=True, eq=False)
class _Filed:
    """A tag with the peaks over its entries; `hash` is empty while it is to be made anew."""

    tag: bytes
    count: int = 0
    peaks: list[bytes] = field(default_factory=list)
    hash: bytes = b""
    parent: "_Branch | None" = None

    @property
    def leaf(self) -> Leaf:
        return Leaf(self.tag, self.count, merkle.fold_peaks(self.peaks))

    def make(self) -> bytes:
        self.hash = made = sha256(_HEAD.pack(b"\x02", self.tag, self.count) + merkle.fold_peaks(self.peaks)).digest()
        return made


@dataclass(slots=True, eq=False)
class _Branch:
    """Where the bit number `depth` parts the tags below; `tag` is one of them.

    `hash` is the one at the depth `top`, below the parent's. Levels on which nothing parts have no branch. [A member
    files two tags that share 250 bits: hashing them takes longer, keeping them no more memory.]
    """

    depth: int
    tag: bytes
    below: "list[_Node]"
    parent: "_Branch | None" = None
    top: int = 0
    hash: bytes = b""

    def make(self) -> bytes:
        self.hash = made = self.own() if self.depth == self.top else lift(self.own(), self.tag, self.depth, self.top)
        return made

    def own(self) -> bytes:
        """The hash at its own depth."""
        left, right = self.below
        return sha256(b"\x03" + (left.hash or left.make()) + (right.hash or right.make())).digest()


_Node = _Filed | _Branch


class Tree:
    """The index over the entries added so far, in memory: about 0.5 kB a tag, nothing for each entry.

    `add` costs one hash a tag on average; `root` then as many as there are nodes above what was added since.
    """

    def __init__(self) -> None:
        self.size = 0
        self._filed: dict[bytes, _Filed] = {}
        self._top: _Node | None = None

    def add(self, kind: str, tags: Sequence[bytes], leaf_hash: bytes) -> None:
        """Take in the next entry: its kind, the tags it carries, its leaf hash."""
        leaf, known = merkle.leaf_hash(leaf_hash), self._filed
        for tag in tags_of(kind, tags):
            filed = known.get(tag) or self._insert(tag)
            push(filed.peaks, filed.count, leaf)
            filed.count += 1
            if filed.hash:
                _soil(filed)
        self.size += 1

    def skip(self) -> None:
        """Take in a next leaf that cannot be read as an entry: it stands under no tag."""
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root over all tags."""
        return (self._top.hash or self._top.make()) if self._top else EMPTY

    def leaves(self) -> Iterator[tuple[bytes, int, bytes]]:
        """Each tag with the number of its entries and the peaks over them, end to end, largest first; in no order."""
        return ((filed.tag, filed.count, b"".join(filed.peaks)) for filed in self._filed.values())

    def prove(self, tag: bytes) -> Path:
        """The path of a tag, carried by any entry or not."""
        node, depth, siblings = self._top, 0, list[bytes]()
        while isinstance(node, _Branch):
            shared = _shared_bits(tag, node.tag, depth, node.depth)
            siblings += [EMPTY] * (shared - depth)
            if shared < node.depth:  # the tag leaves where nothing parts the others
                siblings.append(lift(node.own(), node.tag, node.depth, shared + 1))
                return Path(None, tuple(siblings[::-1]))
            turn = bit(tag, node.depth)
            beside = node.below[1 - turn]
            siblings.append(beside.hash or beside.make())
            depth = node.depth + 1
            node = node.below[turn]
        return Path(node.leaf if node else None, tuple(siblings[::-1]))

    def _insert(self, tag: bytes) -> _Filed:
        """A leaf for a new tag, beside the subtree from which its first bit of its own parts it."""
        new = self._filed[tag] = _Filed(tag)
        if self._top is None:
            self._top = new
            return new
        nearest: _Node = self._top
        while isinstance(nearest, _Branch):
            nearest = nearest.below[bit(tag, nearest.depth)]
        depth = _shared_bits(tag, nearest.tag)
        beside: _Node = self._top
        above: _Branch | None = None
        while isinstance(beside, _Branch) and beside.depth < depth:
            above, beside = beside, beside.below[bit(tag, beside.depth)]
        self._part(new, beside, above, depth)
        return new

    def _part(self, new: _Filed, beside: _Node, above: _Branch | None, depth: int) -> None:
        turn = bit(new.tag, depth)
        branch = _Branch(depth, new.tag, [beside, new] if turn else [new, beside], above)
        new.parent = beside.parent = branch
        if isinstance(beside, _Branch):
            beside.top, beside.hash = depth + 1, b""  # it is lifted less far now
        if above is None:
            self._top = branch
        else:
            branch.top = above.depth + 1
            above.below[bit(new.tag, above.depth)] = branch
            _soil(above)


def _soil(node: _Node | None) -> None:
    while node is not None and node.hash:  # what is above a node to be hashed anew is so too
        node.hash = b""
        node = node.parent


def _shared_bits(one: bytes, other: bytes, start: int = 0, stop: int = TAG_BITS) -> int:
    """The first bit from `start` on in which two tags differ, `stop` if there is none before."""
    differing = int.from_bytes(one) ^ int.from_bytes(other)
    differing &= (1 << (TAG_BITS - start)) - 1
    return min(TAG_BITS - differing.bit_length(), stop)
