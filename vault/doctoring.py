"""Looking after a vault: damage, leftovers, wrong modes; rebuilding what follows from the ledger; removing orphans.

Nothing is mended silently: `examine` only looks, `clean` and `rebuild` do what they were told to and say it.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from keys import durable
from vault import folder as folders
from vault.archive import Archive
from vault.catalog import projection
from vault.errors import Damaged, VaultError
from vault.evidence.strict import Malformed
from vault.names import LETTERS

_FAULTS = 20  # of one sort


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, what to do next, and whether something is lost or in danger."""

    what: str
    next: str
    harm: bool = True


def examine(archive: Archive, others: Sequence[Path] = ()) -> list[Finding]:
    """All findings; O(pages) and O(segments). `dvault verify` judges the evidence itself.

    Leftovers are also looked for beside the pins and in `others`: folders of this user that we write small files to.
    """
    return [*_pages(archive), *_modes(archive), *_segments(archive, others), *_catalog(archive)]


def _pages(archive: Archive) -> Iterator[Finding]:
    for fault in archive.database.faults()[:_FAULTS]:
        yield Finding(f"ledger.db: {fault}", "restore it from a backup; then dvault verify")


def _modes(archive: Archive) -> Iterator[Finding]:
    place = archive.folder.path
    for path in (place, *sorted(place.iterdir()), *sorted(archive.folder.segments.glob("*"))):
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue  # a log or a segment of another process
        mode = stat.S_IMODE(found.st_mode)
        if stat.S_ISLNK(found.st_mode):
            yield Finding(f"{path} is a symbolic link", "put the file itself in its place", harm=False)
        elif mode & 0o077:
            yield Finding(f"{path} is open to others (mode {mode:04o})", f"chmod go= {path}", harm=False)
        elif found.st_uid != os.geteuid():
            yield Finding(f"{path} belongs to user {found.st_uid}", f"chown {os.geteuid()} {path}", harm=False)


def _segments(archive: Archive, others: Sequence[Path]) -> Iterator[Finding]:
    """Under the exclusive lock: what a living process is storing is no orphan."""
    with folders.locked(archive.folder, exclusive=True):
        named, there = archive.documents.segments(), set(archive.segments.names())
        leftovers = [*archive.segments.leftovers(), *(path.name for path in _interrupted(archive, others))]
    for name in sorted(named - there):
        yield Finding(f"segment {name} is missing", "restore it from a backup; its documents cannot be opened")
    for name in sorted([*(there - named), *leftovers]):
        what = f"{name} belongs to nothing: the process that wrote it died before the commit"
        yield Finding(what, "dvault doctor --clean", harm=False)


def _interrupted(archive: Archive, others: Sequence[Path] = ()) -> list[Path]:
    """What an interrupted write of a small file left."""
    places = [place for place in (archive.folder.path, archive.pins.folder, *others) if place.is_dir()]
    return [path for place in places for path in place.iterdir() if durable.is_temporary(path.name)]


def _catalog(archive: Archive) -> Iterator[Finding]:
    listed = archive.catalog.counts()
    for kind in ("disclosure", *LETTERS):
        if listed.get(kind, 0) != (counted := archive.ledger.count(kind)):
            what = f"the catalog lists {listed.get(kind, 0)} of {counted} ({kind})"
            yield Finding(what, "dvault doctor --rebuild", harm=False)


def clean(archive: Archive, others: Sequence[Path] = ()) -> list[str]:
    """Remove orphan segments and leftovers, also beside the pins and in `others`; returns their names.

    Pins and what lies in `others` are written under other locks: whoever is at it just now fails, and the file stays.
    """
    with folders.locked(archive.folder, exclusive=True):
        named = archive.documents.segments()
        orphans = [name for name in archive.segments.names() if name not in named]
        orphans += archive.segments.leftovers()
        for name in orphans:
            archive.segments.delete(name)
        interrupted = _interrupted(archive, others)
        for path in interrupted:
            path.unlink(missing_ok=True)
    return orphans + [path.name for path in interrupted]


def rebuild(archive: Archive) -> int:
    """Make the catalog, the tree and the rows' kinds anew from entries and records; returns the number of records read.

    All or nothing, in constant memory. An erased record is left out; one that cannot be read stops it, since a catalog
    without it would hide the damage.
    """
    count = 0
    with folders.locked(archive.folder, exclusive=True), archive.database.transaction():
        archive.ledger.restore_derived()
        projection.rebuild(archive.database)
        for seq in archive.ledger.records():
            try:
                values = archive.read(seq).values()
            except (VaultError, Malformed) as exc:
                raise Damaged(f"entry {seq} cannot be read: {exc}", "run dvault verify") from exc
            entry = archive.entry(seq).entry
            projection.project(archive.database, seq, entry.kind, entry.time, values)
            count += 1
    return count
