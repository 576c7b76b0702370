"""Files that tell how far they have been read or written, for a progress bar."""

import io
from collections.abc import Callable

from vault.documents.store import Reader
from vault.sealing.transfer import Sink


class Watched(io.RawIOBase):
    """`file`, calling `advance(n)` for each n bytes read for the first time; a second reading is no progress."""

    def __init__(self, file: Reader, advance: Callable[[int], object]) -> None:
        self._file, self._advance = file, advance
        self._position = self._furthest = 0

    def readinto(self, block: memoryview, /) -> int | None:  # type: ignore[override]  # any writable buffer
        """Fill at most all of `block`."""
        count = self._file.readinto(block)
        self._position += count or 0
        if self._position > self._furthest:
            self._advance(self._position - self._furthest)
            self._furthest = self._position
        return count

    def seekable(self) -> bool:
        """As the file itself."""
        return self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As the file itself."""
        self._position = self._file.seek(offset, whence)
        return self._position

    def tell(self) -> int:
        """As the file itself."""
        return self._file.tell()


class WatchedSink:
    """`sink`, calling `advance(n)` for each n bytes written."""

    def __init__(self, sink: Sink, advance: Callable[[int], object]) -> None:
        self._sink, self._advance = sink, advance

    def write(self, data: memoryview, /) -> int | None:
        """Write at least a part of `data`; how much."""
        count = self._sink.write(data)
        self._advance(count or 0)
        return count
