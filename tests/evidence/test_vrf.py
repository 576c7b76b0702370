"""Tags: RFC 9381's examples, a slow second implementation, and every proof that must not count."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.vrf import IndexKey
from tests import vectors
from tests.evidence import naive_vrf as naive
from tests.evidence.naive_ed25519 import P, encode, is_prime_order
from tests.vectors import generate_vrf
from vault.evidence import vrf
from vault.evidence.strict import Malformed

CASES = vectors.read("vrf")
ACCEPTED = [case for case in CASES if case["expect"] == "accept"]
REJECTED = [case for case in CASES if case["expect"] == "reject"]
KEY = IndexKey(bytes(range(32)))
ALPHA = vrf.term_input("party:lei:529900T8BM49AURSDO55")
PROOF = KEY.prove(ALPHA)


def parts(case: vectors.Case) -> tuple[bytes, bytes, bytes]:
    return bytes.fromhex(case["key"]), bytes.fromhex(case["alpha"]), bytes.fromhex(case["proof"])


def judge(key: bytes, alpha: bytes, proof: bytes) -> bytes:
    vrf.check_public(key, "key")
    return vrf.verify(key, alpha, proof)


def test_vectors_are_what_their_generator_writes() -> None:
    assert vectors.committed("vrf") == generate_vrf.build()


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["name"])
def test_examples_of_the_rfc_give_its_output(case: vectors.Case) -> None:
    assert judge(*parts(case)).hex() == case["beta"]


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["name"])
def test_naive_implementation_agrees_with_the_rfc(case: vectors.Case) -> None:
    key, alpha, proof = parts(case)
    assert naive.prove(bytes.fromhex(case["seed"]), alpha) == proof
    assert naive.verify(key, alpha, proof) == bytes.fromhex(case["beta"])


@pytest.mark.parametrize("case", REJECTED, ids=lambda case: case["name"])
def test_bad_key_or_proof_is_refused(case: vectors.Case) -> None:
    with pytest.raises(Malformed):
        judge(*parts(case))


@pytest.mark.parametrize("case", REJECTED, ids=lambda case: case["name"])
def test_bad_key_proves_nothing_even_where_nobody_checked_it(case: vectors.Case) -> None:
    with pytest.raises(Malformed):
        vrf.verify(*parts(case))


def test_rejects_outnumber_accepts() -> None:
    assert len(REJECTED) > 10 * len(ACCEPTED)


def flips(data: bytes) -> Iterator[bytes]:
    """`data` with each of its bits flipped in turn."""
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        yield bytes(flipped)


def test_any_flipped_bit_of_a_proof_is_refused() -> None:
    for flipped in flips(PROOF):
        with pytest.raises(Malformed):
            judge(KEY.public, ALPHA, flipped)


def test_any_flipped_bit_of_the_key_is_refused() -> None:
    for flipped in flips(KEY.public):
        with pytest.raises(Malformed):
            judge(flipped, ALPHA, PROOF)


def test_any_flipped_bit_of_the_input_is_refused() -> None:
    for flipped in flips(ALPHA):
        with pytest.raises(Malformed):
            judge(KEY.public, flipped, PROOF)


@settings(max_examples=15, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), alpha=st.binary(max_size=100))
def test_fast_and_naive_agree_on_every_input(seed: bytes, alpha: bytes) -> None:
    key = IndexKey(seed)
    proof = naive.prove(seed, alpha)
    assert key.prove(alpha) == proof
    assert vrf.verify(key.public, alpha, proof) == naive.verify(key.public, alpha, proof)


@settings(max_examples=50, deadline=None)
@given(digest=st.binary(min_size=64, max_size=64))
def test_hashes_are_read_as_points_like_the_naive_one_reads_them(digest: bytes) -> None:
    point = naive.interpret(digest)
    assert vrf.point_from_hash(digest) == (point and encode(point))


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", range(19))
def test_hash_with_y_of_p_or_more_is_no_point(y: int, sign: int) -> None:
    assert vrf.point_from_hash((P + y | sign << 255).to_bytes(32, "little") + bytes(32)) is None


@pytest.mark.parametrize("case", [c for c in REJECTED if c["name"].startswith("key, torsion")], ids=lambda c: c["name"])
def test_hash_that_is_a_point_of_small_order_is_no_point(case: vectors.Case) -> None:
    assert vrf.point_from_hash(bytes.fromhex(case["key"]) + bytes(32)) is None


@pytest.mark.parametrize("y", [1, P - 1])
def test_hash_with_x_of_minus_zero_is_no_point(y: int) -> None:
    assert vrf.point_from_hash((y | 1 << 255).to_bytes(32, "little") + bytes(32)) is None


def test_hash_of_mixed_order_becomes_a_point_of_prime_order() -> None:
    mixed = next(case["key"] for case in REJECTED if case["name"].startswith("key of mixed order"))
    point = vrf.point_from_hash(bytes.fromhex(mixed) + bytes(32))
    assert point is not None
    assert is_prime_order(point)


def test_tag_is_the_first_half_of_the_output() -> None:
    assert vrf.tag(judge(KEY.public, ALPHA, PROOF)) == judge(KEY.public, ALPHA, PROOF)[: vrf.TAG_SIZE]


def test_input_of_a_term_is_its_text_under_the_format_s_name() -> None:
    assert vrf.term_input("subject-name:DE:müller") == "disclosure-vault/term/v1\nsubject-name:DE:müller".encode()


def test_term_that_is_no_valid_unicode_is_refused() -> None:
    with pytest.raises(Malformed, match="surrogates"):
        vrf.term_input("party-name:CN:\ud800")
