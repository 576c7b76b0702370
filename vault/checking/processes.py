"""Examining by several processes, each of which opens the vault for itself."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from vault.checking.crew import Crew, Span
from vault.checking.examiner import Brief, Examiner, Read
from vault.checking.parts import Part, Walked
from vault.crew import crew, each
from vault.verify.progress import Progress


class Processes:
    """Some processes; how far they are is told after each part."""

    def __init__(self, pool: ProcessPoolExecutor, ahead: int) -> None:
        self._pool = pool
        self._ahead = ahead

    def walk(self, parts: Iterable[Part], progress: Progress) -> Iterator[Walked]:
        """Follow the entries of each part."""
        for walked in each(self._pool, _walk, parts, self._ahead):
            progress(walked.chain.size, walked.total)
            yield walked

    def read(self, spans: Iterable[Span]) -> Iterator[Read]:
        """Read the documents of each span of segments."""
        return each(self._pool, _read, spans, self._ahead)


@contextmanager
def processes(brief: Brief, count: int) -> Iterator[Crew]:
    """A crew of `count` processes, gone when the block has ended."""
    with crew(count, _begin, brief) as pool:
        yield Processes(pool, 2 * count)


class _Own:
    """What a process of the crew has for itself: its brief, and its examiner from its first job on."""

    brief: Brief
    examiner: Examiner | None = None


def _begin(brief: Brief) -> None:
    _Own.brief = brief


def _own() -> Examiner:
    _Own.examiner = _Own.examiner or Examiner(_Own.brief, _Own.brief.access.open())
    return _Own.examiner


def _walk(part: Part) -> Walked:
    return _own().walk(part)


def _read(span: Span) -> Read:
    return _own().read(span)
