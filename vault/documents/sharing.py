"""Many small documents, sealed by two processes at once: each takes batches, and writes a segment of its own.

What costs is not the bytes but the document: a hybrid wrap (0.1 ms) and a tag (0.15 ms), beside as much Python. The
other process finds equal content among what it seals itself and what the vault holds: a document that both meet is
stored twice, which costs space and nothing else.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from keys.age import parse_recipient
from keys.vrf import IndexKey
from vault.crew import crew, result
from vault.database import Access
from vault.documents.local import LocalSegments
from vault.documents.sources import Source, can_be_shared
from vault.documents.storing import Storing
from vault.documents.table import Document, DocumentTable
from vault.documents.taking import take
from vault.evidence import terms
from vault.evidence.vrf import term_input

BATCH = 128  # documents
BATCH_BYTES = 16 << 20  # at most one new segment a batch

Seal = Callable[[Source], Document]


@dataclass(frozen=True, slots=True)
class Brief:
    """What the other process needs to know."""

    access: Access
    segments: Path
    recipient: str
    generation: int
    index: IndexKey


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A batch sealed by the other process: a document for each source, those of them that are new, their tags."""

    documents: list[Document]
    new: list[Document] = field(repr=False)
    tags: dict[str, bytes]


@dataclass(slots=True)
class _Batch:
    """Consecutive sources, and what became of each."""

    sources: list[Source]
    documents: list[Document] = field(default_factory=list)


def seal_all(sources: Sequence[Source], storing: Storing, brief: Brief, seal: Seal) -> Iterator[Document]:
    """A document for each source, in order, in `storing` when it comes; `seal` seals one in this process.

    While the caller makes use of what has come, the other process goes on.
    """
    batches = deque(_batches(sources))
    alone, shared = deque[_Batch](), deque[_Batch]()
    for batch in batches:
        (shared if can_be_shared(batch.sources[0]) else alone).append(batch)
    with crew(1, _begin, brief) as pool:
        other = _Other(pool, storing)
        while batches:
            other.give(shared)
            if batches[0].documents:
                yield from batches.popleft().documents
            elif mine := alone or shared:
                _seal_here(mine.popleft(), storing, brief.index, seal)
            else:
                other.wait()


class _Other:
    """The other process: what it was given, and what it gave back."""

    def __init__(self, pool: ProcessPoolExecutor, storing: Storing) -> None:
        self._pool, self._storing = pool, storing
        self._given: deque[tuple[_Batch, Future[_Sealed]]] = deque()

    def give(self, waiting: deque[_Batch]) -> None:
        """Take back what is done, and see to it that two batches lie there."""
        while self._given and self._given[0][1].done():
            self._take_back()
        while len(self._given) < 2 and waiting:
            batch, name = waiting.popleft(), os.urandom(16).hex()
            self._storing.expect(name)
            self._given.append((batch, self._pool.submit(_seal, (name, batch.sources))))

    def wait(self) -> None:
        """Wait for what it is at."""
        self._take_back()

    def _take_back(self) -> None:
        batch, future = self._given.popleft()
        sealed = result(future)
        batch.documents += sealed.documents
        self._storing.take(sealed.new, sealed.tags)


def _batches(sources: Sequence[Source]) -> Iterator[_Batch]:
    """Consecutive sources that can be shared make a batch; each of the others is one by itself."""
    batch, size = _Batch([]), 0
    for source in sources:
        full = len(batch.sources) == BATCH or size + source.size > BATCH_BYTES
        if batch.sources and (full or not can_be_shared(source) or not can_be_shared(batch.sources[0])):
            yield batch
            batch, size = _Batch([]), 0
        batch.sources.append(source)
        size += source.size
    if batch.sources:
        yield batch


def _seal_here(batch: _Batch, storing: Storing, index: IndexKey, seal: Seal) -> None:
    for source in batch.sources:
        document = seal(source)
        batch.documents.append(document)
        _tag(document, index, storing.tags)


def _tag(document: Document, index: IndexKey, tags: dict[str, bytes]) -> None:
    term = terms.document(document.sha256)
    if term not in tags:
        tags[term] = index.tag(term_input(term))


class _Own:
    """What the other process has for itself."""

    brief: Brief
    storing: Storing | None = None


def _begin(brief: Brief) -> None:
    _Own.brief = brief


def _seal(job: tuple[str, list[Source]]) -> _Sealed:
    name, sources = job
    storing, tags = _own(), dict[str, bytes]()
    storing.next_name = name
    documents = []
    for source in sources:
        document = take(source, storing)
        documents.append(document)
        _tag(document, _Own.brief.index, tags)
    new = list(storing.documents)
    storing.documents.clear()
    return _Sealed(documents, new, tags)


def _own() -> Storing:
    if _Own.storing is None:
        brief = _Own.brief
        table = DocumentTable(brief.access.open())
        recipient = parse_recipient(brief.recipient)
        _Own.storing = Storing(LocalSegments(brief.segments), table, recipient, brief.generation)
    return _Own.storing
