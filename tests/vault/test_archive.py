"""The archive: what is acknowledged is there, whole, pinned and under a checkpoint; what is refused leaves nothing."""

import threading
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity
from tests.vault.documents.test_local import files_of_at_most
from tests.vault.machine import (
    LEI,
    Machine,
    disclose,
    files,
    fill,
    found,
    party,
    spoken,
    written,
)
from vault.archive import Archive
from vault.checking.steps import check
from vault.database import PAGE
from vault.errors import Damaged, NotFound, Stopped, Unavailable, Undecided
from vault.evidence import merkle
from vault.evidence.checkpoint import open_checkpoint
from vault.evidence.record import Value
from vault.evidence.strict import Malformed
from vault.records.draft import Draft


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


class TestClock:
    def test_a_step_back_of_minutes_passes_and_is_named_by_verify(self, archive: Archive) -> None:
        last = archive.entry(5).entry.time
        archive.clock = lambda: last - timedelta(minutes=4)
        archive.append([spoken()])
        report = check(archive)
        assert report.passes()
        assert report.remarks == ["the clock of entry 6 is behind that of the entry before"]

    def test_five_minutes_are_the_limit(self, archive: Archive) -> None:
        last = archive.entry(5).entry.time
        archive.clock = lambda: last - timedelta(minutes=5)
        assert archive.append([spoken()])

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
        with files_of_at_most(PAGE), pytest.raises(Undecided):
            archive.append([spoken("y" * 50_000)])
        assert archive.ledger.size() == 6
        assert files(archive) == before
        archive.append([spoken()])
    with machine.opened() as archive:
        assert check(archive, documents=True).passes()
