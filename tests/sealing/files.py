"""Files as bad as files may be: they give and take little at a time, fail half-way, or say that they are not ready."""

import io
import threading
from array import array
from functools import cache


@cache
def content(size: int) -> bytes:
    """`size` bytes in which no two chunks of 64 KiB are alike."""
    return array("Q", range(size // 8 + 1)).tobytes()[:size]


class File:
    """A file in memory that handles at most `step` bytes at a time, and after `good` bytes in all does as `then` says.

    An exception is raised, anything else is the answer.
    """

    def __init__(self, data: bytes = b"", *, step: int = 1 << 40, good: int = 1 << 40, then: object = None) -> None:
        self.memory = io.BytesIO(data)
        self.threads: set[threading.Thread] = set()  # that wrote
        self._step = step
        self._good = good
        self._then = then

    @property
    def written(self) -> bytes:
        """All there is in the file."""
        return self.memory.getvalue()

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes."""
        assert size >= 0, "a whole file was asked for: that is not constant memory"
        allowed = self._allowed(size)
        return None if allowed is None else self.memory.read(allowed)

    def readinto(self, block: memoryview, /) -> int | None:
        """At most all of `block`."""
        allowed = self._allowed(len(block))
        return None if allowed is None else self.memory.readinto(block[:allowed])

    def write(self, data: memoryview, /) -> int | None:
        """At most all of `data`."""
        self.threads.add(threading.current_thread())
        allowed = self._allowed(len(data))
        return self.memory.write(data[:allowed]) if allowed else allowed

    def _allowed(self, size: int) -> int | None:
        if self._good > 0:
            allowed = min(size, self._step, self._good)
            self._good -= allowed
            return allowed
        if isinstance(self._then, BaseException):
            raise self._then
        assert self._then is None or isinstance(self._then, int)
        return self._then


class Zeros:
    """A source of `size` zero bytes, and a sink that counts, neither of which needs memory."""

    def __init__(self, size: int = 0) -> None:
        self.left = size
        self.taken = 0

    def read(self, size: int, /) -> bytes:
        """The next zeros."""
        count = min(size, self.left)
        self.left -= count
        return bytes(count)

    def readinto(self, block: memoryview, /) -> int:
        """The next zeros."""
        count = min(len(block), self.left)
        self.left -= count
        block[:count] = bytes(count)
        return count

    def write(self, data: memoryview, /) -> int:
        """Nothing but the count."""
        self.taken += len(data)
        return len(data)
