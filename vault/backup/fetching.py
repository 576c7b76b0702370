"""Segments back from a bucket: in pieces, many at once, in bounded memory, each payload hashed before it is kept.

A segment that lies in the folder already, whole, is not fetched again: a restore that broke off goes on.
"""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from vault.backup import layout
from vault.backup.inventory import Inventory
from vault.backup.payloads import Payloads
from vault.backup.sending import PART, WORKERS, Advance
from vault.backup.staging import Staged
from vault.backup.store import Version
from vault.documents.store import Reader, SegmentMissing, SegmentStore
from vault.documents.table import Document, DocumentTable
from vault.errors import Damaged, NotFound

_READ = 1 << 20


class Fetched(NamedTuple):
    """How many segments and bytes came, and a sentence for each that none of its versions was."""

    segments: int
    bytes: int
    lost: tuple[str, ...]


class _Wanted(NamedTuple):
    """A segment, what is known to lie in it, and the versions that are long enough for what is live."""

    name: str
    documents: list[Document]
    versions: list[Version]

    @property
    def key(self) -> str:
        return layout.segment(self.name)

    @property
    def end(self) -> int:
        live = [document for document in self.documents if document.header is not None] or self.documents
        return max(document.offset + document.payload_size for document in live)


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
            count, total = count + 1, total + wanted.end
            advance(wanted.end)
    return Fetched(count, total, tuple(lost))


def _plan(
    there: Inventory, documents: Iterator[Document], segments: SegmentStore, advance: Advance
) -> Iterator[_Wanted]:
    kept = set(segments.names())
    for name, group in groupby(documents, key=lambda document: document.segment):
        wanted = _Wanted(name, list(group), [])
        if name in kept:
            if _is_whole(segments, wanted):
                advance(wanted.end)
                continue
            segments.delete(name)
        fitting = [version for version in there.versions(wanted.key) if version.size >= wanted.end]
        yield wanted._replace(versions=fitting)


def _is_whole(segments: SegmentStore, wanted: _Wanted) -> bool:
    check = Payloads(wanted.documents, gaps=True)
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
        length = wanted.versions[0].size if wanted.versions else 1
        for start in range(0, length, PART):
            data = pool.submit(_read, there, wanted, start) if wanted.versions else None
            waiting.append(_Piece(wanted, start, data))
            if len(waiting) > WORKERS:
                yield waiting.popleft()
    yield from waiting


def _read(there: Inventory, wanted: _Wanted, start: int) -> bytes:
    return there.store.read(wanted.key, wanted.versions[0].id, start=start, size=PART)


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
    segment, check = segments.new(wanted.name), Payloads(wanted.documents, gaps=True)
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
            there.store.read(wanted.key, version.id, start=start, size=PART) for start in range(0, version.size, PART)
        )
        if _kept(segments, wanted, pieces):
            return
    said = "is not in the backup" if wanted.key not in there else "is in no version what was recorded"
    raise Damaged(f"{wanted.key} {said}", "the documents in it are lost unless another copy has it")


def settle_erased(staged: Staged, segments: SegmentStore, documents: DocumentTable) -> None:
    """Make the rows of erased documents those whose payloads lie in the segments: O(rows), and the bytes of gaps.

    Their places are nobody's signed word: each has to have its hash where it is said to lie.
    """
    for segment, named, erased in list(documents.segments_in_short()):
        try:
            with segments.open(segment) as file:
                if file.seek(0, os.SEEK_END) == named and not erased:
                    continue
                known = list(documents.of_segment(segment))
                dead = [document for document in known if document.header is None]
                gone = [one for one in dead if not _lies_there(file, one)]
                covered = sum(one.payload_size for one in known if one not in gone)
                more = _unnamed(staged, file, known, file.seek(0, os.SEEK_END) - covered)
        except SegmentMissing:
            continue
        documents.drop(one.payload_sha256 for one in gone)
        documents.put(more)


def _unnamed(staged: Staged, file: Reader, known: list[Document], missing: int) -> list[Document]:
    """Erased documents that no record names any more: what they were is unknown, and their hash is of 32 zeros."""
    if missing <= 0:
        return []
    named = {document.payload_sha256 for document in known}
    found = [
        Document(one.payload_sha256, one.payload_size, bytes(32), 0, one.generation, one.segment, one.offset, None)
        for one in staged.in_segment(known[0].segment)
        if not one.header and one.payload_sha256 not in named
    ]
    return [document for document in found if _lies_there(file, document)]


def _lies_there(file: Reader, document: Document) -> bool:
    digest, left = sha256(), document.payload_size
    file.seek(document.offset)
    while left and (block := file.read(min(left, _READ))):
        digest.update(block)
        left -= len(block)
    return not left and digest.digest() == document.payload_sha256
