"""The ledger as files: hash tiles and entry bundles (C2SP tlog-tiles v0.1.0). Paths and bytes; no file is opened here.

A ledger of 300 entries is `tile/entries/000`, `tile/entries/001.p/44`, `tile/0/000`, `tile/0/001.p/44`,
`tile/1/000.p/1`. docs/format/ledger-tiles.md has each rule.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vault.evidence import merkle
from vault.evidence.entry import MAX_ENTRY
from vault.evidence.merkle import HASH_SIZE, Node
from vault.evidence.strict import refuse

WIDTH = 256  # hashes or entries of a full tile
HEIGHT = 8  # levels of the tree that a tile stands for
ENTRIES = -1  # the level of entry bundles, below that of the leaf hashes
MAX_SIZE = (1 << 63) - 1
MAX_TILE = WIDTH * HASH_SIZE
MAX_BUNDLE = WIDTH * (2 + MAX_ENTRY)

_PATH = re.compile(r"tile/(entries|[0-7])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)

Fetch = Callable[["Tile"], Sequence[bytes]]
"""The hashes of a tile, as many as it is wide."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """`width` things in a row: entries at level `ENTRIES`, leaf hashes at level 0, hashes of full tiles above."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it lies: the number in groups of three digits, all but the last with an `x`."""
        rest, digits = divmod(self.number, 1000)
        place = f"{digits:03d}"
        while rest:
            rest, digits = divmod(rest, 1000)
            place = f"x{digits:03d}/{place}"
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{place}" + (f".p/{self.width}" if self.width < WIDTH else "")

    @property
    def full(self) -> "Tile":
        """The full tile of that place."""
        return Tile(self.level, self.number)


def parse_path(path: str, where: str = "tile path") -> Tile:
    """The tile that lies at `path`; `Malformed` for any other spelling of it."""
    match = _PATH.fullmatch(path)
    if match is None:
        refuse(where, "tile/<level>/<number> or tile/entries/<number>, perhaps .p/<width>", path)
    level, number, width = match.groups()
    tile = Tile(
        ENTRIES if level == "entries" else int(level),
        int(re.sub(r"[x/]", "", number)),
        int(width) if width else WIDTH,
    )
    if tile.path != path or tile.number > MAX_SIZE // WIDTH:  # x000/001 spells 1 a second time
        refuse(where, f"the one spelling, {tile.path}", path)
    return tile


def tiles_of(size: int, level: int) -> Iterator[Tile]:
    """The tiles of one level of a ledger of `size` entries, in order; none of them is empty."""
    count = size >> HEIGHT * max(level, 0)
    yield from (Tile(level, number) for number in range(count // WIDTH))
    if count % WIDTH:
        yield Tile(level, count // WIDTH, count % WIDTH)


def levels(size: int) -> range:
    """The levels of hash tiles that a ledger of `size` entries has."""
    return range((size.bit_length() + HEIGHT - 1) // HEIGHT)


def width_in(size: int, level: int, number: int) -> int:
    """How much of a tile a ledger of `size` entries fills: 0 to 256."""
    return min(max((size >> HEIGHT * max(level, 0)) - number * WIDTH, 0), WIDTH)


def render_hashes(hashes: Sequence[bytes]) -> bytes:
    """The bytes of a hash tile."""
    return b"".join(hashes)


def parse_hashes(data: bytes, tile: Tile, where: str = "") -> list[bytes]:
    """The hashes of a tile, exactly as many as it is wide."""
    if len(data) != tile.width * HASH_SIZE:
        refuse(where or tile.path, f"{tile.width} hashes, {tile.width * HASH_SIZE} bytes", f"{len(data)} bytes")
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def render_bundle(entries: Sequence[bytes]) -> bytes:
    """Each entry behind its length in two bytes, big-endian."""
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def parse_bundle(data: bytes, tile: Tile, where: str = "") -> list[bytes]:
    """The entries of a bundle, exactly as many as it is wide, and not a byte behind them."""
    entries, at, end = [], 0, len(data)
    for number in range(tile.width):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > end or at > end:
            refuse(where or tile.path, f"{tile.width} entries, each behind its length", f"{number} whole ones")
        entries.append(data[start:at])
    if at != end:
        refuse(where or tile.path, f"{tile.width} entries and nothing more", f"{end - at} bytes more")
    return entries


def nodes(size: int, fetch: Fetch) -> Node:
    """The hashes of perfect subtrees of a ledger of `size` entries, out of its tiles.

    A tile holds every eighth level; those between are hashed together from it. Nothing is verified: what comes out is
    as true as the tiles.
    """

    def node(level: int, number: int) -> bytes:
        tile, start, stop = _holding(size, level, number)
        return merkle.root_of_hashes(fetch(tile)[start:stop])

    return node


def _holding(size: int, level: int, number: int) -> tuple[Tile, int, int]:
    """The tile over whose hashes [start, stop) the subtree stands."""
    tall, low = divmod(level, HEIGHT)
    first = number << low
    place, start = divmod(first, WIDTH)
    stop, width = start + (1 << low), width_in(size, tall, place)
    if stop > width:
        raise ValueError(f"subtree {number} of level {level} is not whole in {size} entries")
    return Tile(tall, place, width), start, stop


def root(size: int, fetch: Fetch) -> bytes:
    """The root over `size` entries, out of the tiles of that ledger: O(log n) tiles."""
    return merkle.fold_peaks(merkle.peaks_at(size, nodes(size, fetch)))


def needed_for_inclusion(index: int, size: int) -> list[Tile]:
    """The tiles out of which the inclusion proof of entry `index` is made, sorted."""
    return _needed(size, lambda node: merkle.inclusion_proof(index, size, node))


def needed_for_consistency(old: int, new: int) -> list[Tile]:
    """The tiles out of which the consistency proof from `old` to `new` entries is made, sorted."""
    return _needed(new, lambda node: merkle.consistency_proof(old, new, node))


def _needed(size: int, prove: Callable[[Node], object]) -> list[Tile]:
    asked: set[Tile] = set()

    def fetch(tile: Tile) -> list[bytes]:
        asked.add(tile)
        return [merkle.EMPTY_ROOT] * tile.width

    prove(nodes(size, fetch))
    return sorted(asked)


class Growth:
    """The hash tiles that come with each leaf, from `size` leaves on: O(log n) memory and 256 hashes a level.

    With `base` 1 it is fed the hashes of full tiles instead of leaf hashes, and makes the tiles above those.
    """

    def __init__(self, size: int, node: Node, base: int = 0) -> None:
        self._size, self._base = size, base
        self._peaks = merkle.peaks_at(size, node)
        self._tails = [
            [node(HEIGHT * level, n) for n in range(size >> HEIGHT * level & -WIDTH, size >> HEIGHT * level)]
            for level in levels(size)
        ]

    @property
    def root(self) -> bytes:
        """The root over all of it so far."""
        return merkle.fold_peaks(self._peaks)

    def add(self, hash_: bytes) -> list[tuple[Tile, bytes]]:
        """Take the next hash; returns the tiles it fills, with their bytes."""
        completed = merkle.append(self._peaks, self._size, hash_)[::HEIGHT]
        self._size += 1
        filled = []
        for level, done in enumerate(completed):
            if level == len(self._tails):
                self._tails.append([])
            self._tails[level].append(done)
            if len(self._tails[level]) == WIDTH:
                number = (self._size >> HEIGHT * (level + 1)) - 1
                filled.append((Tile(level + self._base, number), render_hashes(self._tails[level])))
                self._tails[level] = []
        return filled

    def partial(self) -> list[tuple[Tile, bytes]]:
        """The tiles at the end that are not full, with their bytes."""
        return [
            (Tile(level + self._base, self._size >> HEIGHT * (level + 1), len(tail)), render_hashes(tail))
            for level, tail in enumerate(self._tails)
            if tail
        ]
