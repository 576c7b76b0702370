"""A store that repeats what was unavailable, ever more slowly, until a deadline: a wrapper of the same Protocol.

botocore repeats by itself what it understands; here is what it gives up: answers cut off midway, long outages.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from vault.backup.store import BadChecksum, Facts, Lapsed, LargeStore, Lock, Part, Version
from vault.errors import Unavailable

DEADLINE = 300.0  # seconds for one request with all its repetitions
_FIRST, _LONGEST = 0.2, 20.0  # seconds between two tries
_BAD = 3  # times that bytes arrive damaged: then it is no accident of the way

_T = TypeVar("_T")


@dataclass(slots=True)
class Patient:
    """Repeats each call until it succeeds, is refused, or `seconds` have passed; then what it raised last."""

    store: LargeStore
    seconds: float = DEADLINE
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    @property
    def name(self) -> str:
        """The store's."""
        return self.store.name

    def _repeat(self, call: Callable[[], _T]) -> _T:
        end, pause, bad = self.clock() + self.seconds, _FIRST, 0
        while True:
            try:
                return call()
            except Lapsed:
                raise
            except BadChecksum:
                bad += 1
                if bad == _BAD:
                    raise
            except Unavailable:
                if self.clock() + pause > end:
                    raise
            self.sleep(pause * (0.5 + random.random() / 2))  # noqa: S311 - so that many do not come at once
            pause = min(pause * 2, _LONGEST)

    def put(self, key: str, data: bytes, lock: Lock | None, *, sha256: bytes = b"", absent: bool = False) -> str:
        """Put; one that arrived though it was called unavailable is `Taken` at the second try, if `absent`."""
        return self._repeat(lambda: self.store.put(key, data, lock, sha256=sha256, absent=absent))

    def read(self, key: str, version: str = "", *, start: int = 0, size: int = -1) -> bytes:
        """Read."""
        return self._repeat(lambda: self.store.read(key, version, start=start, size=size))

    def facts(self, key: str, version: str = "") -> Facts:
        """Ask."""
        return self._repeat(lambda: self.store.facts(key, version))

    def versions(self, prefix: str = "") -> Iterator[Version]:
        """List; begun again from the start where it broke, and what was given out is left out."""
        given: set[tuple[str, str]] = set()
        end, pause = self.clock() + self.seconds, _FIRST
        while True:
            try:
                for one in self.store.versions(prefix):
                    if (place := (one.key, one.id)) not in given:
                        given.add(place)
                        yield one
            except Lapsed:
                raise
            except Unavailable:
                if self.clock() + pause > end:
                    raise
            else:
                return
            self.sleep(pause)
            pause = min(pause * 2, _LONGEST)

    def retain(self, key: str, version: str, lock: Lock) -> None:
        """Lock longer."""
        self._repeat(lambda: self.store.retain(key, version, lock))

    def delete(self, key: str, version: str = "") -> None:
        """Delete."""
        self._repeat(lambda: self.store.delete(key, version))

    def begin(self, key: str, lock: Lock | None) -> str:
        """Begin."""
        return self._repeat(lambda: self.store.begin(key, lock))

    def send(self, key: str, upload: str, number: int, data: bytes, sha256: bytes) -> Part:
        """Send."""
        return self._repeat(lambda: self.store.send(key, upload, number, data, sha256))

    def sent(self, key: str, upload: str) -> Mapping[int, Part]:
        """Ask what was sent."""
        return self._repeat(lambda: self.store.sent(key, upload))

    def finish(self, key: str, upload: str, parts: Mapping[int, Part]) -> str:
        """Finish; `NotFound` at the second try where the first one was done."""
        return self._repeat(lambda: self.store.finish(key, upload, parts))
