"""A lane works in order beside its caller, passes faults on, and is gone afterwards."""

import threading
from functools import partial

import pytest

from vault.sealing.lane import Lane


def lanes() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "sealing lane"]


def half(number: int) -> int:
    """Fails for what is odd."""
    if number % 2:
        raise ValueError(f"{number} is odd")
    return number // 2


def test_results_come_in_the_order_of_the_items() -> None:
    with Lane(half) as lane:
        for number in range(0, 1000, 2):
            lane.put(number)
        assert [lane.get() for _ in range(500)] == list(range(500))


def test_work_is_done_in_one_other_thread() -> None:
    def name(_: int) -> str:
        return threading.current_thread().name

    with Lane(name) as lane:
        lane.put(1)
        lane.put(2)
        assert {lane.get(), lane.get()} == {"sealing lane"}
        assert len(lanes()) == 1


def test_lane_knows_how_many_results_are_still_to_be_got() -> None:
    with Lane(half) as lane:
        seen = [lane.pending]
        lane.put(2)
        lane.put(4)
        seen.append(lane.pending)
        lane.get()
        assert [*seen, lane.pending] == [0, 2, 1]


def test_result_that_is_nothing_is_a_result() -> None:
    given: list[int] = []
    with Lane(given.append) as lane:
        lane.put(1)
        lane.get()
    assert given == [1]


def test_thread_is_started_by_the_first_item_only() -> None:
    with Lane(half) as lane:
        assert lanes() == []
        lane.put(2)
        assert len(lanes()) == 1
    assert lanes() == []


@pytest.mark.parametrize("fault", [ValueError("x"), MemoryError(), KeyboardInterrupt(), SystemExit()])
def test_fault_is_the_result_of_its_item_and_of_all_later_ones(fault: BaseException) -> None:
    done = []

    def work(number: int) -> int:
        if number == 2:
            raise fault
        done.append(number)
        return number

    with Lane(work) as lane:
        for number in range(1, 5):
            lane.put(number)
        assert lane.get() == 1
        for _ in range(3):
            with pytest.raises(type(fault)) as caught:
                lane.get()
            assert caught.value is fault
    assert done == [1]


def leave(lane: Lane[int, int], error: BaseException) -> None:
    with lane:
        lane.put(2)
        lane.put(1)
        raise error


@pytest.mark.parametrize("error", [ValueError("mine"), KeyboardInterrupt(), SystemExit()])
def test_thread_is_gone_however_the_with_was_left(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        partial(leave, Lane(half))(error)
    assert caught.value is error
    assert lanes() == []
