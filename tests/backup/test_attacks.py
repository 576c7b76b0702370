"""With the writer's credentials nothing can be destroyed; with the restorer's and auditor's nothing can be written.

The server is a real one, under the policies of docs/operations.md as they stand there.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.backup.desks import Backed, backed, elsewhere, rows
from tests.backup.weed import Weed, bucket_of, bucket_policy
from tests.vault.machine import Machine, spoken
from vault.backup import checking, layout, probing
from vault.backup.patient import Patient
from vault.backup.s3 import Address
from vault.backup.source import BucketSource
from vault.errors import Refused
from vault.verify.auditing import audit
from vault.verify.outside import Outside

Reach = Callable[..., Patient]


@pytest.fixture
def stored(machine: Machine, reach: Reach) -> Iterator[Backed]:
    """A vault backed up by the writer, with locks by this machine's clock."""
    with backed(machine, reach("writer")) as made:
        made.clock.time = datetime.now(UTC)
        made.target = made.target.with_found(dict.fromkeys(made.target.found, True))
        made.run()
        yield made


def test_the_writer_can_destroy_nothing(
    stored: Backed, weed: Weed, bucket: str, prefix: str, reach: Reach, tmp_path: Path
) -> None:
    writer, owner = weed.client("writer"), weed.client()
    soon = {"Mode": "COMPLIANCE", "RetainUntilDate": datetime.now(UTC) + timedelta(minutes=5)}
    attempts: dict[str, Callable[[dict[str, str]], Any]] = {
        "delete a version": lambda at: writer.delete_object(**at),
        "hide a name": lambda at: writer.delete_object(Bucket=at["Bucket"], Key=at["Key"]),
        "shorten": lambda at: writer.put_object_retention(**at, Retention=soon),
        "shorten with bypass": lambda at: writer.put_object_retention(
            **at, Retention={**soon, "Mode": "GOVERNANCE"}, BypassGovernanceRetention=True
        ),
        "lift a hold": lambda at: writer.put_object_legal_hold(**at, LegalHold={"Status": "OFF"}),
    }
    for one in list(stored.store.versions()):
        at = {"Bucket": bucket, "Key": f"{prefix}/{one.key}", "VersionId": one.id}
        for what, attempt in attempts.items():
            with pytest.raises(ClientError) as refused:
                attempt(at)
            assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403, what
        with pytest.raises(ClientError):  # nor can the owner of the account
            owner.delete_object(**at, BypassGovernanceRetention=True)
    of_bucket: list[Callable[[], Any]] = [
        lambda: writer.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}),
        lambda: owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"}),
        lambda: writer.put_bucket_policy(Bucket=bucket, Policy=json.dumps(bucket_policy(bucket))),
        lambda: writer.delete_bucket(Bucket=bucket),
        lambda: writer.put_bucket_lifecycle_configuration(
            Bucket=bucket,
            LifecycleConfiguration={
                "Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
            },
        ),
    ]
    for call in of_bucket:
        with pytest.raises(ClientError):
            call()
    assert bucket_still_gives_back(stored, reach, tmp_path)


def bucket_still_gives_back(stored: Backed, reach: Reach, folder: Path) -> bool:
    """Restore as the restorer, and compare."""
    restored = stored.restored(folder / "clean", store=reach("restorer"))
    with elsewhere(stored.machine, folder / "clean").opened() as archive:
        assert rows(archive) == rows(stored.archive)
    return restored.is_whole


def test_what_the_writer_puts_on_top_is_named_and_overruled(stored: Backed, reach: Reach, tmp_path: Path) -> None:
    old = stored.store.read("checkpoint")
    stored.archive.append([spoken()])
    stored.run()
    names = sorted({one.key for one in stored.store.versions()})
    for key in names:
        stored.store.put(key, old if key == "checkpoint" else b"poison", None)
    found = checking.verify(stored.job, checking.every)
    assert not found.passes
    named = {fault.key for fault in found.faults}
    assert {key for key in names if key not in layout.REPLACED} <= named
    assert "checkpoint" in named
    assert bucket_still_gives_back(stored, reach, tmp_path)


def test_the_restorer_and_the_auditor_write_nothing(stored: Backed, reach: Reach) -> None:
    one = next(stored.store.versions("checkpoint"))
    for role in ("restorer", "auditor"):
        store = reach(role)
        with pytest.raises(Refused):
            store.put("checkpoint", b"", None)
        with pytest.raises(Refused):
            store.delete("checkpoint", one.id)
        with pytest.raises(Refused):
            store.begin("large", None)


def test_the_auditor_checks_the_ledger_and_reads_nothing_sealed(stored: Backed, reach: Reach) -> None:
    store = reach("auditor")
    found = audit(BucketSource(store, "s3"), Outside(stored.archive.fingerprint))
    assert found.report.passes()
    for key in {one.key for one in stored.store.versions()}:
        if not layout.is_public(key):
            with pytest.raises(Refused):
                store.read(key)


def test_the_probe_tells_what_this_server_enforces(reach: Reach) -> None:
    store = reach("writer")
    probed = probing.probe(store.store, "compliance", datetime.now(UTC))
    assert all(probed.found.values()), probed.did
    for one in store.versions():
        assert one.key.startswith("probe/")
        lock = store.facts(one.key, one.id).lock
        assert lock
        assert lock.until < datetime.now(UTC) + timedelta(seconds=probing.SECONDS)


def test_the_probe_tells_of_a_bucket_without_locks(weed: Weed) -> None:
    store = bucket_of(weed, Address(weed.new_bucket(lock=False), "desk"))
    found = probing.probe(store.store, "compliance", datetime.now(UTC)).found
    assert not any(found[name] for name in ("versioning", "locks", "keeps", "holds"))
    assert found["checks"]
