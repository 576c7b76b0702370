"""Tiles: their paths, their bytes, which ones a ledger has and which ones a proof needs."""

from functools import cache
from itertools import pairwise

import pytest

from tests import shared_data
from tests.evidence.trees import nodes_over
from vault.evidence import checkpoint, merkle, note, tiles
from vault.evidence.strict import Malformed, base64_text
from vault.evidence.tiles import ENTRIES, Growth, Tile

HASHES = [merkle.leaf_hash(b"%d" % number) for number in range(70_000)]


@cache
def held(size: int) -> dict[Tile, list[bytes]]:
    """All hash tiles of a ledger, made the slow way."""
    found: dict[Tile, list[bytes]] = {}
    level, hashes = 0, HASHES[:size]
    while hashes:
        parts = [hashes[at : at + 256] for at in range(0, len(hashes), 256)]
        found |= {Tile(level, number, len(part)): part for number, part in enumerate(parts)}
        hashes = [merkle.root_of_hashes(part) for part in parts if len(part) == 256]
        level += 1
    return found


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1, 44), "tile/0/001.p/44"),
        (Tile(ENTRIES, 273, 112), "tile/entries/273.p/112"),
        (Tile(2, 0, 1), "tile/2/000.p/1"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(ENTRIES, 1_234_067), "tile/entries/x001/x234/067"),
        (Tile(7, 0, 127), "tile/7/000.p/127"),
        (Tile(0, (1 << 55) - 1, 255), "tile/0/x036/x028/x797/x018/x963/967.p/255"),
    ],
)
def test_path_is_spelled_in_one_way(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tiles.parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "tile/0", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000/001", "tile/0/001/x000", "tile/00/000",
        "tile/8/000", "tile/-1/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/",
        "tile/0/000.p",
        "tile/data/000", "tile/8/0/000", "/tile/0/000", "tile/0/000/", "tile/0/../0/000", "tile/0/٠٠٠", "tile/0/000\n",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)  # fmt: skip
def test_other_spellings_are_refused(path: str) -> None:
    with pytest.raises(Malformed):
        tiles.parse_path(path)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, []),
        (1, ["tile/0/000.p/1"]),
        (255, ["tile/0/000.p/255"]),
        (256, ["tile/0/000", "tile/1/000.p/1"]),
        (300, ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"]),
        (65_536, [*(f"tile/0/{n:03d}" for n in range(256)), "tile/1/000", "tile/2/000.p/1"]),
    ],
)
def test_tiles_of_a_size(size: int, expected: list[str]) -> None:
    assert [tile.path for level in tiles.levels(size) for tile in tiles.tiles_of(size, level)] == expected


def test_size_of_the_specification() -> None:
    found = [[tile.path for tile in tiles.tiles_of(70_000, level)] for level in tiles.levels(70_000)]
    assert [len(paths) for paths in found] == [274, 2, 1]
    assert [paths[-1] for paths in found] == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert len(list(tiles.tiles_of(70_000, ENTRIES))) == 274


def test_every_hash_of_a_small_tree_comes_out_of_its_tiles() -> None:
    size, expected = 700, nodes_over(HASHES[:700])
    node = tiles.nodes(size, held(size).__getitem__)
    for level in range(size.bit_length()):
        for number in range(size >> level):
            assert node(level, number) == expected(level, number)
        with pytest.raises(ValueError, match="not whole"):
            node(level, size >> level)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300, 512, 65_535, 65_536, 65_537, 70_000])
def test_root_comes_out_of_the_tiles(size: int) -> None:
    assert tiles.root(size, held(size).__getitem__) == merkle.root_of_hashes(HASHES[:size])


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 300), (255, 300), (299, 300), (70, 65_537), (69_999, 70_000)])
def test_proof_of_inclusion_needs_the_tiles_that_are_named_and_no_others(index: int, size: int) -> None:
    there = {tile: held(size)[tile] for tile in tiles.needed_for_inclusion(index, size)}
    proof = merkle.inclusion_proof(index, size, tiles.nodes(size, there.__getitem__))
    merkle.check_inclusion(HASHES[index], index, size, proof, merkle.root_of_hashes(HASHES[:size]))
    assert len(there) <= 2 * len(tiles.levels(size))


@pytest.mark.parametrize(("old", "new"), [(1, 2), (1, 300), (256, 300), (255, 70_000), (65_536, 70_000), (9, 9)])
def test_proof_of_consistency_needs_the_tiles_that_are_named_and_no_others(old: int, new: int) -> None:
    there = {tile: held(new)[tile] for tile in tiles.needed_for_consistency(old, new)}
    proof = merkle.consistency_proof(old, new, tiles.nodes(new, there.__getitem__))
    old_root, new_root = (merkle.root_of_hashes(HASHES[:size]) for size in (old, new))
    merkle.check_consistency(old, new, proof, old_root, new_root)


@pytest.mark.parametrize("sizes", [(0, 1, 255, 256, 257, 700), (0, 65_535, 65_537, 70_000), (0, 300, 300)])
def test_what_grows_step_by_step_is_what_is_there_at_the_end(sizes: tuple[int, ...]) -> None:
    found: dict[Tile, bytes] = {}
    for old, new in pairwise(sizes):
        growth = Growth(old, tiles.nodes(old, held(old).__getitem__))
        for hash_ in HASHES[old:new]:
            found |= growth.add(hash_)
        assert growth.root == merkle.root_of_hashes(HASHES[:new])
        found |= growth.partial()
        assert {tile: found[tile] for tile in held(new)} == {
            tile: b"".join(hashes) for tile, hashes in held(new).items()
        }


def test_tiles_above_come_from_the_hashes_of_full_tiles() -> None:
    found: dict[Tile, bytes] = {}
    growth = Growth(0, nodes_over([]), base=1)
    for tile, hashes in held(70_000).items():
        if tile.level == 0 and tile.width == 256:
            found |= growth.add(merkle.root_of_hashes(hashes))
    found |= growth.partial()
    assert found == {tile: b"".join(hashes) for tile, hashes in held(70_000).items() if tile.level}


def test_root_of_an_example_that_others_have_verified() -> None:
    """300 entries `entry-0`, `entry-1`, ...; the root as x/mod/sumdb/tlog, tlog-scales and pymerkle say it."""
    entries = [b"entry-%d\n" % number for number in range(300)]
    found: dict[Tile, bytes] = {}
    growth = Growth(0, nodes_over([]))
    for entry in entries:
        found |= growth.add(merkle.leaf_hash(entry))
    found |= growth.partial()
    read = {tile: tiles.parse_hashes(data, tile) for tile, data in found.items()}
    assert base64_text(tiles.root(300, read.__getitem__)) == "Y+wcdkH30bukGulCNDiLpyXSI1Yhjc9c7GJtQ48pKy0="
    assert tiles.render_bundle(entries)[:10].hex() == "0008656e7472792d300a"


def test_example_log_is_read_whole() -> None:
    folder = shared_data("tlog-example")
    bundles = [tiles.parse_bundle((folder / tile.path).read_bytes(), tile) for tile in tiles.tiles_of(300, ENTRIES)]
    assert [entry for bundle in bundles for entry in bundle] == [b"entry-%d\n" % number for number in range(300)]
    read = {
        tile: tiles.parse_hashes((folder / tile.path).read_bytes(), tile)
        for level in tiles.levels(300)
        for tile in tiles.tiles_of(300, level)
    }
    signed = note.parse((folder / "checkpoint").read_bytes())
    note.verify(signed, note.Key.parse((folder / "log.vkey").read_text().strip()))
    assert tiles.root(300, read.__getitem__) == checkpoint.parse_text(signed.text).root


ENTRIES_OF = [b"", b"a", b"\n" * 65_535]
BUNDLE = tiles.render_bundle(ENTRIES_OF)


def test_bundle_reads_back() -> None:
    assert BUNDLE[:5] == b"\0\0\0\1a"
    assert tiles.parse_bundle(BUNDLE, Tile(ENTRIES, 0, 3)) == ENTRIES_OF


@pytest.mark.parametrize(
    ("data", "width"),
    [
        (BUNDLE, 2), (BUNDLE, 4), (BUNDLE[:-1], 3), (BUNDLE + b"\0", 3), (BUNDLE + b"\0\0", 3), (b"", 1), (b"\0", 1),
        (b"\0\1", 1), (b"\0\0\0", 2), (b"\xff\xff", 1),
    ],
)  # fmt: skip
def test_bundle_of_another_width_or_cut_is_refused(data: bytes, width: int) -> None:
    with pytest.raises(Malformed, match="tile/entries/000"):
        tiles.parse_bundle(data, Tile(ENTRIES, 0, width))


def test_entry_that_is_too_long_cannot_be_bundled() -> None:
    with pytest.raises(OverflowError):
        tiles.render_bundle([b"a" * 65_536])


@pytest.mark.parametrize("length", [0, 31, 63, 65, 96])
def test_hash_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(Malformed, match="2 hashes"):
        tiles.parse_hashes(bytes(length), Tile(0, 0, 2))
    assert tiles.parse_hashes(bytes(64), Tile(0, 0, 2)) == [bytes(32)] * 2
