"""Go's note and tlog packages open our checkpoints, come to our roots, and believe our proofs and no others."""

from pathlib import Path

import pytest

from tests.evidence.signers import Log, witness
from tests.evidence.trees import nodes_over
from tests.judges.golang import Judge
from tests.verify.folders import files_of, write
from vault.evidence import checkpoint, merkle, note
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.proof import Proof
from vault.evidence.strict import base64_text

LOG = Log("magnets.example/disclosures")
VKEY = LOG.keys.ed25519
# Longer than any entry bundle of 256, and one entry of the greatest length.
ENTRIES = [b"entry %d\n" % number for number in range(299)] + [b"\n" * 65_535]
HASHES = [merkle.leaf_hash(entry) for entry in ENTRIES]
NODE = nodes_over(HASHES)


def signed(size: int) -> bytes:
    return LOG.sign(Checkpoint(LOG.origin, size, merkle.root(ENTRIES[:size])))


def test_checkpoint_with_both_signatures_and_a_witness_opens(go_judge: Judge) -> None:
    text = checkpoint.parse_text(note.parse(signed(300)).text).text
    cosigned = signed(300) + f"{witness('witness.example/w1').cosign(text, 1_790_000_000)}\n".encode()
    assert go_judge.note(VKEY, cosigned) == "holds: " + '"' + text.replace("\n", "\\n") + '"'


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 300])
def test_entries_give_the_root_of_the_checkpoint(go_judge: Judge, size: int) -> None:
    assert go_judge.root(VKEY, signed(size), ENTRIES[:size]).startswith(f"holds: {size} entries, root ")


@pytest.mark.parametrize(("old", "new"), [(1, 1), (1, 300), (128, 256), (255, 256), (256, 300), (299, 300), (300, 300)])
def test_consistency_proof_is_believed(go_judge: Judge, old: int, new: int) -> None:
    hashes = map(base64_text, merkle.consistency_proof(old, new, NODE))
    assert go_judge.consistency(VKEY, signed(old), signed(new), hashes) == f"holds: {old} is a prefix of {new}"


@pytest.mark.parametrize("size", [1, 255, 256, 257, 300])
def test_tiles_of_a_ledger_are_read(go_judge: Judge, tmp_path: Path, size: int) -> None:
    folder = write(tmp_path / "ledger", files_of(ENTRIES[:size], signed(size)))
    proof = merkle.inclusion_proof(size // 2, size, NODE) if size > 1 else []
    assert go_judge.tiles(VKEY, folder, size // 2).endswith(f", entry {size // 2} in {len(proof)} hashes")


@pytest.mark.parametrize("name", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"])
def test_judge_refuses_a_changed_tile(go_judge: Judge, tmp_path: Path, name: str) -> None:
    files = files_of(ENTRIES, signed(300))
    files[name] = files[name][:-1] + bytes([files[name][-1] ^ 1])
    with pytest.raises(AssertionError, match="refused: "):
        go_judge.tiles(VKEY, write(tmp_path / "ledger", files), 7)


def test_judge_refuses_a_changed_checkpoint(go_judge: Judge) -> None:
    with pytest.raises(AssertionError, match="refused: invalid signature"):
        go_judge.root(VKEY, signed(300).replace(b"\n300\n", b"\n299\n"), ENTRIES[:299])


def test_judge_refuses_other_entries(go_judge: Judge) -> None:
    with pytest.raises(AssertionError, match="refused: checkpoint of 300 entries over 299"):
        go_judge.root(VKEY, signed(300), ENTRIES[:299])
    with pytest.raises(AssertionError, match="refused: root "):
        go_judge.root(VKEY, signed(3), [ENTRIES[0], ENTRIES[2], ENTRIES[1]])


def test_judge_refuses_another_key(go_judge: Judge) -> None:
    with pytest.raises(AssertionError, match="refused: note has no verifiable signatures"):
        go_judge.note(Log("other.example").keys.ed25519, signed(3))


def test_judge_refuses_a_bad_consistency_proof(go_judge: Judge) -> None:
    hashes = [base64_text(hash_) for hash_ in merkle.consistency_proof(255, 300, NODE)]
    with pytest.raises(AssertionError, match="refused: "):
        go_judge.consistency(VKEY, signed(255), signed(300), hashes[1:])
    with pytest.raises(AssertionError, match="refused: "):
        go_judge.consistency(VKEY, signed(254), signed(300), hashes)


def test_judge_refuses_a_proof_of_another_entry(go_judge: Judge) -> None:
    proof = Proof(7, tuple(merkle.inclusion_proof(7, 300, NODE)), note.parse(signed(300)))
    assert go_judge.proof(VKEY, bytes(proof), ENTRIES[7]) == "holds: entry 7 of 300"
    with pytest.raises(AssertionError, match="refused: "):
        go_judge.proof(VKEY, bytes(proof), ENTRIES[8])
