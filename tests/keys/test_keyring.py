"""The keyring as a file: one spelling, one custodian's signature, rules that every change keeps."""

from hashlib import sha256

import pytest

from keys import keyring
from keys.keyring import Keyring, SealedKey, VaultKey
from keys.signing import Signer
from tests import vectors
from tests.vectors import generate_keyring
from vault.evidence.note import Key
from vault.evidence.strict import Malformed

CASES = vectors.read("keyring")
ACCEPTED = [case for case in CASES if case["expect"] == "accept"]
REJECTED = [case for case in CASES if case["expect"] == "reject"]
ORIGIN = generate_keyring.ORIGIN
CUSTODIAN = Signer.from_seed(f"{ORIGIN}/m1", bytes(range(32)))
GOOD = keyring.parse(ACCEPTED[0]["file"].encode()).unverified


def read(case: vectors.Case) -> Keyring:
    return keyring.parse(case["file"].encode()).verify(Key.parse(case["custodian"]))


def sealed(purpose: str, generation: int, member: str) -> SealedKey:
    return SealedKey(purpose, generation, member, b"age file")


def test_vectors_are_what_their_generator_writes() -> None:
    assert vectors.committed("keyring") == generate_keyring.build()


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case["name"])
def test_good_keyring_is_read_and_written_in_the_same_bytes(case: vectors.Case) -> None:
    assert case["file"].startswith(read(case).text + "\n")


@pytest.mark.parametrize("case", REJECTED, ids=lambda case: case["name"])
def test_bad_keyring_is_refused(case: vectors.Case) -> None:
    with pytest.raises(Malformed):
        read(case)


def test_rejects_outnumber_accepts() -> None:
    assert len(REJECTED) > 10 * len(ACCEPTED)


def test_any_changed_byte_is_refused() -> None:
    case = next(case for case in ACCEPTED if case["name"] == "one key, one holder")
    data, custodian = case["file"].encode(), Key.parse(case["custodian"])
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(Malformed):
            keyring.parse(changed).verify(custodian)


def test_signed_keyring_is_read_back_with_its_hash_and_signer() -> None:
    data = keyring.sign(GOOD, CUSTODIAN)
    read_back = keyring.parse(data)
    assert read_back.verify(CUSTODIAN.key) == GOOD
    assert read_back.sha256 == sha256(data).hexdigest()
    assert read_back.unverified_signer == "m1"


def test_keyring_is_signed_once_and_the_same_way() -> None:
    assert keyring.sign(GOOD, CUSTODIAN) == keyring.sign(GOOD, CUSTODIAN)


@pytest.mark.parametrize("name", [ORIGIN, f"{ORIGIN}/m0", f"{ORIGIN}/jane", "b.example/m1", f"x{ORIGIN}/m1"])
def test_nobody_but_a_member_of_this_vault_signs(name: str) -> None:
    with pytest.raises(Malformed):
        keyring.sign(GOOD, Signer.from_seed(name, bytes(32)))


def test_newest_generation_is_found() -> None:
    assert GOOD.newest("index").generation == 2
    with pytest.raises(KeyError):
        GOOD.newest("x-later")


def test_member_has_what_is_sealed_to_him() -> None:
    assert [line.place for line in GOOD.sealed_to("m2")] == [("index", 1), ("index", 2), ("record", 1)]
    assert GOOD.sealed_to("m3") == ()


def test_member_more_changes_nobody_else_s_lines() -> None:
    grown = GOOD.with_member([sealed("record", 1, "m3"), sealed("index", 2, "m3")])
    assert set(grown.sealed) - set(GOOD.sealed) == set(grown.sealed_to("m3"))
    assert grown.without_member("m3") == GOOD


def test_generation_more_is_put_in_its_place() -> None:
    value = GOOD.newest("record").value
    grown = GOOD.with_key(VaultKey("record", 2, value), [sealed("record", 2, "m10"), sealed("record", 2, "m2")])
    assert grown.newest("record").generation == 2
    assert [line.member for line in grown.sealed if line.place == ("record", 2)] == ["m2", "m10"]
    assert keyring.parse_text(grown.text) == grown


def test_purpose_of_a_later_day_is_kept_through_a_change() -> None:
    later = keyring.parse(ACCEPTED[2]["file"].encode()).unverified
    grown = later.with_member([sealed("record", 1, "m3")])
    assert grown.newest("x-later") == later.newest("x-later")
    assert keyring.parse_text(grown.text) == grown


def test_an_error_does_not_repeat_a_long_purpose() -> None:
    with pytest.raises(Malformed) as caught:
        keyring.parse_text(f"{keyring.FORMAT}\n{ORIGIN}\nkey {'a' * 90_000} 1 x\n")
    assert len(str(caught.value)) < 300


def test_last_holder_of_a_key_is_not_dropped() -> None:
    with pytest.raises(Malformed, match="holder for each key"):
        GOOD.without_member("m1")


@pytest.mark.parametrize(
    "lines",
    [
        [sealed("record", 2, "m3")],
        [sealed("x-later", 1, "m3")],
        [sealed("record", 1, "m2")],
        [sealed("record", 1, "m3"), sealed("record", 1, "m3")],
    ],
)
def test_change_that_breaks_a_rule_makes_no_keyring(lines: list[SealedKey]) -> None:
    with pytest.raises(Malformed):
        GOOD.with_member(lines)


@pytest.mark.parametrize(
    ("member", "size"),
    [("m0", 1), ("m01", 1), ("m", 1), ("jane", 1), ("m3 ", 1), ("m3\n", 1), ("m3", 0), ("m3", keyring.MAX_SEALED + 1)],
)
def test_sealed_key_that_could_not_be_written_is_not_made(member: str, size: int) -> None:
    with pytest.raises(Malformed):
        SealedKey("record", 1, member, bytes(size))


@pytest.mark.parametrize(
    "key",
    [
        VaultKey("record", 3, GOOD.newest("record").value),
        VaultKey("record", 1, GOOD.newest("record").value),
        VaultKey("record", 2, "x"),
        VaultKey("Later", 1, "x"),
        VaultKey("later", 1, "x y"),
        VaultKey("later", 1, ""),
    ],
)
def test_key_that_breaks_a_rule_makes_no_keyring(key: VaultKey) -> None:
    with pytest.raises(Malformed):
        GOOD.with_key(key, [sealed(key.purpose, key.generation, "m1")])


def test_keyring_of_more_than_16_mebibytes_is_refused() -> None:
    with pytest.raises(Malformed, match="16777216 bytes"):
        keyring.parse(bytes((1 << 24) + 1))
