"""Segments back from a bucket: in pieces, many at once, in bounded memory, each payload hashed before it is kept.

A segment that lies in the folder already, whole, is not fetched again: a restore that broke off goes on.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import groupby
from typing import NamedTuple

from vault.backup import layout
from vault.backup.inventory import Inventory
from vault.backup.payloads import Payloads
from vault.backup.sending import PART, WORKERS, Advance
from vault.documents.store import SegmentStore
from vault.documents.table import Document
from vault.errors import Damaged, NotFound

_READ = 1 << 20


class Fetched(NamedTuple):
    """How many segments and bytes came, and a sentence for each that none of its versions was."""

    segments: int
    bytes: int
    lost: tuple[str, ...]


class _Wanted(NamedTuple):
    """A segment, what lies in it end to end, and the ids of the versions that are as long."""

    name: str
    documents: list[Document]
    versions: list[str]

    @property
    def key(self) -> str:
        return layout.segment(self.name)

    @property
    def size(self) -> int:
        return sum(document.payload_size for document in self.documents)


class _Piece(NamedTuple):
    """A piece of a segment on its way."""

    wanted: _Wanted
    start: int
    data: "Future[bytes] | None"


def fetch(
    there: Inventory, segments: SegmentStore, documents: Iterator[Document], advance: Advance = lambda _: None
) -> Fetched:
    """Fetch the segments of `documents`, which come segment by segment. What does not hold is not kept, and said."""
    count, total, lost = 0, 0, []
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="fetching") as pool:
        pieces = _ahead(pool, there, _plan(there, documents, segments, advance))
        for wanted, datas in _by_segment(pieces):
            try:
                if not _kept(segments, wanted, datas):
                    for _data in datas:  # of the version that was not it
                        pass
                    _others(there, segments, wanted)
            except Damaged as exc:
                lost.append(str(exc))
                continue
            count, total = count + 1, total + wanted.size
            advance(wanted.size)
    return Fetched(count, total, tuple(lost))


def _plan(
    there: Inventory, documents: Iterator[Document], segments: SegmentStore, advance: Advance
) -> Iterator[_Wanted]:
    kept = set(segments.names())
    for name, group in groupby(documents, key=lambda document: document.segment):
        wanted = _Wanted(name, list(group), [])
        if name in kept:
            if _is_whole(segments, wanted):
                advance(wanted.size)
                continue
            segments.delete(name)
        fitting = [version.id for version in there.versions(wanted.key) if version.size == wanted.size]
        yield wanted._replace(versions=fitting)


def _is_whole(segments: SegmentStore, wanted: _Wanted) -> bool:
    check = Payloads(wanted.documents)
    try:
        with segments.open(wanted.name) as file:
            while block := file.read(_READ):
                check.take(block)
        check.end()
    except Damaged:
        return False
    return True


def _ahead(pool: ThreadPoolExecutor, there: Inventory, plan: Iterator[_Wanted]) -> Iterator[_Piece]:
    """The pieces of all segments in their order, those behind already on their way."""
    waiting: deque[_Piece] = deque()
    for wanted in plan:
        for start in range(0, wanted.size, PART):
            size = min(PART, wanted.size - start)
            data = pool.submit(_read, there, wanted, start, size) if wanted.versions else None
            waiting.append(_Piece(wanted, start, data))
            if len(waiting) > WORKERS:
                yield waiting.popleft()
    yield from waiting


def _read(there: Inventory, wanted: _Wanted, start: int, size: int) -> bytes:
    return there.store.read(wanted.key, wanted.versions[0], start=start, size=size)


def _by_segment(pieces: Iterator[_Piece]) -> Iterator[tuple[_Wanted, Iterator[bytes]]]:
    """Each segment with its bytes, to be read to their end before the next."""
    piece = next(pieces, None)

    def datas(wanted: _Wanted) -> Iterator[bytes]:
        nonlocal piece
        while piece and piece.wanted is wanted:
            data = piece.data.result() if piece.data else b""
            piece = next(pieces, None)
            yield data

    while piece:
        yield piece.wanted, datas(piece.wanted)


def _kept(segments: SegmentStore, wanted: _Wanted, datas: Iterator[bytes]) -> bool:
    """Write what comes, and keep it if every payload is the one recorded."""
    segment, check = segments.new(wanted.name), Payloads(wanted.documents)
    try:
        for data in datas:
            check.take(data)
            segment.sink.write(data)
        check.end()
    except (Damaged, NotFound):
        segment.abort()
        return False
    except BaseException:  # Ctrl-C too: nothing is left behind
        segment.abort()
        raise
    segment.commit()
    return True


def _others(there: Inventory, segments: SegmentStore, wanted: _Wanted) -> None:
    """The versions behind the first. [Whoever may write puts another one before ours, under a name he has seen.]"""
    for version in wanted.versions[1:]:
        pieces = (
            there.store.read(wanted.key, version, start=start, size=PART) for start in range(0, wanted.size, PART)
        )
        if _kept(segments, wanted, pieces):
            return
    said = "is not in the backup" if wanted.key not in there else "is in no version what was recorded"
    raise Damaged(f"{wanted.key} {said}", "the documents in it are lost unless another copy has it")
