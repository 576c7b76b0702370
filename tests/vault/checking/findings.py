"""What a check finds, asked briefly."""

from pathlib import Path

from vault.archive import Archive
from vault.checking.steps import check
from vault.documents.table import Document
from vault.evidence.verdicts import Fault, State, Verdict

INTEGRITY, ORDER, ORIGIN_ = Verdict.INTEGRITY, Verdict.ORDER, Verdict.ORIGIN


def faults(archive: Archive, verdict: Verdict, *, documents: bool = True) -> list[Fault]:
    """What breaks this verdict, and no other one."""
    report = check(archive, documents=documents)
    assert not report.passes()
    broken = {one for one in Verdict if report.state(one) is State.BROKEN}
    assert broken == {verdict}, report.faults
    return report.faults[verdict]


def of_size(archive: Archive, size: int) -> Document:
    return next(document for document in archive.documents.all() if document.size == size)


def segment_of(archive: Archive, document: Document) -> Path:
    return archive.folder.segments / document.segment
