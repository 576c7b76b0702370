"""A run sends what is new, nothing twice, the checkpoint last; what is odd it says, a fork it refuses."""

from collections import Counter
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from tests.backup.desks import Backed, backed, elsewhere
from tests.vault.machine import Machine, disclose, spoken, written
from vault.backup import layout, listing, running, state
from vault.backup.memory import MemoryBucket
from vault.backup.sending import PART
from vault.backup.store import Lock
from vault.errors import Damaged, Refused, Unavailable
from vault.evidence import public
from vault.evidence.checkpoint import parse_text
from vault.evidence.note import parse as parse_note
from vault.index.filling import is_due


class Counting(MemoryBucket):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def put(self, key: str, data: bytes, lock: Lock | None, *, sha256: bytes = b"", absent: bool = False) -> str:
        self.asked.append(f"put {key}")
        return super().put(key, data, lock, sha256=sha256, absent=absent)

    def read(self, key: str, version: str = "", *, start: int = 0, size: int = -1) -> bytes:
        self.asked.append(f"read {key}")
        return super().read(key, version, start=start, size=size)


def bucket_of(made: Backed) -> MemoryBucket:
    assert isinstance(made.store, MemoryBucket)
    return made.store


def once(made: Backed) -> Counter[str]:
    """How many versions lie under each name that is written once."""
    return Counter(one.key for one in made.store.versions() if one.key not in layout.REPLACED)


def test_all_of_a_vault_lies_there_and_the_entry_tells_of_it(bucketed: Backed) -> None:
    ran = bucketed.run()
    size = bucketed.archive.ledger.size()
    assert (ran.size, ran.entry, ran.odd) == (size, size - 1, ())
    head = parse_text(parse_note(bucketed.store.read("checkpoint")).text)
    assert (head.size, head.root) == (size, bucketed.archive.ledger.root(size))
    names = set(once(bucketed))
    assert all(map(layout.is_ours, names))
    assert {layout.segment(name) for name in bucketed.archive.segments.names()} <= names
    for name in bucketed.archive.segments.names():
        with bucketed.archive.segments.open(name) as file:
            assert bucketed.store.read(layout.segment(name)) == file.read()


def test_the_entry_commits_to_each_version_that_was_put(bucketed: Backed) -> None:
    ran = bucketed.run()
    assert ran.entry is not None
    lines = dict(map(public.split, bucketed.archive.entry(ran.entry).entry.public_lines))
    count, digest = lines["objects"].split(" ")
    listed = listing.parse(bucketed.store.read(layout.listing(int(lines["size"]), digest)), "list")
    assert len(listed.objects) == int(count) > 10
    for one in listed.objects:
        data = bucketed.store.read(one.key, one.version)
        assert (len(data), sha256(data).digest()) == (one.size, one.sha256)


def test_what_the_last_act_put_stands_in_the_next_list(bucketed: Backed) -> None:
    bucketed.run()
    behind = {one.key for one in state_of(bucketed)}
    assert {"checkpoint", "tile/entries/000.p/8"} <= behind
    bucketed.archive.append([spoken()])
    second = bucketed.run()
    assert second.entry is not None
    lines = dict(map(public.split, bucketed.archive.entry(second.entry).entry.public_lines))
    data = bucketed.store.read(layout.listing(int(lines["size"]), lines["objects"].split(" ")[1]))
    assert behind <= {one.key for one in listing.parse(data, "list").objects}


def state_of(made: Backed) -> list[listing.Listed]:
    with state.opened(made.archive.folder.path, made.target.url) as memory:
        return memory.unlisted()


def test_nothing_new_takes_one_request_and_makes_no_entry(machine: Machine) -> None:
    store = Counting()
    with backed(machine, store) as made:
        made.run()
        size, versions = made.archive.ledger.size(), list(store.versions())
        store.asked.clear()
        ran = made.run()
        assert store.asked == ["read checkpoint"]
        assert (ran.entry, ran.sent.objects, made.archive.ledger.size()) == (None, 0, size)
        assert list(store.versions()) == versions


def test_a_run_costs_what_is_new(machine: Machine) -> None:
    store = Counting()
    with backed(machine, store) as made:
        made.run()
        disclose(made.archive, b"new")
        store.asked.clear()
        made.run()
        assert len(store.asked) < 25
        assert sum(asked.startswith("put segments/") for asked in store.asked) == 1
        assert set(once(made).values()) == {1}


def test_everything_is_locked_for_years_and_keys_for_a_window(bucketed: Backed) -> None:
    bucketed.run()
    for one in bucketed.store.versions():
        lock = bucketed.store.facts(one.key, one.id).lock
        assert lock is not None
        days = (lock.until - bucketed.clock.time).days
        assert days in ((33, 34, 35) if one.key.startswith(layout.HEADERS) else (3648, 3649, 3650)), one.key


def test_a_large_document_goes_in_parts_and_comes_whole(bucketed: Backed) -> None:
    content = bytes(range(256)) * ((2 * PART + PART // 2) // 256)
    disclose(bucketed.archive, content)
    bucketed.run()
    (large,) = [one for one in bucketed.store.versions() if one.size > 2 * PART]
    assert bucketed.store.facts(large.key).sha256.endswith("-3")


def test_parts_that_have_arrived_are_not_sent_again(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaking(MemoryBucket):
        sent_parts: Counter[int] = Counter()  # noqa: RUF012
        broken = False

        def send(self, key: str, upload: str, number: int, data: bytes, sha256: bytes):  # type: ignore[no-untyped-def]
            if number == 4 and not self.broken:
                type(self).broken = True
                raise Unavailable("the line is cut")
            self.sent_parts[number] += 1
            return super().send(key, upload, number, data, sha256)

    with backed(machine, Breaking()) as made:
        disclose(made.archive, bytes(4 * PART))
        with pytest.raises(Unavailable):
            made.run()
        assert not list(made.store.versions(layout.SEGMENTS + "x"))
        made.run()
        assert set(Breaking.sent_parts.values()) == {1}
        assert len(Breaking.sent_parts) == 5


def test_without_a_state_what_lies_there_is_found(bucketed: Backed) -> None:
    bucketed.run()
    before = once(bucketed)
    (bucketed.archive.folder.path / state.NAME).unlink()
    ran = bucketed.run()
    assert ran.sent.found >= 5
    after = once(bucketed)
    assert set(after.values()) == {1}
    assert {key for key in before if not key.startswith(layout.HEADERS)} <= after.keys()


def test_a_segment_that_rots_is_not_backed_up(bucketed: Backed) -> None:
    name = next(iter(bucketed.archive.segments.names()))
    path = bucketed.archive.folder.segments / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(Damaged, match=name):
        bucketed.run()
    assert "checkpoint" not in {one.key for one in bucketed.store.versions()}


def test_locks_of_keys_are_renewed_before_half_the_window_is_over(bucketed: Backed) -> None:
    bucketed.run()
    size = bucketed.archive.ledger.size()
    bucketed.clock.time += timedelta(days=20)
    bucketed.run()
    assert bucketed.archive.ledger.size() == size  # a renewal alone is no news
    for one in bucketed.store.versions(layout.HEADERS):
        lock = bucketed.store.facts(one.key, one.id).lock
        assert lock
        assert (lock.until - bucketed.clock.time).days in (34, 35)


def test_another_ledgers_prefix_is_refused(bucketed: Backed, tmp_path: Path) -> None:
    from tests.vault.machine import found

    bucketed.run()
    other = found(tmp_path / "other", bucketed.machine.identity, origin="other.example/log")
    with backed(other, bucketed.store) as made, pytest.raises(Refused, match="is of the ledger"):
        made.run()


def test_two_machines_restored_from_one_backup_cannot_both_go_on(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    for name in ("first", "second"):
        bucketed.restored(tmp_path / name)
    with backed(elsewhere(bucketed.machine, tmp_path / "first"), bucketed.store) as first:
        first.archive.append([spoken("from the first")])
        first.run()
    with backed(elsewhere(bucketed.machine, tmp_path / "second"), bucketed.store) as second:
        with pytest.raises(Refused, match="the backup holds"):
            second.run()
        for _ in range(3):
            second.archive.append([spoken("from the second")])
        with pytest.raises(Refused, match="another history"):
            second.run()
    with pytest.raises(Refused, match="the backup holds"):
        bucketed.run()


def test_a_fork_that_came_midway_is_found_before_the_checkpoint(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    bucketed.restored(tmp_path / "other")

    class Racing(MemoryBucket):
        raced = False

        def put(self, key, data, lock, *, sha256=b"", absent=False):  # type: ignore[no-untyped-def]
            if key.startswith(layout.RECORDS) and not self.raced:
                self.raced = True
                with backed(elsewhere(bucketed.machine, tmp_path / "other"), bucketed.store) as other:
                    other.archive.append([spoken("from the other")])
                    other.run()
            return super().put(key, data, lock, sha256=sha256, absent=absent)

    racing = Racing(held=bucket_of(bucketed).held, clock=bucket_of(bucketed).clock)
    racing._count = 1 << 20
    bucketed.archive.append([spoken("from here")])
    bucketed.store = racing
    with pytest.raises(Refused, match="the backup holds"):
        bucketed.run()


def test_what_an_outsider_put_under_a_name_before_is_told_and_overruled(bucketed: Backed, tmp_path: Path) -> None:
    name = next(iter(bucketed.archive.segments.names()))
    bucketed.store.put(layout.segment(name), b"poison", None)
    ran = bucketed.run()
    assert [said for said in ran.odd if layout.segment(name) in said]
    restored = bucketed.restored(tmp_path / "clean")
    assert restored.is_whole
    assert [said for said in restored.odd if layout.segment(name) in said]


@pytest.mark.parametrize("how", ["gone", "put back", "no checkpoint"])
def test_a_checkpoint_that_was_tampered_with_is_told_and_put_right(bucketed: Backed, how: str) -> None:
    bucketed.run()
    old = bucketed.store.read("checkpoint")
    bucketed.archive.append([spoken()])
    size = bucketed.run().size
    if how == "gone":
        bucketed.store.delete("checkpoint")
    else:
        bucketed.store.put("checkpoint", old if how == "put back" else b"rubbish", None)
    ran = bucketed.run()
    assert ran.odd
    assert parse_text(parse_note(bucketed.store.read("checkpoint")).text).size == ran.size >= size


def test_a_plan_says_what_a_run_would_do_and_does_nothing(bucketed: Backed) -> None:
    planned = running.plan(bucketed.job)
    total = sum(document.payload_size for document in bucketed.archive.documents.all())
    assert (planned.entries, planned.bytes, planned.renewals) == (6, total, 0)
    assert list(bucketed.store.versions()) == []
    bucketed.run()
    assert running.plan(bucketed.job) == (running.Plan(0, 0, 0, 0))


def test_entries_that_come_meanwhile_are_in_with_their_documents(bucketed: Backed, tmp_path: Path) -> None:
    class Meanwhile(MemoryBucket):
        done = False

        def put(self, key, data, lock, *, sha256=b"", absent=False):  # type: ignore[no-untyped-def]
            if key.startswith(layout.LISTS) and not self.done:
                self.done = True
                with bucketed.machine.opened(bucketed.clock) as other:
                    disclose(other, b"came meanwhile")
            return super().put(key, data, lock, sha256=sha256, absent=absent)

    bucketed.store = Meanwhile(clock=bucketed.clock)
    bucketed.run()
    assert bucketed.restored(tmp_path / "clean").is_whole


def test_one_backup_runs_at_a_time(bucketed: Backed) -> None:
    with (
        state.opened(bucketed.archive.folder.path, bucketed.target.url),
        pytest.raises(Unavailable, match="another backup"),
    ):
        bucketed.run()


def test_a_state_that_is_no_database_is_made_anew(bucketed: Backed) -> None:
    bucketed.run()
    (bucketed.archive.folder.path / state.NAME).write_bytes(b"rubbish" * 1000)
    bucketed.archive.append([spoken()])
    bucketed.run()
    assert set(once(bucketed).values()) == {1}


def test_an_index_stands_before_the_backup_entry(bucketed: Backed) -> None:
    bucketed.run()
    assert not is_due(bucketed.archive.ledger)
    assert parse_text(parse_note(bucketed.store.read("checkpoint-indexed")).text).size == 7


def test_many_entries_fill_tiles_and_bundles(bucketed: Backed, tmp_path: Path) -> None:
    for _ in range(3):
        bucketed.archive.append([spoken(f"call {n}") for n in range(100)])
        with bucketed.archive.storing() as storing:
            bucketed.archive.append([written([storing.add(BytesIO(b"x%d" % n)) for n in range(20)])], storing)
        bucketed.run()
    names = set(once(bucketed))
    assert {"tile/0/000", "tile/entries/000", "records/000", "tile/1/000.p/1"} <= names
    restored = bucketed.restored(tmp_path / "clean")
    assert restored.is_whole
    assert restored.size == bucketed.archive.ledger.size() > 300
