"""Tampering with records: sealed bytes swapped, flipped, destroyed or written anew are named by `verify`."""

import pytest

from tests.vault.attackers import all_entries, checkpoint_over, rewrite, signed
from tests.vault.checking.findings import INTEGRITY, ORIGIN_, check, faults
from tests.vault.machine import LEI, ORIGIN, START
from vault.archive import Archive
from vault.evidence import record as records
from vault.evidence.entry import Entry
from vault.evidence.verdicts import State
from vault.evidence.vrf import term_input
from vault.ledger.store import NewEntry, SealedRecord
from vault.sealing import box


class TestRecords:
    def test_sealed_bytes_swapped_between_two_entries(self, archive: Archive) -> None:
        rows = dict(archive.database.rows("SELECT seq, sealed FROM record"))
        for here, there in ((3, 5), (5, 3)):
            archive.database.execute("UPDATE record SET sealed=? WHERE seq=?", (rows[there], here))
        assert {fault.where for fault in faults(archive, INTEGRITY)} == {"record of entry 3", "record of entry 5"}

    def test_whole_records_swapped_between_two_entries(self, archive: Archive) -> None:
        for sql in ("UPDATE record SET seq=? WHERE seq=?", "UPDATE record_wrap SET seq=? WHERE seq=?"):
            archive.database.executemany(sql, [(-1, 3), (3, 5), (5, -1)])
        found = faults(archive, INTEGRITY)
        assert {fault.where for fault in found} == {"record of entry 3", "record of entry 5"}
        assert "another root" in str(found[0])

    def test_a_record_written_anew_under_the_record_key(self, archive: Archive) -> None:
        record = records.build([("purpose", "harmless"), ("term.1", LEI)], bytes(range(32)))
        sealed, wrap = box.seal(records.render(record), archive.secrets.wrapping[1], archive.random)
        archive.database.execute("UPDATE record SET sealed=? WHERE seq=3", (sealed,))
        archive.database.execute("UPDATE record_wrap SET wrap=? WHERE seq=3", (wrap,))
        (fault,) = faults(archive, INTEGRITY)
        assert str(fault).startswith("record of entry 3: expected the record of entry 3, found 'another root'")

    @pytest.mark.parametrize("bit", [0, 100, -1])
    def test_a_flipped_bit_in_sealed_bytes(self, archive: Archive, bit: int) -> None:
        (sealed,) = archive.database.row("SELECT sealed FROM record WHERE seq=2")
        changed = bytearray(sealed)
        changed[bit] ^= 1
        archive.database.execute("UPDATE record SET sealed=? WHERE seq=2", (bytes(changed),))
        (fault,) = faults(archive, INTEGRITY)
        assert fault.where == "record of entry 2"

    @pytest.mark.parametrize(
        ("statement", "found"),
        [
            ("DELETE FROM record_wrap WHERE seq=3", "a record whose key was destroyed"),
            ("DELETE FROM record WHERE seq=3", "'none'"),
            ("UPDATE record_wrap SET wrap=zeroblob(72) WHERE seq=3", ""),
            ("UPDATE record_wrap SET wrap=x'00' WHERE seq=3", ""),
            ("UPDATE record_wrap SET generation=9 WHERE seq=3", "9"),
            ("UPDATE record_wrap SET generation=-1 WHERE seq=3", "-1"),
        ],
    )
    def test_a_destroyed_wrap_or_record(self, archive: Archive, statement: str, found: str) -> None:
        archive.database.execute(statement)
        (fault,) = faults(archive, INTEGRITY)
        assert fault.where.startswith("record of entry 3")
        assert found in fault.found

    def test_a_record_where_none_belongs(self, archive: Archive) -> None:
        archive.database.execute("INSERT INTO record SELECT 0, sealed FROM record WHERE seq=3")
        (fault,) = faults(archive, INTEGRITY)
        assert str(fault).startswith("record of entry 0: expected none")

    def test_a_record_of_no_entry(self, archive: Archive) -> None:
        archive.database.execute("INSERT INTO record SELECT 99, sealed FROM record WHERE seq=3")
        (fault,) = faults(archive, INTEGRITY)
        assert fault.where == "record of entry 99"

    def test_a_signed_entry_whose_tags_are_not_those_of_its_terms(self, archive: Archive) -> None:
        """Only a member can do that: the entry is filed where its reader doesn't look."""
        found = all_entries(archive)
        record = records.build([("purpose", "licence"), ("term.1", LEI)], bytes(range(32)))
        tag = archive.secrets.index[1].tag(term_input("entry:0"))
        entry = Entry(ORIGIN, 6, "disclosure", START, archive.ledger.head().last, record.root, (tag,))
        sealed, wrap = box.seal(records.render(record), archive.secrets.wrapping[1], archive.random)
        wanted = [*found, NewEntry("disclosure", signed(archive, entry).leaf, SealedRecord(sealed, wrap))]
        rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
        (fault,) = faults(archive, INTEGRITY)
        assert str(fault).startswith("record of entry 6: expected terms whose tags the entry carries")
        assert check(archive).passes()  # without --documents tags are not recomputed, and that is said
        assert "tags not recomputed" in check(archive).skipped[0]


class TestHostileMembers:
    """What a member may sign can still be nonsense: `verify` names it or lets it be, and never breaks down."""

    @pytest.mark.parametrize(
        "lines",
        [
            (("item.1.payload-sha256", "00" * 32),),
            (("item.1.payload-sha256", "00" * 32), ("item.1.size", "many"), ("item.1.sha256", "11" * 32)),
            (("item", "no number"),),
            (("item.1.x.payload-sha256", "00" * 32),),
            (("purpose", 1),),
        ],
    )
    def test_odd_records(self, archive: Archive, lines: tuple[tuple[str, str | int], ...]) -> None:
        record = records.build([*lines, ("term.1", LEI)], archive.random(16 * (len(lines) + 1)))
        tag = archive.secrets.index[1].tag(term_input(LEI))
        entry = Entry(ORIGIN, 6, "disclosure", START, archive.ledger.head().last, record.root, (tag,))
        sealed, wrap = box.seal(records.render(record), archive.secrets.wrapping[1], archive.random)
        new = NewEntry("disclosure", signed(archive, entry).leaf, SealedRecord(sealed, wrap))
        with archive.ledger.appending():
            archive.ledger.append(archive.ledger.head(), [new])
        report = check(archive, documents=True)
        assert report.state(ORIGIN_) is State.PROVEN
        dangling = any("payload-sha256" in name for name, _ in lines if name.count(".") == 2)
        assert (report.state(INTEGRITY) is State.BROKEN) == dangling
