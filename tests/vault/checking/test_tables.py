"""Tampering with the tables beside the leaves: kinds, numbers, subtree hashes, anchors, what cannot be read at all."""

import pytest

from tests.vault.checking.findings import INTEGRITY, ORDER, check, faults, of_size, segment_of
from tests.vault.machine import Machine, spoken
from vault.archive import Archive
from vault.checking import steps
from vault.database import check_schema
from vault.errors import Damaged
from vault.evidence import merkle
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import State
from vault.schema import SCHEMA


class TestLedgerTables:
    def test_an_entry_filed_as_another_kind(self, archive: Archive) -> None:
        archive.database.execute("UPDATE entry SET kind='party', number=7 WHERE seq=3")
        assert str(faults(archive, INTEGRITY)[0]).startswith("entry 3: expected to be filed as disclosure 2")

    def test_a_row_with_another_number(self, archive: Archive) -> None:
        archive.database.execute("UPDATE entry SET number=9 WHERE seq=3")
        (fault,) = faults(archive, INTEGRITY)
        assert "'disclosure 9'" in fault.found

    @pytest.mark.parametrize("place", [(0, 3), (1, 0), (1, 2), (2, 0)])
    def test_a_subtree_hash_of_nothing(self, archive: Archive, place: tuple[int, int]) -> None:
        archive.database.execute("UPDATE node SET hash=zeroblob(32) WHERE level=? AND number=?", place)
        assert faults(archive, INTEGRITY)

    def test_a_whole_tree_of_another_ledger(self, archive: Archive) -> None:
        """Every hash fits the two below it; the lowest ones are not those of the entries."""
        peaks: list[bytes] = []
        for seq in range(6):
            for level, hash_ in enumerate(merkle.append(peaks, seq, merkle.leaf_hash(b"other %d" % seq))):
                place = (hash_, level, seq >> level)
                archive.database.execute("UPDATE node SET hash=? WHERE level=? AND number=?", place)
        where = {fault.where for fault in faults(archive, INTEGRITY)}
        assert where == {f"entry {seq}" for seq in range(6)}

    @pytest.mark.parametrize("place", [(0, 3), (1, 0), (2, 0)])
    def test_a_missing_subtree_hash(self, archive: Archive, place: tuple[int, int]) -> None:
        archive.database.execute("DELETE FROM node WHERE level=? AND number=?", place)
        assert faults(archive, INTEGRITY)

    @pytest.mark.parametrize("place", [(0, 6), (1, 3), (9, 0)])
    def test_a_subtree_hash_too_many(self, archive: Archive, place: tuple[int, int]) -> None:
        archive.database.execute("INSERT INTO node VALUES(?, ?, zeroblob(32))", place)
        assert faults(archive, INTEGRITY)[0].where == "tree"

    def test_a_row_at_another_place(self, archive: Archive) -> None:
        """The entry in it says its own number, and the record went along."""
        for sql in ("UPDATE entry SET seq=?", "UPDATE record SET seq=?", "UPDATE record_wrap SET seq=?"):
            archive.database.execute(f"{sql} WHERE seq=5", (50,))
        report = check(archive)
        assert str(report.faults[ORDER][0]) == "entry 5: expected its row, found 'a row with the number 50'"

    def test_a_row_before_the_first(self, archive: Archive) -> None:
        archive.database.execute("INSERT INTO entry SELECT -1, 'hold', 1, leaf FROM entry WHERE seq=3")
        report = check(archive)
        assert report.state(ORDER) is State.BROKEN

    def test_a_damaged_page_is_named(self, machine: Machine) -> None:
        with machine.opened():
            pass
        data = bytearray(machine.place.database.read_bytes())
        for page in range(8, len(data) // 8192):
            data[page * 8192 + 99] ^= 1
        machine.place.database.write_bytes(data)
        try:
            archive = machine.open()
        except Damaged as exc:
            assert "page" in str(exc)  # noqa: PT017  # the page may be one that opening reads
            return
        report = check(archive)
        assert report.state(INTEGRITY) is State.BROKEN
        assert "HMAC verification failed for page" in report.why(INTEGRITY)

    @pytest.mark.parametrize("column", ["leaf", "kind", "seq"])
    def test_values_of_other_types_are_no_crash(self, archive: Archive, column: str) -> None:
        """Who writes the file by other means than SQL needs no table to allow it."""
        database = archive.database
        database.execute("PRAGMA writable_schema=ON")
        database.execute("UPDATE sqlite_schema SET sql=replace(sql, ') STRICT', ')') WHERE name='entry'")
        database.execute("PRAGMA writable_schema=RESET")
        value = {"leaf": "text", "kind": b"blob", "seq": 77}[column]
        database.execute(f"UPDATE entry SET {column}=? WHERE seq=3", (value,))  # noqa: S608 - one of ours
        report = check(archive)
        assert not report.passes()
        if column != "seq":
            assert any(fault.where == "ledger, after 3 entries" for fault in report.faults[INTEGRITY])
        with pytest.raises(Damaged):
            check_schema(database, SCHEMA)


class TestAnchors:
    def anchor(self, archive: Archive, size: int, root: bytes) -> None:
        archive.append_public("anchor", [f"checkpoint {size} {base64_text(root)}", f"token {'ab' * 32}"])

    def test_one_of_a_root_that_the_ledger_had(self, archive: Archive) -> None:
        for size in (1, 3, 6):
            self.anchor(archive, size, archive.ledger.root(size))
        assert check(archive, documents=True).passes()

    def test_one_of_another_root(self, archive: Archive) -> None:
        self.anchor(archive, 4, archive.ledger.root(5))
        (fault,) = faults(archive, ORDER)
        assert fault.where == "anchor in entry 6"
        assert archive.ledger.root(4).hex() in fault.expected


class TestWhatCannotBeRead:
    def test_a_segment_that_cannot_be_read_now_is_not_broken_but_not_proven(self, archive: Archive) -> None:
        path = segment_of(archive, of_size(archive, 7))
        path.unlink()
        path.mkdir()
        report = check(archive, documents=True)
        assert report.state(INTEGRITY) is State.NOT_PROVEN
        assert "cannot be read" in report.why(INTEGRITY)

    @pytest.mark.parametrize(
        ("table", "where"),
        [
            ("checkpoint", "checkpoints"),
            ("node", "ledger, after 0 entries"),
            ("record", "ledger.db"),
            ("entry", "ledger, after 0 entries"),
            ("document", "documents"),
            ("transmittal", "catalog"),
        ],
    )
    def test_a_lost_table_is_named(self, archive: Archive, table: str, where: str) -> None:
        archive.database.execute(f"DROP TABLE {table}")
        report = check(archive, documents=True)
        assert not report.passes()
        assert any(fault.where == where and "no such table" in fault.found for fault in report.faults[INTEGRITY])

    def test_what_was_erased_is_not_looked_for(self, archive: Archive) -> None:
        document = of_size(archive, 7)
        archive.database.execute("UPDATE document SET header=NULL WHERE size=7")
        segment_of(archive, document).unlink()
        report = check(archive, documents=True)
        assert report.state(INTEGRITY) is State.PROVEN
        assert report.documents == 4


def test_the_catalog_is_no_evidence_but_its_lacks_are_told(archive: Archive) -> None:
    archive.database.execute("DELETE FROM transmittal WHERE number=2")
    report = check(archive)
    assert report.passes()
    assert "the catalog lists 3 of 4 (disclosure)" in report.remarks[0]


def test_progress_is_told_now_and_then_and_at_the_end(archive: Archive) -> None:
    archive.append([spoken() for _ in range(1_100)])
    told: list[tuple[int, int]] = []
    steps.check(archive, progress=lambda done, total: told.append((done, total)))
    assert told == [(1_024, 1_106), (1_106, 1_106)] * 2  # the entries, then the index over them
