"""The index key: its tags are what its proofs prove."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.vrf import IndexKey
from tests import vectors
from vault.evidence import vrf

EXAMPLES = [case for case in vectors.read("vrf") if case["expect"] == "accept"]
SEED = bytes(range(32))


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case["name"])
def test_examples_of_the_rfc_are_reproduced(case: vectors.Case) -> None:
    key = IndexKey(bytes.fromhex(case["seed"]))
    assert key.public.hex() == case["key"]
    assert key.prove(bytes.fromhex(case["alpha"])).hex() == case["proof"]


@settings(max_examples=100, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), alpha=st.binary(max_size=200))
def test_short_cut_to_the_tag_gives_what_the_proof_proves(seed: bytes, alpha: bytes) -> None:
    key = IndexKey(seed)
    assert key.tag(alpha) == vrf.tag(vrf.verify(key.public, alpha, key.prove(alpha)))


def test_proof_is_the_same_each_time() -> None:
    assert IndexKey(SEED).prove(b"term") == IndexKey(SEED).prove(b"term")


def test_what_is_remembered_is_what_is_computed_and_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keys.vrf.REMEMBERED", 2)
    key, fresh = IndexKey(SEED), [IndexKey(SEED).tag(alpha) for alpha in (b"a", b"b", b"c")]
    for _ in range(2):
        assert [key.tag(alpha) for alpha in (b"a", b"b", b"c")] == fresh
    assert len(key._known) == 2


def test_tags_of_two_terms_or_two_keys_differ() -> None:
    other = IndexKey(bytes(32))
    assert len({IndexKey(SEED).tag(b"a"), IndexKey(SEED).tag(b"b"), other.tag(b"a")}) == 3


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_seed_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        IndexKey(bytes(size))


def test_repr_shows_the_public_key_only() -> None:
    key = IndexKey(SEED)
    assert repr(key) == f"IndexKey(public={key.public.hex()})"


def test_a_tag_made_with_its_proof_is_the_same() -> None:
    key = IndexKey(bytes(range(32)))
    assert key.prove_tag(b"alpha") == (key.tag(b"alpha"), key.prove(b"alpha"))
