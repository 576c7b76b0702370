"""What else can be done to a vault's files: each is named by `verify`, with what was expected and what was found."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from keys import keyring
from keys.identity_file import OpenIdentity
from tests.vault.attackers import all_entries, checkpoint_over, rewrite, signed
from tests.vault.machine import LEI, ORIGIN, START, Machine, disclose, fill, found, spoken
from tests.vault.members import admit
from vault.archive import Archive
from vault.checking.steps import check
from vault.database import check_schema
from vault.documents.table import Document
from vault.errors import Damaged, Refused
from vault.evidence import record as records
from vault.evidence.entry import Entry
from vault.evidence.strict import Malformed, base64_text
from vault.evidence.verdicts import Fault, State, Verdict
from vault.evidence.vrf import term_input
from vault.ledger.store import NewEntry, SealedRecord
from vault.schema import SCHEMA
from vault.sealing import box

INTEGRITY, ORDER, ORIGIN_ = Verdict.INTEGRITY, Verdict.ORDER, Verdict.ORIGIN


def faults(archive: Archive, verdict: Verdict, *, documents: bool = True) -> list[Fault]:
    """What breaks this verdict, and no other one."""
    report = check(archive, documents=documents)
    assert not report.passes()
    broken = {one for one in Verdict if report.state(one) is State.BROKEN}
    assert broken == {verdict}, report.faults
    return report.faults[verdict]


def by_content(archive: Archive, content_size: int) -> Document:
    return next(document for document in archive.documents.all() if document.size == content_size)


def segment_of(archive: Archive, document: Document) -> Path:
    return archive.folder.segments / document.segment


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


class TestDocuments:
    def test_a_header_swapped_with_anothers(self, archive: Archive) -> None:
        one, two = by_content(archive, 7), by_content(archive, 76_800)
        for document, other in ((one, two), (two, one)):
            sql = "UPDATE document SET header=? WHERE payload_sha256=?"
            archive.database.execute(sql, (other.header, document.payload_sha256))
        found = faults(archive, INTEGRITY)
        assert {fault.where.split(",")[0] for fault in found} == {
            f"document sha256 {document.sha256.hex()}" for document in (one, two)
        }

    @pytest.mark.parametrize("place", [0, 20, 40_000, -1])
    def test_a_flipped_payload(self, archive: Archive, place: int) -> None:
        document = by_content(archive, 76_800)
        path = segment_of(archive, document)
        data = bytearray(path.read_bytes())
        data[document.offset + place if place >= 0 else document.offset + document.payload_size - 1] ^= 1
        path.write_bytes(data)
        (fault,) = faults(archive, INTEGRITY)
        assert document.sha256.hex() in fault.where
        assert document.segment in fault.where

    @pytest.mark.parametrize("size", [0, 1, 70_000])
    def test_a_cut_segment(self, archive: Archive, size: int) -> None:
        path = segment_of(archive, by_content(archive, 76_800))
        path.write_bytes(path.read_bytes()[:size])
        assert faults(archive, INTEGRITY)

    def test_a_deleted_segment(self, archive: Archive) -> None:
        document = by_content(archive, 7)
        segment_of(archive, document).unlink()
        (fault,) = faults(archive, INTEGRITY)
        assert f"segment {document.segment} is missing" in fault.found

    def test_two_segments_swapped(self, archive: Archive, tmp_path: Path) -> None:
        one, two = (segment_of(archive, by_content(archive, size)) for size in (7, 76_800))
        one.rename(tmp_path / "aside")
        two.rename(one)
        (tmp_path / "aside").rename(two)
        assert len(faults(archive, INTEGRITY)) == 4

    def test_a_whole_payload_of_another_document_with_its_header(self, archive: Archive) -> None:
        """Header and payload fit each other; the record says another content."""
        one, two = by_content(archive, 7), by_content(archive, 76_800)
        sql = (
            "UPDATE document SET payload_size=?, segment=?, offset=?, header=?, sha256=?, size=? WHERE payload_sha256=?"
        )
        row = (two.payload_size, two.segment, two.offset, two.header, two.sha256, two.size, one.payload_sha256)
        archive.database.execute(sql, row)
        where = {fault.where.split(",")[0] for fault in faults(archive, INTEGRITY)}
        assert where == {"item.2 of entry 4", f"document sha256 {two.sha256.hex()}"}

    def test_a_content_sealed_anew_with_a_matching_header_and_row(self, archive: Archive) -> None:
        """Anybody can seal to the public content key; what he seals is not what the record says."""
        one = by_content(archive, 7)
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
        assert "holds values that none has" in faults(archive, INTEGRITY)[0].found

    def test_what_nobody_reads_is_not_found_and_that_is_said(self, archive: Archive) -> None:
        segment_of(archive, by_content(archive, 7)).unlink()
        report = check(archive)
        assert report.passes()
        assert "documents were not read" in report.skipped[0]
        assert report.documents is None


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


class TestCheckpoints:
    def test_one_of_another_vault(self, machine: Machine, tmp_path: Path, identity: OpenIdentity) -> None:
        other = found(tmp_path / "other", identity, origin="other.example/log")
        fill(other)
        with other.opened() as theirs, machine.opened() as archive:
            note = theirs.ledger.checkpoint()
            archive.database.execute("UPDATE checkpoint SET note=?", (note,))
            assert "origin" in str(faults(archive, ORIGIN_)[0])
            with pytest.raises(Malformed):
                archive.append([spoken()])
        with machine.opened() as again:  # opening leaves it to `verify` to name it
            assert not check(again).passes()

    def test_one_of_another_size_of_this_vault(self, archive: Archive) -> None:
        archive.append([spoken()])
        archive.database.execute("UPDATE checkpoint SET size=size-1 WHERE kept=0")
        (fault,) = faults(archive, ORDER)
        assert fault.where == "checkpoint 6"

    def test_one_over_entries_that_are_not_there(self, archive: Archive) -> None:
        archive.database.execute("UPDATE checkpoint SET size=40 WHERE kept=0")
        assert {fault.where for fault in faults(archive, ORDER)} >= {"checkpoint 40"}

    @pytest.mark.parametrize("line", [-1, -2])
    def test_one_signature_missing(self, archive: Archive, line: int) -> None:
        note = archive.ledger.checkpoint()
        assert note is not None
        lines = note.splitlines(keepends=True)
        del lines[line]
        archive.database.execute("UPDATE checkpoint SET note=?", (b"".join(lines),))
        assert faults(archive, ORIGIN_)

    @pytest.mark.parametrize("size", [0, -4])
    def test_one_over_nothing(self, archive: Archive, size: int) -> None:
        archive.database.execute("INSERT INTO checkpoint SELECT ?, 1, note FROM checkpoint WHERE kept=0", (size,))
        report = check(archive)
        assert not report.passes()

    def test_bytes_that_are_none(self, archive: Archive) -> None:
        archive.database.execute("UPDATE checkpoint SET note=x'00'")
        assert faults(archive, ORIGIN_)

    def test_another_root_signed_by_the_log(self, archive: Archive) -> None:
        size, note = checkpoint_over(archive, [NewEntry("x", b"other")] * 6)
        archive.ledger.put_checkpoint(size, note)
        (fault,) = faults(archive, ORDER)
        assert fault.where == "checkpoint 6"


class TestKeyring:
    @pytest.fixture
    def admitted(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> Callable[[], bytes]:
        """Admits a second member; returns the keyring from before."""

        def act() -> bytes:
            before = machine.place.keyring.read_bytes()
            admit(archive, machine.identity, stranger, "auditor")
            return before

        return act

    def test_edited(self, machine: Machine, archive: Archive) -> None:
        path = machine.place.keyring
        path.write_bytes(path.read_bytes().replace(b"m1 ", b"m7 "))
        assert check(archive).state(ORIGIN_) is State.BROKEN
        with pytest.raises((Refused, Damaged, Malformed)):
            machine.open()

    def test_swapped_for_that_of_another_vault(self, machine: Machine, archive: Archive, tmp_path: Path) -> None:
        other = found(tmp_path / "other", machine.identity, origin="other.example/log")
        shutil.copy(other.place.keyring, machine.place.keyring)
        assert faults(archive, ORIGIN_)[0].where == "keyring"
        with pytest.raises(Refused, match=r"is of other\.example/log"):
            machine.open()

    def test_rolled_back(self, machine: Machine, archive: Archive, admitted: Callable[[], bytes]) -> None:
        before = admitted()
        assert check(archive).passes()
        machine.place.keyring.write_bytes(before)
        assert "newest key entry" in faults(archive, ORIGIN_)[0].found
        with pytest.raises(Damaged, match="not the one the newest key entry names"):
            machine.open()

    def test_rolled_back_with_its_key_entry_hidden(
        self, machine: Machine, archive: Archive, admitted: Callable[[], bytes]
    ) -> None:
        """The record key lets one file the key entry as something else, so that opening does not find it."""
        machine.place.keyring.write_bytes(admitted())
        archive.database.execute("UPDATE entry SET kind='party', number=99 WHERE kind='key'")
        with machine.opened() as deceived:
            report = check(deceived)
            assert report.state(INTEGRITY) is report.state(ORIGIN_) is State.BROKEN
            assert "to be filed as key 1" in report.why(INTEGRITY)

    def test_signed_by_somebody_else(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        ring = keyring.parse(machine.place.keyring.read_bytes()).unverified
        machine.place.keyring.write_bytes(keyring.sign(ring, stranger.identity.signer(f"{ORIGIN}/m1")))
        assert faults(archive, ORIGIN_)
        with pytest.raises(Damaged, match="not the one"):
            machine.open()

    def test_missing(self, machine: Machine, archive: Archive) -> None:
        machine.place.keyring.unlink()
        assert "is missing" in faults(archive, ORIGIN_)[0].found
        with pytest.raises(Damaged, match="keyring is missing"):
            machine.open()


class TestSigners:
    @pytest.mark.parametrize("roles", ["auditor", "checkpointer"])
    def test_who_may_not_record(self, machine: Machine, archive: Archive, stranger: OpenIdentity, roles: str) -> None:
        admit(archive, machine.identity, stranger, roles)
        wanted = self.recorded_by(archive, stranger, "m2")
        rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
        (fault,) = faults(archive, ORIGIN_)
        assert fault.where == "entry 7"
        assert "signed by a custodian or reader or recorder" in fault.expected

    def test_who_is_no_member(self, archive: Archive, stranger: OpenIdentity) -> None:
        wanted = self.recorded_by(archive, stranger, "m2")
        rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
        assert "by a member at this point" in faults(archive, ORIGIN_)[0].expected

    def test_who_bears_a_members_name(self, archive: Archive, stranger: OpenIdentity) -> None:
        wanted = self.recorded_by(archive, stranger, "m1")
        rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
        assert faults(archive, ORIGIN_)[0].where == "entry 6"

    def test_a_recorder_may(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        admit(archive, machine.identity, stranger, "recorder")
        wanted = self.recorded_by(archive, stranger, "m2")
        rewrite(archive, wanted, [checkpoint_over(archive, wanted)])
        assert check(archive, documents=True).passes()

    def recorded_by(self, archive: Archive, identity: OpenIdentity, name: str) -> list[NewEntry]:
        """All entries, and a disclosure signed by `identity` as `name`."""
        found = all_entries(archive)
        signer = identity.identity.signer(f"{ORIGIN}/{name}")
        writer = replace(archive, secrets=replace(archive.secrets, signer=signer))
        head, model = archive.ledger.head(), archive.entry(3).entry
        entry = replace(model, seq=head.size, previous=head.last)
        return [*found, replace(found[3], leaf=signed(writer, entry).leaf)]


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


def test_the_catalog_is_no_evidence_but_its_lacks_are_told(archive: Archive) -> None:
    archive.database.execute("DELETE FROM transmittal WHERE number=2")
    report = check(archive)
    assert report.passes()
    assert "the catalog lists 3 of 4 (disclosure)" in report.remarks[0]


def test_equal_documents_were_stored_once_and_are_checked_once(archive: Archive) -> None:
    disclose(archive, b"another", b"another")
    report = check(archive, documents=True)
    assert report.passes()
    assert report.documents == 4


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
        path = segment_of(archive, by_content(archive, 7))
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
        document = by_content(archive, 7)
        archive.database.execute("UPDATE document SET header=NULL WHERE size=7")
        segment_of(archive, document).unlink()
        report = check(archive, documents=True)
        assert report.state(INTEGRITY) is State.PROVEN
        assert report.documents == 4


def test_progress_is_told_now_and_then_and_at_the_end(archive: Archive) -> None:
    archive.append([spoken() for _ in range(1_100)])
    told: list[tuple[int, int]] = []
    check(archive, progress=lambda done, total: told.append((done, total)))
    assert told == [(1_024, 1_106), (1_106, 1_106)]
