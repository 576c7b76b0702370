"""Documents: any size comes back exactly, what is not as sealed does not, and no fault leaves anything running."""

import hashlib
import io
import signal
import subprocess
import sys
import threading
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from keys.age import BadKey, Identity, generate
from tests.sealing.files import File, Zeros, content
from vault.sealing import blob, header
from vault.sealing.document import Content, Payload, Sealed, seal, unseal
from vault.sealing.errors import Damaged, NotForUs
from vault.sealing.stream import CHUNK, SEALED_CHUNK

IDENTITY = generate(hybrid=False)
MIB = 1 << 20
EDGES = (CHUNK, MIB, 4 * MIB, 4 * MIB + MIB // 2)  # chunk; what is done in one piece; a block after that
SIZES = sorted({0, 1, *(edge + step for edge in EDGES for step in (-1, 0, 1)), 9 * MIB + 7})
SMALL, LARGE = 3 * CHUNK + 5, 6 * MIB + 5


def sealed_content(size: int, identity: Identity = IDENTITY) -> tuple[Sealed, bytes]:
    """What sealing `content(size)` returned, and the payload it wrote."""
    sink = io.BytesIO()
    return seal(io.BytesIO(content(size)), sink, [identity.recipient()]), sink.getvalue()


def opened(sealed: Sealed, payload: bytes, sink: File | None = None) -> Content:
    """Open `payload` as what `sealed` says it is."""
    source = Payload(io.BytesIO(payload), len(payload), sealed.payload_sha256)
    return unseal(sealed.header, source, sink or File(), [IDENTITY], sealed.sha256)


BOTH = [sealed_content(SMALL), sealed_content(LARGE)]
each_size = pytest.mark.parametrize("document", BOTH, ids=["small", "large"])


# --- what is sealed comes back


@pytest.mark.parametrize("size", SIZES)
def test_content_comes_back(size: int, hybrid: Identity) -> None:
    sealed, payload = sealed_content(size, hybrid)
    sink = io.BytesIO()
    given_ = unseal(sealed.header, Payload(io.BytesIO(payload), len(payload)), sink, [hybrid])
    assert sink.getvalue() == content(size)
    assert given_ == Content(size, hashlib.sha256(content(size)).digest())


@pytest.mark.parametrize("size", SIZES)
def test_header_and_payload_are_one_age_file(size: int) -> None:
    sealed, payload = sealed_content(size)
    assert blob.open_sealed(sealed.header + payload, [IDENTITY], limit=size) == content(size)


@pytest.mark.parametrize("size", SIZES)
def test_sizes_and_hashes_are_those_of_the_bytes(size: int) -> None:
    sealed, payload = sealed_content(size)
    assert (sealed.size, sealed.sha256) == (size, hashlib.sha256(content(size)).digest())
    assert (sealed.payload_size, sealed.payload_sha256) == (len(payload), hashlib.sha256(payload).digest())


@given(st.sampled_from(EDGES), st.integers(-20, 20), st.sampled_from([10_007, 65_536, 300_001]))
@hypothesis_settings(max_examples=25)
def test_files_that_give_and_take_little_at_a_time_change_nothing(edge: int, beside: int, step: int) -> None:
    plain, sink, out = content(edge + beside), File(step=step), File(step=step)
    sealed = seal(File(plain, step=step), sink, [IDENTITY.recipient()])
    source = Payload(File(sink.written, step=step), sealed.payload_size, sealed.payload_sha256)
    assert unseal(sealed.header, source, out, [IDENTITY], sealed.sha256).size == len(plain)
    assert out.written == plain


def test_documents_lie_end_to_end_in_one_sink() -> None:
    sizes = [0, SMALL, LARGE, 1, MIB]
    segment = io.BytesIO()
    segment.write(b"before")
    documents = [seal(io.BytesIO(content(size)), segment, [IDENTITY.recipient()]) for size in sizes]
    assert len(segment.getvalue()) == 6 + sum(document.payload_size for document in documents)
    segment.seek(6)
    for size, document in zip(sizes, documents, strict=True):
        out = io.BytesIO()
        unseal(document.header, Payload(segment, document.payload_size), out, [IDENTITY], document.sha256)
        assert out.getvalue() == content(size)
    assert segment.read() == b""


def test_source_that_grows_is_sealed_up_to_where_it_ended_when_read() -> None:
    class Growing(File):
        """Grows a little with each reading, three times."""

        growth = 3

        def readinto(self, block: memoryview, /) -> int | None:
            if self.growth:
                self.growth -= 1
                place = self.memory.tell()
                self.memory.seek(0, io.SEEK_END)
                self.memory.write(b"more")
                self.memory.seek(place)
            return super().readinto(block)

    source, sink = Growing(content(LARGE)), io.BytesIO()
    sealed = seal(source, sink, [IDENTITY.recipient()])
    assert sealed.size == LARGE + 12
    assert sealed.sha256 == hashlib.sha256(source.written).digest()
    assert opened(sealed, sink.getvalue()).size == LARGE + 12


def test_equal_content_is_never_sealed_to_equal_bytes() -> None:
    (first, one), (second, other) = sealed_content(SMALL), sealed_content(SMALL)
    assert first.sha256 == second.sha256
    assert first.header != second.header
    assert not {one[start : start + 16] for start in range(0, len(one), 16)} & {
        other[start : start + 16] for start in range(0, len(other), 16)
    }


def test_rewrapped_header_opens_the_same_payload(hybrid: Identity) -> None:
    sealed, payload = BOTH[1]
    again = header.rewrap(sealed.header, [IDENTITY], [hybrid.recipient()])
    out = io.BytesIO()
    unseal(again, Payload(io.BytesIO(payload), len(payload)), out, [hybrid], sealed.sha256)
    assert out.getvalue() == content(LARGE)


# --- cost


def test_small_documents_start_no_thread() -> None:
    class Watching(File):
        """Notes the lanes that run when it is written to."""

        lanes = 0

        def write(self, data: memoryview, /) -> int | None:
            self.lanes += sum(thread.name == "sealing lane" for thread in threading.enumerate())
            return super().write(data)

    small, large = Watching(), Watching()
    sealed = seal(File(content(SMALL)), small, [IDENTITY.recipient()])
    seal(File(content(LARGE)), large, [IDENTITY.recipient()])
    assert small.lanes == 0
    assert large.lanes > 0
    back = Watching()
    opened(sealed, small.written, back)
    assert back.lanes == 0


def test_memory_does_not_grow_with_the_document() -> None:
    tracemalloc.start()
    try:
        sealed = seal(Zeros(100 * MIB), Zeros(), [IDENTITY.recipient()])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sealed.size == 100 * MIB
    assert peak < 14 * MIB  # 4 MiB read to see whether it is small, 8 blocks of 512 KiB on each side


# --- what is not exactly as sealed


@each_size
def test_cut_payload_is_damaged(document: tuple[Sealed, bytes]) -> None:
    sealed, payload = document
    for length in (len(payload) - 1, 16 + 2 * SEALED_CHUNK, 16 + SEALED_CHUNK - 1, 32, 16, 15, 0):
        with pytest.raises(Damaged) as caught:
            opened(sealed, payload[:length])
        assert caught.value.part in {"payload", "nonce"}


@each_size
def test_lengthened_payload_is_damaged(document: tuple[Sealed, bytes]) -> None:
    sealed, payload = document
    for more in (b"\x00", bytes(16), bytes(17), payload[16:], bytes(SEALED_CHUNK)):
        with pytest.raises(Damaged, match="payload"):
            opened(sealed, payload + more)


@each_size
def test_source_that_ends_early_is_damaged(document: tuple[Sealed, bytes]) -> None:
    sealed, payload = document
    for length in (0, 16, CHUNK, len(payload) - 1):
        source = Payload(io.BytesIO(payload[:length]), len(payload))
        with pytest.raises(Damaged, match=f"of {len(payload)} bytes"):
            unseal(sealed.header, source, File(), [IDENTITY])


@each_size
def test_source_is_read_to_the_end_of_the_payload_and_no_further(document: tuple[Sealed, bytes]) -> None:
    sealed, payload = document
    source = io.BytesIO(payload + b"the next")
    unseal(sealed.header, Payload(source, len(payload)), File(), [IDENTITY])
    assert source.read() == b"the next"


@pytest.mark.parametrize("place", [0, 16, 16 + SEALED_CHUNK, -1])
@each_size
def test_changed_payload_is_damaged(document: tuple[Sealed, bytes], place: int) -> None:
    sealed, payload = document
    changed = bytearray(payload)
    changed[place] ^= 1
    with pytest.raises(Damaged, match="chunk"):
        opened(sealed, bytes(changed))


@pytest.mark.parametrize("chunk", [0, 1, 7, 8, 50, 64, 65, 96])
def test_only_authentic_content_reaches_the_sink(chunk: int) -> None:
    sealed, payload = BOTH[1]
    changed = bytearray(payload)
    changed[16 + chunk * SEALED_CHUNK] ^= 1
    sink = File()
    with pytest.raises(Damaged, match=f"chunk {chunk} "):
        opened(sealed, bytes(changed), sink)
    assert len(sink.written) <= chunk * CHUNK
    assert content(LARGE).startswith(sink.written)


def test_nothing_of_a_damaged_small_document_reaches_the_sink() -> None:
    sealed, payload = BOTH[0]
    sink = File()
    with pytest.raises(Damaged):
        opened(sealed, payload[:-1] + bytes([payload[-1] ^ 1]), sink)
    assert sink.written == b""


@each_size
def test_payload_of_another_document_is_damaged(document: tuple[Sealed, bytes]) -> None:
    sealed, payload = document
    other, _ = sealed_content(sealed.size)
    with pytest.raises(Damaged, match=r"chunk 0 .* or is another's"):
        unseal(other.header, Payload(io.BytesIO(payload), len(payload)), File(), [IDENTITY])


@each_size
def test_content_that_was_not_expected_is_damaged(document: tuple[Sealed, bytes]) -> None:
    sealed, payload = document
    with pytest.raises(Damaged) as caught:
        unseal(sealed.header, Payload(io.BytesIO(payload), len(payload)), File(), [IDENTITY], bytes(32))
    assert caught.value.part == "content"


@each_size
def test_payload_that_was_not_expected_is_damaged_even_if_it_opens(document: tuple[Sealed, bytes]) -> None:
    sealed, payload = document
    with pytest.raises(Damaged) as caught:
        unseal(sealed.header, Payload(io.BytesIO(payload), len(payload), bytes(32)), File(), [IDENTITY])
    assert caught.value.part == "payload"


@each_size
def test_others_open_nothing(document: tuple[Sealed, bytes], classic: Identity, hybrid: Identity) -> None:
    sealed, payload = document
    sink = File()
    with pytest.raises(NotForUs):
        unseal(sealed.header, Payload(io.BytesIO(payload), len(payload)), sink, [classic, hybrid])
    assert sink.written == b""


# --- faults


FAULTS = [OSError("disk full"), KeyboardInterrupt(), MemoryError()]
each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
each_place = pytest.mark.parametrize("good", [0, 1, CHUNK, 2 * MIB + 1, 4 * MIB, 5 * MIB, LARGE])


@each_fault
@each_place
def test_fault_of_the_source_comes_out_of_sealing(fault: BaseException, good: int) -> None:
    with pytest.raises(type(fault)) as caught:
        seal(File(content(LARGE), good=good, then=fault), File(), [IDENTITY.recipient()])
    assert caught.value is fault


@each_fault
@each_place
def test_fault_of_the_sink_comes_out_of_sealing(fault: BaseException, good: int) -> None:
    with pytest.raises(type(fault)) as caught:
        seal(File(content(LARGE)), File(good=good, then=fault), [IDENTITY.recipient()])
    assert caught.value is fault


@each_fault
@each_place
def test_fault_of_the_source_comes_out_of_opening(fault: BaseException, good: int) -> None:
    sealed, payload = BOTH[1]
    source = Payload(File(payload, good=good, then=fault), len(payload))
    with pytest.raises(type(fault)) as caught:
        unseal(sealed.header, source, File(), [IDENTITY])
    assert caught.value is fault


@each_fault
@pytest.mark.parametrize("good", [0, 1, MIB, 5 * MIB + 1, LARGE - 1])
def test_fault_of_the_sink_comes_out_of_opening(fault: BaseException, good: int) -> None:
    sealed, payload = BOTH[1]
    with pytest.raises(type(fault)) as caught:
        opened(sealed, payload, File(good=good, then=fault))
    assert caught.value is fault


INTERRUPTED = """
from keys.age import generate
from vault.sealing.document import seal

class Sink:
    written = 0

    def write(self, data):
        self.written += len(data)
        if self.written > 2_000_000:
            print("ready", flush=True)
        return len(data)

with open(0, "rb", buffering=0, closefd=False) as source:
    seal(source, Sink(), [generate(hybrid=False).recipient()])
"""


def test_ctrl_c_ends_a_sealing_that_waits_for_its_source() -> None:
    command = [sys.executable, "-c", INTERRUPTED]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(bytes(10_000_000))
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)  # its source is still open, and gives nothing
        assert process.wait(timeout=30) == -signal.SIGINT


@pytest.mark.parametrize("good", [0, SMALL - 1, 4 * MIB, 5 * MIB, LARGE])
def test_source_that_is_not_ready_is_no_end_of_the_document(good: int) -> None:
    with pytest.raises(BlockingIOError, match="non-blocking"):
        seal(File(content(LARGE), good=good, then=None), File(), [IDENTITY.recipient()])


@pytest.mark.parametrize(("answer", "error"), [(None, BlockingIOError), (0, OSError)])
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_sink_that_takes_nothing_is_an_error(answer: int | None, error: type[OSError], size: int) -> None:
    with pytest.raises(error):
        seal(File(content(size)), File(good=100, then=answer), [IDENTITY.recipient()])


def test_recipients_are_refused_before_anything_is_read_or_written(classic: Identity, hybrid: Identity) -> None:
    source, sink = File(content(SMALL)), File()
    for recipients, error in (([], ValueError), ([classic.recipient(), hybrid.recipient()], BadKey)):
        with pytest.raises(error):
            seal(source, sink, recipients)
    assert source.memory.tell() == 0
    assert sink.written == b""
