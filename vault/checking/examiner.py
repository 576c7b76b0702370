"""The examiner: what looks at a part of a vault, in this process or in another one, with no more keys than it takes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keys import age
from keys.vrf import IndexKey
from vault.archive import Archive
from vault.checking.documents import check_document
from vault.checking.entries import Walk
from vault.checking.faults import failed
from vault.checking.landmarks import Landmarks
from vault.checking.parts import Part, Walked
from vault.checking.records import Records, Tags
from vault.database import Access, Database
from vault.documents.local import LocalSegments
from vault.documents.table import DocumentTable, checked
from vault.errors import Damaged, VaultError
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.pins import Pin
from vault.verify.progress import Progress, silent
from vault.verify.report import Report


@dataclass(frozen=True, slots=True)
class Brief:
    """What an examiner needs to know; it holds keys, so it travels through pipes and nowhere else."""

    access: Access
    segments: Path
    pin: Pin | None
    deep: bool
    wrapping: dict[int, bytes] = field(repr=False)
    index: dict[int, IndexKey] = field(repr=False)
    content: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, archive: Archive, pin: Pin | None, *, deep: bool) -> "Brief":
        """The brief for checking this vault, with its documents where `deep`."""
        secrets = archive.secrets
        content = tuple(identity.secret_text() for identity in secrets.content) if deep else ()
        segments = archive.folder.segments
        return cls(archive.database.access, segments, pin, deep, secrets.wrapping, secrets.index, content)


@dataclass(slots=True)
class Read:
    """What was found of some documents: the faults, how many documents there are, the size of their payloads."""

    report: Report = field(default_factory=Report)
    documents: int = 0
    bytes: int = 0


class Examiner:
    """Looks at parts of the vault that a brief is about."""

    def __init__(self, brief: Brief, database: Database) -> None:
        self._brief = brief
        self._ledger = SqlcipherLedger(database)
        self._documents = DocumentTable(database)
        self._segments = LocalSegments(brief.segments)
        self._tags = Tags(brief.index)
        self._identities = [age.parse_identity(text) for text in brief.content]

    def walk(self, part: Part, progress: Progress = silent) -> Walked:
        """Follow the entries of a part."""
        unreadable = Report()
        landmarks = Landmarks(self._checkpoints(part, unreadable), self._brief.pin, part.start, part.stop)
        records = Records(self._brief.wrapping, self._tags, self._documents, deep=self._brief.deep)
        walked = Walk(part, landmarks, records).run(self._ledger, progress)
        walked.references = records.references
        walked.report.take(unreadable)
        walked.readable = walked.readable and not any(unreadable.faults.values())
        return walked

    def _checkpoints(self, part: Part, report: Report) -> Iterator[tuple[int, bytes]]:
        try:
            yield from self._ledger.checkpoints(part.start, part.stop)
        except VaultError as exc:
            report.add([failed("checkpoints", "to be readable", exc)])

    def read(self, span: tuple[str, str]) -> Read:
        """Read the documents of the segments from a first to a last one."""
        read = Read()
        try:
            for row in self._documents.unchecked(*span):
                self._read(row, read)
        except VaultError as exc:
            read.report.add([failed("documents", "to be readable", exc)])
        return read

    def _read(self, row: tuple[Any, ...], read: Read) -> None:
        try:
            document = checked(row)
        except Damaged as exc:
            read.report.add([failed("documents", "rows that are fit to be read by", exc)])
            return
        read.report.add(check_document(self._segments, document, self._identities))
        read.documents += 1
        read.bytes += document.payload_size
