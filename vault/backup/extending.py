"""Locking what lies in a bucket longer: all that is ours for the whole retention, live wrapped keys for a window."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from vault.backup import layout, state
from vault.backup.carrying import Carrier
from vault.backup.inventory import Inventory
from vault.backup.running import Job, renew
from vault.backup.sending import WORKERS, sending
from vault.backup.store import Lock, Version
from vault.errors import Refused


def extend(job: Job) -> tuple[int, int]:
    """Lock every version that counts until `retain_days` from now; (how many, how many objects of headers).

    Of names written once that is the oldest version. One request each.
    """
    lock = job.target.lock(job.now)
    if lock is None:
        raise Refused("the bucket takes no locks", "dvault backup init tells what it enforces; docs/operations.md")
    there = Inventory(job.store)
    chosen: list[Version] = []
    for key in there.names():
        if layout.is_ours(key) and not key.startswith(layout.HEADERS):
            versions = there.versions(key)
            chosen += versions if key in layout.REPLACED else versions[:1]
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="extending") as pool:
        list(pool.map(partial(_retain, job, lock), chosen))
    with (
        state.opened(job.archive.folder.path, job.target.url) as memory,
        sending(job.store, memory, careful=True, conditional=False, advance=lambda _: None) as sender,
    ):
        renewed = renew(job, Carrier(job.archive, job.target, sender, job.now), every=True)
        memory.relock([version.key for version in chosen], lock.until)
    return len(chosen), renewed


def _retain(job: Job, lock: Lock, version: Version) -> None:
    job.store.retain(version.key, version.id, lock)
