"""Step 13: what lies in the folder of a ledger besides what its checkpoint needs."""

from collections.abc import Iterable, Iterator

from vault.evidence import tiles
from vault.evidence.strict import Malformed
from vault.evidence.tiles import Tile
from vault.evidence.verdicts import Fault, Verdict, broken, not_proven
from vault.verify.chunks import Tiles
from vault.verify.judging import UNREADABLE

_KNOWN = frozenset(("checkpoint", "checkpoint-indexed", "log.vkey"))
_ANCHORS = "anchors/"  # judged where time is


def judge(names: Iterable[str], ledger: Tiles, read: int, size: int) -> Iterator[Fault]:
    """The faults of what lies there, beside a checkpoint over `size` entries of which `read` were read."""
    for name in names:
        if name in _KNOWN or name.startswith(_ANCHORS):
            continue
        try:
            tile = tiles.parse_path(name)
        except Malformed:
            yield not_proven(Verdict.INTEGRITY, "files", "none that no checkpoint covers", name)
            continue
        width = tiles.width_in(size, tile.level, tile.number)
        if tile.width > width:
            where = f"beyond checkpoint {size}"
            yield not_proven(Verdict.ORDER, where, "nothing that no checkpoint covers", name)
        elif tile.width < width and read == size:
            yield from _outgrown(ledger, tile, width)


def _outgrown(ledger: Tiles, tile: Tile, width: int) -> Iterator[Fault]:
    """A partial tile that has become wider may stay, and is its beginning. [A reader of old sees another history.]"""
    try:
        now, old = ledger.data(Tile(tile.level, tile.number, width)), ledger.data(tile)
        same = _rows(now, Tile(tile.level, tile.number, width))[: tile.width] == _rows(old, tile)
    except UNREADABLE as exc:
        yield broken(Verdict.INTEGRITY, tile.path, "the beginning of the tile that it became", str(exc))
        return
    if not same:
        yield broken(Verdict.INTEGRITY, tile.path, "the beginning of the tile that it became", "other bytes")


def _rows(data: bytes, tile: Tile) -> list[bytes]:
    return (tiles.parse_bundle if tile.level == tiles.ENTRIES else tiles.parse_hashes)(data, tile)
