"""What log and witness say to each other, as bytes."""

import pytest

from tests import shared_data, vectors
from tests.evidence.signers import Log, MlDsaSigner, witness
from vault.evidence import checkpoint, merkle, note
from vault.evidence import witness as wire
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.note import Key, Note, Signature
from vault.evidence.strict import Malformed

LOG = Log("magnets.example/disclosures")
TREE = Checkpoint(LOG.origin, 3, merkle.root([b"a", b"b", b"c"]))
SIGNED = note.parse(LOG.sign(TREE))
W1, W2 = witness("witness.example/w1"), MlDsaSigner("witness.example/w1", "w2")
TIME = 1_790_000_000


@pytest.mark.parametrize("case", vectors.read("witness-requests"), ids=lambda case: case["name"])
def test_own_vectors(case: vectors.Case) -> None:
    data = case["request"].encode()
    if case["expect"] == "accept":
        read = wire.parse(data)
        assert (read.old, len(read.hashes), read.unverified_checkpoint.size) == (
            case["old"],
            case["hashes"],
            case["size"],
        )
        assert bytes(read) == data
        return
    with pytest.raises(Malformed, match=r"^request") as refused:
        wire.parse(data)
    assert isinstance(refused.value, wire.BadEmptyRoot) == (case["status"] == 422)


@pytest.mark.parametrize(("name", "old"), [("add-checkpoint.request", 256), ("add-checkpoint.request-old100", 100)])
def test_example_requests_hold_a_proof_from_the_older_checkpoint(name: str, old: int) -> None:
    folder = shared_data("tlog-example")
    data = (folder / name).read_bytes()
    read = wire.parse(data)
    before = checkpoint.parse_text(note.parse((folder / f"checkpoint.{old}").read_bytes()).text)
    after = read.unverified_checkpoint
    assert (read.old, after.size) == (old, 300)
    merkle.check_consistency(old, 300, read.hashes, before.root, after.root)
    assert wire.render(old, read.hashes, read.unverified_note) == data


def test_example_answer_is_the_cosignature_of_the_example_checkpoint() -> None:
    folder = shared_data("tlog-example")
    asked = wire.parse((folder / "add-checkpoint.request").read_bytes()).unverified_note
    key = Key.parse((folder / "witness.vkey").read_text().strip())
    answer = (folder / "add-checkpoint.response").read_bytes()
    found = wire.parse_cosignatures(answer, asked, [key])
    assert bytes(wire.merge(asked, found)) == (folder / "checkpoint").read_bytes()
    assert wire.render_cosignatures(found) == answer


def test_lines_of_known_keys_are_taken_and_others_left_out() -> None:
    lines = [W1.cosign(TREE.text, TIME), witness("x.example").cosign(TREE.text, TIME), W2.cosign(TREE.text, TIME)]
    found = wire.parse_cosignatures(wire.render_cosignatures(lines), SIGNED, [W1.key, W2.key])
    assert found == (lines[0], lines[2])


BAD_ANSWERS = {
    "nothing": b"",
    "no line feed at the end": str(W1.cosign(TREE.text, TIME)).encode(),
    "a stranger's line alone": wire.render_cosignatures([witness("x.example").cosign(TREE.text, TIME)]),
    "a signature over another tree": wire.render_cosignatures(
        [W1.cosign(Checkpoint(LOG.origin, 4, TREE.root).text, TIME)]
    ),
    "a good line and a bad one": wire.render_cosignatures(
        [W1.cosign(TREE.text, TIME), Signature(W1.name, W1.key.id, bytes(72))]
    ),
    "an empty line first": b"\n" + wire.render_cosignatures([W1.cosign(TREE.text, TIME)]),
    "words and an empty line first": b"words\n\n" + wire.render_cosignatures([W1.cosign(TREE.text, TIME)]),
    "a whole note": bytes(Note(TREE.text, (W1.cosign(TREE.text, TIME),))),
    "a page of HTML": b"<html>\n",
    "65 lines": wire.render_cosignatures([W1.cosign(TREE.text, TIME + n) for n in range(65)]),
    "over 256 KiB": b"\xe2\x80\x94 x AAAAAAAA\n" * 20_000,
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_answer_in_another_form_or_by_another_key_is_none(answer: bytes) -> None:
    with pytest.raises(Malformed, match=r"^w1"):
        wire.parse_cosignatures(answer, SIGNED, [W1.key], "w1")


@pytest.mark.parametrize("said", [b"", b"\n", b"256", b"0256\n", b"256\n\n", b" 256\n", b"-1\n", b"9" * 19 + b"\n"])
def test_size_has_one_spelling(said: bytes) -> None:
    assert wire.parse_size(wire.render_size(256)) == 256
    with pytest.raises(Malformed):
        wire.parse_size(said)


def test_merging_keeps_the_older_line_of_a_key_and_adds_each_once() -> None:
    first, second = W1.cosign(TREE.text, TIME), W1.cosign(TREE.text, TIME + 9)
    merged = wire.merge(wire.merge(SIGNED, [first]), [second])
    assert merged.unverified_signatures == (*SIGNED.unverified_signatures, first)
    with pytest.raises(Malformed, match="at most 64"):
        wire.merge(SIGNED, [witness(f"w{n}").cosign(TREE.text, TIME) for n in range(63)])
