"""The ledger in lists: the fake every test uses, held to the same contract as the real one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vault.evidence import merkle
from vault.ledger.store import Head, HeadMoved, NewEntry, SealedRecord


class MemoryLedger:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.entries: list[NewEntry] = []
        self.nodes: dict[tuple[int, int], bytes] = {}

    @contextmanager
    def appending(self) -> Iterator[None]:
        """Take back what was appended inside if it ends with an exception."""
        size = len(self.entries)
        try:
            yield
        except BaseException:
            del self.entries[size:]
            self.nodes = {(level, n): h for (level, n), h in self.nodes.items() if (n + 1) << level <= size}
            raise

    def head(self) -> Head:
        """The head now."""
        size = len(self.entries)
        return Head(size, self.nodes[0, size - 1]) if size else Head()

    def append(self, expected: Head, entries: Sequence[NewEntry]) -> Head:
        """Append after `expected`."""
        if self.head() != expected:
            raise HeadMoved(f"the ledger has {len(self.entries)} entries, not {expected.size}")
        peaks = merkle.peaks_at(expected.size, self.node)
        for seq, new in enumerate(entries, expected.size):
            for level, hash_ in enumerate(merkle.append(peaks, seq, merkle.leaf_hash(new.leaf))):
                self.nodes[level, seq >> level] = hash_
            self.entries.append(new)
        return self.head()

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The leaves in order."""
        return iter([new.leaf for new in self.entries[start:stop]])

    def node(self, level: int, number: int) -> bytes:
        """The stored hash of a perfect subtree."""
        return self.nodes[level, number]

    def record(self, seq: int) -> SealedRecord | None:
        """The sealed record of entry `seq`."""
        return self.entries[seq].record
