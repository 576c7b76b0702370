"""Checking a backup where it lies: each version that the ledger's lists name is there, whole, on top, and locked.

docs/format/backup.md, Reading. What is found lost is forgotten here, so that the next run sends it again.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from vault.backup import headers, layout, listing, state
from vault.backup.inventory import Inventory
from vault.backup.listing import Listed
from vault.backup.running import BACKUP, Job
from vault.backup.sending import PART, WORKERS, Advance
from vault.backup.source import BucketSource
from vault.backup.state import State
from vault.backup.store import UNVERSIONED
from vault.errors import Damaged, NotFound, Refused
from vault.evidence import entry as entries
from vault.evidence import public
from vault.evidence.checkpoint import MAX_CHECKPOINT
from vault.evidence.strict import Malformed
from vault.verify.auditing import audit
from vault.verify.outside import Outside
from vault.verify.progress import Progress, silent
from vault.verify.report import Report

Sample = Callable[[list[Listed]], list[Listed]]
"""Which of the versions are read back."""


class Fault(NamedTuple):
    """Something that is not as it has to be: which name, and what of it."""

    key: str
    what: str
    lost: bool = False


@dataclass(slots=True)
class Checked:
    """What was looked at: versions named by lists, those read back with their bytes, the ledger in tile form."""

    named: int = 0
    read: int = 0
    bytes: int = 0
    faults: list[Fault] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    report: Report = field(default_factory=Report)

    @property
    def passes(self) -> bool:
        """Whether all of it is as it has to be."""
        return not self.faults and self.report.passes(())


def every(named: list[Listed]) -> list[Listed]:
    """All of them."""
    return named


def share(percent: float, pick: random.Random | None = None) -> Sample:
    """So many percent of them at random, at least one."""
    chance = pick or random.SystemRandom()
    return lambda named: chance.sample(named, min(len(named), max(1, round(len(named) * percent / 100))))


def verify(
    job: Job, sample: Sample, advance: Callable[[int], Advance] = lambda _: lambda _: None, told: Progress = silent
) -> Checked:
    """Check the backup against the ledger: one list of all names, and what `sample` says read back and hashed.

    With `every` the wrapped keys are compared one by one with those of this vault too.
    """
    found = Checked()
    there = Inventory(job.store)
    with state.opened(job.archive.folder.path, job.target.url) as memory:
        lists = list(_lists(job, there, found))
        named = {(one.key, one.version): one for one in [*lists, *memory.all()]}
        found.named = len(named)
        live = {key for key, _ in memory.spans()}
        present = [one for one in sorted(named.values()) if _is_there(there, one, live, found)]
        found.faults += [Fault(said.split(" ")[0], said.partition(" ")[2]) for said in there.hidden()]
        _heads(job, there, memory, found)
        chosen = sample(present)
        _read_back(job, chosen, found, advance(sum(one.size for one in chosen)))
        if sample is every:
            found.faults += _keys(job, there)
        _tiles(job, found, told)
        found.strangers = there.strangers()
        memory.forget({fault.key for fault in found.faults if fault.lost})
        if any(fault.lost for fault in found.faults):
            memory.note(clean=0, covered=0, row=0)
    return found


def _lists(job: Job, there: Inventory, found: Checked) -> Iterator[Listed]:
    """What the backup entries name, by lists whose hash they state."""
    for seq, leaf in job.archive.ledger.kind_leaves(BACKUP):
        entry = entries.parse(leaf, f"entry {seq}").entry
        lines = dict(map(public.split, entry.public_lines))
        digest = lines["objects"].split(" ")[1]
        key = layout.listing(int(lines["size"]), digest)
        try:
            yield from there.read(key, partial(_list, digest, key), listing.MAX_LIST).objects
        except (NotFound, Damaged) as exc:
            found.faults.append(Fault(key, f"the list that entry {seq} names is lost ({exc})", lost=True))


def _list(digest: str, key: str, data: bytes) -> listing.Listing:
    if sha256(data).hexdigest() != digest:
        raise Malformed(key, f"SHA-256 {digest}")
    return listing.parse(data, key)


def _is_there(there: Inventory, one: Listed, live: set[str], found: Checked) -> bool:
    version = there.find(one.key, one.version)
    if one.version == UNVERSIONED:
        version = next(iter(there.versions(one.key)), None)
    if version is None and one.key.startswith(layout.HEADERS) and one.key not in live:
        return False  # it has outlived its window, after an erasure; live keys are looked for by `_keys`
    if version is None:
        found.faults.append(Fault(one.key, f"version {one.version} is lost", lost=True))
    elif version.size != one.size:
        what = f"version {one.version} has {version.size} bytes, {one.size} were sent"
        found.faults.append(Fault(one.key, what, lost=True))
    return version is not None and version.size == one.size


def _heads(job: Job, there: Inventory, memory: State, found: Checked) -> None:
    """What is on top under `checkpoint` is what was put there last."""
    known = memory.known(layout.CHECKPOINT)
    top = next(iter(there.versions(layout.CHECKPOINT)), None)
    if top is None:
        found.faults.append(Fault(layout.CHECKPOINT, "it is lost", lost=True))
    elif known and top.id != known.version:
        try:
            note = job.store.read(layout.CHECKPOINT, top.id, size=MAX_CHECKPOINT + 1)
        except NotFound:
            note = b""
        if sha256(note).digest() != known.sha256:
            found.faults.append(Fault(layout.CHECKPOINT, "another one lies on top: an older one put back, or no one's"))


def _read_back(job: Job, chosen: list[Listed], found: Checked, advance: Advance) -> None:
    wants_lock = job.target.found.get("locks", False)
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="checking") as pool:
        for one, faults in zip(chosen, pool.map(partial(_check, job, wants_lock), chosen), strict=True):
            found.read, found.bytes = found.read + 1, found.bytes + one.size
            found.faults += faults
            advance(one.size)


def _check(job: Job, wants_lock: bool, one: Listed) -> list[Fault]:
    """In a thread: read one version in pieces, and ask for its lock."""
    digest, version = sha256(), "" if one.version == UNVERSIONED else one.version
    faults = []
    try:
        for start in range(0, one.size, PART):
            digest.update(job.store.read(one.key, version, start=start, size=PART))
        if digest.digest() != one.sha256:
            faults.append(Fault(one.key, f"version {one.version} holds other bytes than were sent", lost=True))
        if wants_lock and not _is_locked(job, one, version):
            faults.append(Fault(one.key, f"version {one.version} is not locked"))
    except (NotFound, Refused) as exc:
        faults.append(Fault(one.key, f"version {one.version} cannot be read: {exc}", lost=isinstance(exc, NotFound)))
    return faults


def _is_locked(job: Job, one: Listed, version: str) -> bool:
    """Whether it is locked now; of headers that were renewed elsewhere, or let go, only live ones have to be."""
    lock = job.store.facts(one.key, version).lock
    return (lock is not None and lock.until > job.now) or one.key.startswith(layout.HEADERS)


def _keys(job: Job, there: Inventory) -> Iterable[Fault]:
    """Each live wrapped key of this vault, up to the newest checkpoint there, lies in some object of headers."""
    size = max((layout.size_of(key) for key in there.names(layout.CHECKPOINTS)), default=0)
    wraps: set[headers.Wrap] = set()
    placed: set[headers.Placed] = set()
    for key in there.names(layout.HEADERS):
        try:
            held = there.read(key, partial(headers.parse, where=key), headers.MAX_HEADERS)
        except (NotFound, Damaged) as exc:
            yield Fault(key, str(exc), lost=True)
            continue
        wraps |= set(held.wraps)
        placed |= set(held.placed)
    for row in job.archive.ledger.wraps(0, size):
        if headers.Wrap(*row) not in wraps:
            yield Fault(layout.HEADERS, f"the wrapped key of the record of entry {row[0]} is lost", lost=True)
    last = job.archive.documents.last_row()
    for document in job.archive.documents.rows(0, last):
        is_live = document.header is not None and layout.segment(document.segment) in there
        if is_live and headers.Placed.of(document) not in placed:
            yield Fault(layout.HEADERS, f"a header of segment {document.segment} is lost", lost=True)


def _tiles(job: Job, found: Checked, told: Progress) -> None:
    """The ledger in tile form, checked as a stranger does."""
    source = BucketSource(job.store, job.store.name)
    try:
        found.report = audit(source, Outside(job.archive.fingerprint), progress=told).report
    except NotFound as exc:
        found.faults.append(Fault(layout.CHECKPOINT, str(exc), lost=True))
