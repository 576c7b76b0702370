"""Reading and writing in full: a file may give or take less than it is asked to, which is no error and no end."""

from typing import Protocol, TypeVar

_Answer = TypeVar("_Answer")


class Source(Protocol):
    """Where bytes are read from: a binary file, pipe or socket in blocking mode, from its current position."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; empty only at the end."""

    def readinto(self, block: memoryview, /) -> int | None:
        """Fill at most all of `block`; how much, 0 only at the end."""


class Sink(Protocol):
    """Where bytes are written to, at its current position."""

    def write(self, data: memoryview, /) -> int | None:
        """Write at least a part of `data`; how much."""


def read(source: Source, limit: int) -> bytes:
    """The next `limit` bytes, fewer only at the end."""
    parts = []
    while limit > 0 and (part := _ready(source.read(limit))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def fill(source: Source, block: memoryview) -> memoryview:
    """The part of `block` that could be filled, all of it but at the end."""
    filled = 0
    while filled < len(block) and (count := _ready(source.readinto(block[filled:]))):
        filled += count
    return block[:filled]


def write(sink: Sink, data: bytes | bytearray | memoryview) -> None:
    """Write all of `data`."""
    left = memoryview(data)
    while left:
        count = _ready(sink.write(left))
        if not count:
            raise OSError("a file that takes no more bytes, and gives no reason")
        left = left[count:]


def _ready(answer: _Answer | None) -> _Answer:
    """What a file in non-blocking mode says is neither bytes nor an end: taking it for an end would cut the content."""
    if answer is None:
        raise BlockingIOError("a file in non-blocking mode cannot be sealed or opened")
    return answer
