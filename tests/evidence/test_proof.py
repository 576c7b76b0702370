"""Inclusion proofs as files, from parsing to the verdict."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import shared_data, vectors
from tests.evidence.mutations import mutations
from tests.evidence.signers import Log, witness
from tests.evidence.trees import nodes_over
from tests.judges.golang import Judge
from vault.evidence import checkpoint, merkle, note, proof
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import Key
from vault.evidence.proof import Proof
from vault.evidence.strict import Malformed

LOG = Log("magnets.example/disclosures")
LEAVES = [b"entry-%d\n" % number for number in range(130)]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]
NODE = nodes_over(HASHES)


def tree_of(size: int) -> Checkpoint:
    return Checkpoint(LOG.origin, size, merkle.root_of_hashes(HASHES[:size]))


def prove(index: int, size: int, extra: bytes = b"") -> Proof:
    tree = tree_of(size)
    signed = note.Note(tree.text, (LOG.ed25519.sign(tree.text),))
    return Proof(index, tuple(merkle.inclusion_proof(index, size, NODE)), signed, extra)


GOOD = bytes(prove(42, 130))


@pytest.mark.parametrize("case", vectors.read("proofs"), ids=lambda case: case["name"])
def test_own_vectors(case: vectors.Case) -> None:
    opened, log = checkpoint.parse_text(case["opened"]), Key.parse(case["vkey"])
    leaf = merkle.leaf_hash(bytes.fromhex(case["leaf"]))
    if case["expect"] == "accept":
        read = proof.parse(case["proof"].encode())
        proof.verify(read, leaf, opened, log)
        assert bytes(read).decode() == case["proof"]
    else:
        with pytest.raises(Malformed):
            proof.verify(proof.parse(case["proof"].encode()), leaf, opened, log)


def test_example_log_holds_entry_42() -> None:
    folder = shared_data("tlog-example")
    read = proof.parse((folder / "42.tlog-proof").read_bytes())
    assert (read.index, len(read.hashes), read.unverified_extra) == (42, 9, b"demo")
    opened = checkpoint.parse_text(note.parse((folder / "checkpoint").read_bytes()).text)
    log = Key.parse((folder / "log.vkey").read_text().strip())
    proof.verify(read, merkle.leaf_hash(b"entry-42\n"), opened, log)
    assert bytes(read) == (folder / "42.tlog-proof").read_bytes()


@given(st.integers(1, 130), st.data(), st.binary(max_size=40))
def test_proof_of_every_entry_in_every_tree_reads_and_holds(size: int, choices: st.DataObject, extra: bytes) -> None:
    index = choices.draw(st.integers(0, size - 1))
    written = prove(index, size, extra)
    read = proof.parse(bytes(written))
    assert read == written
    proof.verify(read, HASHES[index], tree_of(size), LOG.keys.ed25519)


@settings(max_examples=500)
@given(st.data())
def test_proof_changed_in_one_place_is_refused_or_parses_to_another_value(choices: st.DataObject) -> None:
    changed = choices.draw(mutations(GOOD))
    try:
        read = proof.parse(changed)
    except Malformed:
        return
    assert (read == proof.parse(GOOD)) == (changed == GOOD)
    assert bytes(read) == changed


@settings(max_examples=500)
@given(st.data())
def test_changed_proof_never_holds(choices: st.DataObject) -> None:
    changed = choices.draw(mutations(GOOD).filter(lambda data: data != GOOD))
    with pytest.raises(Malformed):
        proof.verify(proof.parse(changed), HASHES[42], tree_of(130), LOG.keys.ed25519)


def test_proof_of_one_checkpoint_does_not_hold_under_another() -> None:
    with pytest.raises(Malformed, match=r"^entry 42: expected the checkpoint of size 129, found '"):
        proof.verify(prove(42, 130), HASHES[42], tree_of(129), LOG.keys.ed25519, "entry 42")


def test_copy_of_the_checkpoint_has_to_be_signed_by_the_log() -> None:
    tree = tree_of(130)
    unsigned = note.Note(tree.text, (witness("w.example").cosign(tree.text, 0),))
    with pytest.raises(Malformed, match=r"^entry 42: expected a signature by magnets"):
        proof.verify(Proof(42, prove(42, 130).hashes, unsigned), HASHES[42], tree, LOG.keys.ed25519, "entry 42")


def test_path_has_to_lead_to_the_root() -> None:
    with pytest.raises(Malformed, match=r"^entry 42: expected root "):
        proof.verify(prove(42, 130), HASHES[41], tree_of(130), LOG.keys.ed25519, "entry 42")


def test_key_has_to_be_of_the_origin() -> None:
    with pytest.raises(Malformed, match=r"^entry 42: expected a log named magnets"):
        proof.verify(prove(42, 130), HASHES[42], tree_of(130), Log("other.example").keys.ed25519, "entry 42")


def test_extra_data_is_covered_by_no_signature() -> None:
    proof.verify(prove(42, 130, b"anything"), HASHES[42], tree_of(130), LOG.keys.ed25519)


def test_longest_path_is_read_and_no_longer_one() -> None:
    good = prove(42, 130)
    longest = Proof(42, (bytes(32),) * 63, good.unverified_checkpoint)
    assert proof.parse(bytes(longest)) == longest
    assert b"extra" not in bytes(longest)
    with pytest.raises(Malformed, match="at most 63 hashes, found 64"):
        proof.parse(bytes(Proof(42, (bytes(32),) * 64, good.unverified_checkpoint)))


def test_file_is_at_most_320_kib() -> None:
    with pytest.raises(Malformed, match="at most 327680 bytes"):
        proof.parse(bytes(prove(42, 130, bytes(320 << 10))))
    assert proof.parse(bytes(prove(42, 130, bytes(40 << 10)))).unverified_extra == bytes(40 << 10)


def test_errors_name_the_place() -> None:
    with pytest.raises(Malformed, match=r"^42\.tlog-proof, index: "):
        proof.parse(GOOD.replace(b"index 42", b"index 042"), "42.tlog-proof")
    with pytest.raises(
        Malformed, match=r"^42\.tlog-proof: expected the first line c2sp\.org/tlog-proof@v1, found 'c2sp"
    ):
        proof.parse(GOOD.replace(b"@v1", b"@v2"), "42.tlog-proof")
    for head in (
        b"c2sp.org/tlog-proof@v1\n",
        b"c2sp.org/tlog-proof@v1\nextra AAAA\n",
        b"c2sp.org/tlog-proof@v1\nAAAA\n",
    ):
        with pytest.raises(Malformed, match=r"^42\.tlog-proof: expected a line with the index"):
            proof.parse(head + b"\n" + GOOD.partition(b"\n\n")[2], "42.tlog-proof")


def test_note_in_it_has_to_be_a_checkpoint() -> None:
    text = "a note\n"
    with pytest.raises(Malformed, match="expected three lines"):
        proof.parse(bytes(Proof(0, (), note.Note(text, (LOG.ed25519.sign(text),)))))


@pytest.mark.parametrize(("index", "size"), [(0, 1), (42, 130), (129, 130), (128, 129)])
def test_go_reads_and_believes_our_proofs(go_judge: Judge, index: int, size: int) -> None:
    said = go_judge.proof(LOG.keys.ed25519, bytes(prove(index, size)), LEAVES[index])
    assert said == f"holds: entry {index} of {size}"


@pytest.mark.parametrize("size", [31, 33])
def test_hashes_of_a_path_have_32_bytes(size: int) -> None:
    good = prove(42, 130)
    with pytest.raises(Malformed, match="32 bytes in base64"):
        proof.parse(bytes(replace(good, hashes=(bytes(size), *good.hashes[1:]))))


def test_checkpoint_in_a_proof_is_as_long_as_one_by_itself_may_be() -> None:
    long = note.Signature("a.example", b"1234", bytes(checkpoint.MAX_CHECKPOINT * 3 // 4))
    good = prove(42, 130)
    grown = good.unverified_checkpoint._replace(unverified_signatures=(long,))
    assert len(bytes(replace(good, unverified_checkpoint=grown))) < proof.MAX_FILE
    with pytest.raises(Malformed, match=f"at most {checkpoint.MAX_CHECKPOINT} bytes"):
        proof.parse(bytes(replace(good, unverified_checkpoint=grown)))
