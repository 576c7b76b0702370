"""What a store of segments promises; `local` keeps them in a folder, `memory` in a dict."""

from collections.abc import Iterator
from io import BufferedIOBase, RawIOBase
from typing import Protocol

from vault.errors import Damaged

Reader = RawIOBase | BufferedIOBase
"""An open file of bytes, seekable."""


class Segment(Protocol):
    """A segment being written; nothing is visible under its name before `commit`."""

    @property
    def name(self) -> str:
        """The name it will be found by."""

    @property
    def sink(self) -> Reader:
        """What takes the bytes, at its position; it can be sought in and cut back."""

    def commit(self) -> None:
        """Make the segment durable and visible, all of it at once."""

    def abort(self) -> None:
        """Drop it and leave nothing behind; harmless after `commit`."""


class SegmentStore(Protocol):
    """Segments by name. A committed segment never changes; committing is durable before it returns.

    Every method, and every reading and writing of what it returns, raises `Unavailable` where the store cannot do it
    now.
    """

    def new(self, name: str | None = None) -> Segment:
        """A new segment, under a fresh random name if none is given."""

    def begun(self, name: str) -> Segment | None:
        """What another process began under `name` and does not write any more; None if there is none."""

    def open(self, name: str) -> Reader:
        """The segment's bytes, seekable; `SegmentMissing` if there is none."""

    def names(self) -> Iterator[str]:
        """The committed segments, in no order."""

    def leftovers(self) -> Iterator[str]:
        """Segments that were begun and never committed nor aborted, by processes that died."""

    def others(self) -> Iterator[str]:
        """What lies among them and is neither."""

    def delete(self, name: str) -> None:
        """Remove a segment or leftover; no error if there is none."""


class SegmentMissing(Damaged):
    """The store has no segment of that name, though a document lies in it."""
