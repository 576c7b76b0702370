"""Both buckets, the real server's and the fake, keep one contract; and what each answer of a server comes to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.backup.weed import Weed, bucket_of
from tests.contracts.buckets import BucketContract
from vault.backup import s3
from vault.backup.memory import MemoryBucket
from vault.backup.patient import Patient
from vault.backup.s3 import Address
from vault.backup.store import BadChecksum, Facts, Lapsed, Lock, Taken
from vault.errors import Misuse, NotFound, Refused, Unavailable


class TestMemory(BucketContract):
    @pytest.fixture
    def store(self) -> MemoryBucket:
        return MemoryBucket()

    def test_a_lock_ends(self) -> None:
        time = datetime(2026, 11, 22, tzinfo=UTC)
        store = MemoryBucket(clock=lambda: time)
        version = store.put("k", b"one", Lock("COMPLIANCE", time + timedelta(days=1)))
        time += timedelta(days=2)
        store.delete("k", version)
        assert list(store.versions()) == []


class TestS3(BucketContract):
    @pytest.fixture
    def store(self, reach: Callable[..., Patient]) -> Patient:
        return reach("owner")

    def test_the_settings_of_a_bucket_are_told(self, weed: Weed, bucket: str, store: Patient) -> None:
        assert isinstance(store.store, s3.S3Bucket)
        told = store.store.settings()
        assert (told["versioning"], told["lock"]["ObjectLockEnabled"]) == ("Enabled", "Enabled")

    def test_a_bucket_that_is_not_there_is_named(self, weed: Weed) -> None:
        nowhere = bucket_of(weed, Address("no-such-bucket", ""))
        with pytest.raises(NotFound, match="bucket"):
            nowhere.read("k")


class TestPatient(BucketContract):
    @pytest.fixture
    def store(self) -> Patient:
        return Patient(MemoryBucket(), sleep=lambda _: None)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("SlowDown", 503, Unavailable), ("InternalError", 500, Unavailable), ("", 502, Unavailable),
        ("RequestTimeout", 400, Unavailable), ("ExpiredToken", 400, Lapsed), ("RequestTimeTooSkewed", 403, Lapsed),
        ("AccessDenied", 403, Refused), ("InvalidAccessKeyId", 403, Refused), ("SignatureDoesNotMatch", 403, Refused),
        ("NoSuchKey", 404, NotFound), ("404", 404, NotFound), ("NoSuchVersion", 404, NotFound),
        ("NoSuchBucket", 404, NotFound), ("NoSuchUpload", 404, NotFound), ("PreconditionFailed", 412, Taken),
        ("BadDigest", 400, BadChecksum), ("", 429, Unavailable), ("Other", 400, Refused),
    ],
)  # fmt: skip
def test_what_an_answer_comes_to(code: str, status: int, kind: type[Exception]) -> None:
    answer = {"Error": {"Code": code, "Message": "secret words"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(kind) as raised, s3._translated("s3://b/k"):
        raise ClientError(answer, "PutObject")
    assert "s3://b/k" in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    ["", "b", "http://b/p", "s3://", "s3:///p", "s3://key:word@b/p", "s3://b/p?x", "s3://b/a b", "s3://b/a//b",
     "s3://b/\u00e9"],
)  # fmt: skip
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(Misuse):
        Address.parse(url)


def test_an_address_is_bucket_and_prefix() -> None:
    assert Address.parse("s3://b/p/q/") == Address("b", "p/q")
    assert str(Address.parse("s3://b")) == "s3://b"


class _Flaky(MemoryBucket):
    """Unavailable for the first tries of each call."""

    def read(self, key: str, version: str = "", *, start: int = 0, size: int = -1) -> bytes:
        self.name += "."
        if len(self.name) < 12:
            raise Unavailable("not now")
        return super().read(key, version, start=start, size=size)


def test_patience_has_an_end() -> None:
    slept: list[float] = []
    store = _Flaky()
    store.put("k", b"one", None)
    assert Patient(store, seconds=60, sleep=slept.append, clock=lambda: sum(slept)).read("k") == b"one"
    assert slept == sorted(slept)[: len(slept)] or len(slept) > 2
    with pytest.raises(Unavailable):
        Patient(_Flaky(), seconds=0.1, sleep=slept.append, clock=lambda: 0.0).read("k")


def test_what_waiting_does_not_mend_is_not_waited_for() -> None:
    class Expired(MemoryBucket):
        def facts(self, key: str, version: str = "") -> Facts:
            raise Lapsed("expired")

    slept: list[float] = []
    with pytest.raises(Lapsed):
        Patient(Expired(), sleep=slept.append).facts("k")
    assert slept == []
