"""A lane: SHA-256 that another core computes while the caller reads, enciphers and writes.

Hashing is what a large document costs most, twice (here, per core: SHA-256 1.8 GB/s, ChaCha20-Poly1305 3.6 GB/s), and
hashlib computes without the interpreter's lock. All reading and writing stays in the caller's thread: its errors and
Ctrl-C arrive where they can be handled, and the caller's files need not be thread-safe.
"""

from queue import SimpleQueue
from threading import Thread
from typing import Protocol, Self


class Hash(Protocol):
    """What a lane needs of a `hashlib` hash."""

    def update(self, data: memoryview, /) -> None:
        """Take in the next bytes."""

    def digest(self) -> bytes:
        """The hash of all bytes taken in."""


class Lane:
    """A running hash in a thread of its own, and the blocks it is fed with.

    Take a block, fill it, hand over what is filled. A view handed over may still be read until the next block is taken,
    which may be the same one. Only for use inside `with`: afterwards the thread is gone, however the `with` was left.
    """

    def __init__(self, block_size: int, blocks: int, running: Hash) -> None:
        self._hash = running
        self._fault: BaseException | None = None
        self._full: SimpleQueue[memoryview | None] = SimpleQueue()
        self._free: SimpleQueue[memoryview] = SimpleQueue()
        self._block_size = block_size
        self._unmade = blocks
        # A daemon, so that a second Ctrl-C while the thread is being stopped cannot keep the program from ending.
        self._thread = Thread(target=self._work, name="hash lane", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def block(self) -> memoryview:
        """A block that is free: a new one while there are fewer than `blocks`. Raises what the hash raised."""
        if self._unmade and self._free.empty():
            self._unmade -= 1
            return memoryview(bytearray(self._block_size))
        block = self._free.get()
        if self._fault is not None:
            raise self._fault
        return block

    def update(self, filled: memoryview) -> None:
        """Hash `filled`, all of a block or the start of it, after what came before; returns at once."""
        if self._thread.ident is None:  # not in __enter__, where Ctrl-C would come before __exit__ is sure to run
            self._thread.start()
        self._full.put(filled)

    def digest(self) -> bytes:
        """The hash of all that was handed over, waited for; raises what the hash raised. Ends the lane."""
        self._stop()
        if self._fault is not None:
            raise self._fault
        return self._hash.digest()

    def _stop(self) -> None:
        self._full.put(None)
        if self._thread.ident is not None:
            self._thread.join()

    def _work(self) -> None:
        while (filled := self._full.get()) is not None:
            try:
                if self._fault is None:
                    self._hash.update(filled)
            except BaseException as fault:
                self._fault = fault  # kept for the caller; go on, so that he does not wait for a block forever
            self._free.put(memoryview(filled.obj))
