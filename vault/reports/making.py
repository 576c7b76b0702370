"""Making a report: written whole, sealed, logged, and only then given its name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vault.archive import Archive
from vault.documents.watching import WatchedSink
from vault.reports import containers, forms, sealing
from vault.reports.bag import Bag
from vault.reports.preparing import Prepared
from vault.reports.sealing import Asking, Seal

Progress = Callable[[int], object]
EVIDENCE = "data/evidence"


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was handed over: where it lies, the SHA-256 of its tag manifest, the entry that says so."""

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
) -> Made:
    """Write the report to `target`, a new folder, or a new zip if its name ends so; durable when it returns."""
    with containers.opened(target, prepared.statement.made) as container:
        bag = Bag(container)
        for name, data in prepared.evidence.items():
            bag.put(f"{EVIDENCE}/{name}", data)
        for enclosed in prepared.enclosures.documents:
            with bag.stream(f"data/documents/{enclosed.name}", enclosed.document.size) as sink:
                archive.get(enclosed.document, WatchedSink(sink, progress))
        for name, data in forms.files(prepared, archive.fingerprint):
            bag.put(f"data/{name}", data)
        digest = bag.close(prepared.statement.made.date(), archive.history.origin)
        seal = sealing.seal(archive, prepared.statement, digest, asking)
        for name, data in seal.files:
            bag.put(name, data)
        container.finish()
        container.publish(target)
    return Made(target, digest, 0, seal)
