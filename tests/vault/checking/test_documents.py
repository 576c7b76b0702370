"""Tampering with documents: headers, payloads, rows and segments, with the content key and without it."""

import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity
from tests.vault.checking.findings import INTEGRITY, check, faults, of_size, segment_of
from tests.vault.machine import Machine, disclose, spoken
from tests.vault.members import admit
from vault.archive import Archive
from vault.checking import steps
from vault.evidence.verdicts import State


class TestDocuments:
    def test_a_header_swapped_with_anothers(self, archive: Archive) -> None:
        one, two = of_size(archive, 7), of_size(archive, 76_800)
        for document, other in ((one, two), (two, one)):
            sql = "UPDATE document SET header=? WHERE payload_sha256=?"
            archive.database.execute(sql, (other.header, document.payload_sha256))
        found = faults(archive, INTEGRITY)
        assert {fault.where.split(",")[0] for fault in found} == {
            f"document sha256 {document.sha256.hex()}" for document in (one, two)
        }

    @pytest.mark.parametrize("place", [0, 20, 40_000, -1])
    def test_a_flipped_payload(self, archive: Archive, place: int) -> None:
        document = of_size(archive, 76_800)
        path = segment_of(archive, document)
        data = bytearray(path.read_bytes())
        data[document.offset + place if place >= 0 else document.offset + document.payload_size - 1] ^= 1
        path.write_bytes(data)
        (fault,) = faults(archive, INTEGRITY)
        assert document.sha256.hex() in fault.where
        assert document.segment in fault.where

    @pytest.mark.parametrize("size", [0, 1, 70_000])
    def test_a_cut_segment(self, archive: Archive, size: int) -> None:
        path = segment_of(archive, of_size(archive, 76_800))
        path.write_bytes(path.read_bytes()[:size])
        assert faults(archive, INTEGRITY)

    def test_bytes_that_belong_to_no_document(self, archive: Archive) -> None:
        path = segment_of(archive, of_size(archive, 7))
        path.write_bytes(path.read_bytes() + b"x")
        (fault,) = faults(archive, INTEGRITY)
        assert fault.where == f"segment {path.name}"
        assert "those of its documents" in fault.expected

    @pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
    def test_a_segment_that_is_no_file(self, archive: Archive, make: Callable[[Path], None]) -> None:
        document = of_size(archive, 7)
        path = segment_of(archive, document)
        path.unlink()
        make(path)
        report = check(archive, documents=True)
        assert report.state(INTEGRITY) is State.NOT_PROVEN
        assert document.segment in report.why(INTEGRITY)

    def test_a_deleted_segment(self, archive: Archive) -> None:
        document = of_size(archive, 7)
        segment_of(archive, document).unlink()
        (fault,) = faults(archive, INTEGRITY)
        assert f"segment {document.segment} is missing" in fault.found

    def test_two_segments_swapped(self, archive: Archive, tmp_path: Path) -> None:
        one, two = (segment_of(archive, of_size(archive, size)) for size in (7, 76_800))
        one.rename(tmp_path / "aside")
        two.rename(one)
        (tmp_path / "aside").rename(two)
        where = [fault.where for fault in faults(archive, INTEGRITY)]
        assert len([one for one in where if one.startswith("document")]) == 4

    def test_a_whole_payload_of_another_document_with_its_header(self, archive: Archive) -> None:
        """Header and payload fit each other; the record says another content."""
        one, two = of_size(archive, 7), of_size(archive, 76_800)
        sql = (
            "UPDATE document SET payload_size=?, segment=?, offset=?, header=?, sha256=?, size=? WHERE payload_sha256=?"
        )
        row = (two.payload_size, two.segment, two.offset, two.header, two.sha256, two.size, one.payload_sha256)
        archive.database.execute(sql, row)
        where = {fault.where.split(",")[0] for fault in faults(archive, INTEGRITY)}
        assert where == {"item.2 of entry 4", f"document sha256 {two.sha256.hex()}"}

    def test_a_content_sealed_anew_with_a_matching_header_and_row(self, archive: Archive) -> None:
        """Anybody can seal to the public content key; what he seals is not what the record says."""
        one = of_size(archive, 7)
        with archive.storing() as storing:
            forged = storing.add(BytesIO(b"other 7"))
            storing.commit()
            storing.keep()
        archive.database.execute("DELETE FROM document WHERE payload_sha256=?", (one.payload_sha256,))
        archive.documents.put([forged])
        (fault,) = faults(archive, INTEGRITY)
        assert str(fault) == "item.2 of entry 4: expected its header, found 'none'"

    def test_a_missing_header(self, archive: Archive) -> None:
        archive.database.execute("DELETE FROM document WHERE size=7")
        (fault,) = faults(archive, INTEGRITY)
        assert fault.where == "item.2 of entry 4"

    @pytest.mark.parametrize("column", ["size", "payload_size", "offset", "generation"])
    def test_a_row_with_impossible_numbers(self, archive: Archive, column: str) -> None:
        archive.database.execute(f"UPDATE document SET {column}=-1 WHERE size=7")  # noqa: S608 - one of ours
        found = faults(archive, INTEGRITY)
        of_row = [fault for fault in found if not fault.where.startswith("segment ")]  # whose size follows from it
        assert {fault.where for fault in of_row} == {"item.2 of entry 4", "documents"}
        assert all("holds values that none has" in fault.found for fault in of_row)

    def test_what_nobody_reads_is_not_found_and_that_is_said(self, archive: Archive) -> None:
        segment_of(archive, of_size(archive, 7)).unlink()
        report = check(archive)
        assert report.passes()
        assert "documents were not read" in report.skipped[0]
        assert report.documents is None


class TestWithoutTheContentKey:
    @pytest.fixture
    def auditor(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> Iterator[Archive]:
        admit(archive, stranger, "auditor")
        with machine.of(stranger).opened() as theirs:
            yield theirs

    def test_payloads_are_hashed_and_it_is_said_that_no_more_was_done(self, auditor: Archive) -> None:
        report = check(auditor, documents=True)
        assert report.state(INTEGRITY) is State.PROVEN
        assert report.documents == 4
        assert "contents were not opened" in report.skipped[0]

    def test_a_flipped_payload_is_found(self, auditor: Archive) -> None:
        document = of_size(auditor, 7)
        path = segment_of(auditor, document)
        data = bytearray(path.read_bytes())
        data[document.offset] ^= 1
        path.write_bytes(data)
        report = check(auditor, documents=True)
        assert report.state(INTEGRITY) is State.BROKEN
        assert document.segment in report.why(INTEGRITY)

    def test_tags_are_recomputed_all_the_same(self, auditor: Archive, archive: Archive) -> None:
        archive.append([spoken()])
        assert check(auditor, documents=True).state(INTEGRITY) is State.PROVEN


def test_progress_over_documents_is_told_in_bytes(archive: Archive) -> None:
    told: list[tuple[int, int]] = []
    steps.check(archive, documents=True, progress=lambda done, total: told.append((done, total)))
    total = archive.documents.payload_bytes()
    assert told[0] == (6, 6)
    assert [done for done, _ in told[1:]] == sorted(done for done, _ in told[1:])
    assert told[-1] == (total, total)


def test_equal_documents_were_stored_once_and_are_checked_once(archive: Archive) -> None:
    disclose(archive, b"another", b"another")
    report = check(archive, documents=True)
    assert report.passes()
    assert report.documents == 4
