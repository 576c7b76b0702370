"""What a ledger store promises: appending in order, reading back, subtree hashes; `memory` and `sqlcipher` keep it."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import field
from typing import NamedTuple, Protocol

from vault.errors import Unavailable
from vault.evidence.defined import frozen
from vault.evidence.merkle import EMPTY_ROOT


class HeadMoved(Unavailable):
    """Somebody else appended first: read the head again and repeat."""


class Head(NamedTuple):
    """How many entries there are, and the leaf hash of the last one (the empty tree's root before the first)."""

    size: int = 0
    last: bytes = EMPTY_ROOT


@frozen()
class SealedRecord:
    """A record under its own key, and that key wrapped (72 bytes) under a generation of the record key."""

    sealed: bytes = field(repr=False)
    wrap: bytes = field(repr=False)
    generation: int = 1


class NewEntry(NamedTuple):
    """An entry to append: its kind, its leaf (the signed note), and its sealed record if it has one."""

    kind: str
    leaf: bytes
    record: SealedRecord | None = None


class LedgerStore(Protocol):
    """Entries 0..size-1 and what belongs to them. Nothing appended ever changes.

    `appending` is exclusive among all processes, atomic, and durable when it has ended without an exception. What is
    asked of an entry that is not there, or of a tree hash, is `Damaged`: whoever asks took the number from the store.
    """

    def appending(self) -> AbstractContextManager[None]:
        """Hold the append lock; what is appended inside appears all at once at the end, or not at all."""

    def head(self) -> Head:
        """The head now; inside `appending` it cannot move."""

    def append(self, expected: Head, entries: Sequence[NewEntry]) -> Head:
        """Append after `expected` and return the new head; `HeadMoved` if that isn't the head. Within `appending`."""

    def leaves(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The leaves from `start` up to `stop`, in order, in constant memory."""

    def node(self, level: int, number: int) -> bytes:
        """The stored hash of a perfect subtree, as `merkle.Node` says."""

    def record(self, seq: int) -> SealedRecord | None:
        """The sealed record of entry `seq`; None if it has none or its key was destroyed."""
