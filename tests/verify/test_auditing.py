"""A stranger without a key checks a ledger in tile form: what is fine, and every way of damage to the files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.evidence.ledgers import Ledger
from tests.verify.folders import ALONE, files_of, filled, findings, honest, judge, short, states, write
from vault.errors import NotFound
from vault.evidence import tiles
from vault.evidence.chain import Chain
from vault.evidence.tiles import ENTRIES, Tile
from vault.evidence.verdicts import Verdict
from vault.verify.chunks import Tiles
from vault.verify.outside import Outside
from vault.verify.sources import FolderSource
from vault.verify.steps import STEPS
from vault.verify.walking import Effort, walk_shared

LEDGER = filled()
FINGERPRINT = LEDGER.fingerprint.hex()
KNOWN = Outside(FINGERPRINT)
FILES = honest(LEDGER)
LONG = filled(600)
LONG_FILES = honest(LONG)
LONG_KNOWN = Outside(LONG.fingerprint.hex())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "ledger", FILES)


@pytest.fixture
def long(tmp_path: Path) -> Path:
    return write(tmp_path / "long", LONG_FILES)


def test_an_honest_ledger_is_proven_to_who_knows_its_fingerprint(folder: Path) -> None:
    found = judge(folder, KNOWN)
    assert short(found) == "PPP"
    assert (found.report.entries, found.report.transmittals, found.report.checkpoint) == (6, 4, 6)
    assert found.fingerprint == FINGERPRINT
    assert "a second history was not ruled out" in found.report.why(Verdict.ORDER)
    assert "timestamp" in found.report.why(Verdict.TIME)
    assert "index" in found.report.why(Verdict.COMPLETENESS)


def test_without_a_fingerprint_it_vouches_for_itself(folder: Path) -> None:
    found = judge(folder)
    assert short(found) == "PNN"
    assert "self-asserted" in found.report.why(Verdict.ORDER)
    assert "self-asserted" in found.report.why(Verdict.ORIGIN)


def test_every_step_is_told_in_its_order(folder: Path) -> None:
    told = [done.step.number for done in judge(folder, KNOWN).steps]
    assert told == [step.number for step in STEPS if step.number <= 16]  # the others are of reports
    assert [done.step.number for done in judge(folder).steps if done.skipped] == [6, 8, 10, 14, 16]


@pytest.mark.parametrize("effort", [ALONE, Effort(chunk=1, processes=2)], ids=["alone", "crew"])
def test_a_ledger_of_several_tiles(long: Path, effort: Effort) -> None:
    found = judge(long, LONG_KNOWN, effort)
    assert findings(found)[2:] == []
    assert short(found) == "PPP"
    assert (found.report.entries, found.report.transmittals) == (602, 600)


def test_chunks_of_an_honest_ledger_meet(long: Path) -> None:
    """Else a crew would find the same, and never be used."""
    ledger = Tiles(FolderSource(long), LONG.size)
    walked = walk_shared(ledger, Chain(LONG.origin), Effort(chunk=1, processes=2), lambda _: None)
    assert walked is not None
    assert (walked.trail.chain.root, walked.trail.key_entries) == (LONG.tree().root, [0, 1])


def test_a_folder_without_a_checkpoint_is_no_ledger(folder: Path) -> None:
    (folder / "checkpoint").unlink()
    with pytest.raises(NotFound, match="holds no ledger in tile form"):
        judge(folder)


Damage = Callable[[Path], object]


def flip(name: str, at: int = 40) -> Damage:
    def damage(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[at] ^= 1
        (folder / name).write_bytes(data)

    return damage


def cut(name: str, by: int = 1) -> Damage:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-by])


def more(name: str, data: bytes = b"\0") -> Damage:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + data)


def gone(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def swapped(one: str, other: str) -> Damage:
    def damage(folder: Path) -> None:
        first, second = (folder / one).read_bytes(), (folder / other).read_bytes()
        (folder / one).write_bytes(second)
        (folder / other).write_bytes(first)

    return damage


def put(name: str, data: bytes) -> Damage:
    return lambda folder: write(folder, {name: data})


def as_folder(name: str) -> Damage:
    def damage(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return damage


B0, B1, B2 = (Tile(ENTRIES, number, width).path for number, width in ((0, 256), (1, 256), (2, 90)))
T0, T1, T2, UP = "tile/0/000", "tile/0/001", "tile/0/002.p/90", "tile/1/000.p/2"
REORDERED = tiles.render_bundle([LONG.leaves[256 + number] for number in (1, 0, *range(2, 256))])

# What is done to the files, how integrity, order and origin come out, and what is said of it.
DAMAGE: list[tuple[str, Damage, str, str]] = [
    ("checkpoint with another root", flip("checkpoint", 40), "PNB", "checkpoint, signature of"),
    ("checkpoint with another size", flip("checkpoint", 29), "BBP", "checkpoint: expected the 612 entries it is over"),
    ("checkpoint cut", cut("checkpoint", 100), "BNN", "checkpoint"),
    ("checkpoint of nothing", put("checkpoint", b""), "BNN", "checkpoint"),
    ("signature of the checkpoint flipped", flip("checkpoint", 125), "PNB", "checkpoint"),
    ("first bundle gone", gone(B0), "BBN", f"{B0}: expected 256 entries, found 'no such file'"),
    ("bundle in the middle gone", gone(B1), "BBP", f"{B1}: expected 256 entries, found 'no such file'"),
    ("last bundle gone", gone(B2), "BBP", f"{B2}: expected 90 entries"),
    ("bundle cut", cut(B1), "BBP", f"{B1}: expected 256 entries"),
    ("bundle with more behind it", more(B2), "BBP", "and nothing more"),
    ("bundle of another width", put(B2, tiles.render_bundle(LONG.leaves[512:601])), "BBP", "found '89 whole ones'"),
    ("bundle that is a folder", as_folder(B1), "BBP", f"{B1}: expected 256 entries"),
    ("byte in an entry", flip(B1, 4000), "BBB", "entry 26"),
    ("bundles swapped", swapped(B0, B1), "BBB", "entry 0"),
    ("entries of a bundle reordered", put(B1, REORDERED), "BBP", "entry 256: expected sequence number 256, found 257"),
    ("hash tile gone", gone(T1), "BPP", f"{T1}: expected 256 hashes"),
    ("partial hash tile gone", gone(T2), "BPP", f"{T2}: expected 90 hashes"),
    ("upper tile gone", gone(UP), "BPP", f"{UP}: expected 2 hashes"),
    ("hash tile flipped", flip(T1), "BPP", f"{T1}, hash 1: expected the leaf hash of the entry"),
    ("upper tile flipped", flip(UP), "BPP", f"{UP}, hash 1: expected the hash of the tile below"),
    ("hash tile cut", cut(T2, 32), "BPP", f"{T2}: expected 90 hashes, 2880 bytes"),
    ("hash tiles swapped", swapped(T0, T1), "BPP", f"{T0}, hash 0"),
    ("a file that belongs to nothing", put("notes.txt", b"hello"), "NPP", "expected none that no checkpoint covers"),
    ("a tile spelled otherwise", put("tile/0/x000/001", b"x"), "NPP", "'tile/0/x000/001'"),
    ("a bundle beyond the checkpoint", put("tile/entries/003.p/1", b"\0\0"), "PNP", "beyond checkpoint 602"),
    ("a wider bundle beside the last", put("tile/entries/002.p/91", b"\0\0"), "PNP", "beyond checkpoint 602"),
    ("a tile of a higher level", put("tile/2/000.p/1", bytes(32)), "PNP", "beyond checkpoint 602"),
    ("an outgrown tile with other bytes", put("tile/0/001.p/9", bytes(288)), "BPP", "the beginning of the tile"),
    ("an outgrown bundle that is none", put("tile/entries/001.p/9", b"no"), "BPP", "the beginning of the tile"),
    ("other keys in log.vkey", put("log.vkey", b"log.example+00000000+AQ==\n"), "BPP", "the two log keys in force"),
    ("a huge log.vkey", put("log.vkey", bytes(1 << 15)), "BPP", "a file of at most"),
]  # fmt: skip


@pytest.mark.parametrize("case", DAMAGE, ids=[case[0] for case in DAMAGE])
def test_damage_is_judged_and_named(long: Path, case: tuple[str, Damage, str, str]) -> None:
    _, damage, expected, said = case
    damage(long)
    found = judge(long, LONG_KNOWN)
    assert short(found) == expected, findings(found)
    assert any(said in one for one in findings(found)), findings(found)


CREW = [case for case in DAMAGE if case[0] in (
    "bundle in the middle gone", "byte in an entry", "bundles swapped", "hash tile flipped", "upper tile flipped"
)]  # fmt: skip


@pytest.mark.parametrize("damage", [case[1] for case in CREW], ids=[case[0] for case in CREW])
def test_a_crew_finds_what_one_process_finds(long: Path, damage: Damage) -> None:
    damage(long)
    alone, crew = judge(long, LONG_KNOWN), judge(long, LONG_KNOWN, Effort(chunk=1, processes=2))
    assert findings(crew) == findings(alone)
    assert [str(done) for done in crew.steps] == [str(done) for done in alone.steps]


def test_outgrown_partial_tiles_may_stay(long: Path) -> None:
    early = files_of(LONG.leaves[:300], b"")
    write(long, {name: data for name, data in early.items() if name != "checkpoint"})
    assert short(judge(long, LONG_KNOWN)) == "PPP"


def test_a_full_tile_serves_for_a_partial_one(tmp_path: Path) -> None:
    """A log that grows meanwhile has removed the partial tile already; what is beyond is said at a folder."""
    early = filled(200)
    files = honest(early)
    for _ in range(100):
        early.disclose(by="m2")
    later = files_of(early.leaves, b"")
    full = {"tile/0/000": later["tile/0/000"], "tile/entries/000": later["tile/entries/000"]}
    there = {"checkpoint": files["checkpoint"], **full}
    found = judge(write(tmp_path, there), Outside(early.fingerprint.hex()))
    assert (short(found), found.report.entries) == ("PNP", 202)


def test_anchors_are_left_to_who_judges_time(folder: Path) -> None:
    assert short(judge(write(folder, {"anchors/6/one.tsr": b"?"}), KNOWN)) == "PPP"


def test_a_ledger_without_a_disclosure_is_not_green(tmp_path: Path) -> None:
    ledger = Ledger.founded()
    assert short(judge(write(tmp_path, honest(ledger)), Outside(ledger.fingerprint.hex()))) == "PNP"


def test_a_checkpoint_of_nothing_is_not_green(tmp_path: Path) -> None:
    ledger = Ledger()
    found = judge(write(tmp_path, {"checkpoint": ledger.checkpoint()}))
    assert states(found)["integrity"] == "B"


def test_a_checkpoint_that_claims_a_huge_size_costs_nothing(tmp_path: Path) -> None:
    text = LEDGER.checkpoint().replace(b"\n6\n", b"\n%d\n" % ((1 << 63) - 1), 1)
    found = judge(write(tmp_path, FILES | {"checkpoint": text}), KNOWN)
    assert short(found)[1] == "B"


@pytest.mark.parametrize("name", FILES)
def test_every_byte_of_a_small_ledger_counts(tmp_path: Path, name: str) -> None:
    """Of the checkpoint, the time that the log's own cosignature claims counts too: it is signed."""
    folder = write(tmp_path, FILES)
    data = FILES[name]
    for at in range(0, len(data), 23):
        (folder / name).write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        found = judge(folder, KNOWN)
        assert "B" in short(found), (name, at)
        assert found.to_keep is None
    (folder / name).write_bytes(data)
    assert short(judge(folder, KNOWN)) == "PPP"
