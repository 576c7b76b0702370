"""Sealed records: a key each, wrapped in 72 bytes; what was changed, cut or swapped does not open."""

import os

import pytest

from keys import secretbox
from vault.evidence.strict import Malformed
from vault.sealing.box import WRAP_SIZE, open_sealed, seal

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
PLAIN = b'["salt","purpose","licence"]\n'


@pytest.fixture
def sealed() -> tuple[bytes, bytes]:
    return seal(PLAIN, KEY, os.urandom)


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("plain", [b"", b"x", PLAIN, bytes(1 << 20)])
def test_what_was_sealed_opens(plain: bytes) -> None:
    boxed, wrap = seal(plain, KEY, os.urandom)
    assert open_sealed(boxed, wrap, KEY, "record") == plain
    assert len(wrap) == WRAP_SIZE == 72
    assert len(boxed) == len(plain) + secretbox.OVERHEAD


def test_nothing_of_it_shows() -> None:
    boxed, wrap = seal(PLAIN, KEY, os.urandom)
    assert b"licence" not in boxed + wrap


def test_each_has_a_key_and_nonces_of_its_own() -> None:
    drawn: list[bytes] = []

    def random(size: int) -> bytes:
        drawn.append(os.urandom(size))
        return drawn[-1]

    boxes = [seal(PLAIN, KEY, random) for _ in range(2)]
    assert [len(piece) for piece in drawn] == [32, 24, 24] * 2
    assert len(set(drawn)) == 6
    assert boxes[0] != boxes[1]


def test_without_its_wrap_the_wrapping_key_opens_nothing(sealed: tuple[bytes, bytes]) -> None:
    """Destroying the wrap erases the record."""
    for wrap in (b"", bytes(WRAP_SIZE), seal(PLAIN, KEY, os.urandom)[1]):
        with pytest.raises(Malformed):
            open_sealed(sealed[0], wrap, KEY, "record")


def test_another_wrapping_key_opens_nothing(sealed: tuple[bytes, bytes]) -> None:
    with pytest.raises(Malformed, match="record of entry 3, wrapped key"):
        open_sealed(*sealed, OTHER, "record of entry 3")


@pytest.mark.parametrize("place", [0, 23, 24, 40, -1])
def test_a_flipped_bit_is_refused(sealed: tuple[bytes, bytes], place: int) -> None:
    boxed, wrap = sealed
    with pytest.raises(Malformed, match="that their own key opens"):
        open_sealed(flipped(boxed, place), wrap, KEY, "record")
    with pytest.raises(Malformed, match="wrapped key"):
        open_sealed(boxed, flipped(wrap, place), KEY, "record")


@pytest.mark.parametrize("size", [0, 1, 39, 40, 71])
def test_a_cut_is_refused(sealed: tuple[bytes, bytes], size: int) -> None:
    boxed, wrap = sealed
    for pair in ((boxed[: min(size, len(boxed) - 1)], wrap), (boxed, wrap[:size]), (boxed, wrap + b"\0")):
        with pytest.raises(Malformed):
            open_sealed(*pair, KEY, "record")


def test_a_wrap_of_another_size_is_not_even_tried(sealed: tuple[bytes, bytes]) -> None:
    longer = secretbox.seal(bytes(64), KEY, os.urandom)
    with pytest.raises(Malformed, match="72 bytes"):
        open_sealed(sealed[0], longer, KEY, "record")


def test_parts_of_two_records_do_not_go_together(sealed: tuple[bytes, bytes]) -> None:
    other = seal(PLAIN, KEY, os.urandom)
    with pytest.raises(Malformed):
        open_sealed(sealed[0], other[1], KEY, "record")


def test_errors_show_no_byte_of_it(sealed: tuple[bytes, bytes]) -> None:
    with pytest.raises(Malformed) as caught:
        open_sealed(sealed[0], sealed[1], OTHER, "record")
    assert caught.value.found == ""
