"""Sending to a bucket: many objects at once in bounded memory, nothing twice, each noted as soon as it lies there.

Names that are written once are put only where nothing lies (If-None-Match), so that a repetition makes no second
version; what lies there already is taken for ours only if its SHA-256 and size are. [Who may write puts another thing
under a name ahead of us, or on top of it; ours is put all the same, and whoever restores takes the one that holds.]
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5, sha256
from typing import NamedTuple

from vault.backup import layout
from vault.backup.listing import Listed
from vault.backup.payloads import Payloads, damaged
from vault.backup.state import State
from vault.backup.store import Facts, LargeStore, Lock, Part, Taken
from vault.documents.store import Reader, SegmentStore
from vault.documents.table import Document
from vault.errors import NotFound

WORKERS = 8  # requests at once
PART = 8 << 20  # bytes; what is larger than two of them goes in parts
MAX_PARTS = 9_000  # S3 takes 10,000

Advance = Callable[[int], object]


class Planned(NamedTuple):
    """A small object to be sent: its name, bytes, lock, and whether its name is written once."""

    key: str
    data: bytes
    lock: Lock | None
    once: bool = True


@dataclass(slots=True)
class Sent:
    """What was done: objects and bytes that were sent, those found there already, and names that others wrote."""

    objects: int = 0
    bytes: int = 0
    found: int = 0
    foreign: list[str] = field(default_factory=list)


class _Done(NamedTuple):
    placed: Listed
    lock: Lock | None
    sent: bool
    foreign: bool = False


@dataclass(slots=True)
class Sender:
    """Sends; to be used by one thread, within `sending`. `careful`: look before sending, since `state` may lack things.

    `conditional` says whether the store knows If-None-Match.
    """

    store: LargeStore
    state: State
    pool: ThreadPoolExecutor
    careful: bool
    conditional: bool = True
    advance: Advance = lambda _: None
    done: Sent = field(default_factory=Sent)
    _waiting: set[Future[_Done]] = field(default_factory=set)

    def send(self, planned: Planned) -> None:
        """Send a small object unless it is known to lie there; it may be on its way when this returns."""
        if planned.once and self.state.known(planned.key):
            return
        self._room()
        self._waiting.add(self.pool.submit(_place, self, planned))

    def _room(self) -> None:
        while len(self._waiting) >= WORKERS:
            self._take(wait(self._waiting, return_when=FIRST_COMPLETED).done)

    def settle(self) -> None:
        """Wait for all that is on its way; raises what went wrong first, when the rest has ended."""
        self._take(wait(self._waiting).done)

    def _take(self, ended: set[Future[_Done]]) -> None:
        self._waiting -= ended
        failed = None
        for future in ended:
            if error := future.exception():
                failed = failed or error
            else:
                self._note(future.result())
        if failed:
            raise failed

    def _note(self, done: _Done) -> None:
        self.state.put(done.placed, done.lock.until if done.lock else None)
        if done.sent:
            self.done.objects += 1
            self.done.bytes += done.placed.size
        else:
            self.done.found += 1
        if done.foreign:
            self.done.foreign.append(done.placed.key)
        self.advance(done.placed.size)

    def send_segment(self, segments: SegmentStore, documents: Sequence[Document], lock: Lock | None) -> None:
        """Send the segment in which `documents`, all that lie in it, lie end to end; each is hashed on the way."""
        name = documents[0].segment
        if self.state.known(layout.segment(name)):
            return
        self.settle()
        with segments.open(name) as file:
            self._note(_Segment(self, file, documents, lock).send())


@contextmanager
def sending(store: LargeStore, state: State, *, careful: bool, conditional: bool, advance: Advance) -> Iterator[Sender]:
    """A sender; at the end all that it was given lies there, or an exception says why not."""
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="sending") as pool:
        sender = Sender(store, state, pool, careful, conditional, advance)
        try:
            yield sender
            sender.settle()
        finally:
            pool.shutdown(cancel_futures=True)


def _place(sender: Sender, planned: Planned) -> _Done:
    """In a thread: put an object, or find it there."""
    store, (key, data, lock, once) = sender.store, planned
    digest = sha256(data).digest()

    def placed(version: str) -> Listed:
        return Listed(key, version, len(data), digest)

    expected = b64encode(digest).decode()
    foreign = False
    if once and sender.careful:
        there = _facts(store, key)
        if there and _is(there, expected, len(data)):
            return _Done(placed(there.id), _locked(store, key, there, lock), sent=False)
        foreign = there is not None
    try:
        absent = once and not foreign and sender.conditional
        return _Done(placed(store.put(key, data, lock, sha256=digest, absent=absent)), lock, sent=True, foreign=foreign)
    except Taken:
        there = _facts(store, key)
    if there and _is(there, expected, len(data)):
        return _Done(placed(there.id), _locked(store, key, there, lock), sent=True)
    version = store.put(key, data, lock, sha256=digest)
    return _Done(placed(version), lock, sent=True, foreign=there is not None)


def _facts(store: LargeStore, key: str) -> Facts | None:
    try:
        return store.facts(key)
    except NotFound:
        return None


def _is(there: Facts, sha256_text: str, size: int) -> bool:
    return there.size == size and there.sha256 == sha256_text


def _locked(store: LargeStore, key: str, there: Facts, lock: Lock | None) -> Lock | None:
    """The lock of what lies there, made longer if it ends earlier than it has to."""
    if lock is None or (there.lock and there.lock.until >= lock.until):
        return there.lock
    if there.lock and (lock.until - there.lock.until).total_seconds() < _SLACK:
        return there.lock
    store.retain(key, there.id, lock)
    return lock


_SLACK = 86_400  # seconds: what was sent a day ago and found again keeps its lock


def part_size(size: int) -> int:
    """Of a segment of `size` bytes: the same at every run, so that one that broke off can be gone on with."""
    return max(PART, -(-size // MAX_PARTS))


class _Segment:
    """One segment on its way: whole, or in parts by the pool's threads; hashed by this one, as it is read."""

    def __init__(self, sender: Sender, file: Reader, documents: Sequence[Document], lock: Lock | None) -> None:
        self._sender, self._file, self._documents, self._lock = sender, file, documents, lock
        self._store, self._key = sender.store, layout.segment(documents[0].segment)
        self._size = sum(document.payload_size for document in documents)

    def send(self) -> _Done:
        if self._size <= 2 * PART:
            data = b"".join(data for data, _ in self._pieces(2 * PART or 1))
            return _place(self._sender, Planned(self._key, data, self._lock))
        return self._in_parts()

    def _pieces(self, size: int) -> Iterator[tuple[bytes, bytes]]:
        """The segment in pieces, each with its SHA-256; `Damaged` at the end unless every payload is as recorded."""
        self._file.seek(0)
        check, self.whole = Payloads(self._documents), sha256()
        alone = len(self._documents) == 1
        while data := self._file.read(size):
            digest = sha256(data).digest()
            if not (alone and len(data) == self._size):
                check.take(data)
            elif digest != self._documents[0].payload_sha256:
                raise damaged(self._documents[0])
            if not alone:
                self.whole.update(data)
            yield data, digest
            if len(data) == self._size:
                break
        else:
            check.end()
        self._digest = self._documents[0].payload_sha256 if alone else self.whole.digest()

    def _in_parts(self) -> _Done:
        size = part_size(self._size)
        if self._sender.careful and (there := _facts(self._store, self._key)):
            digests = [digest for _, digest in self._pieces(size)]
            if _is(there, _composite(digests), self._size):
                lock = _locked(self._store, self._key, there, self._lock)
                return _Done(Listed(self._key, there.id, self._size, self._digest), lock, sent=False)
        upload, sent = self._resumed()
        parts: dict[int, Part] = {}
        on_way: dict[Future[Part], int] = {}
        try:
            for number, (data, digest) in enumerate(self._pieces(size), 1):
                there_part = sent.get(number)
                if there_part and _arrived(there_part, data, digest):
                    parts[number] = there_part._replace(sha256=digest)
                    continue
                _take(on_way, parts, WORKERS - 1)
                call = self._sender.pool.submit(self._store.send, self._key, upload, number, data, digest)
                on_way[call] = number
            _take(on_way, parts, 0)
        finally:
            wait(on_way)
        return _Done(Listed(self._key, self._finish(upload, parts), self._size, self._digest), self._lock, sent=True)

    def _resumed(self) -> tuple[str, dict[int, Part]]:
        """What was begun and how much of it has arrived, by this run or one before."""
        if upload := self._sender.state.upload(self._key):
            try:
                return upload, dict(self._store.sent(self._key, upload))
            except NotFound:
                pass  # finished, or given up by the bucket's lifecycle
        upload = self._store.begin(self._key, self._lock)
        self._sender.state.begun(self._key, upload)
        return upload, {}

    def _finish(self, upload: str, parts: dict[int, Part]) -> str:
        try:
            return self._store.finish(self._key, upload, parts)
        except NotFound:  # done, by a try whose answer did not come
            there = _facts(self._store, self._key)
            if there and _is(there, _composite([part.sha256 for _, part in sorted(parts.items())]), self._size):
                return there.id
            raise


def _take(on_way: dict[Future[Part], int], parts: dict[int, Part], leave: int) -> None:
    """Wait until at most `leave` parts are on their way."""
    while len(on_way) > leave:
        for future in wait(on_way, return_when=FIRST_COMPLETED).done:
            parts[on_way.pop(future)] = future.result()


def _arrived(part: Part, data: bytes, digest: bytes) -> bool:
    """Whether a part is this one: by its SHA-256, where the server tells that, else by what S3 tags it with, its MD5.

    What it really is the server compares in the end, by SHA-256.
    """
    if part.sha256:
        return (part.size, part.sha256) == (len(data), digest)
    return part.size == len(data) and part.tag.strip('"') == md5(data, usedforsecurity=False).hexdigest()


def _composite(digests: Sequence[bytes]) -> str:
    """What S3 calls the SHA-256 of an object in parts: that of the parts' digests, and their number."""
    return f"{b64encode(sha256(b''.join(digests)).digest()).decode()}-{len(digests)}"
