"""age keys: read and written in one spelling, file keys wrapped for one reader, bad stanzas told from foreign ones."""

import os

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from keys import age, bech32
from keys.age.stanza import encode_argument

FILE_KEY = bytes(range(16))
IDENTITIES = {"x25519": age.generate(hybrid=False), "hybrid": age.generate(hybrid=True)}
TYPES = {"x25519": "X25519", "hybrid": "mlkem768x25519"}
LOW_ORDER = [  # u-coordinates of the points whose order divides 8, and one written above the prime
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
]

each_kind = pytest.mark.parametrize("kind", IDENTITIES)


@pytest.fixture
def identity(kind: str) -> age.Identity:
    return IDENTITIES[kind]


@pytest.fixture
def stanza(identity: age.Identity) -> age.Stanza:
    return identity.recipient().wrap(FILE_KEY)


# --- text


@each_kind
def test_recipient_is_read_as_written(identity: age.Identity) -> None:
    recipient = identity.recipient()
    assert age.parse_recipient(str(recipient)) == recipient
    assert str(age.parse_recipient(str(recipient))) == str(recipient)


@each_kind
def test_identity_is_read_as_written(identity: age.Identity) -> None:
    again = age.parse_identity(identity.secret_text())
    assert again.secret_text() == identity.secret_text()
    assert again.recipient() == identity.recipient()


def test_kinds_have_the_prefixes_and_lengths_of_age() -> None:
    x25519, hybrid = IDENTITIES["x25519"], IDENTITIES["hybrid"]
    assert str(x25519.recipient()).startswith("age1")
    assert len(str(x25519.recipient())) == 62
    assert x25519.secret_text().startswith("AGE-SECRET-KEY-1")
    assert str(hybrid.recipient()).startswith("age1pq1")
    assert len(str(hybrid.recipient())) == 1959
    assert hybrid.secret_text().startswith("AGE-SECRET-KEY-PQ-1")


@each_kind
def test_identity_shows_no_secret_unless_asked(identity: age.Identity) -> None:
    secret = identity.secret_text()
    data = bech32.decode(secret)[1]
    for shown in (repr(identity), str(identity), f"{identity}", repr([identity])):
        assert secret[20:40] not in shown
        assert repr(data)[2:20] not in shown
        assert data.hex()[:16] not in shown


@pytest.mark.parametrize("prefix", ["age1yubikey", "age1tag", "age1tagpq", "AGE", "AGE-SECRET-KEY-", "age1pqx", "ssh"])
def test_recipient_of_another_kind_is_refused_by_its_kind(prefix: str) -> None:
    with pytest.raises(age.BadKey, match="supported are hybrid keys") as caught:
        age.parse_recipient(bech32.encode(prefix, bytes(32)))
    assert repr(prefix) in str(caught.value)


@pytest.mark.parametrize("prefix", ["age", "age1pq", "age-secret-key-", "AGE-PLUGIN-YUBIKEY-", "AGE-SECRET-KEY-PQ"])
def test_identity_of_another_kind_is_refused_by_its_kind(prefix: str) -> None:
    with pytest.raises(age.BadKey, match="supported are hybrid keys"):
        age.parse_identity(bech32.encode(prefix, bytes(32)))


@pytest.mark.parametrize("text", ["", "password", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "age1", " ", "age1\x00"])
def test_text_that_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(age.BadKey, match="not an age recipient"):
        age.parse_recipient(text)
    with pytest.raises(age.BadKey, match="not an age identity"):
        age.parse_identity(text)


@each_kind
def test_white_space_or_case_makes_no_second_spelling(identity: age.Identity) -> None:
    recipient, secret = str(identity.recipient()), identity.secret_text()
    for text in (f" {recipient}", f"{recipient}\n", recipient.upper()):
        with pytest.raises(age.BadKey):
            age.parse_recipient(text)
    for text in (f" {secret}", f"{secret}\n", secret.lower()):
        with pytest.raises(age.BadKey):
            age.parse_identity(text)


@pytest.mark.parametrize(("prefix", "size"), [("age", 31), ("age", 33), ("age", 0), ("age1pq", 1215), ("age1pq", 32)])
def test_recipient_of_a_wrong_length_is_refused(prefix: str, size: int) -> None:
    with pytest.raises(age.BadKey, match=f"{size} bytes in place of"):
        age.parse_recipient(bech32.encode(prefix, bytes(size)))


@pytest.mark.parametrize("prefix", ["AGE-SECRET-KEY-", "AGE-SECRET-KEY-PQ-"])
@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_identity_of_a_wrong_length_is_refused(prefix: str, size: int) -> None:
    with pytest.raises(age.BadKey, match=f"{size} bytes in place of 32"):
        age.parse_identity(bech32.encode(prefix, bytes(size)))


@pytest.mark.parametrize("point", LOW_ORDER, ids=lambda point: point.hex()[:8])
def test_recipient_of_low_order_is_refused(point: bytes) -> None:
    with pytest.raises(age.BadKey, match="low order"):
        age.parse_recipient(bech32.encode("age", point))
    lattice = bech32.decode(str(IDENTITIES["hybrid"].recipient()))[1][:1184]
    with pytest.raises(age.BadKey, match="low order"):
        age.parse_recipient(bech32.encode("age1pq", lattice + point))


def test_hybrid_recipient_with_coefficients_beyond_the_modulus_is_refused() -> None:
    curve = bech32.decode(str(IDENTITIES["hybrid"].recipient()))[1][1184:]
    with pytest.raises(age.BadKey, match="ML-KEM-768"):
        age.parse_recipient(bech32.encode("age1pq", b"\xff" * 1184 + curve))


@given(st.text(max_size=80))
def test_no_error_shows_what_was_given(text: str) -> None:
    with pytest.raises(age.BadKey) as caught:
        age.parse_identity(f"AGE-SECRET-KEY-1{text}QQQQQQQ")
    assert len(text) < 12 or text not in str(caught.value)


@each_kind
def test_generated_identity_is_the_random_bytes_given(kind: str) -> None:
    first = age.generate(kind == "hybrid", lambda size: b"\x07" * size)
    again = age.generate(kind == "hybrid", lambda size: b"\x07" * size)
    assert first.secret_text() == again.secret_text() != age.generate(kind == "hybrid").secret_text()


def test_random_that_gives_too_little_makes_no_identity() -> None:
    for hybrid in (False, True):
        with pytest.raises(ValueError, match="32"):
            age.generate(hybrid, lambda size: os.urandom(size - 1))


# --- stanzas


@each_kind
def test_wrapped_file_key_is_unwrapped_by_its_identity_only(kind: str) -> None:
    identity, other = IDENTITIES[kind], age.generate(kind == "hybrid")
    stanza = identity.recipient().wrap(FILE_KEY)
    assert stanza.type == TYPES[kind]
    assert identity.unwrap(stanza) == FILE_KEY
    assert other.unwrap(stanza) is None


@each_kind
def test_stanzas_of_one_file_key_have_nothing_in_common(identity: age.Identity) -> None:
    first, second = (identity.recipient().wrap(FILE_KEY) for _ in range(2))
    assert first.args != second.args
    assert first.body != second.body


def test_stanza_of_the_other_kind_is_not_for_us() -> None:
    x25519, hybrid = IDENTITIES["x25519"], IDENTITIES["hybrid"]
    assert x25519.unwrap(hybrid.recipient().wrap(FILE_KEY)) is None
    assert hybrid.unwrap(x25519.recipient().wrap(FILE_KEY)) is None


@each_kind
def test_type_is_compared_exactly(identity: age.Identity, stanza: age.Stanza) -> None:
    assert identity.unwrap(stanza._replace(type=stanza.type.swapcase())) is None


@each_kind
def test_changed_body_is_not_for_us(identity: age.Identity, stanza: age.Stanza) -> None:
    assert identity.unwrap(stanza._replace(body=bytes([stanza.body[0] ^ 1]) + stanza.body[1:])) is None


@each_kind
@pytest.mark.parametrize("size", [0, 31, 33, 40])
def test_body_is_measured_before_it_is_opened(identity: age.Identity, stanza: age.Stanza, size: int) -> None:
    with pytest.raises(age.BadStanza, match=f"a body of 32 bytes, found {size}"):
        identity.unwrap(stanza._replace(body=bytes(size)))


@each_kind
def test_number_of_arguments_is_one(identity: age.Identity, stanza: age.Stanza) -> None:
    for args in ((), (*stanza.args, "x"), (*stanza.args, *stanza.args)):
        with pytest.raises(age.BadStanza, match="expected 1 argument"):
            identity.unwrap(stanza._replace(args=args))


@each_kind
def test_argument_is_measured(kind: str, identity: age.Identity, stanza: age.Stanza) -> None:
    size = {"x25519": 32, "hybrid": 1120}[kind]
    for argument in (encode_argument(bytes(size - 1)), encode_argument(bytes(size + 1)), ""):
        with pytest.raises(age.BadStanza, match=f"an argument of {size} bytes"):
            identity.unwrap(stanza._replace(args=(argument,)))


@each_kind
def test_argument_is_canonical_base64_without_padding(identity: age.Identity, stanza: age.Stanza) -> None:
    share = stanza.args[0]
    for argument in (share + "=", share + "==", share[:-1] + "/", share[:-1] + "-", share[:-1], share[:-1] + "é"):
        with pytest.raises(age.BadStanza):
            identity.unwrap(stanza._replace(args=(argument,)))


@pytest.mark.parametrize("point", LOW_ORDER, ids=lambda point: point.hex()[:8])
def test_share_of_low_order_is_malformed_not_foreign(point: bytes) -> None:
    x25519, hybrid = IDENTITIES["x25519"], IDENTITIES["hybrid"]
    with pytest.raises(age.BadStanza, match="low order"):
        x25519.unwrap(age.Stanza("X25519", (encode_argument(point),), bytes(32)))
    with pytest.raises(age.BadStanza, match="low order"):
        hybrid.unwrap(age.Stanza("mlkem768x25519", (encode_argument(bytes(1088) + point),), bytes(32)))


def test_foreign_share_on_the_hybrid_stanza_is_not_for_us() -> None:
    point = X25519PrivateKey.generate().public_key().public_bytes_raw()
    stanza = age.Stanza("mlkem768x25519", (encode_argument(bytes(1088) + point),), bytes(32))
    assert IDENTITIES["hybrid"].unwrap(stanza) is None


def test_only_hybrid_is_post_quantum() -> None:
    assert {kind: identity.recipient().post_quantum for kind, identity in IDENTITIES.items()} == {
        "x25519": False,
        "hybrid": True,
    }
