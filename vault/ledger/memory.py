"""The ledger in lists: the fake for tests, held to the same contract as the real one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vault.errors import Damaged
from vault.evidence import merkle
from vault.ledger.store import Head, HeadMoved, NewEntry, SealedRecord


class MemoryLedger:
    """A ledger in memory, for one thread."""

    def __init__(self) -> None:
        self._entries: list[NewEntry] = []
        self._nodes: dict[tuple[int, int], bytes] = {}

    @contextmanager
    def appending(self) -> Iterator[None]:
        """Take back what was appended inside if it ends with an exception."""
        size, nodes = len(self._entries), dict(self._nodes)
        try:
            yield
        except BaseException:  # as a transaction does, whatever ends it
            del self._entries[size:]
            self._nodes = nodes
            raise

    def head(self) -> Head:
        """The head now."""
        size = len(self._entries)
        return Head(size, self._nodes[0, size - 1]) if size else Head()

    def append(self, expected: Head, entries: Sequence[NewEntry]) -> Head:
        """Append after `expected`."""
        if self.head() != expected:
            raise HeadMoved(f"the ledger has {len(self._entries)} entries, not {expected.size}", "repeat it")
        peaks = merkle.peaks_at(expected.size, self.node)
        for seq, new in enumerate(entries, expected.size):
            for level, hash_ in enumerate(merkle.append(peaks, seq, merkle.leaf_hash(new.leaf))):
                self._nodes[level, seq >> level] = hash_
            self._entries.append(new)
        return self.head()

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The leaves in order."""
        end = len(self._entries) if stop is None else stop
        if end > len(self._entries):
            raise Damaged(f"entry {len(self._entries)} is missing from the ledger")
        yield from [new.leaf for new in self._entries[start:end]]

    def node(self, level: int, number: int) -> bytes:
        """The stored hash of a perfect subtree."""
        if (level, number) not in self._nodes:
            raise Damaged(f"tree hash {number} of level {level} is missing")
        return self._nodes[level, number]

    def record(self, seq: int) -> SealedRecord | None:
        """The sealed record of entry `seq`."""
        return self._entries[seq].record if seq < len(self._entries) else None
