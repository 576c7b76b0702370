"""Storing documents: each content once, nothing left of what failed, no plaintext on the disk at any moment."""

import io
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from tests.vault.machine import (
    DOCUMENTS,
    START,
    Machine,
    digest,
    disclose,
    files,
    written,
)
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Stopped


class TestStoring:
    def test_documents_come_back_byte_for_byte(self, archive: Archive) -> None:
        for document, content in zip(disclose(archive, *DOCUMENTS, purpose="again"), DOCUMENTS, strict=True):
            sink = BytesIO()
            archive.get(document, sink)
            assert sink.getvalue() == content
            assert document.sha256 == digest(content)

    def test_equal_content_is_stored_once(self, archive: Archive) -> None:
        before = files(archive)
        known = {document.sha256: document for document in archive.documents.all()}
        for document in disclose(archive, *DOCUMENTS):
            assert document == known[document.sha256]
        assert files(archive) == before

    def test_equal_content_in_one_act_is_stored_once(self, archive: Archive) -> None:
        one, two = disclose(archive, b"twice", b"twice")
        assert one == two

    def test_equal_content_from_a_pipe_is_stored_once(self, archive: Archive) -> None:
        before = files(archive)
        with archive.storing() as storing:
            documents = [storing.add(Pipe(content)) for content in (DOCUMENTS[1], b"new", DOCUMENTS[0], b"new")]
            archive.append([written(documents)], storing)
        assert documents[0].segment in before
        assert documents[1] == documents[3]
        (segment,) = files(archive) - before
        assert (archive.folder.segments / segment).stat().st_size == documents[1].payload_size
        assert check(archive, documents=True).passes()

    def test_content_whose_header_was_destroyed_is_stored_anew(self, archive: Archive) -> None:
        """Equality with something erased must not bring it back, nor keep the new disclosure from being readable."""
        archive.database.execute("UPDATE document SET header=NULL WHERE size=7")
        (document,) = disclose(archive, b"another")
        assert document.header is not None
        sink = BytesIO()
        archive.get(document, sink)
        assert sink.getvalue() == b"another"

    @pytest.mark.parametrize("harm", ["missing", "cut"])
    def test_content_whose_segment_is_gone_is_stored_anew(self, archive: Archive, harm: str) -> None:
        lost = next(document for document in archive.documents.all() if document.size == 76_800)
        path = archive.folder.segments / lost.segment
        path.unlink()
        if harm == "cut":
            path.touch()
        (document,) = disclose(archive, DOCUMENTS[1])
        assert document.segment != lost.segment

    def test_nothing_is_left_where_nothing_was_appended(self, archive: Archive) -> None:
        before = files(archive)
        with archive.storing() as storing:
            storing.add(BytesIO(b"never"))
        assert files(archive) == before

    @pytest.mark.parametrize("fault", [ValueError, KeyboardInterrupt])
    def test_nothing_is_left_of_what_failed(self, archive: Archive, fault: type[BaseException]) -> None:
        before = files(archive)
        with suppress(fault), archive.storing() as storing:
            storing.add(BytesIO(b"never"))
            raise fault
        assert files(archive) == before

    def test_nothing_is_left_of_what_was_refused_after_it_was_stored(self, archive: Archive) -> None:
        before = files(archive)
        archive.clock = lambda: START - timedelta(days=9)
        with pytest.raises(Stopped):
            disclose(archive, b"never")
        assert files(archive) == before
        assert archive.ledger.size() == 6

    def test_no_plaintext_lies_anywhere_while_a_document_is_stored(self, machine: Machine, archive: Archive) -> None:
        secret = b"SECRET OF THE ROTOR " * 70_000  # larger than what is sealed in one piece
        seen = Spy(secret, machine.folder)
        with archive.storing() as storing:
            document = storing.add(seen)
            assert len(seen.snapshots) > 1
            assert not any(b"SECRET OF THE ROTOR" in data for data in seen.snapshots)
            names = {path.name for path in archive.folder.segments.iterdir() if path.suffix == ".part"}
            assert names == {f"{document.segment}.part"}
            archive.append([written([document])], storing)
        everything = [path.read_bytes() for path in machine.folder.rglob("*") if path.is_file()]
        assert not any(b"SECRET OF THE ROTOR" in data for data in everything)

    def test_one_act_of_storing_may_serve_several_entries(self, archive: Archive) -> None:
        with archive.storing() as storing:
            for content in (b"first", b"second", b"first"):
                archive.append([written([storing.add(BytesIO(content))])], storing)
            storing.add(BytesIO(b"never"))
        assert check(archive, documents=True).documents == 6
        assert archive.documents.segments() == files(archive)

    def test_many_small_documents_share_a_segment(self, archive: Archive) -> None:
        before = files(archive)
        documents = disclose(archive, *(b"document %d" % number for number in range(30)))
        assert {document.segment for document in documents} == files(archive) - before
        assert len({document.segment for document in documents}) == 1


class Pipe(io.RawIOBase):
    """Bytes that can be read once and not sought in."""

    def __init__(self, content: bytes) -> None:
        self._content = BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, block: memoryview, /) -> int:  # type: ignore[override]  # any writable buffer
        return self._content.readinto(block)


class Spy(Pipe):
    """Looks at all files of a folder whenever it is read from."""

    def __init__(self, content: bytes, folder: Path) -> None:
        super().__init__(content)
        self._folder = folder
        self.snapshots: list[bytes] = []

    def readinto(self, block: memoryview, /) -> int:  # type: ignore[override]  # any writable buffer
        self.snapshots += [path.read_bytes() for path in self._folder.rglob("*") if path.is_file()]
        return super().readinto(block)
