"""The archive: what is acknowledged is there, whole, pinned and under a checkpoint; what is refused leaves nothing."""

import io
import shutil
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity
from tests.vault.attackers import all_entries, changing, checkpoint_over, mended, rewrite, signed_anew
from tests.vault.documents.test_local import files_of_at_most
from tests.vault.machine import (
    DOCUMENTS,
    LEI,
    START,
    Machine,
    digest,
    disclose,
    fill,
    found,
    party,
    spoken,
    written,
)
from tests.vault.members import admit, remove
from vault.archive import Archive
from vault.checking.steps import check
from vault.database import PAGE
from vault.errors import Damaged, NotFound, Refused, Stopped, Unavailable
from vault.evidence import merkle
from vault.evidence.checkpoint import open_checkpoint
from vault.evidence.record import Value
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State, Verdict
from vault.records.draft import Draft


def files(archive: Archive) -> set[str]:
    return {path.name for path in archive.folder.segments.iterdir()}


class TestAppend:
    def test_acknowledges_number_ordinal_and_time(self, archive: Archive) -> None:
        done = archive.append([spoken(), party("Other"), spoken()])
        assert [(one.seq, one.number) for one in done] == [(6, 5), (7, 2), (8, 6)]
        assert {one.time for one in done} == {archive.entry(6).entry.time}
        assert archive.ledger.head().size == 9

    def test_what_was_appended_is_read_back(self, archive: Archive) -> None:
        (done,) = archive.append([spoken("tender")])
        record = archive.read(done.seq)
        assert record.values()["purpose"] == "tender"
        assert record.terms() == [LEI]
        assert archive.entry(done.seq).entry.record == record.root

    def test_the_head_is_pinned_and_under_a_signed_checkpoint_when_it_returns(self, archive: Archive) -> None:
        archive.append([spoken()])
        head, pin = archive.ledger.head(), archive.pins.read(archive.fingerprint)
        assert pin is not None
        assert (pin.last_seq, pin.last_hash, pin.covered) == (head.size - 1, head.last, head.size)
        signed = open_checkpoint(pin.checkpoint, archive.history.log)
        assert signed.root == merkle.root(archive.ledger.leaves())
        assert pin.checkpoint == archive.ledger.checkpoint()

    def test_nothing_at_all_is_a_checkpoint_and_no_entry(self, archive: Archive) -> None:
        assert archive.append([]) == []
        assert archive.ledger.size() == 6
        assert check(archive).passes()

    def test_one_draft_that_cannot_be_leaves_none_of_them(self, archive: Archive) -> None:
        bad = Draft("disclosure", (("no name!", "x"),))
        with pytest.raises(Malformed):
            archive.append([spoken(), bad])
        assert archive.ledger.size() == 6

    def test_an_unknown_kind_of_record_is_appended_and_named_by_verify(self, archive: Archive) -> None:
        archive.append([Draft("novelty", (("purpose", "x"),))])
        report = check(archive)
        assert report.passes()
        assert "entry 6 is of a kind this program does not know" in report.remarks[0]

    def test_every_salt_and_key_is_fresh(self, archive: Archive) -> None:
        one, two = archive.append([spoken(), spoken()])
        assert archive.read(one.seq).root != archive.read(two.seq).root
        records = [archive.ledger.record(done.seq) for done in (one, two)]
        assert len({record.wrap for record in records if record}) == 2

    def test_costs_as_many_page_reads_in_a_large_ledger(self, archive: Archive) -> None:
        def nodes_after_one() -> int:
            before = archive.ledger.count_nodes()
            archive.append([spoken()])
            return archive.ledger.count_nodes() - before

        assert nodes_after_one() <= 4
        archive.append([spoken() for _ in range(250)])
        assert nodes_after_one() <= 9


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


class TestClock:
    def test_a_step_back_of_minutes_passes_and_is_named_by_verify(self, archive: Archive) -> None:
        last = archive.entry(5).entry.time
        archive.clock = lambda: last - timedelta(minutes=4)
        archive.append([spoken()])
        report = check(archive)
        assert report.passes()
        assert report.remarks == ["the clock of entry 6 is behind that of the entry before"]

    def test_a_clock_set_back_further_is_stopped(self, archive: Archive) -> None:
        last = archive.entry(5).entry.time
        archive.clock = lambda: last - timedelta(minutes=6)
        with pytest.raises(Stopped, match="behind the last entry") as caught:
            archive.append([spoken()])
        assert "--clock-reason" in caught.value.hint
        with pytest.raises(Stopped):
            archive.append_public("policy", ["rule retain 10y"])
        assert archive.ledger.size() == 6

    def test_with_a_reason_it_passes(self, archive: Archive) -> None:
        last = archive.entry(5).entry.time
        archive.clock = lambda: last - timedelta(days=1)
        draft = spoken()
        reason = ("clock-reason", "the battery was changed")
        archive.append([replace(draft, lines=(*draft.lines, reason))])
        assert archive.entry(6).entry.time == last - timedelta(days=1)

    def test_the_reason_has_to_be_in_every_record(self, archive: Archive) -> None:
        last = archive.entry(5).entry.time
        archive.clock = lambda: last - timedelta(days=1)
        draft = spoken()
        with pytest.raises(Stopped):
            archive.append([replace(draft, lines=(*draft.lines, ("clock-reason", "x"))), draft])


class TestMembers:
    def test_an_auditor_is_refused_and_nothing_is_left(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, machine.identity, stranger, "auditor")
        with machine.of(stranger).opened() as theirs:
            before = files(theirs)
            with pytest.raises(Refused, match="may not sign a disclosure"):
                disclose(theirs, b"never")
            assert files(theirs) == before
            assert theirs.ledger.size() == 7
            assert theirs.read(3).values()["purpose"] == "licence"
            with pytest.raises(Refused, match="holds no content key"):
                theirs.get(next(theirs.documents.all()), BytesIO())
            report = check(theirs, documents=True)
            assert report.documents == 4
            assert "contents were not opened" in report.skipped[0]
            assert report.state(Verdict.INTEGRITY) is State.PROVEN

    def test_a_checkpointer_holds_no_index_key_and_is_refused(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, machine.identity, stranger, "checkpointer")
        with machine.of(stranger).opened() as theirs:
            with pytest.raises(Refused, match="holds no index key"):
                theirs.append([spoken()])
            theirs.checkpoint()
            assert check(theirs, documents=True).state(Verdict.INTEGRITY) is State.PROVEN

    def test_a_recorders_entries_are_pinned_and_wait_for_a_checkpoint(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, machine.identity, stranger, "recorder")
        with machine.of(stranger).opened() as theirs:
            disclose(theirs, b"recorded")
            pin = theirs.pins.read(theirs.fingerprint)
            assert pin is not None
            assert (pin.last_seq, pin.covered) == (7, 7)
            report = check(theirs)
            assert report.state(Verdict.ORDER) is State.NOT_PROVEN
            assert any("entries 7 to 7" in fault.where for fault in report.faults[Verdict.ORDER])
            with pytest.raises(Refused, match="holds no log key"):
                theirs.checkpoint()
        archive.append([spoken()])
        assert check(archive, documents=True).passes()

    @pytest.mark.parametrize("mend", [False, True], ids=["torn", "relinked"])
    def test_no_checkpoint_is_signed_over_what_a_stranger_put_into_the_tail(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity, mend: bool
    ) -> None:
        """Once a checkpoint covers it, it could never be taken out again."""
        admit(archive, machine.identity, stranger, "auditor")
        whole = all_entries(archive)
        with machine.of(stranger).opened() as theirs:
            forged = [*whole, whole[3]]
            rewrite(theirs, mended(forged) if mend else forged, None)
        with pytest.raises(Damaged, match="nothing is added or signed while entry 7 stands"):
            archive.append([spoken()])
        rewrite(archive, whole, None)
        archive.append([spoken()])
        assert check(archive, documents=True).passes()

    def test_a_recorder_does_not_build_on_it_either(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, machine.identity, stranger, "recorder")
        whole = all_entries(archive)
        with machine.of(stranger).opened() as theirs:
            theirs.append([spoken()])
            grown = all_entries(archive)
            rewrite(archive, [*grown, whole[3]], None)
            with pytest.raises(Damaged, match="nothing is added or signed while entry 8 stands"):
                theirs.append([spoken()])
            rewrite(archive, grown, None)
            theirs.append([spoken()])
        archive.append([spoken()])
        assert check(archive, documents=True).passes()

    def test_keys_changed_meanwhile_stop_an_append(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        """A member removed while his vault is open must not go on, nor anybody under an old index key."""
        admit(archive, machine.identity, stranger, "recorder")
        with machine.of(stranger).opened() as theirs:
            remove(archive, "m2")
            before = files(theirs)
            with pytest.raises(Unavailable, match="keys of this vault were changed"):
                disclose(theirs, b"never")
            assert files(theirs) == before
        assert archive.ledger.size() == 8
        assert check(archive).passes()

    def test_who_was_removed_opens_nothing(self, machine: Machine, archive: Archive, stranger: OpenIdentity) -> None:
        admit(archive, machine.identity, stranger, "recorder")
        remove(archive, "m2")
        with pytest.raises(Refused, match="opens no keys"):
            machine.of(stranger).open()

    def test_a_public_entry_by_the_wrong_member_is_refused(
        self, machine: Machine, archive: Archive, stranger: OpenIdentity
    ) -> None:
        admit(archive, machine.identity, stranger, "recorder")
        with machine.of(stranger).opened() as theirs, pytest.raises(Refused) as caught:
            theirs.append_public("policy", ["rule retain 10y"])
        assert caught.value.hint == "a custodian may"


class TestConcurrency:
    def test_two_processes_append_without_a_gap_and_the_pin_ends_at_the_last(self, machine: Machine) -> None:
        faults: list[BaseException] = []

        def work(purpose: str) -> None:
            try:
                with machine.opened() as archive:
                    for number in range(6):
                        disclose(archive, f"{purpose} {number}".encode(), purpose=purpose)
            except BaseException as exc:
                faults.append(exc)

        threads = [threading.Thread(target=work, args=(purpose,)) for purpose in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        with machine.opened() as archive:
            assert check(archive, documents=True).passes()
            pin = archive.pins.read(archive.fingerprint)
            assert pin is not None
            assert (archive.ledger.size(), pin.last_seq, pin.covered) == (18, 17, 18)
            assert len(archive.documents.segments()) == len(files(archive)) == 14

    def test_the_same_content_stored_at_the_same_moment_is_stored_twice_and_nothing_worse(
        self, machine: Machine
    ) -> None:
        with machine.opened() as one, machine.opened() as two:
            with one.storing() as first, two.storing() as second:
                mine, theirs = first.add(BytesIO(b"at once")), second.add(BytesIO(b"at once"))
                one.append([written([mine])], first)
                two.append([written([theirs])], second)
            assert mine.payload_sha256 != theirs.payload_sha256
            (again,) = disclose(one, b"at once")
            assert again in (mine, theirs)
            assert check(one, documents=True).passes()

    def test_what_others_append_during_a_check_is_left_to_the_next(self, machine: Machine) -> None:
        with machine.opened() as reader, machine.opened() as writer:
            report = check(reader, documents=True, progress=lambda *_: bool(writer.append([spoken()])))
            assert report.passes()
            assert report.entries == 6
            assert check(reader).entries > 6


class TestSeenBefore:
    def test_an_older_copy_put_back_is_refused(self, machine: Machine, tmp_path: Path) -> None:
        before = machine.copied(tmp_path / "before")
        with machine.opened() as archive:
            archive.append([spoken()])
        old = replace(before, folder=before.folder)
        (before.folder / "pins").rename(before.folder / "old pins")
        (machine.folder / "pins").rename(before.folder / "pins")
        with pytest.raises(Refused, match="rolled back: it has 6 entries, 7 were seen"):
            old.open()

    def test_a_copy_that_went_on_by_itself_is_refused_where_the_first_was_seen(
        self, machine: Machine, tmp_path: Path
    ) -> None:
        other = machine.copied(tmp_path / "other")
        for each, purpose in ((machine, "here"), (other, "there")):
            with each.opened() as archive:
                archive.append([spoken(purpose)])
                archive.append([spoken(purpose)])
        (other.folder / "vault").rename(tmp_path / "met")
        (machine.folder / "vault").rename(tmp_path / "mine")
        (tmp_path / "met").rename(machine.folder / "vault")
        with pytest.raises(Refused, match="forked or rewritten: it lacks entry 7"):
            machine.open()

    def test_a_fork_between_check_and_pin_is_refused_when_pinning(self, machine: Machine, tmp_path: Path) -> None:
        """Two copies open at the same moment under one pin: the second to pin learns of it."""
        copy = tmp_path / "copy"
        machine.copied(copy)
        (copy / "pins").rename(tmp_path / "aside")
        (copy / "pins").symlink_to(machine.folder / "pins")
        other = replace(machine, folder=copy)
        with machine.opened() as one, other.opened() as two:
            one.append([spoken("here")])
            with pytest.raises(Refused, match="rolled back"):
                two.append([spoken("there")])
            assert two.ledger.size() == 6
            with two.ledger.appending():  # as if it had looked before the first had pinned
                two.ledger.append(two.ledger.head(), [all_entries(two)[3]])
            with pytest.raises(Refused, match="entry 6 was written, but not pinned") as caught:
                two.heads.pin(two.history, two.ledger.head(), b"")
            assert "do not repeat it" in caught.value.hint
        with machine.opened() as one:
            assert one.read(6).values()["purpose"] == "here"

    def test_the_same_holds_for_who_signs_no_checkpoints(
        self, machine: Machine, tmp_path: Path, stranger: OpenIdentity
    ) -> None:
        with machine.opened() as archive:
            admit(archive, machine.identity, stranger, "recorder")
        mine = machine.of(stranger)
        with mine.opened() as archive:
            other = mine.copied(tmp_path / "other").of(stranger)
            archive.append([spoken("here")])
        pins = other.folder / "second" / "pins"
        pins.rename(tmp_path / "aside")
        pins.symlink_to(mine.folder / "second" / "pins")
        with pytest.raises(Refused, match="rolled back"):
            other.open()

    def test_a_recorders_fork_is_refused_though_its_checkpoint_agrees(
        self, machine: Machine, tmp_path: Path, stranger: OpenIdentity
    ) -> None:
        """What a recorder saw last is under no checkpoint yet; his own entry is what he knows."""
        with machine.opened() as archive:
            admit(archive, machine.identity, stranger, "recorder")
        other = machine.copied(tmp_path / "other")
        with machine.of(stranger).opened() as theirs:
            theirs.append([spoken("here")])
        with other.of(stranger).opened() as theirs:
            theirs.append([spoken("there")])
        shutil.rmtree(machine.place.path)
        shutil.copytree(other.place.path, machine.place.path)
        with pytest.raises(Refused, match="forked or rewritten: it lacks entry 7"):
            machine.of(stranger).open()

    def test_a_pin_without_a_checkpoint_does_for_opening(self, machine: Machine) -> None:
        (path,) = (machine.folder / "pins").iterdir()
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
        with machine.opened() as archive:
            assert archive.pinned

    def test_a_pin_that_cannot_be_written_is_told_and_the_entry_is_not_lost(self, machine: Machine) -> None:
        with machine.opened() as archive:
            pins = machine.folder / "pins"
            pins.rename(machine.folder / "aside")
            pins.write_text("a file in the way")
            with pytest.raises(Unavailable):
                archive.append([spoken()])
            assert archive.ledger.size() == 6  # the pin could not even be read: nothing was written
            pins.unlink()
            pins.mkdir()
            (machine.folder / "aside" / archive.fingerprint).rename(pins / archive.fingerprint)
            pins.chmod(0o500)
            archive.append([spoken()])  # root writes everywhere
            assert archive.ledger.size() == 7


class TestCheckpoint:
    def test_signs_keeps_and_pins_the_head(self, archive: Archive) -> None:
        note = archive.checkpoint()
        assert open_checkpoint(note, archive.history.log).size == 6
        archive.append([spoken()])
        sizes = [size for size, _ in archive.ledger.checkpoints()]
        assert sizes == [1, 6, 7]

    def test_plain_ones_are_replaced(self, archive: Archive) -> None:
        for _ in range(3):
            archive.append([spoken()])
        assert [size for size, _ in archive.ledger.checkpoints()] == [1, 9]

    def test_is_never_signed_below_the_stored_one(self, machine: Machine, archive: Archive) -> None:
        archive.append([spoken()])
        pin = machine.folder / "pins" / archive.fingerprint
        pin.unlink()
        archive.database.execute("DELETE FROM entry WHERE seq=6")
        with pytest.raises(Refused, match="a checkpoint of 7 entries was signed, and there are 6"):
            archive.checkpoint()

    def test_is_never_signed_beside_the_stored_one(self, machine: Machine, tmp_path: Path) -> None:
        """The owner writes history anew with all keys, and leaves the old checkpoint where it was."""
        with machine.opened() as archive:
            rewrite(archive, signed_anew(archive, changing(all_entries(archive))), None)
        with machine.elsewhere(tmp_path / "elsewhere").opened() as fresh:
            for act in (fresh.checkpoint, lambda: fresh.append([spoken()])):
                with pytest.raises(Damaged, match="tree hashes are not those of checkpoint 6"):
                    act()

    def test_one_over_nothing_is_no_beginning(self, archive: Archive) -> None:
        archive.database.execute("DELETE FROM checkpoint")
        archive.ledger.put_checkpoint(*checkpoint_over(archive, []))
        with pytest.raises(Malformed, match="at least the genesis"):
            archive.append([spoken()])

    def test_is_never_signed_below_the_pinned_one(self, archive: Archive) -> None:
        archive.append([spoken()])
        archive.database.execute("DELETE FROM entry WHERE seq=6")
        archive.database.execute("DELETE FROM checkpoint")
        with pytest.raises(Refused, match="rolled back"):
            archive.checkpoint()

    def test_is_not_signed_over_a_leaf_that_reads_back_otherwise(self, archive: Archive) -> None:
        archive.database.execute("UPDATE node SET hash=zeroblob(32) WHERE level=0 AND number=5")
        with pytest.raises(Damaged, match="nothing is added or signed while entry 6 stands"):
            archive.append([spoken()])
        with pytest.raises(Damaged, match="tree hashes are not those"):
            archive.checkpoint()
        assert archive.ledger.size() == 6

    def test_follows_the_whole_ledger_where_none_was_ever_kept(self, machine: Machine, archive: Archive) -> None:
        archive.database.execute("DELETE FROM checkpoint")
        (machine.folder / "pins" / archive.fingerprint).unlink()
        archive.checkpoint()
        assert check(archive).passes()

    def test_nothing_is_stored_where_signing_was_refused(self, archive: Archive) -> None:
        archive.database.execute("UPDATE node SET hash=zeroblob(32) WHERE level=2")
        entries = all_entries(archive)
        with pytest.raises((Damaged, Refused)):
            archive.append([spoken()])
        assert all_entries(archive) == entries


class TestGivingBack:
    def test_a_record_of_public_lines_is_not_found(self, archive: Archive) -> None:
        with pytest.raises(NotFound, match="entry 0 has no readable record"):
            archive.read(0)

    def test_an_entry_that_is_not_there_is_damage(self, archive: Archive) -> None:
        with pytest.raises(Damaged, match="entry 6 is missing"):
            archive.entry(6)

    def test_a_record_of_another_entry_is_damage(self, archive: Archive) -> None:
        for sql in ("UPDATE record SET seq=? WHERE seq=?", "UPDATE record_wrap SET seq=? WHERE seq=?"):
            archive.database.executemany(sql, [(-1, 3), (3, 5), (5, -1)])
        with pytest.raises(Damaged, match="another root"):
            archive.read(3)

    def test_a_flipped_page_of_the_ledger_is_damage_not_a_traceback(self, machine: Machine) -> None:
        with machine.opened():
            pass
        path = machine.place.database
        whole = path.read_bytes()
        said = set()
        for page in range(1, len(whole) // PAGE):
            data = bytearray(whole)
            data[page * PAGE + 4000] ^= 1
            path.write_bytes(bytes(data))
            try:
                with machine.opened() as archive:
                    [archive.read(seq) for seq in range(1, 6)]
            except Damaged as exc:
                said.add(str(exc).partition(": ")[2])
        assert said
        assert all("a page is damaged" in sentence for sentence in said)

    def test_find_document_tells_what_is_not_stored(self, archive: Archive) -> None:
        with pytest.raises(NotFound, match="call has no stored bytes"):
            archive.find_document({"name": "call"})
        with pytest.raises(Damaged, match="header of x is missing"):
            archive.find_document({"name": "x", "payload-sha256": "00" * 32})
        document = next(archive.documents.all())
        item: dict[str, Value] = {"name": "x", "payload-sha256": document.payload_sha256.hex()}
        with pytest.raises(Damaged, match="not the content of its record"):
            archive.find_document(item | {"sha256": "00" * 32})
        archive.database.execute("UPDATE document SET header=NULL")
        with pytest.raises(NotFound, match="x was erased"):
            archive.find_document(item | {"sha256": document.sha256.hex()})

    def test_no_secret_is_in_its_repr(self, archive: Archive) -> None:
        shown = repr(archive)
        for secret in (archive.secrets.wrapping[1], archive.secrets.content[0].secret_text()):
            assert (secret.hex() if isinstance(secret, bytes) else secret) not in shown
            assert repr(secret) not in shown


def test_a_classic_vault_does_the_same(tmp_path: Path, identity: OpenIdentity) -> None:
    machine = found(tmp_path / "machine", identity, classic=True)
    fill(machine)
    with machine.opened() as archive:
        assert archive.secrets.content_recipient.startswith("age1")
        assert not archive.secrets.content_recipient.startswith("age1pq")
        assert check(archive, documents=True).passes()


def test_a_vault_without_room_says_so_and_stays_whole(machine: Machine) -> None:
    with machine.opened() as archive:
        before = files(archive)
        with files_of_at_most(3 * PAGE), pytest.raises(Unavailable):
            disclose(archive, b"x" * 100_000)
        with files_of_at_most(PAGE), pytest.raises(Unavailable):
            archive.append([spoken("y" * 50_000)])
        assert archive.ledger.size() == 6
        assert files(archive) == before
        archive.append([spoken()])
    with machine.opened() as archive:
        assert check(archive, documents=True).passes()
