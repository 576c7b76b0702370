"""The pipeline: every byte through cipher and both hashes, in order, bounded, and each fault out of it."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.sealing.files import File
from vault.sealing.pipeline import DEPTH, Hash, Reader, Side, run

SIZE = 100


@dataclass
class Recorder:
    """A hash that keeps what it was fed, counts, and fails at the block `bad`."""

    bad: int = -1
    count: int = 0
    data: bytes = b""
    threads: set[str] = field(default_factory=set)

    def update(self, data: memoryview, /) -> None:
        if self.count == self.bad:
            raise MemoryError("hash")
        self.count += 1
        self.data += data
        self.threads.add(threading.current_thread().name)

    def digest(self) -> bytes:
        return self.data


@dataclass
class Doubler:
    """A cipher that writes each block twice, and fails at the block `bad`."""

    bad: int = -1
    lasts: list[bool] = field(default_factory=list)
    rooms: set[int] = field(default_factory=set)

    def __call__(self, given: memoryview, room: memoryview, /, *, last: bool) -> int:
        if len(self.lasts) == self.bad:
            raise MemoryError("cipher")
        self.lasts.append(last)
        self.rooms.add(id(room.obj))
        room[: 2 * len(given)] = bytes(given) * 2
        return 2 * len(given)


def reader(blocks: list[bytes]) -> Reader:
    """Reads these blocks."""
    left: Iterator[tuple[int, bytes]] = iter(enumerate(blocks, 1))

    def read(block: memoryview) -> tuple[memoryview, bool]:
        number, content = next(left)
        block[: len(content)] = content
        return block[: len(content)], number == len(blocks)

    return read


def blocks_of(count: int) -> list[bytes]:
    return [bytes([number % 256]) * (SIZE - (number == count - 1)) for number in range(count)]


def sides(before: Hash, after: Hash) -> tuple[Side, Side]:
    return Side(SIZE, before), Side(2 * SIZE, after)


@pytest.mark.parametrize("count", [1, 2, DEPTH // 2, DEPTH - 1, DEPTH, DEPTH + 1, 3 * DEPTH, 500])
def test_every_block_passes_in_order_and_both_sides_are_hashed(count: int) -> None:
    blocks, sink, cipher = blocks_of(count), File(step=70), Doubler()
    before, after = sides(hashlib.sha256(), hashlib.sha256(b"start"))
    run(reader(blocks), before, cipher, after, sink)
    assert sink.written == b"".join(block * 2 for block in blocks)
    assert before.hash.digest() == hashlib.sha256(b"".join(blocks)).digest()
    assert after.hash.digest() == hashlib.sha256(b"start" + sink.written).digest()
    assert cipher.lasts == [False] * (count - 1) + [True]


def test_no_more_blocks_are_made_than_the_depth() -> None:
    cipher = Doubler()
    run(reader(blocks_of(100)), *_with(cipher), File())
    assert len(cipher.rooms) == DEPTH


def _with(cipher: Doubler, before: Recorder | None = None, after: Recorder | None = None) -> tuple[Side, Doubler, Side]:
    first, second = sides(before or Recorder(), after or Recorder())
    return first, cipher, second


def test_hashing_is_done_beside_the_caller_who_alone_reads_and_writes() -> None:
    before, after, sink = Recorder(), Recorder(), File()
    callers = set()
    read = reader(blocks_of(20))

    def noting(block: memoryview) -> tuple[memoryview, bool]:
        callers.add(threading.current_thread())
        return read(block)

    run(noting, *_with(Doubler(), before, after), sink)
    assert before.threads == after.threads == {"sealing lane"}
    assert callers == sink.threads == {threading.current_thread()}


@pytest.mark.parametrize("bad", [0, 1, DEPTH, 19])
@pytest.mark.parametrize("where", ["before", "cipher", "after"])
def test_fault_of_a_lane_comes_out(where: str, bad: int) -> None:
    bads = {"before": -1, "cipher": -1, "after": -1, where: bad}
    stages = _with(Doubler(bads["cipher"]), Recorder(bads["before"]), Recorder(bads["after"]))
    with pytest.raises(MemoryError, match="cipher" if where == "cipher" else "hash"):
        run(reader(blocks_of(20)), *stages, File())


def test_what_was_converted_before_a_fault_is_written_and_nothing_after_it() -> None:
    sink = File()
    with pytest.raises(MemoryError):
        run(reader(blocks_of(20)), *_with(Doubler(bad=11)), sink)
    assert sink.written == b"".join(block * 2 for block in blocks_of(20)[:11])


@pytest.mark.parametrize("fault", [OSError("gone"), KeyboardInterrupt()])
def test_fault_of_reader_or_sink_comes_out(fault: BaseException) -> None:
    def failing(block: memoryview) -> tuple[memoryview, bool]:
        raise fault

    with pytest.raises(type(fault)):
        run(failing, *_with(Doubler()), File())
    with pytest.raises(type(fault)):
        run(reader(blocks_of(20)), *_with(Doubler()), File(good=500, then=fault))
