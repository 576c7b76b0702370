"""Pieces of a ledger in tile form: bundles with the hash tiles over them, read once, walked here or elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from vault.errors import Damaged, NotFound
from vault.evidence import merkle, tiles
from vault.evidence.merkle import HASH_SIZE
from vault.evidence.strict import Malformed, refuse
from vault.evidence.tiles import ENTRIES, MAX_BUNDLE, MAX_TILE, WIDTH, Tile
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed
from vault.verify.indexing import Recomputed
from vault.verify.report import Report
from vault.verify.sources import Source
from vault.verify.trail import Trail

CHUNK = 8  # bundles, 2,048 entries: some 1.5 MiB


@dataclass(slots=True)
class Chunk:
    """Bundles in a row from entry `start` on, each with the bytes of the hash tile over it (None where there is none).

    The first `skip` entries were read before.
    """

    start: int
    skip: int
    bundles: list[tuple[Tile, bytes, bytes | None]] = field(default_factory=list)

    @property
    def stop(self) -> int:
        """The number of the entry behind the last one."""
        return self.start + sum(tile.width for tile, _, _ in self.bundles)


@dataclass(slots=True)
class Walked:
    """What a walk has found: the hashes of full tiles, and the index recomputed, where it is followed from entry 0."""

    trail: Trail
    above: list[bytes] = field(default_factory=list)
    index: Recomputed | None = None

    def take(self, after: "Walked") -> None:
        """Take over what was found in the next chunk besides its trail."""
        self.above += after.above
        if self.index is not None:
            self.trail.report.add(self.index.take(after.trail.filed or ()))
            after.trail.filed = []


class Tiles:
    """The tiles of a source, as a ledger of `size` entries has them; faults of those that can't be read are noted.

    `there` is the size that the source has come to, if it may be more: its partial tiles are wider then.
    """

    def __init__(self, source: Source, size: int, there: int = 0) -> None:
        self._source, self._size, self._there = source, size, there
        self._known: dict[Tile, list[bytes]] = {}

    def data(self, tile: Tile) -> bytes:
        """The bytes of a tile; of a partial one that is not there, those of the one that it became."""
        limit = MAX_BUNDLE if tile.level == ENTRIES else MAX_TILE
        try:
            return self._source.read(tile.path, limit)
        except NotFound:
            if tile.width == WIDTH:
                raise
            width = tiles.width_in(self._there, tile.level, tile.number)
            wider = Tile(tile.level, tile.number, width) if width > tile.width else tile.full
            return _beginning(self._source.read(wider.path, limit), wider, tile)

    def hashes(self, tile: Tile) -> list[bytes]:
        """The hashes of a tile, the last few remembered; `Damaged`, `NotFound` or `Malformed` where it has none."""
        if tile not in self._known:
            read = tiles.parse_hashes(self.data(tile), tile)
            self._known = dict([*self._known.items()][-15:]) | {tile: read}
        return self._known[tile]

    def node(self, level: int, number: int) -> bytes:
        """The hash of a perfect subtree, as the tiles say."""
        return tiles.nodes(self._size, self.hashes)(level, number)

    def root(self, size: int) -> bytes:
        """The root over the first `size` entries, as the tiles say; `Malformed` for more than the ledger has.

        [An entry under a number far beyond its place names a checkpoint of a size that no tile has.]
        """
        if size > self._size:
            refuse("tiles", f"at most the {self._size} entries of the ledger", size)
        return merkle.fold_peaks(merkle.peaks_at(size, self.node))

    def leaf(self, seq: int) -> bytes:
        """Entry `seq`."""
        number = seq // WIDTH
        tile = Tile(ENTRIES, number, tiles.width_in(self._size, ENTRIES, number))
        return tiles.parse_bundle(self.data(tile), tile)[seq % WIDTH]

    def chunks(self, start: int, report: Report, length: int = CHUNK) -> Iterator[Chunk]:
        """The ledger from entry `start` on, up to the first bundle that is not there, which is told."""
        first = start // WIDTH
        chunk = Chunk(first * WIDTH, start % WIDTH)
        for number in range(first, -(-self._size // WIDTH)):
            width = tiles.width_in(self._size, ENTRIES, number)
            bundle = self._read(Tile(ENTRIES, number, width), report)
            if bundle is None:
                break
            hashes = self._read(Tile(0, number, width), report)
            chunk.bundles.append((Tile(ENTRIES, number, width), bundle, hashes))
            if len(chunk.bundles) == length:
                yield chunk
                chunk = Chunk(chunk.stop, 0)
        if chunk.bundles:
            yield chunk

    def _read(self, tile: Tile, report: Report) -> bytes | None:
        try:
            return self.data(tile)
        except NotFound:
            report.add([broken(Verdict.INTEGRITY, tile.path, f"{tile.width} {_what(tile)}", "no such file")])
        except Damaged as exc:
            report.add([broken(Verdict.INTEGRITY, tile.path, f"{tile.width} {_what(tile)}", str(exc))])
        except Malformed as exc:
            report.add([from_malformed(Verdict.INTEGRITY, exc)])
        return None

    def compare(self, tile: Tile, expected: bytes, report: Report) -> None:
        """Compare a tile with what its bytes have to be."""
        found = self._read(tile, report)
        if found is not None and found != expected:
            report.add([_differs(tile, expected, found)])


def _what(tile: Tile) -> str:
    return "entries" if tile.level == ENTRIES else "hashes"


def _beginning(data: bytes, wider: Tile, tile: Tile) -> bytes:
    """As much of a wider tile as a partial one holds."""
    if tile.level != ENTRIES:
        return data[: tile.width * HASH_SIZE]
    return tiles.render_bundle(tiles.parse_bundle(data, wider)[: tile.width])


def _differs(tile: Tile, expected: bytes, found: bytes) -> Fault:
    if len(found) != len(expected):
        what = f"{tile.width} hashes, {len(expected)} bytes"
        return broken(Verdict.INTEGRITY, tile.path, what, f"{len(found)} bytes")
    places = range(0, len(expected), HASH_SIZE)
    at = next(at for at in places if expected[at : at + HASH_SIZE] != found[at : at + HASH_SIZE])
    where = f"{tile.path}, hash {at // HASH_SIZE}"
    below = "leaf hash of the entry" if tile.level == 0 else "hash of the tile below"
    return broken(
        Verdict.INTEGRITY, where, f"the {below}, {expected[at : at + HASH_SIZE].hex()}", found[at : at + 32].hex()
    )


def walk(trail: Trail, chunk: Chunk) -> Walked:
    """Follow the entries of a chunk and compare the leaf hashes; a bundle that can't be read ends it."""
    walked = Walked(trail)
    for tile, bundle, hashes in chunk.bundles:
        try:
            leaves = tiles.parse_bundle(bundle, tile)
        except Malformed as exc:
            trail.report.add([from_malformed(Verdict.INTEGRITY, exc)])
            trail.readable = False
            break
        known = max(chunk.skip - (tile.number * WIDTH - chunk.start), 0)
        found = [merkle.leaf_hash(leaf) for leaf in leaves[:known]]
        for leaf in leaves[known:]:
            trail.follow(leaf)
            found.append(trail.chain.last_hash)
        expected = tiles.render_hashes(found)
        if hashes is not None and hashes != expected:  # [an empty file in its place]
            trail.report.add([_differs(Tile(0, tile.number, tile.width), expected, hashes)])
        if tile.width == WIDTH:
            walked.above.append(merkle.root_of_hashes(found) if known else trail.chain.completed[tiles.HEIGHT])
    return walked
