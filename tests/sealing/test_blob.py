"""Small things sealed whole: they open for their recipients, up to a size, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.age import BadKey, Identity, generate
from vault.sealing import blob
from vault.sealing.errors import Damaged, NotForUs

IDENTITY = generate(hybrid=False)
SEALED = blob.seal(b"the key", [IDENTITY.recipient()])


@given(st.binary(max_size=300))
def test_plaintext_comes_back(plaintext: bytes) -> None:
    assert blob.open_sealed(blob.seal(plaintext, [IDENTITY.recipient()]), [IDENTITY], limit=300) == plaintext


def test_hybrid_recipients_open_each_for_himself(hybrid: Identity) -> None:
    other = generate(hybrid=True)
    sealed = blob.seal(b"the key", [hybrid.recipient(), other.recipient()])
    assert {blob.open_sealed(sealed, [each], limit=7) for each in (hybrid, other)} == {b"the key"}


def test_others_open_nothing(classic: Identity, hybrid: Identity) -> None:
    with pytest.raises(NotForUs):
        blob.open_sealed(SEALED, [classic, hybrid], limit=1000)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_unnoticed(place: int, change: int) -> None:
    with pytest.raises((Damaged, NotForUs)):
        blob.open_sealed(SEALED[:place] + bytes([SEALED[place] ^ change]) + SEALED[place + 1 :], [IDENTITY], limit=99)


@pytest.mark.parametrize("length", range(len(SEALED)))
def test_no_cut_goes_unnoticed(length: int) -> None:
    with pytest.raises(Damaged):
        blob.open_sealed(SEALED[:length], [IDENTITY], limit=99)


def test_nothing_may_follow() -> None:
    for more in (b"\n", b"\x00", SEALED):
        with pytest.raises(Damaged):
            blob.open_sealed(SEALED + more, [IDENTITY], limit=9999)


def test_limit_is_of_the_plaintext() -> None:
    assert blob.open_sealed(SEALED, [IDENTITY], limit=7) == b"the key"
    with pytest.raises(Damaged, match="holds more than 6 bytes"):
        blob.open_sealed(SEALED, [IDENTITY], limit=6)


def test_sealing_twice_gives_nothing_in_common() -> None:
    again = blob.seal(b"the key", [IDENTITY.recipient()])
    assert SEALED[-39:] != again[-39:]
    assert SEALED.splitlines()[1] != again.splitlines()[1]


def test_random_is_drawn_afresh_for_each_file_key_and_nonce() -> None:
    drawn: list[int] = []

    def random(size: int) -> bytes:
        drawn.append(size)
        return bytes([len(drawn)]) * size

    sealed = blob.seal(b"", [IDENTITY.recipient()], random)
    assert drawn == [16, 16]
    assert sealed[-32:-16] == b"\x02" * 16
    assert blob.open_sealed(sealed, [IDENTITY], limit=0) == b""


def test_kinds_of_recipients_are_not_mixed(classic: Identity, hybrid: Identity) -> None:
    with pytest.raises(BadKey):
        blob.seal(b"", [classic.recipient(), hybrid.recipient()])
