"""A crew: processes that share the work with this one, each told what it has to know, for what takes a second or so.

Half of what hashing, signing and sealing cost is Python, which threads cannot share. Each process is started afresh: a
fork would share SQLite's locks with this one, and that corrupts databases. The brief holds keys: it travels through a
pipe, never in an argument or the environment.
"""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

from vault.errors import Unavailable

_Brief = TypeVar("_Brief")
_Job = TypeVar("_Job")
_Found = TypeVar("_Found")

Begin = Callable[[_Brief], object]


@contextmanager
def crew(count: int, begin: Begin[_Brief], brief: _Brief) -> Iterator[ProcessPoolExecutor]:
    """`count` processes, in each of which `begin(brief)` is called first; they are gone when the block has ended."""
    pool = ProcessPoolExecutor(count, get_context("spawn"), _begin, (begin, brief))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(begin: Begin[_Brief], brief: _Brief) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the first process ends the others
    begin(brief)


def each(
    pool: ProcessPoolExecutor, work: Callable[[_Job], _Found], jobs: Iterable[_Job], ahead: int
) -> Iterator[_Found]:
    """What becomes of each job, in their order, with no more than `ahead` under way."""
    under_way: deque[Future[_Found]] = deque()
    for job in jobs:
        under_way.append(pool.submit(work, job))
        if len(under_way) > ahead:
            yield result(under_way.popleft())
    yield from map(result, under_way)


def result(future: Future[_Found]) -> _Found:
    """What became of a job; raises what it raised."""
    try:
        return future.result()
    except BrokenProcessPool as exc:
        raise Unavailable("a process that shared the work was ended from outside", "free memory, then repeat") from exc
