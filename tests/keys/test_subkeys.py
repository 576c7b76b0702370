"""Subkeys are HKDF-SHA256, one for each use."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from keys.subkeys import derive

SECRET = bytes(range(32))


@given(secret=st.binary(min_size=32, max_size=80), label=st.from_regex(r"[a-z0-9][a-z0-9/-]{0,63}", fullmatch=True))
def test_subkey_is_what_another_hkdf_derives(secret: bytes, label: str) -> None:
    info = b"disclosure-vault/v1/" + label.encode()
    assert derive(secret, label) == HKDF(SHA256(), 32, None, info).derive(secret)


def test_subkey_of_a_known_secret_stays_what_it_was() -> None:
    assert derive(SECRET, "sqlcipher").hex() == "122351afda16a2b98018053f757b5fb4dae5e6c0cb13cb8f7fc92bdac77571d9"


def test_subkeys_of_two_labels_or_two_secrets_differ() -> None:
    assert len({derive(SECRET, "a"), derive(SECRET, "b"), derive(bytes(32), "a")}) == 3


@pytest.mark.parametrize("label", ["", "Wrap", "wrap ", "wrap\n", "/wrap", "wrap\x00", "é", "a" * 65])
def test_label_that_is_not_plain_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match="plain label"):
        derive(SECRET, label)


def test_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret bytes"):
        derive(SECRET[:31], "wrap")
