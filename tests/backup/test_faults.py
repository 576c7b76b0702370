"""Each fault of a network by itself, then all of them at once: nothing is called done that is not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.backup.desks import Backed, backed
from tests.backup.faulty import _HASTY, storm
from tests.backup.proxy import KINDS, Proxy
from tests.backup.weed import Weed, bucket_of
from tests.vault.machine import Machine, spoken
from vault.backup import layout
from vault.backup.patient import Patient
from vault.backup.s3 import Address
from vault.errors import Unavailable

QUICK = [kind for kind in KINDS if kind not in ("stall", "503")]  # those take their time; the soak has it


@pytest.mark.parametrize("kind", [kind for kind in QUICK if kind not in ("expired", "skewed")])
def test_a_run_gets_through_each_fault(
    weed: Weed, bucket: str, prefix: str, machine: Machine, tmp_path: Path, kind: str
) -> None:
    place = Address(bucket, prefix)
    with Proxy(weed.endpoint, {kind: 0.3}) as proxy:
        store = Patient(bucket_of(weed, place, endpoint=proxy.endpoint, patience=_HASTY).store, sleep=lambda _: None)
        with backed(machine, store) as made:
            made.run()
            assert proxy.done[kind] > 2
            assert made.restored(tmp_path / "clean").is_whole
        direct = bucket_of(weed, place)
        doubled = [one.key for one in direct.versions() if not one.latest and one.key not in layout.REPLACED]
        assert doubled == []


def run_often(made: Backed) -> None:
    for _ in range(20):
        made.archive.append([spoken()])
        made.run()


@pytest.mark.parametrize("kind", ["expired", "skewed"])
def test_what_waiting_does_not_mend_ends_at_once_and_is_gone_on_with(
    weed: Weed, bucket: str, prefix: str, machine: Machine, tmp_path: Path, kind: str
) -> None:
    with Proxy(weed.endpoint, {kind: 0.2}, seed=3) as proxy:
        store = bucket_of(weed, Address(bucket, prefix), endpoint=proxy.endpoint, patience=_HASTY)
        with backed(machine, store) as made:
            with pytest.raises(Unavailable) as ended:
                run_often(made)
            assert ended.value.hint.startswith(("renew", "set"))
            proxy.rates = {}
            made.run()
            assert made.restored(tmp_path / "clean").is_whole


def test_a_server_that_is_gone_is_unavailable(
    weed: Weed, bucket: str, prefix: str, machine: Machine, reach: Callable[..., Patient]
) -> None:
    with Proxy(weed.endpoint, {"500": 1.0}) as proxy:
        store = bucket_of(weed, Address(bucket, prefix), endpoint=proxy.endpoint, patience=_HASTY)
        store = Patient(store.store, seconds=1)
        with backed(machine, store) as made, pytest.raises(Unavailable):
            made.run()


@pytest.mark.parametrize("kind", ["503", "stall"])
def test_a_server_that_is_slow_is_unavailable_and_then_waited_for(
    weed: Weed, bucket: str, prefix: str, kind: str
) -> None:
    direct, slept = bucket_of(weed, Address(bucket, prefix)), list[float]()
    direct.put("k", b"one", None)
    with Proxy(weed.endpoint, {kind: 1.0}) as proxy:
        through = bucket_of(
            weed, Address(bucket, prefix), endpoint=proxy.endpoint, patience=_HASTY._replace(attempts=1)
        )
        with pytest.raises(Unavailable):
            through.store.read("k")

        def mended(seconds: float) -> None:
            slept.append(seconds)
            proxy.rates = {}

        assert Patient(through.store, sleep=mended).read("k") == b"one"
        assert len(slept) == 1


def test_a_storm_of_all_faults_ends_whole_or_says_so(
    weed: Weed, bucket: str, prefix: str, machine: Machine, tmp_path: Path
) -> None:
    outcome = storm(weed, machine, Address(bucket, prefix), tmp_path, 40, QUICK)
    assert outcome.false == 0
    assert outcome.whole >= 2
    assert outcome.faults > 5
