"""What a check finds, asked briefly."""

from pathlib import Path

from vault.archive import Archive
from vault.checking import steps
from vault.checking.steps import Effort
from vault.documents.table import Document
from vault.evidence.verdicts import Fault, State, Verdict
from vault.verify.report import Report

INTEGRITY, ORDER, ORIGIN_ = Verdict.INTEGRITY, Verdict.ORDER, Verdict.ORIGIN


def check(archive: Archive, *, documents: bool = False) -> Report:
    """The report of a check; the same whether the ledger was followed in one piece or in parts."""
    whole = steps.check(archive, documents=documents)
    for size in (1, 2, 3):
        in_parts = steps.check(archive, documents=documents, effort=Effort(part=size, span=1, processes=1))
        assert in_parts == whole
    return whole


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
