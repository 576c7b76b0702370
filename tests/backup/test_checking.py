"""What the storage loses, cuts, changes, hides or unlocks is named by `verify`; what is lost is sent again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.backup.desks import Backed
from tests.vault.machine import disclose, spoken
from vault.backup import checking, drilling, extending, layout, status
from vault.backup.memory import MemoryBucket
from vault.errors import Damaged, NotFound
from vault.evidence import public


def bucket(made: Backed) -> MemoryBucket:
    assert isinstance(made.store, MemoryBucket)
    return made.store


def lose(store: MemoryBucket, key: str) -> None:
    del store.held[key]


def cut(store: MemoryBucket, key: str) -> None:
    (one,) = store.held[key]
    store.held[key] = [replace(one, data=(one.data or b"")[:-1])]


def change(store: MemoryBucket, key: str) -> None:
    *others, one = store.held[key]
    data = bytearray(one.data or b"")
    data[len(data) // 2] ^= 1
    store.held[key] = [*others, replace(one, data=bytes(data))]


def hide(store: MemoryBucket, key: str) -> None:
    store.delete(key)


def cover(store: MemoryBucket, key: str) -> None:
    store.put(key, b"poison", None)


def unlock(store: MemoryBucket, key: str) -> None:
    store.held[key] = [replace(one, lock=None) for one in store.held[key]]


KINDS = ("tile/entries/", "tile/0/", layout.RECORDS, layout.SEGMENTS, layout.HEADERS, layout.CHECKPOINTS, layout.LISTS)


def test_a_good_backup_passes(bucketed: Backed) -> None:
    bucketed.run()
    found = checking.verify(bucketed.job, checking.every)
    assert (found.faults, found.strangers) == ([], [])
    assert found.passes
    assert found.read == found.named > 15


@pytest.mark.parametrize("harm", [lose, cut, change, hide, cover])
def test_harm_to_each_kind_of_name_is_named(bucketed: Backed, harm: Callable[[MemoryBucket, str], None]) -> None:
    bucketed.run()
    keys = [next(one.key for one in bucketed.store.versions(prefix)) for prefix in KINDS]
    for key in keys:
        harm(bucket(bucketed), key)
    found = checking.verify(bucketed.job, checking.every)
    named = {fault.key for fault in found.faults}
    assert set(keys) <= named or (harm is lose and set(keys) - named <= {keys[4]} and layout.HEADERS in named)
    assert not found.passes


@pytest.mark.parametrize("prefix", [kind for kind in KINDS if kind != layout.LISTS])
def test_what_is_lost_is_sent_again(bucketed: Backed, tmp_path: Path, prefix: str) -> None:
    bucketed.run()
    for key in [one.key for one in bucketed.store.versions(prefix)]:
        lose(bucket(bucketed), key)
    assert not checking.verify(bucketed.job, checking.every).passes
    if prefix == "tile/entries/":
        with pytest.raises(Damaged):
            bucketed.restored(tmp_path / "before")
    else:
        assert bucketed.restored(tmp_path / "before").is_whole == (prefix in (layout.CHECKPOINTS, "tile/0/"))
    bucketed.run()
    assert bucketed.restored(tmp_path / "after").is_whole


def test_a_lifted_lock_is_named(bucketed: Backed) -> None:
    bucketed.run()
    key = next(one.key for one in bucketed.store.versions(layout.SEGMENTS))
    unlock(bucket(bucketed), key)
    assert [fault.key for fault in checking.verify(bucketed.job, checking.every).faults] == [key]


def test_a_sample_reads_a_share(bucketed: Backed) -> None:
    bucketed.run()
    found = checking.verify(bucketed.job, checking.share(10))
    assert found.passes
    assert 0 < found.read < found.named / 2


def test_status_of_a_good_backup(bucketed: Backed) -> None:
    bucketed.run()
    bucketed.archive.append([spoken()])
    found = status.status(bucketed.job)
    assert (found.covered, found.lag, found.is_harmed, found.ending) == (8, 1, False, 0)
    assert found.window
    assert not found.renewal_due
    assert found.last


def test_status_names_what_is_missing_hidden_unlocked_and_due(bucketed: Backed) -> None:
    bucketed.run()
    keys = [next(one.key for one in bucketed.store.versions(prefix)) for prefix in (layout.SEGMENTS, layout.RECORDS)]
    lose(bucket(bucketed), keys[0])
    hide(bucket(bucketed), keys[1])
    unlock(bucket(bucketed), next(one.key for one in bucketed.store.versions(layout.HEADERS)))
    bucketed.clock.time += timedelta(days=20)
    found = status.status(bucketed.job)
    assert found.missing == [keys[0]]
    assert [said for said in found.odd if keys[1] in said]
    assert [key for key in found.lifted if key.startswith(layout.HEADERS)]
    assert found.renewal_due
    assert found.is_harmed


def test_extending_counts_every_lock_anew(bucketed: Backed) -> None:
    bucketed.run()
    bucketed.clock.time += timedelta(days=300)
    count, renewed = extending.extend(bucketed.job)
    assert (count > 10, renewed) == (True, 1)
    for one in bucketed.store.versions():
        lock = bucketed.store.facts(one.key, one.id).lock
        assert lock
        days = (lock.until - bucketed.clock.time).days
        assert days in ((34, 35) if one.key.startswith(layout.HEADERS) else (3649, 3650))
    assert not status.status(bucketed.job).ending


def test_a_drill_restores_opens_and_tells(bucketed: Backed) -> None:
    bucketed.run()
    found = drilling.drill(bucketed.job, bucketed.machine.identity, 3)
    assert (found.ok, found.why, found.documents) == (True, [], 3)
    entry = bucketed.archive.entry(found.entry).entry
    assert dict(map(public.split, entry.public_lines))["drill"] == "ok"
    size = bucketed.archive.ledger.size()
    assert bucketed.run().entry is None  # the drill has carried its own entry
    assert bucketed.archive.ledger.size() == size


@pytest.mark.parametrize("prefix", [layout.SEGMENTS, layout.HEADERS, "tile/entries/"])
def test_a_drill_of_a_lost_backup_fails_and_tells(bucketed: Backed, prefix: str) -> None:
    disclose(bucketed.archive, b"one more")
    bucketed.run()
    for one in list(bucketed.store.versions(prefix)):
        lose(bucket(bucketed), one.key)
    found = drilling.drill(bucketed.job, bucketed.machine.identity, 10)
    assert not found.ok
    assert found.why
    entry = bucketed.archive.entry(found.entry).entry
    assert dict(map(public.split, entry.public_lines))["drill"] == "failed"


def test_a_drill_without_a_backup_is_none(bucketed: Backed) -> None:
    with pytest.raises(NotFound):
        drilling.drill(bucketed.job, bucketed.machine.identity)


def test_an_operator_who_puts_all_of_it_back_is_found_out(bucketed: Backed, tmp_path: Path) -> None:
    bucketed.run()
    before = {key: list(versions) for key, versions in bucket(bucketed).held.items()}
    bucketed.archive.append([spoken()])
    bucketed.run()
    note = bucketed.archive.ledger.checkpoint()
    bucket(bucketed).held = before
    assert status.status(bucketed.job).is_harmed
    assert not checking.verify(bucketed.job, checking.every).passes
    from vault.backup.restoring import Wish

    assert note
    assert bucketed.restored(tmp_path / "clean", Wish(expect=(("kept", note),))).tail
    bucketed.run()  # the machine that knows better puts it right
    assert bucketed.restored(tmp_path / "again", Wish(expect=(("kept", note),))).is_whole
