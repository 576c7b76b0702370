"""What the harness takes for granted of the program: which calls it makes, and that one thread makes them."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.faults.scenarios import DISCLOSE, GET, SCENARIOS, Bench, Scenario
from tests.faults.starting import Starter
from tests.faults.strace import FAULTS, Fault, available, calls, inject, trace

LARGE = 12 << 20  # bytes: past where documents are sealed and opened by threads


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    available()
    with closing(Starter()) as starter, closing(Bench(tmp_path_factory.mktemp("bench"), starter)) as made:
        yield made


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_call_on_our_files_is_left_out(bench: Bench, scenario: Scenario) -> None:
    known = [(call.name, call.nth) for call in bench.calls(scenario)]
    program = bench.program(bench.copy(scenario), scenario)
    whole = [line.name for line in trace(bench.starter, program, "all") if str(program.folder) in line.shown]
    assert whole == [name for name, _ in known]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_runs_make_the_same_calls(bench: Bench, scenario: Scenario) -> None:
    first, second = ([(call.name, call.nth) for call in bench.calls(scenario)] for _ in range(2))
    assert first == second


def test_only_the_main_thread_calls_for_files(bench: Bench) -> None:
    """Also where worker threads hash and encipher a large document."""
    desk = bench.copy(DISCLOSE)
    (desk.folder / "document.bin").write_bytes(os.urandom(LARGE))
    back = replace(GET, arguments=("get", "T-000002/1", "-o", "@back.bin"))
    for scenario in (DISCLOSE, back):
        program = bench.program(desk, scenario)
        lines = trace(bench.starter, program, "all")
        assert len({line.thread for line in lines}) > 1, "no threads were at work"
        assert {line.thread for line in lines if str(program.folder) in line.shown} == {lines[0].thread}
    assert (desk.folder / "back.bin").stat().st_size == LARGE


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_injected_where_it_was_wanted(bench: Bench, fault: Fault) -> None:
    call = next(call for call in reversed(bench.calls(DISCLOSE)) if call.name == "fsync")
    program = bench.program(bench.copy(DISCLOSE), DISCLOSE)
    outcome = inject(bench.starter, program, call, fault)
    assert "fsync(" in outcome.injected
    assert outcome.killed == (fault.name == "KILL")


def test_call_is_named_by_its_count_among_all_of_its_name(bench: Bench) -> None:
    program = bench.program(bench.copy(DISCLOSE), DISCLOSE)
    lines = trace(bench.starter, program)
    program = bench.program(bench.copy(DISCLOSE), DISCLOSE)
    for call in calls(bench.starter, program):
        same = [line for line in lines if line.name == call.name and line.thread == lines[0].thread]
        assert str(program.folder) in same[call.nth - 1].shown
