"""The symmetric wrap opens with its key and in no other way."""

import os

import pytest
from nacl.secret import SecretBox

from keys import secretbox

KEY = bytes(range(32))


def test_sealed_opens_again() -> None:
    assert secretbox.unseal(secretbox.seal(b"secret", KEY, os.urandom), KEY) == b"secret"


def test_nothing_can_be_sealed_too() -> None:
    assert secretbox.unseal(secretbox.seal(b"", KEY, os.urandom), KEY) == b""


def test_box_is_libsodium_s_secretbox_behind_its_nonce() -> None:
    assert SecretBox(KEY).decrypt(secretbox.seal(b"secret", KEY, os.urandom)) == b"secret"


def test_another_key_opens_nothing() -> None:
    assert secretbox.unseal(secretbox.seal(b"secret", KEY, os.urandom), bytes(32)) is None


def test_any_flipped_byte_opens_nothing() -> None:
    boxed = secretbox.seal(b"secret", KEY, os.urandom)
    for place in range(len(boxed)):
        assert secretbox.unseal(boxed[:place] + bytes([boxed[place] ^ 1]) + boxed[place + 1 :], KEY) is None


@pytest.mark.parametrize("size", [0, 23, 24, 39])
def test_too_few_bytes_open_nothing(size: int) -> None:
    assert secretbox.unseal(bytes(size), KEY) is None
