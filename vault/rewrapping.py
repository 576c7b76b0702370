"""Wrapping headers anew, in bulk, by two processes: payloads stay as they are, and so do the file keys in headers.

In batches, each a transaction of its own: others read and write meanwhile, memory is that of a few batches.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from keys.age import Identity, parse_identity, parse_recipient
from vault.archive import Archive
from vault.crew import crew, each
from vault.documents.wrapping import HeaderTable, Wrapped
from vault.sealing import errors as sealing
from vault.sealing import header
from vault.verify.progress import Progress, silent

BATCH = 256  # headers, some 450 KiB of hybrid ones
_FEW = 2 * BATCH  # sooner done than another process is started: 0.4 s
_PROCESSES = 2
_AHEAD = 4  # batches


@dataclass(frozen=True, slots=True)
class Brief:
    """What wraps anew: the content identities, newest first, as text, and the recipient."""

    identities: tuple[str, ...] = field(repr=False)
    recipient: str


class Rewrapped(NamedTuple):
    """How many headers were wrapped anew, and how many could not be opened and were left as they are."""

    done: int = 0
    unopened: int = 0


def is_done(archive: Archive) -> bool:
    """Whether no live header is left that an older content key opens, as far as this vault remembers. O(1)."""
    return HeaderTable(archive.database).is_done(archive.secrets.content_generation)


def rewrap(archive: Archive, progress: Progress = silent) -> Rewrapped:
    """Wrap every live header to the newest content key alone; goes on where it was cut short. O(documents), durable.

    One that does not open is left as it is: `dvault verify --documents` names it. `Unavailable` where another process
    keeps reading what was there before, or has made newer keys.
    """
    table, secrets = HeaderTable(archive.database), archive.secrets
    generation = secrets.content_generation
    total = table.count(generation)
    brief = Brief(tuple(one.secret_text() for one in reversed(secrets.content)), secrets.content_recipient)
    done = unopened = seen = 0
    for olds, news in _made(table, generation, brief, total):
        with _under(archive):
            done += table.put(generation, olds, [new or old.header for old, new in zip(olds, news, strict=True)])
        unopened += news.count(b"")
        progress(seen := seen + len(olds), total)
    archive.database.fold()
    with _under(archive):
        table.finish(generation)
    return Rewrapped(done, unopened)


@contextmanager
def _under(archive: Archive) -> Iterator[None]:
    """One transaction; `Unavailable` where the keys are newer by then than those of this process.

    [Two wrap at once, each to a generation of its own: the older one puts its header behind the back of the newer one,
    which then notes that all is done.]
    """
    with archive.database.transaction():
        archive.refuse_changed_keys()
        yield


def _made(table: HeaderTable, generation: int, brief: Brief, total: int) -> Iterator[tuple[list[Wrapped], list[bytes]]]:
    batches = _batches(table, generation)
    if total < _FEW:
        opener = Opener(brief)
        yield from ((olds, opener.rewrap([old.header for old in olds])) for olds in batches)
        return
    waiting = deque[list[Wrapped]]()
    with crew(_PROCESSES, _begin, brief) as pool:
        jobs = _remembered(batches, waiting)
        for news in each(pool, _rewrap, jobs, _AHEAD):
            yield waiting.popleft(), news


def _remembered(batches: Iterator[list[Wrapped]], waiting: deque[list[Wrapped]]) -> Iterator[list[bytes]]:
    for olds in batches:
        waiting.append(olds)
        yield [old.header for old in olds]


def _batches(table: HeaderTable, generation: int) -> Iterator[list[Wrapped]]:
    """What is left, batch by batch."""
    row = table.come_to(generation)
    while olds := table.older(generation, row, BATCH):
        row = olds[-1].row
        yield olds


class Opener:
    """Opens headers by any of the identities and wraps them to one recipient."""

    def __init__(self, brief: Brief) -> None:
        newest, *older = map(parse_identity, brief.identities)
        self._newest: Sequence[Identity] = [newest]
        self._older: Sequence[Identity] = older
        self._recipients = [parse_recipient(brief.recipient)]

    def rewrap(self, headers: Sequence[bytes]) -> list[bytes]:
        """The new header for each; the same where the newest key opens it already, empty where no key does."""
        return [self._one(one) for one in headers]

    def _one(self, old: bytes) -> bytes:
        try:
            return header.rewrap(old, self._older, self._recipients)
        except sealing.NotForUs:
            return old if self._is_new(old) else b""
        except sealing.Damaged:
            return b""

    def _is_new(self, old: bytes) -> bool:
        try:
            header.check(old, self._newest)
        except (sealing.NotForUs, sealing.Damaged):
            return False
        return True


class _Own:
    """What a process of the crew has for itself."""

    opener: Opener


def _begin(brief: Brief) -> None:
    _Own.opener = Opener(brief)


def _rewrap(headers: list[bytes]) -> list[bytes]:
    return _Own.opener.rewrap(headers)
