"""What every store of segments keeps to; each implementation's test inherits this and provides `store`."""

import os

import pytest

from vault.documents.store import SegmentMissing, SegmentStore


class SegmentContract:
    def committed(self, store: SegmentStore, data: bytes) -> str:
        segment = store.new()
        segment.sink.write(data)
        segment.commit()
        return segment.name

    def read(self, store: SegmentStore, name: str) -> bytes:
        with store.open(name) as segment:
            return segment.read()

    def test_what_was_committed_is_read_back(self, store: SegmentStore) -> None:
        name = self.committed(store, b"one" * 1000)
        assert self.read(store, name) == b"one" * 1000
        assert list(store.names()) == [name]

    def test_nothing_is_visible_before_commit(self, store: SegmentStore) -> None:
        segment = store.new()
        segment.sink.write(b"half")
        assert list(store.names()) == []
        with pytest.raises(SegmentMissing):
            store.open(segment.name)
        segment.abort()

    def test_an_empty_segment_is_a_segment(self, store: SegmentStore) -> None:
        assert self.read(store, self.committed(store, b"")) == b""

    def test_the_sink_can_be_cut_back(self, store: SegmentStore) -> None:
        segment = store.new()
        segment.sink.write(b"kept, dropped")
        segment.sink.seek(4)
        segment.sink.truncate()
        assert segment.sink.tell() == 4
        segment.sink.write(b"!")
        segment.commit()
        assert self.read(store, segment.name) == b"kept!"

    def test_a_segment_is_read_from_any_place(self, store: SegmentStore) -> None:
        name = self.committed(store, bytes(range(100)))
        with store.open(name) as segment:
            assert segment.seek(90) == 90
            assert segment.read(5) == bytes(range(90, 95))
            block = bytearray(5)
            assert segment.readinto(block) == 5
            assert block == bytes(range(95, 100))
            assert segment.seek(0, os.SEEK_END) == 100

    def test_abort_leaves_nothing_behind(self, store: SegmentStore) -> None:
        segment = store.new()
        segment.sink.write(b"half")
        segment.abort()
        assert list(store.names()) == []
        assert list(store.leftovers()) == []

    def test_abort_after_commit_is_harmless(self, store: SegmentStore) -> None:
        segment = store.new()
        segment.sink.write(b"whole")
        segment.commit()
        segment.abort()
        assert self.read(store, segment.name) == b"whole"

    def test_what_was_begun_and_not_ended_is_a_leftover(self, store: SegmentStore) -> None:
        segment = store.new()
        (leftover,) = store.leftovers()
        assert segment.name in leftover
        segment.sink.close()
        store.delete(leftover)
        assert list(store.leftovers()) == []

    def test_two_segments_do_not_share_a_name(self, store: SegmentStore) -> None:
        names = {self.committed(store, b"same") for _ in range(20)}
        assert len(names) == 20
        assert set(store.names()) == names
        assert all(len(name) == 32 for name in names)

    def test_deleting_is_idempotent(self, store: SegmentStore) -> None:
        name = self.committed(store, b"one")
        store.delete(name)
        store.delete(name)
        assert list(store.names()) == []
        with pytest.raises(SegmentMissing):
            store.open(name)

    @pytest.mark.parametrize("name", ["", "../lock", "0" * 31, "0" * 33, "A" * 32, "0" * 31 + "\n", "/etc/passwd"])
    def test_what_is_no_name_is_a_missing_segment(self, store: SegmentStore, name: str) -> None:
        with pytest.raises(SegmentMissing):
            store.open(name)
