"""Looking after a vault: damage, leftovers, wrong modes; rebuilding what follows from the ledger; removing orphans.

Nothing is mended silently: `examine` only looks, `clean` and `rebuild` do what they were told to and say it.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from keys import durable
from keys.roles import CUSTODIAN
from vault import folder as folders
from vault import keyring_file, renewing
from vault.anchoring import naming
from vault.archive import Archive
from vault.catalog import projection
from vault.catalog.tables import NAMES
from vault.checking.documents import check_document
from vault.errors import Damaged, NotFound, VaultError
from vault.evidence.strict import Malformed
from vault.index import filling
from vault.index.store import IndexStore
from vault.index.tables import NAMES as INDEX
from vault.names import LETTERS

_FAULTS = 20  # of one sort
_NAMED = 10  # documents of one segment
_HELD = {
    "entries": ("entry",),
    "the tree": ("node",),
    "records": ("record", "record_wrap"),
    "checkpoints": ("checkpoint",),
    "the keys of documents": ("document",),
    "the index, which follows from entries": INDEX,
    "the catalog, which follows from entries and records": NAMES,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, what to do next, whether something is lost or in danger, and what that is."""

    what: str
    next: str
    harm: bool = True
    lost: str = ""


def examine(archive: Archive, others: Sequence[Path] = (), *, documents: bool = False) -> list[Finding]:
    """All findings; O(pages) and O(segments), with `documents` O(bytes). `dvault verify` judges the evidence itself.

    Leftovers are also looked for beside the pins and in `others`: folders of this user that we write small files to.
    `Unavailable` where something is in danger, and keys were changed meanwhile.
    """
    return keyring_file.unless_changed(
        archive,
        lambda: _examined(archive, others, documents=documents),
        lambda found: any(one.harm for one in found),
    )


def _examined(archive: Archive, others: Sequence[Path], *, documents: bool) -> list[Finding]:
    found = [*_pages(archive), *modes(archive.folder.path)]
    for look in (
        lambda _: _segments(archive, others),
        _keyring,
        _rotation,
        _older_copies,
        _anchors,
        _catalog,
        *([_documents] if documents else []),
    ):
        try:
            found.extend(look(archive))
        except VaultError as exc:
            if not (isinstance(exc, Damaged) and found and found[0].harm):  # of a page that was named
                found.append(Finding(str(exc), exc.hint))
    return found


def dependence(archive: Archive) -> Iterator[Finding]:
    """A vault that is lost with one person. What is whole today is not safe for that."""
    custodians = [name for name, one in archive.history.members.items() if CUSTODIAN in one.roles]
    if len(custodians) == 1:
        what = f"not safe: whoever loses the identity of {custodians[0]} loses this vault, it has no other custodian"
        what_next = "dvault keys recovery create, or dvault keys member add PUBLIC --role custodian"
        yield Finding(what, what_next, harm=False)


def _pages(archive: Archive) -> Iterator[Finding]:
    faults = archive.database.faults()[:_FAULTS]
    lost = ", ".join(_unreadable(archive)) if faults else ""
    for fault in faults:
        yield Finding(
            f"ledger.db: {fault}",
            "copy it away as it is, restore it from the newest backup, then dvault verify --documents",
            lost=f"no longer read in full: {lost}" if lost else "no row; the page holds an index, or nothing",
        )


def _unreadable(archive: Archive) -> Iterator[str]:
    for what, tables in _HELD.items():
        if not all(map(archive.database.reads, tables)):
            yield what


def modes(folder: Path) -> Iterator[Finding]:
    """Links, files of other users and files open to others, in a folder and the folders in it."""
    for path in (folder, *_below(folder)):
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue  # a log or a segment of another process
        mode = stat.S_IMODE(found.st_mode)
        if stat.S_ISLNK(found.st_mode):
            yield Finding(f"{path} is a symbolic link", "put the file itself in its place", harm=False)
        elif not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            yield Finding(f"{path} is neither file nor folder", "remove it; dvault makes no such thing", harm=False)
        elif mode & 0o077:
            yield Finding(f"{path} is open to others (mode {mode:04o})", f"chmod go= {path}", harm=False)
        elif found.st_uid != os.geteuid():
            yield Finding(f"{path} belongs to user {found.st_uid}", f"chown {os.geteuid()} {path}", harm=False)


def _below(folder: Path) -> Iterator[Path]:
    with suppress(OSError):  # of a folder that cannot be listed, its own mode tells
        for path in sorted(folder.iterdir()):
            yield path
            if path.is_dir() and not path.is_symlink():
                yield from _below(path)


def _segments(archive: Archive, others: Sequence[Path]) -> Iterator[Finding]:
    """Under the exclusive lock: what a living process is storing is no orphan."""
    with folders.locked(archive.folder, exclusive=True):
        named, there = dict(archive.documents.segment_sizes()), set(archive.segments.names())
        leftovers = [*archive.segments.leftovers(), *(path.name for path in _interrupted(archive, others))]
        foreign = list(archive.segments.others())
    for name, size in named.items():
        yield from _segment(archive, name, size)
    for name in sorted([*(there - named.keys()), *leftovers]):
        what = f"{name} belongs to nothing: the process that wrote it died before the commit"
        yield Finding(what, "dvault doctor --clean", harm=False)
    for name in sorted(foreign):
        yield Finding(f"segments/{name} is no segment and not ours", "move it out of the vault", harm=False)


def _segment(archive: Archive, name: str, size: int) -> Iterator[Finding]:
    """Its presence and size; what is in it, `dvault verify --documents` reads."""
    what_next = _restored(name)
    try:
        with archive.segments.open(name) as segment:
            found = segment.seek(0, os.SEEK_END)
    except VaultError as exc:
        yield Finding(str(exc), what_next, lost=_contents(archive, name))
        return
    if found < size:
        yield Finding(f"segment {name} was cut to {found} of {size} bytes", what_next, lost=_contents(archive, name))
    elif found > size:
        what = f"segment {name} holds {found - size} bytes that belong to no document"
        yield Finding(what, f"{what_next}; the documents in it may be whole", lost="nothing")


def _documents(archive: Archive) -> Iterator[Finding]:
    """Documents that do not open to what was recorded, in segments that are there and as long as they should be."""
    sizes = dict(archive.documents.segment_sizes())
    for document in archive.documents.all():
        if [*_segment(archive, document.segment, sizes[document.segment])]:
            continue
        for fault in check_document(archive.segments, document, archive.secrets.content):
            lost = ", ".join(archive.catalog.disclosed(document.sha256.hex()))
            yield Finding(f"{fault.where}: {fault.found}", _restored(document.segment), lost=lost)


def _restored(segment: str) -> str:
    return f"restore segments/{segment} from any backup that has it: segments never change"


def _contents(archive: Archive, name: str) -> str:
    """Which documents lie in a segment, as a custodian knows them."""
    try:
        items = [item for held in archive.documents.within(name) for item in archive.catalog.disclosed(held.hex())]
    except VaultError:
        return "its documents"
    shown = ", ".join(items[:_NAMED]) or "nothing that the catalog lists"
    return shown + (f" and {len(items) - _NAMED} more" if len(items) > _NAMED else "")


def _keyring(archive: Archive) -> Iterator[Finding]:
    """One that was to take the place of the keyring; an opening that finds its entry puts it there."""
    path = archive.folder.next_keyring
    with folders.locked(archive.folder, exclusive=True):  # no change is under way
        there, counts = os.path.lexists(path), keyring_file.is_named(archive)
    if counts:
        what = f"{path} is the keyring that the ledger names, and could not take the place of {archive.folder.keyring}"
        yield Finding(what, "keep it; let the folder be written, then open the vault again")
    elif there:
        what = f"{path} is of a change of keys that was never made: the process died before its entry"
        yield Finding(what, "dvault doctor --clean, or make the change again", harm=False)


def _rotation(archive: Archive) -> Iterator[Finding]:
    """What a rotation has left to do; until it is done, who holds an older key can use it on this very folder."""
    for what in renewing.unfinished(archive):
        yield Finding(f"a rotation of keys was cut short: {what}", "dvault keys rotate --resume", harm=False)


def _older_copies(archive: Archive) -> Iterator[Finding]:
    """What an older version of ledger.db left beside it: all headers and records of that day, under the key of then."""
    if max(archive.secrets.content_generation, *archive.secrets.wrapping) == 1:
        return  # there is no older key
    for path in renewing.older_copies(archive):
        what = f"{path} is an older copy of ledger.db: who holds an older key may still read headers and records in it"
        yield Finding(what, "remove it when you need it no longer", harm=False)


def _anchors(archive: Archive) -> Iterator[Finding]:
    """Files of time stamps that entries name and that are gone, and those that none names."""
    kept = archive.folder.anchors
    for one in naming.named(archive.ledger):
        missing = [f"{digest}.tsr" for digest in one.tokens if kept.token(one.size, digest) is None]
        missing += ["checkpoint"] if kept.note(one.size) is None else []
        for name in missing[:_FAULTS]:
            what_next = "restore the file from any backup that has it: it never changes"
            lost = f"what shows when checkpoint {one.size} was there, by entry {one.seq}"
            yield Finding(f"anchors/{one.size}/{name} is missing", what_next, lost=lost)
    for size in naming.orphans(archive.ledger, kept):
        what = f"anchors/{size} holds what no anchor entry names: the process that wrote it died before the entry"
        yield Finding(what, "dvault checkpoint --anchor enters what holds; else move it out of the vault", harm=False)


def _interrupted(archive: Archive, others: Sequence[Path] = ()) -> list[Path]:
    """What an interrupted write of a small file left."""
    kept = archive.folder.anchors
    stamped = (kept.folder(size) for size in kept.sizes())
    listed = (archive.folder.path, archive.pins.folder, *stamped, *others)
    places = [place for place in listed if place.is_dir()]
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
    `Damaged` where a record names what no row holds; `Unavailable` where a keyring that counts is not in its place and
    cannot be put there, or keys were changed meanwhile.
    """
    with folders.locked(archive.folder, exclusive=True):
        keyring_file.settle(archive)  # [what looks like a leftover may be the only keyring that counts]
        named = archive.documents.segments()
        orphans = [name for name in archive.segments.names() if name not in named]
        if orphans:
            _refuse_lost_rows(archive)
        orphans += archive.segments.leftovers()
        for name in orphans:
            archive.segments.delete(name)
        interrupted = _interrupted(archive, others)
        if os.path.lexists(archive.folder.next_keyring):
            interrupted.append(archive.folder.next_keyring)
        for path in interrupted:
            path.unlink(missing_ok=True)
    return orphans + [path.name for path in interrupted]


def _refuse_lost_rows(archive: Archive) -> None:
    """[The row of a document is lost, by a log put back in part; its segment, the only copy, then looks like nobody's.]

    O(records), and only where there is something to remove.
    """
    for seq in archive.ledger.records():
        for item in projection.items_of(archive.read(seq).values()):
            with suppress(NotFound):  # disclosed without a file, or erased
                archive.find_document(item)


def rebuild(archive: Archive) -> int:
    """Make catalog, tree, index and the rows' kinds anew from entries and records; returns how many records were read.

    All or nothing, in constant memory. An erased record is left out; one that cannot be read stops it, since a catalog
    without it would hide the damage.
    """
    count = 0
    with folders.locked(archive.folder, exclusive=True), archive.database.transaction():
        archive.ledger.restore_derived()
        filling.rebuild(archive.ledger, IndexStore(archive.database))
        projection.rebuild(archive.database)
        for seq in archive.ledger.records():
            try:
                values = archive.read(seq).values()
            except (VaultError, Malformed) as exc:
                raise Damaged(f"entry {seq} cannot be read: {exc}", "run dvault verify") from exc
            entry = archive.entry(seq).entry
            number = archive.ledger.number(seq)
            projection.project(archive.database, seq, entry.kind, entry.time, values, number)
            count += 1
    return count
