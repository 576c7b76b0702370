"""A sample of the faults that `make soak` injects one by one: what was acknowledged is there, nothing is half there."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.faults import trials
from tests.faults.scenarios import (
    ANCHOR,
    CHECKPOINT,
    DISCLOSE,
    EXPORT_MORE,
    GET,
    INIT,
    INWARD,
    OUTWARD,
    PROOF,
    Bench,
    Scenario,
)
from tests.faults.starting import Starter
from tests.faults.strace import FAULTS, Call, Fault, available, concerned
from tests.faults.trials import Trial

EIO, ENOSPC, KILL, EIO_LASTING, ENOSPC_LASTING = FAULTS

# Where what was written becomes durable or gets its name; each is tried in each run of the tests.
TURNING = ("fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat")
Sample = Callable[[list[Call]], Iterator[tuple[Call, Fault]]]
SPREAD = 1  # other calls of each scenario and fault
OUTSIDE = 5  # turning points of a scenario that hands out or asks, of which there are more


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    available()
    with closing(Starter()) as starter, closing(Bench(tmp_path_factory.mktemp("bench"), starter)) as made:
        yield made


def turning(made: list[Call]) -> Iterator[tuple[Call, Fault]]:
    """Each turning point with one fault after another, so that all faults come at some."""
    points = [call for call in made if call.name in TURNING]
    return zip(points, FAULTS * len(points), strict=False)


def spread(made: list[Call]) -> Iterator[tuple[Call, Fault]]:
    """Calls from all over the run, others for each fault."""
    for shift, fault in enumerate(FAULTS, 1):
        calls = concerned(made, fault)
        step = max(1, len(calls) // SPREAD)
        yield from ((call, fault) for call in calls[shift * step // (len(FAULTS) + 1) :: step])


def few(made: list[Call]) -> Iterator[tuple[Call, Fault]]:
    """Turning points from all over the run, each with another fault."""
    points = [call for call in made if call.name in TURNING]
    return zip(points[:: max(1, len(points) // OUTSIDE)], FAULTS, strict=False)


SAMPLES = [
    *((scenario, sample) for scenario in INWARD for sample in (turning, spread)),
    *((scenario, few) for scenario in OUTWARD),
]


@pytest.mark.parametrize(("scenario", "sample"), SAMPLES, ids=[f"{one.name}-{how.__name__}" for one, how in SAMPLES])
def test_a_fault_leaves_all_or_nothing(bench: Bench, scenario: Scenario, sample: Sample) -> None:
    verdicts = [trials.run(bench, Trial(scenario, fault, call)) for call, fault in sample(bench.calls(scenario))]
    assert [str(verdict) for verdict in verdicts if verdict.broken] == []
    assert all(verdict.injected for verdict in verdicts)


FOUND = {
    "a commit called not written, and the next process found it": (DISCLOSE, EIO_LASTING, "fsync", "ledger.db-wal", -1),
    "a flush of the folder blamed on standard output": (INIT, EIO, "fsync", "", 0),
    "an identity that cannot be read blamed on standard output": (CHECKPOINT, EIO, "read", "identity", 0),
    "a pin that failed called entry 0 written, and the vault was taken back": (INIT, EIO, "mkdir", "pins", 0),
    "a journal from before the write-ahead log that nobody removed": (INIT, ENOSPC_LASTING, "fsync", "ledger.db>", 0),
    "a look at a document blamed on standard output": (DISCLOSE, EIO, "newfstatat", "/document.bin>", -1),
    "the close of a document blamed on standard output": (DISCLOSE, ENOSPC, "close", "/document.bin>", -1),
    "a vault called safe to make again, and it was there": (INIT, EIO, "renameat", "config", 0),
    "a default that failed called safe to repeat, and the vault was there": (INIT, EIO_LASTING, "pwrite64", "", -1),
    "an entry called not written and written in one sentence": (CHECKPOINT, EIO, "fcntl", "l_start=124", 7),
    "a document called unwritten, and it was there": (GET, EIO, "fsync", "", -1),
    "a temporary file beside the pins that nobody removed": (DISCLOSE, KILL, "renameat", "pins", 0),
    "a lock beside the time stamps blamed on standard output": (ANCHOR, EIO, "flock", "/anchors", 0),
    "an anchor called not written, and it was there": (ANCHOR, EIO, "fcntl", "F_UNLCK", -10),
    "an export acknowledged with a temporary file in it": (EXPORT_MORE, EIO, "unlinkat", "/out/", 0),
    "a proof called unwritten, and it was there": (PROOF, EIO, "fsync", "", -1),
    "an export that another run did not tidy, and order was never PROVEN": (EXPORT_MORE, KILL, "linkat", "", 0),
}
"""What was wrong once: the scenario, the fault, the name of the call, what it showed, which of these it was."""


@pytest.mark.parametrize("found", FOUND.values(), ids=FOUND)
def test_what_was_wrong_once_is_right(bench: Bench, found: tuple[Scenario, Fault, str, str, int]) -> None:
    scenario, fault, name, shown, place = found
    call = [call for call in bench.calls(scenario) if call.name == name and shown in call.shown][place]
    verdict = trials.run(bench, Trial(scenario, fault, call))
    assert verdict.injected
    assert not verdict.broken, str(verdict)
