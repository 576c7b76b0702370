"""Checkpoints: both log signatures, cosignatures of witnesses, one spelling."""

from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import shared_data, vectors
from tests.evidence.mutations import mutations
from tests.evidence.signers import Log, witness
from vault.evidence import checkpoint, merkle, note
from vault.evidence.checkpoint import Checkpoint, LogKeys
from vault.evidence.note import Key
from vault.evidence.strict import Malformed

LOG = Log("magnets.example/disclosures")
TREE = Checkpoint(LOG.origin, 3, merkle.root([b"a", b"b", b"c"]))
SIGNED = LOG.sign(TREE)


@pytest.mark.parametrize("case", vectors.read("checkpoints"), ids=lambda case: case["name"])
def test_own_vectors_of_checkpoints(case: vectors.Case) -> None:
    keys = LogKeys(*map(Key.parse, case["vkeys"]))
    data = case["checkpoint"].encode()
    if case["expect"] == "accept":
        opened = checkpoint.open_checkpoint(data, keys)
        assert (opened.origin, opened.size) == (keys.ed25519.name, case["size"])
        assert b64encode(opened.root).decode() == case["root"]
    else:
        with pytest.raises(Malformed):
            checkpoint.open_checkpoint(data, keys)


@pytest.mark.parametrize("case", vectors.read("cosignatures"), ids=lambda case: case["name"])
def test_own_vectors_of_cosignatures(case: vectors.Case) -> None:
    signed, key = note.parse(case["checkpoint"].encode()), Key.parse(case["vkey"])
    if case["expect"] == "accept":
        assert checkpoint.verify_cosignature(signed, key) == case["time"]
    else:
        with pytest.raises(Malformed):
            checkpoint.verify_cosignature(signed, key)


def test_example_log_is_cosigned_by_its_witness() -> None:
    folder = shared_data("tlog-example")
    signed = note.parse((folder / "checkpoint").read_bytes())
    log, seen = (Key.parse((folder / f"{name}.vkey").read_text().strip()) for name in ("log", "witness"))
    note.verify(signed, log)
    assert checkpoint.verify_cosignature(signed, seen) == 1_790_000_000
    opened = checkpoint.parse_text(signed.text)
    assert opened == Checkpoint("vault.example/log1", 300, merkle.root(b"entry-%d\n" % i for i in range(300)))


def test_signed_checkpoint_opens_as_what_was_signed() -> None:
    assert checkpoint.open_checkpoint(SIGNED, LOG.keys) == TREE
    assert checkpoint.parse_text(TREE.text) == TREE


@given(st.text("abc/.é", min_size=1), st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_text_reads_as_what_was_written(origin: str, size: int, root: bytes) -> None:
    tree = Checkpoint(origin, size, root)
    assert checkpoint.parse_text(tree.text) == tree


ROOT = b64encode(TREE.root).decode()
BAD_TEXTS = {
    "no line feed at the end": f"{LOG.origin}\n3\n{ROOT}",
    "words after the last line feed": f"{LOG.origin}\n3\n{ROOT}\nwords",
    "two lines": f"{LOG.origin}\n3\n",
    "an extension line": f"{TREE.text}extension\n",
    "an empty line more": f"{TREE.text}\n",
    "a plus in the origin": f"a+b\n3\n{ROOT}\n",
    "an origin of 256 bytes": f"{'a' * 256}\n3\n{ROOT}\n",
    "a size of 2^63": f"{LOG.origin}\n{2**63}\n{ROOT}\n",
    "a root of no bytes": f"{LOG.origin}\n3\n\n",
    "the root of other entries over none": f"{LOG.origin}\n0\n{ROOT}\n",
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_text_in_another_form_is_no_checkpoint_whoever_signs_it(text: str) -> None:
    with pytest.raises(Malformed, match=r"^checkpoint"):
        checkpoint.parse_text(text)


@settings(max_examples=300)
@given(st.data())
def test_checkpoint_changed_in_one_place_never_opens(choices: st.DataObject) -> None:
    changed = choices.draw(mutations(SIGNED).filter(lambda data: data != SIGNED))
    with pytest.raises(Malformed):
        checkpoint.open_checkpoint(changed, LOG.keys)


@pytest.mark.parametrize("name", ["another.example/log", "magnets.example/disclosure"])
def test_keys_of_another_log_do_not_open_it(name: str) -> None:
    with pytest.raises(Malformed, match=f"expected origin {name}, found 'magnets.example/disclosures'"):
        checkpoint.open_checkpoint(SIGNED, Log(name).keys)


def test_other_keys_under_the_same_name_do_not_open_it() -> None:
    stranger = witness(LOG.origin)
    forged = Key(LOG.origin, note.ED25519, stranger.key.public)
    with pytest.raises(Malformed):
        checkpoint.open_checkpoint(SIGNED, LogKeys(forged, LOG.keys.ml_dsa))


def test_log_keys_are_one_of_each_type_under_one_name() -> None:
    ed, ml, other = LOG.keys.ed25519, LOG.keys.ml_dsa, Log("other.example").keys
    for wrong in ((ml, ed), (ed, ed), (ml, ml), (witness(LOG.origin).key, ml), (ed, other.ml_dsa), (other.ed25519, ml)):
        with pytest.raises(Malformed, match=r"^log keys: "):
            LogKeys(*wrong)


def test_log_signature_key_cosigns_nothing() -> None:
    with pytest.raises(ValueError, match=r"vault\.evidence\.note"):
        checkpoint.verify_cosignature(note.parse(SIGNED), LOG.keys.ed25519)


def test_ed25519_cosignature_is_over_a_time_line_and_the_text() -> None:
    message = checkpoint.cosigned_message(witness("w.example").key, 1679315147, TREE.text)
    assert message == b"cosignature/v1\ntime 1679315147\n" + TREE.text.encode()


def test_ml_dsa_cosignature_is_over_names_times_and_root_in_binary() -> None:
    message = checkpoint.cosigned_message(LOG.keys.ml_dsa, 1679315147, TREE.text)
    name = bytes([27]) + b"magnets.example/disclosures"
    sizes = bytes(8) + (3).to_bytes(8, "big")
    assert message == b"subtree/v1\n\0" + name + (1679315147).to_bytes(8, "big") + name + sizes + TREE.root


@pytest.mark.parametrize("key", [witness("w.example").key, LOG.keys.ml_dsa])
def test_nothing_but_a_checkpoint_is_cosigned(key: Key) -> None:
    with pytest.raises(Malformed, match=r"^here: expected three lines"):
        checkpoint.cosigned_message(key, 0, "a note\n", "here")


def test_errors_name_the_place() -> None:
    with pytest.raises(Malformed, match=r"^bundle, size: "):
        checkpoint.parse_text(f"{LOG.origin}\n03\n{'A' * 43}=\n", "bundle")
    with pytest.raises(Malformed, match=r"^bundle, root: "):
        checkpoint.parse_text(f"{LOG.origin}\n3\nAAAA\n", "bundle")
    with pytest.raises(Malformed, match=r"^bundle, origin: "):
        checkpoint.parse_text(f"\n3\n{'A' * 43}=\n", "bundle")
    with pytest.raises(Malformed, match=r"^bundle: expected a cosignature by w\.example \("):
        checkpoint.verify_cosignature(note.parse(SIGNED), witness("w.example").key, "bundle")


def test_checkpoint_note_is_at_most_256_kib() -> None:
    many = "".join(f"— {'n' * 200}{i} {b64encode(bytes(3200)).decode()}\n" for i in range(62))
    with pytest.raises(Malformed, match="at most 262144 bytes"):
        checkpoint.open_checkpoint(SIGNED + many.encode(), LOG.keys)
