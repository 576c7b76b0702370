"""Looking after a vault: damage, leftovers, wrong modes; rebuilding the catalog; removing orphans. Never silently."""

import stat
from dataclasses import dataclass

from vault import folder as folders
from vault.archive import Archive
from vault.catalog import projection
from vault.errors import VaultError
from vault.evidence.strict import Malformed


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, what to do next, and whether something is lost or in danger."""

    what: str
    next: str
    harm: bool = True


def examine(archive: Archive) -> list[Finding]:
    """All findings; O(pages) and O(segments). `dvault verify` judges the evidence itself."""
    return [*_pages(archive), *_modes(archive), *_segments(archive), *_catalog(archive)]


def _pages(archive: Archive) -> list[Finding]:
    return [
        Finding(f"ledger.db: {fault}", "restore it from a backup; then dvault verify")
        for fault in archive.database.faults()[:20]
    ]


def _modes(archive: Archive) -> list[Finding]:
    found = []
    for path in (archive.folder.path, *sorted(archive.folder.path.iterdir())):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            fix = f"chmod go= {path}"
            found.append(Finding(f"{path} is open to others (mode {mode:04o})", fix, harm=False))
    return found


def _segments(archive: Archive) -> list[Finding]:
    """Under the exclusive lock: what a living process is storing is no orphan."""
    with folders.locked(archive.folder, exclusive=True):
        named, there = archive.documents.segments(), set(archive.segments.names())
        leftovers = list(archive.segments.leftovers())
    missing = [
        Finding(f"segment {name} is missing", "restore it from a backup; its documents cannot be opened")
        for name in sorted(named - there)
    ]
    orphans = [
        Finding(f"segment {name} belongs to no entry: its process died before the commit", "dvault doctor --clean",
                harm=False)
        for name in sorted([*(there - named), *leftovers])
    ]  # fmt: skip
    return missing + orphans


def _catalog(archive: Archive) -> list[Finding]:
    sql = "SELECT count(*) FROM entry WHERE kind='disclosure'"
    counted, listed = archive.database.row(sql)[0], archive.catalog.counts()["disclosure"]
    if counted == listed:
        return []
    return [Finding(f"the catalog lists {listed} of {counted} transmittals", "dvault doctor --rebuild", harm=False)]


def clean(archive: Archive) -> list[str]:
    """Remove orphan segments and leftovers; returns their names."""
    with folders.locked(archive.folder, exclusive=True):
        named = archive.documents.segments()
        found = [name for name in archive.segments.names() if name not in named]
        found += archive.segments.leftovers()
        for name in found:
            archive.segments.delete(name)
    return found


def rebuild(archive: Archive) -> int:
    """Drop the catalog and fill it again from entries and records alone; returns the number of entries read."""
    count = 0
    with folders.locked(archive.folder, exclusive=True), archive.database.transaction():
        projection.rebuild(archive.database)
        for seq, _ in list(archive.ledger.records()):
            try:
                values = archive.read(seq).values()
            except (VaultError, Malformed) as exc:
                raise VaultError(f"entry {seq} cannot be read: {exc}", "run dvault verify") from exc
            entry = archive.entry(seq).entry
            projection.project(archive.database, seq, entry.kind, entry.time, values)
            count += 1
    return count
