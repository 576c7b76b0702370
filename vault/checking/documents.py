"""Checking documents: every payload has the SHA-256 of its row, and opens to the content whose SHA-256 is recorded."""

import os
from collections.abc import Iterator
from contextlib import suppress

from vault.archive import Archive
from vault.checking.faults import failed
from vault.checking.progress import Progress
from vault.documents import reading
from vault.documents.store import SegmentMissing
from vault.documents.table import Document
from vault.errors import Unavailable, VaultError
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, Verdict, broken
from vault.verify.report import Report


class _Nowhere:
    """A sink that keeps nothing."""

    def write(self, data: memoryview) -> int:
        return len(data)


def check_documents(archive: Archive, report: Report, progress: Progress) -> Iterator[Fault]:
    """Read every document that was not erased; without the content key its payload is hashed and stays sealed."""
    total, done, count = archive.documents.payload_bytes(), 0, 0
    for document in archive.documents.all():
        yield from check_document(archive, document)
        count, done = count + 1, done + document.payload_size
        progress(done, total)
    report.documents = count
    yield from _sizes(archive)
    if not archive.secrets.content:
        report.skipped.append("contents were not opened: this identity holds no content key; payloads were hashed")


def check_document(archive: Archive, document: Document) -> Iterator[Fault]:
    """Read one, to its end or to the first fault."""
    if document.header is None:
        return
    where = f"document sha256 {document.sha256.hex()}, segment {document.segment}"
    try:
        if archive.secrets.content:
            archive.get(document, _Nowhere())
        else:
            reading.check_payload(archive.segments, document)
    except (VaultError, Malformed) as exc:
        yield failed(where, "its exact bytes", exc)


def _sizes(archive: Archive) -> Iterator[Fault]:
    """What lies in a segment beside its documents is nobody's. [Something hidden there travels with every backup.]"""
    for name, size in archive.documents.segment_sizes().items():
        with suppress(SegmentMissing, Unavailable), archive.segments.open(name) as segment:  # told of its documents
            if (found := segment.seek(0, os.SEEK_END)) > size:
                expected = f"{size} bytes, those of its documents"
                yield broken(Verdict.INTEGRITY, f"segment {name}", expected, found)
