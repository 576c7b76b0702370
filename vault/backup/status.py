"""How a backup stands: its age, what is not in it yet or missing there, which locks end, where keys still live."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from vault.archive import Archive
from vault.backup import headers, layout, state
from vault.backup.inventory import Inventory
from vault.backup.remote import look
from vault.backup.running import Job
from vault.backup.state import State
from vault.backup.store import Facts
from vault.errors import NotFound, Refused
from vault.evidence.strict import Malformed

SOON = timedelta(days=90)  # before a retention ends


class Living(NamedTuple):
    """A version in the bucket that still holds a wrapped key destroyed here, and until when it is locked at least."""

    what: str
    key: str
    version: str
    until: datetime | None


@dataclass(slots=True)
class Status:
    """The state of a backup. `missing` are names known to have been sent, `lifted` those without the lock they had,
    `ending` how many objects lose their lock within 90 days; `window` is when the first lock of a live key ends.
    """

    covered: int = 0
    lag: int = 0
    last: datetime | None = None
    odd: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    lifted: list[str] = field(default_factory=list)
    ending: int = 0
    window: datetime | None = None
    renewal_due: bool = False
    living: list[Living] = field(default_factory=list)

    @property
    def is_harmed(self) -> bool:
        """Whether anything is gone, hidden or open to be deleted that must not be."""
        return bool(self.missing or self.lifted or self.odd)


def status(job: Job) -> Status:
    """Look: one list of all names, and a question for each object of headers. Reads no document."""
    found, archive, now = Status(), job.archive, job.now
    with state.opened(archive.folder.path, job.target.url) as memory:
        covered = int(memory.fact("covered", "0"))
        there = look(archive, job.store, covered)
        found.covered, found.lag = there.size, archive.ledger.size() - there.size
        found.odd += [there.odd] if there.odd else []
        listed = Inventory(job.store)
        found.odd += listed.hidden()
        found.missing = [one.key for one in memory.all() if listed.find(one.key, one.version) is None]
        if top := next(iter(listed.versions(layout.CHECKPOINT)), None):
            found.last = top.modified
        _locks(job, memory, found, now)
    found.living = list(living(archive, listed))
    return found


def _locks(job: Job, memory: State, found: Status, now: datetime) -> None:
    live = {key for key, _ in memory.spans()}
    if not job.target.found.get("locks", False):
        return
    ending = memory.ending("", now + SOON)
    found.ending = sum(not one.key.startswith(layout.HEADERS) for one, _ in ending)
    found.window = min((until for one, until in ending if one.key in live), default=None)
    half = timedelta(days=job.target.window_days) / 2
    found.renewal_due = found.window is not None and found.window < now + half
    for key in [*sorted(live), layout.CHECKPOINT, layout.KEYRING]:
        known = memory.known(key)
        if known is None:
            continue
        facts = _facts(job, key, known.version)
        if facts and (facts.lock is None or facts.lock.until <= now):
            found.lifted.append(key)


def _facts(job: Job, key: str, version: str) -> Facts | None:
    try:
        return job.store.facts(key, version)
    except (NotFound, Refused):
        return None  # `missing` says it


def living(archive: Archive, there: Inventory) -> Iterator[Living]:
    """Where wrapped keys that were destroyed in this vault still lie in the bucket, old versions too."""
    dead_records, dead_documents = set(archive.ledger.unwrapped()), set(archive.documents.erased())
    if not dead_records and not dead_documents:
        return
    for key in there.names(layout.HEADERS):
        for version in there.versions(key):
            try:
                held = headers.parse(there.store.read(key, version.id), key)
            except (Malformed, NotFound):
                continue
            what = [f"record of entry {wrap.seq}" for wrap in held.wraps if wrap.seq in dead_records]
            what += [
                f"document with payload {placed.payload_sha256.hex()}"
                for placed in held.placed
                if placed.header and placed.payload_sha256 in dead_documents
            ]
            if what:
                lock = there.store.facts(key, version.id).lock
                yield from (Living(one, key, version.id, lock.until if lock else None) for one in what)
