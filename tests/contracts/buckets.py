"""What every bucket keeps to; each implementation's test inherits this and provides `store` and `now`."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from vault.backup.store import BadChecksum, LargeStore, Lock, Taken
from vault.errors import NotFound, Refused

PART = 5 << 20  # bytes; the least that S3 takes of a part that is not the last


def digest(data: bytes) -> bytes:
    return sha256(data).digest()


class BucketContract:
    @pytest.fixture
    def now(self) -> Callable[[], datetime]:
        return lambda: datetime.now(UTC)

    def lock(self, now: Callable[[], datetime], seconds: int = 60, mode: str = "COMPLIANCE") -> Lock:
        return Lock(mode, (now() + timedelta(seconds=seconds)).replace(microsecond=0))

    def test_what_was_put_is_read_back_whole_and_in_ranges(self, store: LargeStore) -> None:
        version = store.put("a/b", b"0123456789", None)
        assert store.read("a/b") == store.read("a/b", version) == b"0123456789"
        assert store.read("a/b", start=3, size=4) == b"3456"
        assert store.read("a/b", version, start=8, size=9) == b"89"
        assert store.read("a/b", start=7) == b"789"
        assert store.read("a/b", start=10, size=1) == store.read("a/b", size=0) == b""

    def test_an_empty_object_is_an_object(self, store: LargeStore) -> None:
        store.put("empty", b"", None)
        assert store.read("empty") == b""
        assert store.facts("empty").size == 0

    def test_each_put_is_a_version_and_the_newest_is_read(self, store: LargeStore) -> None:
        first, second = store.put("k", b"one", None), store.put("k", b"two", None)
        assert first != second
        assert (store.read("k"), store.read("k", first)) == (b"two", b"one")
        assert [(one.id, one.latest) for one in store.versions("k")] == [(second, True), (first, False)]

    def test_the_sha256_that_is_said_is_compared_and_told(self, store: LargeStore) -> None:
        with pytest.raises(BadChecksum):
            store.put("k", b"data", None, sha256=digest(b"other"))
        with pytest.raises(NotFound):
            store.read("k")
        version = store.put("k", b"data", None, sha256=digest(b"data"))
        facts = store.facts("k", version)
        assert (facts.id, facts.size, facts.sha256) == (version, 4, b64encode(digest(b"data")).decode())

    def test_what_is_not_there_is_not_found(self, store: LargeStore) -> None:
        version = store.put("k", b"one", None)
        for call in (store.read, store.facts):
            with pytest.raises(NotFound):
                call("nothing")
            with pytest.raises(NotFound):
                call("nothing", version)

    def test_absent_takes_only_a_free_name(self, store: LargeStore) -> None:
        store.put("k", b"one", None, absent=True)
        with pytest.raises(Taken):
            store.put("k", b"two", None, absent=True)
        assert store.read("k") == b"one"

    def test_a_marker_hides_a_name_and_is_listed(self, store: LargeStore) -> None:
        version = store.put("k", b"one", None)
        store.delete("k")
        with pytest.raises(NotFound):
            store.read("k")
        assert store.read("k", version) == b"one"
        marker, old = store.versions("k")
        assert (marker.marker, marker.latest, old.id, old.marker) == (True, True, version, False)

    def test_lists_hold_all_names_that_begin_so(self, store: LargeStore) -> None:
        for name in ("a", "a/1", "a/2", "b/1"):
            store.put(name, name.encode(), None)
        assert [one.key for one in store.versions("a/")] == ["a/1", "a/2"]
        assert [one.key for one in store.versions()] == ["a", "a/1", "a/2", "b/1"]
        assert [one.size for one in store.versions()] == [1, 3, 3, 3]

    def test_a_lock_keeps_a_version_and_cannot_be_loosened(
        self, store: LargeStore, now: Callable[[], datetime]
    ) -> None:
        lock = self.lock(now)
        version = store.put("k", b"one", lock)
        assert store.facts("k", version).lock == lock
        with pytest.raises(Refused):
            store.delete("k", version)
        with pytest.raises(Refused):
            store.retain("k", version, lock._replace(until=lock.until - timedelta(seconds=30)))
        longer = lock._replace(until=lock.until + timedelta(seconds=30))
        store.retain("k", version, longer)
        store.retain("k", version, longer)
        assert store.facts("k", version).lock == longer
        assert store.read("k", version) == b"one"

    def test_a_version_without_a_lock_can_be_deleted(self, store: LargeStore) -> None:
        version = store.put("k", b"one", None)
        assert store.facts("k", version).lock is None
        store.delete("k", version)
        assert list(store.versions()) == []

    def test_a_large_object_comes_in_parts_and_shows_at_the_end(
        self, store: LargeStore, now: Callable[[], datetime]
    ) -> None:
        datas = {1: b"a" * PART, 2: b"b" * PART, 3: b"c"}
        lock = self.lock(now)
        upload = store.begin("large", lock)
        parts = {n: store.send("large", upload, n, data, digest(data)) for n, data in reversed(datas.items())}
        with pytest.raises(NotFound):
            store.read("large")
        assert {n: part.size for n, part in store.sent("large", upload).items()} == {1: PART, 2: PART, 3: 1}
        assert {n: part.tag for n, part in store.sent("large", upload).items()} == {n: p.tag for n, p in parts.items()}
        assert all(part.sha256 in (b"", parts[n].sha256) for n, part in store.sent("large", upload).items())
        version = store.finish("large", upload, parts)
        facts = store.facts("large", version)
        assert (facts.size, facts.lock) == (2 * PART + 1, lock)
        assert facts.sha256.endswith("-3")
        assert store.read("large", version, start=PART - 1, size=2) == b"ab"
        with pytest.raises(NotFound):
            store.sent("large", upload)

    def test_a_part_with_another_sha256_is_refused(self, store: LargeStore) -> None:
        upload = store.begin("large", None)
        with pytest.raises(BadChecksum):
            store.send("large", upload, 1, b"data", digest(b"other"))
        assert store.sent("large", upload) == {}

    def test_a_part_that_was_sent_twice_counts_once(self, store: LargeStore) -> None:
        upload = store.begin("large", None)
        store.send("large", upload, 1, b"old", digest(b"old"))
        part = store.send("large", upload, 1, b"new", digest(b"new"))
        store.finish("large", upload, {1: part})
        assert store.read("large") == b"new"
