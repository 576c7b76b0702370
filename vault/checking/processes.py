"""A crew of processes, each of which opens the vault for itself: for what takes more than a second or so.

Ed25519 and the hashing of records take all of a core, and half of it is Python, which threads cannot share. Each is
started afresh: one that was forked would share SQLite's locks with this process, and that corrupts databases.
"""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

from vault.checking.crew import Crew, Span
from vault.checking.examiner import Brief, Examiner, Read
from vault.checking.parts import Part, Walked
from vault.checking.progress import Progress
from vault.errors import Unavailable

_Job = TypeVar("_Job")
_Found = TypeVar("_Found")


class Processes:
    """Some processes; how far they are is told after each part."""

    def __init__(self, pool: ProcessPoolExecutor, ahead: int) -> None:
        self._pool = pool
        self._ahead = ahead

    def walk(self, parts: Iterable[Part], progress: Progress) -> Iterator[Walked]:
        """Follow the entries of each part."""
        for walked in self._each(_walk, parts):
            progress(walked.chain.size, walked.total)
            yield walked

    def read(self, spans: Iterable[Span]) -> Iterator[Read]:
        """Read the documents of each span of segments."""
        return self._each(_read, spans)

    def _each(self, work: Callable[[_Job], _Found], jobs: Iterable[_Job]) -> Iterator[_Found]:
        under_way: deque[Future[_Found]] = deque()
        for job in jobs:
            under_way.append(self._pool.submit(work, job))
            if len(under_way) > self._ahead:
                yield _result(under_way.popleft())
        yield from map(_result, under_way)


def _result(future: Future[_Found]) -> _Found:
    try:
        return future.result()
    except BrokenProcessPool as exc:
        raise Unavailable("a process of the check was ended from outside", "free memory, then repeat it") from exc


@contextmanager
def processes(brief: Brief, count: int) -> Iterator[Crew]:
    """A crew of `count` processes, gone when the block has ended."""
    pool = ProcessPoolExecutor(count, get_context("spawn"), _begin, (brief,))
    try:
        yield Processes(pool, 2 * count)
    finally:
        pool.shutdown(cancel_futures=True)


class _Own:
    """What a process of the crew has for itself: its brief, and its examiner from its first job on."""

    brief: Brief
    examiner: Examiner | None = None


def _begin(brief: Brief) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the first process ends the others
    _Own.brief = brief


def _own() -> Examiner:
    _Own.examiner = _Own.examiner or Examiner(_Own.brief, _Own.brief.access.open())
    return _Own.examiner


def _walk(part: Part) -> Walked:
    return _own().walk(part)


def _read(span: Span) -> Read:
    return _own().read(span)
