"""Checking documents: every payload has the SHA-256 of its row, and opens to the content whose SHA-256 is recorded."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress

from keys.age import Identity
from vault.checking.faults import failed
from vault.documents import reading
from vault.documents.store import SegmentMissing, SegmentStore
from vault.documents.table import Document
from vault.errors import Unavailable, VaultError
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, Verdict, broken


class _Nowhere:
    """A sink that keeps nothing."""

    def write(self, data: memoryview) -> int:
        return len(data)


def check_document(store: SegmentStore, document: Document, identities: Sequence[Identity]) -> Iterator[Fault]:
    """Read one document, unless it was erased; without an identity its payload is hashed and stays sealed."""
    if document.header is None:
        return
    where = f"document sha256 {document.sha256.hex()}, segment {document.segment}"
    try:
        if identities:
            reading.write_content(store, document, _Nowhere(), identities)
        else:
            reading.check_payload(store, document)
    except (VaultError, Malformed) as exc:
        yield failed(where, "its exact bytes", exc)


def check_size(store: SegmentStore, segment: str, size: int) -> Iterator[Fault]:
    """What lies in a segment beside its documents is nobody's. [Something hidden there travels with every backup.]"""
    with suppress(SegmentMissing, Unavailable), store.open(segment) as file:  # of which its documents tell
        if (found := file.seek(0, os.SEEK_END)) > size:
            yield broken(Verdict.INTEGRITY, f"segment {segment}", f"{size} bytes, those of its documents", found)
