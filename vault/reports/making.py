"""Making a report: written whole, sealed, logged, and only then given its name."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keys import durable
from vault import publishing
from vault.archive import Archive
from vault.documents.watching import WatchedSink
from vault.errors import Unavailable
from vault.reports import containers, forms, logged, sealing
from vault.reports.bag import Bag
from vault.reports.containers import FolderContainer, ZipContainer
from vault.reports.evidence import FOLDER
from vault.reports.preparing import Prepared
from vault.reports.sealing import Asking, Seal
from vault.sealing import transfer

Progress = Callable[[int], object]
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Made:
    """A report that is there: where, the SHA-256 of its tag manifest, the entry that logs it, what seals it."""

    path: Path
    tag_manifest: bytes
    seq: int
    seal: Seal


def make(
    archive: Archive,
    prepared: Prepared,
    target: Path,
    asking: Asking = Asking(),  # noqa: B008 - frozen
    progress: Progress = lambda _: None,
    clock_reason: str = "",
) -> Made:
    """Write the report to `target`, a new folder, or a new zip if its name ends so; durable when it returns.

    In constant memory beyond `prepared` and the forms of it. `progress` is told of each byte of a document. `Refused`
    where the name is taken, `Unavailable` where it cannot be written: then nothing is under that name.
    """
    with _told(target), containers.opened(target, prepared.statement.made) as container:
        bag = Bag(container)
        _fill(archive, prepared, bag, target, progress)
        digest = bag.close(prepared.statement.made.date(), archive.history.origin)
        seal = sealing.seal(archive, prepared.statement, digest, asking)
        for name, data in seal.files:
            bag.put(name, data)
        container.finish()
        # Logged before it has its name. A crash between the two leaves an entry of a report that nobody was given,
        # which misleads nobody; in the other order it left a report in somebody's hands that no entry knows of.
        (done,) = archive.append([logged.draft(prepared, digest, clock_reason)])
        _publish(container, target, done.seq)
    return Made(target, digest, done.seq, seal)


def _fill(archive: Archive, prepared: Prepared, bag: Bag, target: Path, progress: Progress) -> None:
    for name, data in prepared.evidence.items():
        bag.put(f"{FOLDER}/{name}", data)
    if prepared.statement.counts.ledger:
        _add_ledger(archive, prepared, bag, target)
    for enclosed in prepared.enclosures.documents:
        with bag.stream(f"data/documents/{enclosed.name}", enclosed.document.size) as sink:
            archive.get(enclosed.document, WatchedSink(sink, progress))
    for name, data in forms.files(prepared, archive.fingerprint):
        bag.put(f"data/{name}", data)


def _add_ledger(archive: Archive, prepared: Prepared, bag: Bag, target: Path) -> None:
    """The whole ledger up to the checkpoint, by way of a folder beside the target: no document is in it."""
    folder = target.with_name(f".dvault-{secrets.token_hex(8)}.tmp")
    try:
        publishing.publish(archive, folder, (prepared.statement.checkpoint, prepared.checkpoint))
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = f"{FOLDER}/ledger/{path.relative_to(folder).as_posix()}"
            with open(path, "rb", opener=durable.open_regular) as file, bag.stream(name) as sink:
                while block := file.read(_BLOCK):
                    transfer.write(sink, block)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _told(target: Path) -> Iterator[None]:
    """A disk that is full or fails, said as what it is."""
    try:
        yield
    except OSError as exc:
        hint = "mend it, then repeat; nothing was logged"
        raise Unavailable(f"{target} cannot be written: {exc.strerror or exc}", hint) from exc


def _publish(container: FolderContainer | ZipContainer, target: Path, seq: int) -> None:
    try:
        containers.refuse_existing(target)
        container.publish(target)
    except Exception as exc:
        said = getattr(exc, "strerror", None) or exc
        hint = f"entry {seq} logs a report that was not handed over; mend it, then repeat: that is another report"
        raise Unavailable(f"{target} could not be given its name: {said}", hint) from exc
