"""A sample of the faults that `make soak` injects one by one: what was acknowledged is there, nothing is half there."""

from pathlib import Path

import pytest

from tests.faults.scenarios import SCENARIOS, Bench, Scenario
from tests.faults.strace import FAULTS, Call, available

SAMPLES = 2  # calls of each scenario and fault, spread over the whole run


def sampled(calls: list[Call], fault: str) -> list[Call]:
    """Calls spread over the run, others for each fault; the last ones too, where commits are."""
    shift = list(FAULTS).index(fault)
    step = max(1, len(calls) // SAMPLES)
    return calls[shift * step // len(FAULTS) :: step]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_fault_leaves_all_or_nothing(tmp_path: Path, scenario: Scenario, fault: str) -> None:
    available()
    bench = Bench(tmp_path)
    injected = 0
    for call in sampled(bench.calls(scenario), fault):
        outcome = bench.trial(scenario, call, fault)
        injected += bool(outcome.injected)
    assert injected, "no fault reached the command"
