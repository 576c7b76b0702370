"""The drill: a restore for a look only, documents taken at random opened, the outcome logged in the ledger."""

import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from keys.identity_file import OpenIdentity
from vault import opening
from vault.archive import Archive
from vault.backup import restoring, state
from vault.backup.carrying import Carrier
from vault.backup.restoring import Restored, Telling, Wish
from vault.backup.running import Job, tell
from vault.backup.sending import sending
from vault.checking.documents import check_document
from vault.documents.table import Document
from vault.errors import NotFound, Refused, Unavailable, VaultError
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State
from vault.folder import Folder, read_config
from vault.pins import Pins

OK, FAILED = "ok", "failed"
DOCUMENTS = 10


@dataclass(slots=True)
class Drilled:
    """What a drill has found: whether it went well, up to which size it restored, how many documents it opened.

    `entry` is the number of the backup entry that tells of it.
    """

    ok: bool = False
    size: int = 0
    documents: int = 0
    why: list[str] = field(default_factory=list)
    entry: int = 0


def drill(job: Job, identity: OpenIdentity, count: int = DOCUMENTS, telling: Telling = restoring.NOBODY) -> Drilled:
    """Restore into a temporary folder, verify, open `count` documents, log the outcome, and carry that entry.

    `Refused` for whoever holds no log key, `NotFound` where nothing was backed up yet. What the store cannot do now is
    no failed drill: it is raised.
    """
    archive = job.archive
    if archive.secrets.log is None:
        raise Refused("this identity holds no log key", "a checkpointer or custodian drills")
    with state.opened(archive.folder.path, job.target.url) as memory:
        covered = int(memory.fact("covered", "0"))
        if not covered:
            raise NotFound("nothing was backed up from here yet", "dvault backup run")
        found = _tried(job, identity, count, covered, telling)
        races = job.target.found.get("races", False)
        with sending(job.store, memory, careful=False, conditional=races, advance=lambda _: None) as sender:
            carrier = Carrier(archive, job.target, sender, job.now)
            found.entry = tell(job, carrier, OK if found.ok else FAILED)
    return found


def _tried(job: Job, identity: OpenIdentity, count: int, covered: int, telling: Telling) -> Drilled:
    chosen = _Chosen(count)
    notes = [(f"checkpoint {size}", note) for size, note in job.archive.ledger.checkpoints(upto=covered)]
    found = Drilled()
    with tempfile.TemporaryDirectory(prefix="dvault-drill-") as folder:
        place, pins = Folder(Path(folder) / "vault"), Pins(Path(folder) / "pins")
        wish = Wish(expect=tuple(notes[-1:]), documents=chosen)
        try:
            restored = restoring.restore(job.store, place, identity, pins, wish, telling)
            found.size = restored.size
            found.why += _wrong(restored)
            found.documents = len(chosen.picked)
            found.why += _opened(place, identity, pins, chosen.picked)
        except (VaultError, Malformed) as exc:
            if isinstance(exc, Unavailable):
                raise
            found.why.append(str(exc))
    found.ok = not found.why
    return found


def _wrong(restored: Restored) -> list[str]:
    faults = (fault for faults in restored.report.faults.values() for fault in faults)
    broken = [str(fault) for fault in faults if fault.state is State.BROKEN]
    return [*restored.tail, *restored.lost, *broken]


class _Chosen:
    """Documents at random, and with them all that lies in their segments."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.picked: list[Document] = []

    def __call__(self, documents: Iterator[Document]) -> Iterator[Document]:
        listed = list(documents)
        chance = random.SystemRandom()
        self.picked = chance.sample(listed, min(self._count, len(listed)))
        names = {document.segment for document in self.picked}
        return (document for document in listed if document.segment in names)


def _opened(place: Folder, identity: OpenIdentity, pins: Pins, picked: list[Document]) -> list[str]:
    archive: Archive = opening.open_archive(place, read_config(place), identity, pins)
    try:
        faults = [fault for one in picked for fault in check_document(archive.segments, one, archive.secrets.content)]
        return [f"{fault.where}: {fault.found}" for fault in faults]
    finally:
        archive.database.close()
