"""The payload: chunks that cannot be changed, dropped, moved, added or ended elsewhere."""

import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from hypothesis import given
from hypothesis import strategies as st

from tests.sealing.files import content
from vault.sealing import stream
from vault.sealing.errors import Damaged
from vault.sealing.stream import CHUNK, NONCE_SIZE, SEALED_CHUNK, Opener, Sealer

FILE_KEY = b"YELLOW SUBMARINE"
NONCE = bytes(range(16))
SIZES = [0, 1, 15, 16, 17, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK - 1, 3 * CHUNK + 5]


def naive(plain: bytes) -> bytes:
    """The payload as the specification says it, word for word."""
    key = hmac.digest(hmac.digest(NONCE, FILE_KEY, "sha256"), b"payload\x01", "sha256")
    chunks = [plain[start : start + CHUNK] for start in range(0, len(plain), CHUNK)] or [b""]
    sealed = [
        ChaCha20Poly1305(key).encrypt(index.to_bytes(11, "big") + bytes([chunk is chunks[-1]]), chunk, None)
        for index, chunk in enumerate(chunks)
    ]
    return NONCE + b"".join(sealed)


def refused(payload: bytes) -> Damaged:
    with pytest.raises(Damaged) as caught:
        stream.open_sealed(payload, FILE_KEY)
    return caught.value


@pytest.mark.parametrize("size", SIZES)
def test_payload_is_what_the_specification_says(size: int) -> None:
    assert stream.seal(content(size), FILE_KEY, NONCE) == naive(content(size))


@pytest.mark.parametrize("size", SIZES)
def test_content_comes_back(size: int) -> None:
    assert stream.open_sealed(naive(content(size)), FILE_KEY) == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_sizes_follow_from_each_other(size: int) -> None:
    assert stream.payload_size(size) == len(naive(content(size)))
    assert stream.content_size(stream.payload_size(size)) == size


@given(st.integers(0, 1 << 50))
def test_every_content_size_follows_from_its_payload(size: int) -> None:
    assert stream.content_size(stream.payload_size(size)) == size


@pytest.mark.parametrize("size", [0, 1, 15])
def test_payload_shorter_than_its_nonce_is_damaged(size: int) -> None:
    assert refused(bytes(size)).part == "nonce"


@pytest.mark.parametrize("extra", [0, 1, 15])
@pytest.mark.parametrize("chunks", [0, 1, 3])
def test_size_that_no_content_has_is_damaged(chunks: int, extra: int) -> None:
    if chunks and not extra:
        extra = 16  # an empty chunk after full ones
    with pytest.raises(Damaged, match="a size that no payload has"):
        stream.content_size(NONCE_SIZE + chunks * SEALED_CHUNK + extra)


@pytest.mark.parametrize("place", [0, 15, 16, 16 + SEALED_CHUNK - 1, 16 + SEALED_CHUNK, -1])
def test_changed_byte_is_damage(place: int) -> None:
    payload = bytearray(naive(content(2 * CHUNK + 9)))
    payload[place] ^= 1
    assert refused(bytes(payload)).part == "payload"


def test_damage_names_the_chunk() -> None:
    payload = bytearray(naive(content(3 * CHUNK)))
    payload[16 + SEALED_CHUNK] ^= 1
    assert "chunk 1 " in str(refused(bytes(payload)))
    assert "changed" in str(refused(bytes(payload)))


def test_dropped_chunk_is_damage() -> None:
    payload = naive(content(3 * CHUNK))
    assert "chunk 1 " in str(refused(payload[: 16 + SEALED_CHUNK] + payload[16 + 2 * SEALED_CHUNK :]))


def test_swapped_chunks_are_damage() -> None:
    payload = naive(content(3 * CHUNK))
    first, second = payload[16 : 16 + SEALED_CHUNK], payload[16 + SEALED_CHUNK : 16 + 2 * SEALED_CHUNK]
    assert "chunk 0 " in str(refused(payload[:16] + second + first + payload[16 + 2 * SEALED_CHUNK :]))


def test_payload_cut_between_chunks_is_called_cut_short() -> None:
    payload = naive(content(3 * CHUNK))
    assert "cut short after chunk 1 " in str(refused(payload[: 16 + 2 * SEALED_CHUNK]))


def test_payload_with_more_after_its_end_is_called_so() -> None:
    payload = naive(content(2 * CHUNK))
    assert "goes on after chunk 1 " in str(refused(payload + naive(content(CHUNK))[16:]))


def test_payload_cut_within_a_chunk_is_damage() -> None:
    assert "changed" in str(refused(naive(content(3 * CHUNK))[:-1]))


def test_other_file_key_is_damage() -> None:
    with pytest.raises(Damaged, match="or is another's"):
        stream.open_sealed(naive(b"secret"), b"x" * 16)


@given(st.binary(max_size=300))
def test_hostile_bytes_are_damaged_and_nothing_worse(data: bytes) -> None:
    assert refused(data).part in {"nonce", "payload"}


@pytest.mark.parametrize("cuts", [(1,), (2,), (1, 2), (1, 1, 1)])
@pytest.mark.parametrize("size", [3 * CHUNK, 3 * CHUNK + 1, 4 * CHUNK - 1])
def test_blocks_of_any_number_of_chunks_give_the_same_payload(size: int, cuts: tuple[int, ...]) -> None:
    plain, sealer, opener = memoryview(content(size)), Sealer(FILE_KEY, NONCE), Opener(FILE_KEY, NONCE)
    sealed, opened, start = bytearray(), bytearray(), 0
    block, back = memoryview(bytearray(4 * SEALED_CHUNK)), memoryview(bytearray(4 * CHUNK))
    for end in [*(sum(cuts[: count + 1]) * CHUNK for count in range(len(cuts))), size]:
        last = end == size
        count = sealer.seal(plain[start:end], block, last=last) if end > start else 0
        sealed += block[:count]
        opened += back[: opener.open(block[:count], back, last=last)]
        start = end
    assert NONCE + sealed == naive(content(size))
    assert opened == plain


def test_sealer_takes_no_block_that_would_break_the_format() -> None:
    room = memoryview(bytearray(2 * SEALED_CHUNK))
    for plain, last in ((b"short", False), (b"", False), (bytes(CHUNK + 1), False)):
        with pytest.raises(ValueError, match="a block"):
            Sealer(FILE_KEY, NONCE).seal(memoryview(plain), room, last=last)


def test_sealer_takes_nothing_after_the_last_block() -> None:
    room = memoryview(bytearray(2 * SEALED_CHUNK))
    sealer = Sealer(FILE_KEY, NONCE)
    sealer.seal(memoryview(b"end"), room, last=True)
    with pytest.raises(ValueError, match="after the last one"):
        sealer.seal(memoryview(b"more"), room, last=True)


def test_sealer_takes_no_empty_block_after_others() -> None:
    room = memoryview(bytearray(2 * SEALED_CHUNK))
    sealer = Sealer(FILE_KEY, NONCE)
    sealer.seal(memoryview(bytes(CHUNK)), room, last=False)
    with pytest.raises(ValueError, match="an empty one"):
        sealer.seal(memoryview(b""), room, last=True)
