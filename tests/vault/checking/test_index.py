"""Checking index entries and the stored index: what each tampering breaks, and that agreeing alone proves nothing."""

import pytest

from tests.vault.attackers import INDEX_TABLES, all_entries, changing, index_root, rewrite, signed_anew
from tests.vault.checking.findings import INTEGRITY, check
from tests.vault.machine import spoken
from vault.archive import Archive
from vault.checking.steps import check as check_once
from vault.errors import Damaged
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import State, Verdict

COMPLETENESS = Verdict.COMPLETENESS


def index_line(archive: Archive, *, without: int = -1) -> str:
    """What an index entry says now, or what it says where one entry is left out."""
    size = archive.ledger.size()
    return f"index {size} {base64_text(index_root(archive, size, without=without))}"


class TestAgreeing:
    def test_without_an_index_completeness_has_nothing_to_rest_on(self, archive: Archive) -> None:
        report = check(archive)
        assert report.state(COMPLETENESS) is State.NOT_PROVEN
        assert report.why(COMPLETENESS) == "index: expected an index recomputed by somebody independent, found 'none'"

    def test_an_index_that_agrees_is_said_to_and_proves_nothing_more(self, archive: Archive) -> None:
        for _ in range(2):
            archive.append([spoken()])
            archive.checkpoint()
        report = check(archive, documents=True)
        assert report.passes()
        assert report.state(COMPLETENESS) is State.NOT_PROVEN
        said = "an index recomputed by somebody independent, found 'only here: 2 of 2 agree with the entries'"
        assert report.why(COMPLETENESS) == f"index: expected {said}"
        assert not report.remarks

    def test_entries_after_the_newest_are_named(self, archive: Archive) -> None:
        archive.checkpoint()
        archive.append([spoken(), spoken()])
        missing = [str(fault) for fault in check(archive).faults[COMPLETENESS]]
        assert missing[1:] == ["index: expected an index over entries 7 to 8 too, found 'none'"]

    def test_an_anchor_or_a_backup_after_it_needs_none(self, archive: Archive) -> None:
        archive.checkpoint()
        archive.append_public("backup", ["size 7", f"objects 1 {'ab' * 32}"])
        assert len(check(archive).faults[COMPLETENESS]) == 1


class TestFalse:
    def test_one_that_lacks_an_entry_is_broken(self, archive: Archive) -> None:
        """Signed by the custodian, stored nowhere but in the ledger."""
        archive.append_public("index", [index_line(archive, without=3)])
        report = check(archive)
        assert report.state(COMPLETENESS) is State.BROKEN
        fault = report.faults[COMPLETENESS][0]
        assert fault.where == "index in entry 6"
        true = index_line(archive).split(" ")
        assert fault.expected.startswith("the root over 6 entries, ")
        assert true[2] not in fault.found
        assert not report.passes()

    def test_one_among_true_ones_is_named(self, archive: Archive) -> None:
        archive.append_public("index", [index_line(archive)])
        archive.append_public("index", [index_line(archive, without=0)])
        archive.append_public("index", [index_line(archive)])
        broken = [fault for fault in check(archive).faults[COMPLETENESS] if fault.state is State.BROKEN]
        assert [fault.where for fault in broken] == ["index in entry 7"]

    def test_an_old_one_over_a_history_written_anew_is_broken(self, archive: Archive) -> None:
        """The owner changes an entry with every key in hand, and keeps the index entry as it was."""
        archive.checkpoint()
        rewrite(archive, signed_anew(archive, changing(all_entries(archive))), [])
        where = {fault.where for fault in check_once(archive).faults[COMPLETENESS]}
        assert "index in entry 6" in where


class TestTables:
    @pytest.fixture(autouse=True)
    def indexed(self, archive: Archive) -> None:
        archive.checkpoint()
        archive.append([spoken()])

    @pytest.mark.parametrize(
        "sql",
        [
            *INDEX_TABLES,
            "UPDATE index_head SET size=4",
            "UPDATE index_head SET size=99",
            "DELETE FROM indexed_entry WHERE seq=3",
            "UPDATE indexed_entry SET seq=0 WHERE seq=3",
            "INSERT INTO indexed_entry VALUES(77, 7)",
        ],
    )
    def test_tampered_with_are_broken(self, archive: Archive, sql: str) -> None:
        archive.database.execute(sql)
        report = check_once(archive)
        assert {one for one in Verdict if report.state(one) is State.BROKEN} == {INTEGRITY}
        assert report.faults[INTEGRITY][0].where == "index tables"

    def test_of_more_entries_than_there_are(self, archive: Archive) -> None:
        archive.database.execute("UPDATE index_head SET size=9")
        assert "at most 8 entries" in check_once(archive).faults[INTEGRITY][0].expected

    def test_that_cannot_be_read_are_broken(self, archive: Archive) -> None:
        archive.database.execute("DROP TABLE indexed_tag")
        report = check_once(archive)
        assert report.state(INTEGRITY) is State.BROKEN
        with pytest.raises(Damaged):
            archive.checkpoint()
