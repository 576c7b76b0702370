"""Segments in a dict: the fake for tests, held to the same contract as the real one."""

import io
import os
from collections.abc import Iterator

from vault.documents.store import Reader, SegmentMissing


class MemorySegment:
    """A segment being written."""

    def __init__(self, store: "MemorySegments", name: str | None = None) -> None:
        self.name = name or os.urandom(16).hex()
        self.sink = io.BytesIO()
        self._store = store
        store.writing[self.name] = self

    def commit(self) -> None:
        """Make it visible."""
        self._store.segments[self.name] = self.sink.getvalue()
        self.abort()

    def abort(self) -> None:
        """Drop it."""
        self._store.writing.pop(self.name, None)


class MemorySegments:
    """Segments in memory."""

    def __init__(self) -> None:
        self.segments: dict[str, bytes] = {}
        self.writing: dict[str, MemorySegment] = {}

    def new(self, name: str | None = None) -> MemorySegment:
        """A new segment."""
        return MemorySegment(self, name)

    def begun(self, name: str) -> MemorySegment | None:
        """One that was begun elsewhere."""
        return self.writing.get(name)

    def open(self, name: str) -> Reader:
        """The segment's bytes."""
        if name not in self.segments:
            raise SegmentMissing(f"segment {name} is missing")
        return io.BytesIO(self.segments[name])

    def names(self) -> Iterator[str]:
        """The committed segments."""
        return iter(list(self.segments))

    def leftovers(self) -> Iterator[str]:
        """Segments begun and not finished."""
        return iter(list(self.writing))

    def others(self) -> Iterator[str]:
        """Nothing can be."""
        return iter(())

    def delete(self, name: str) -> None:
        """Remove one."""
        self.segments.pop(name, None)
        self.writing.pop(name, None)
