"""A lane hashes in order beside its caller, gives blocks back, passes faults on, and is gone afterwards."""

import hashlib
import os
import threading

import pytest

from vault.sealing.lane import Lane


class Recorder:
    """A hash that notes in which thread it was fed."""

    def __init__(self) -> None:
        self.data = b""
        self.threads: set[str] = set()

    def update(self, data: memoryview, /) -> None:
        self.data += data
        self.threads.add(threading.current_thread().name)

    def digest(self) -> bytes:
        return self.data


class Broken(Recorder):
    """A hash that fails at its second block."""

    def update(self, data: memoryview, /) -> None:
        if self.data:
            raise MemoryError("no more")
        super().update(data)


def feed(lane: Lane, blocks: list[bytes]) -> None:
    for content in blocks:
        block = lane.block()
        block[: len(content)] = content
        lane.update(block[: len(content)])


def lanes() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "sealing lane"]


def test_hash_is_that_of_all_blocks_in_order() -> None:
    blocks = [os.urandom(1000 - number) for number in range(200)]
    with Lane(1000, 3, hashlib.sha256(b"start")) as lane:
        feed(lane, blocks)
        assert lane.digest() == hashlib.sha256(b"start" + b"".join(blocks)).digest()


def test_hashing_is_done_in_another_thread() -> None:
    recorder = Recorder()
    with Lane(10, 2, recorder) as lane:
        feed(lane, [b"a", b"b"])
    assert recorder.data == b"ab"
    assert recorder.threads == {"sealing lane"}


def test_no_more_blocks_are_made_than_allowed() -> None:
    with Lane(10, 3, Recorder()) as lane:
        made = set()
        for _ in range(50):
            block = lane.block()
            made.add(id(block.obj))
            lane.update(block)
    assert len(made) <= 3


def test_thread_is_started_by_the_first_block_only() -> None:
    with Lane(10, 2, Recorder()) as lane:
        assert lanes() == []
        feed(lane, [b"a"])
        assert len(lanes()) == 1
    assert lanes() == []


def test_lane_that_got_nothing_has_the_hash_of_nothing() -> None:
    with Lane(10, 2, hashlib.sha256()) as lane:
        assert lane.digest() == hashlib.sha256().digest()


def test_fault_reaches_the_caller_who_asks_for_a_block() -> None:
    with Lane(10, 2, Broken()) as lane, pytest.raises(MemoryError, match="no more"):
        feed(lane, [b"x"] * 100)


def test_fault_reaches_the_caller_who_asks_for_the_hash() -> None:
    with Lane(10, 9, Broken()) as lane:
        feed(lane, [b"x"] * 3)
        with pytest.raises(MemoryError, match="no more"):
            lane.digest()


def test_nothing_is_hashed_after_a_fault() -> None:
    broken = Broken()
    with Lane(10, 9, broken) as lane:
        feed(lane, [b"first", b"second", b"third"])
    assert broken.data == b"first"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_thread_is_gone_however_the_with_was_left(error: type[BaseException]) -> None:
    def leave() -> None:
        with Lane(10, 2, Recorder()) as lane:
            feed(lane, [b"a", b"b", b"c"])
            raise error

    with pytest.raises(error):
        leave()
    assert lanes() == []
