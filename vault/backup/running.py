"""A run of the backup: what is new goes into the bucket, wrapped keys keep their lock, and an entry tells of it.

docs/format/backup.md, A run. Whatever ends it, the bucket restores to a signed checkpoint, and the next run goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from vault import rewrapping
from vault.archive import Archive
from vault.backup import layout, listing, state
from vault.backup.carrying import Carrier, headers_of, segments_of
from vault.backup.remote import Remote, look
from vault.backup.sending import Advance, Planned, Sender, Sent, sending
from vault.backup.state import Span, State
from vault.backup.store import LargeStore
from vault.backup.target import Target
from vault.covering import covering
from vault.errors import Refused

BACKUP = "backup"


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run has done: the entries under the checkpoint that lies there now and before, what was sent, the number
    of the backup entry (None where there was nothing to tell), and what was odd, in sentences.
    """

    size: int
    before: int
    sent: Sent
    entry: int | None
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do: entries and bytes of documents that are not there yet, objects of headers to lock longer."""

    entries: int
    segments: int
    bytes: int
    renewals: int


@dataclass(frozen=True, slots=True)
class Job:
    """A vault, its target, and the store that reaches it."""

    archive: Archive
    target: Target
    store: LargeStore

    @property
    def now(self) -> datetime:
        """This machine's clock."""
        return self.archive.clock()


def plan(job: Job) -> Plan:
    """What is to be done, by what this machine remembers and one look at the bucket; nothing is sent."""
    archive = job.archive
    with state.opened(archive.folder.path, job.target.url) as memory:
        look(archive, job.store, 0)
        covered, row = int(memory.fact("covered", "0")), int(memory.fact("row", "0"))
        there = {one.key for one in memory.all(layout.SEGMENTS)}
        found = segments_of(archive, row, archive.documents.last_row())
        new = [documents for name, documents in found if layout.segment(name) not in there]
        total = sum(document.payload_size for documents in new for document in documents)
        return Plan(archive.ledger.size() - covered, len(new), total, len(_due(memory, job)))


def run(job: Job, advance: Callable[[int], Advance] = lambda _: lambda _: None) -> Ran:
    """Back up what is new; O(new), and O(1) requests where nothing is. Durable there when it returns.

    `advance(total)` is asked once for what is told how many bytes lie there. `Refused` for whoever holds no log key,
    and where another history lies there.
    """
    archive = job.archive
    if archive.secrets.log is None:
        raise Refused("this identity holds no log key", "a checkpointer or custodian backs up")
    with state.opened(archive.folder.path, job.target.url) as memory:
        covered = int(memory.fact("covered", "0"))
        there = look(archive, job.store, covered)
        if _is_done(job, memory, there, covered):
            return Ran(there.size, there.size, Sent(), None)
        careful = memory.fact("clean") != "1" or bool(there.odd)
        memory.note(clean=0)
        if there.odd:
            memory.forget([layout.CHECKPOINT, layout.INDEXED])
        conditional = job.target.found.get("races", False)
        tell = advance(_bytes(archive, memory))
        with sending(job.store, memory, careful=careful, conditional=conditional, advance=tell) as sender:
            entry = _carry(job, sender)
        memory.note(clean=1)
        size = int(memory.fact("covered"))
        return Ran(size, min(covered, there.size), sender.done, entry, _odd(there, sender.done))


def _is_done(job: Job, memory: State, there: Remote, covered: int) -> bool:
    same = there.size == covered == job.archive.ledger.size() and not there.odd
    return same and memory.fact("clean") == "1" and not _due(memory, job)


def _bytes(archive: Archive, memory: State) -> int:
    rows = segments_of(archive, int(memory.fact("row", "0")), archive.documents.last_row())
    return sum(document.payload_size for _, documents in rows for document in documents)


def _carry(job: Job, sender: Sender) -> int | None:
    """Carry what is new, tell of it in an entry, carry that; the number of the entry."""
    carrier = Carrier(job.archive, job.target, sender, job.now)
    renew(job, carrier)
    ledger = job.archive.ledger
    news = ledger.has_since(ledger.last_of(BACKUP), (BACKUP,))
    if news:
        job.archive.checkpoint()  # with an index before it, so that what lies there can be asked
    carrier.carry(*covering(job.archive))
    return tell(job, carrier) if news else None


def tell(job: Job, carrier: Carrier, drill: str = "") -> int:
    """Append the backup entry over all that no list names yet, and carry it and the checkpoint over it.

    The versions of these last ones stand in the list of the next run.
    """
    memory, size = carrier.state, int(carrier.state.fact("covered"))
    unlisted = memory.unlisted()
    made = listing.make(job.archive.config.origin, size, unlisted)
    data = bytes(made)
    key = layout.listing(size, sha256(data).hexdigest())
    carrier.sender.send(Planned(key, data, job.target.lock(job.now)))
    carrier.sender.settle()
    entry = job.archive.append_public(BACKUP, [f"size {size}", made.line, *([f"drill {drill}"] if drill else [])])
    memory.list_all(unlisted)
    carrier.carry(*covering(job.archive))
    return entry


def _due(memory: State, job: Job) -> list[tuple[str, Span]]:
    """The objects of headers whose lock has less than half of its window left; all, once headers were wrapped anew."""
    if memory.fact("content", "1") != _wrapped_to(job.archive):
        return memory.spans()
    half = job.now + timedelta(days=job.target.window_days) / 2
    ending = {one.key for one, _ in memory.ending(layout.HEADERS, half)}
    return [(key, span) for key, span in memory.spans() if key in ending]


def _wrapped_to(archive: Archive) -> str:
    """The generation of the content key that all headers are wrapped to; the one before while that goes on."""
    newest = archive.secrets.content_generation
    return str(newest if rewrapping.is_done(archive) else newest - 1)


def renew(job: Job, carrier: Carrier, *, every: bool = False) -> int:
    """Lock the headers of what is live for another window; those of what was erased meanwhile are left to end.

    An object that still holds what was erased is not locked any longer: one without it takes its place. How many.
    """
    memory, store = carrier.state, carrier.sender.store
    wrapped = _wrapped_to(job.archive)  # before: what is wrapped anew meanwhile is sent by the next run
    due = memory.spans() if every else _due(memory, job)
    for key, span in due:
        made = [one for _, one in headers_of(job.archive, span)]
        lock = job.target.lock(job.now, rolling=True)
        known = memory.known(key)
        if len(made) == 1 and layout.headers(span.stop, sha256(bytes(made[0])).hexdigest()) == key and known:
            if lock:
                store.retain(key, known.version, lock)
                memory.put(known, lock.until)
                memory.list_all([known])
            continue
        for part, one in headers_of(job.archive, span):
            carrier.send_headers(one, part, instead=(key,))
        if not made:
            memory.forget([key])
    memory.note(content=wrapped)
    return len(due)


def _odd(there: Remote, sent: Sent) -> tuple[str, ...]:
    said = [there.odd] if there.odd else []
    said += [
        f"{key}: another version lay there, which is not ours; ours was put beside it" for key in sorted(sent.foreign)
    ]
    return tuple(said)
