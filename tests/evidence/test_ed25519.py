"""One Ed25519 verdict on every signature of the world, edge cases included."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from tests import shared_data, vectors
from tests.evidence import naive_ed25519 as naive
from vault.evidence import ed25519
from vault.evidence.strict import Malformed

OWN = vectors.read("ed25519")
FORBIDDEN = ("low_order_A", "low_order_R", "low_order_component_", "non_canonical_")


def check(public: bytes, message: bytes, signature: bytes) -> None:
    ed25519.check_public(public, "key")
    ed25519.verify(public, message, signature, "text")


def parts(case: vectors.Case) -> tuple[bytes, bytes, bytes]:
    return bytes.fromhex(case["key"]), bytes.fromhex(case["message"]), bytes.fromhex(case["signature"])


@pytest.mark.parametrize("case", OWN, ids=lambda case: case["name"])
def test_own_vectors(case: vectors.Case) -> None:
    if case["expect"] == "accept":
        check(*parts(case))
    else:
        with pytest.raises(Malformed):
            check(*parts(case))


def test_cctv_edge_cases_are_refused_and_only_they() -> None:
    cases = json.loads((shared_data("ed25519-edge") / "ed25519vectors.json").read_bytes())
    accepted = []
    for case in cases:
        try:
            check(bytes.fromhex(case["key"]), case["msg"].encode(), bytes.fromhex(case["sig"]))
            accepted.append(case["number"])
        except Malformed:
            pass
    clean = [c["number"] for c in cases if not any(f.startswith(FORBIDDEN) for f in c["flags"] or ())]
    assert accepted == clean
    assert len(cases) == 914
    assert clean


# RFC 8032 section 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), [case[1:] for case in RFC_8032])
def test_rfc_8032_examples_hold(public: str, message: str, signature: str) -> None:
    check(bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature))


@given(st.binary(min_size=32, max_size=32))
def test_points_are_judged_as_by_plain_arithmetic(data: bytes) -> None:
    try:
        ed25519.check_public(data, "key")
        accepted = True
    except Malformed:
        accepted = False
    assert accepted == naive.is_prime_order(data)


@given(st.binary(max_size=40), st.integers(0, 511))
def test_one_flipped_bit_of_a_signature_is_refused(message: bytes, bit: int) -> None:
    key = SigningKey(bytes(32))
    signature = bytearray(key.sign(message).signature)
    check(bytes(key.verify_key), message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Malformed):
        check(bytes(key.verify_key), message, bytes(signature))


COFACTORED = [case for case in OWN if case["name"].startswith("R of mixed order")]

# Stands in for a libsodium that multiplies by the cofactor, as its development branch does; runs in its own process.
UNDER_A_LAX_LIBSODIUM = """
import json, sys
import nacl.bindings
from nacl.exceptions import BadSignatureError
from tests.evidence import naive_ed25519 as naive

def lax_open(signed, public):
    if not naive.holds(public, signed[64:], signed[:64], cofactor=8):
        raise BadSignatureError
    return signed[64:]

nacl.bindings.crypto_sign_open = lax_open
from vault.evidence import ed25519
from vault.evidence.strict import Malformed
for key, message, signature in json.load(sys.stdin):
    try:
        ed25519.verify(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature), "text")
        print("accept")
    except Malformed:
        print("reject")
"""


def test_mixed_order_r_holds_with_the_cofactor_only() -> None:
    for case in COFACTORED:
        assert naive.holds(*parts(case), cofactor=8)
        assert not naive.holds(*parts(case), cofactor=1)


def test_mixed_order_r_is_refused_though_libsodium_accepts_it() -> None:
    good = [case for case in OWN if case["expect"] == "accept"]
    asked = json.dumps([(c["key"], c["message"], c["signature"]) for c in [*COFACTORED, *good]])
    command = [sys.executable, "-c", UNDER_A_LAX_LIBSODIUM]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, input=asked, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["reject"] * len(COFACTORED) + ["accept"] * len(good)
