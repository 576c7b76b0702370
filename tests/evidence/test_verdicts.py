"""Verdicts: five words, the worst finding wins, and nothing is green unless it was looked at."""

import pytest

from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, State, Verdict, broken, from_malformed, not_proven, settle

ORDER_BROKEN = broken(Verdict.ORDER, "entry 3", "sequence number 3", 4)
TIME_MISSING = not_proven(Verdict.TIME, "anchor", "a timestamp", "none")


def test_what_was_examined_and_has_no_fault_is_proven() -> None:
    assert settle([*Verdict], []) == dict.fromkeys(Verdict, State.PROVEN)


def test_what_was_not_examined_is_not_proven() -> None:
    assert settle([], []) == dict.fromkeys(Verdict, State.NOT_PROVEN)
    assert settle([Verdict.INTEGRITY], [])[Verdict.ORIGIN] == State.NOT_PROVEN


def test_worst_finding_wins_whatever_the_order() -> None:
    missing = not_proven(Verdict.ORDER, "pin", "a pin")
    for faults in ([missing, ORDER_BROKEN, TIME_MISSING], [TIME_MISSING, ORDER_BROKEN, missing]):
        states = settle([*Verdict], faults)
        assert (states[Verdict.ORDER], states[Verdict.TIME]) == (State.BROKEN, State.NOT_PROVEN)
        assert [states[v] for v in (Verdict.INTEGRITY, Verdict.ORIGIN, Verdict.COMPLETENESS)] == [State.PROVEN] * 3


def test_broken_is_broken_examined_or_not() -> None:
    assert settle([], [ORDER_BROKEN])[Verdict.ORDER] == State.BROKEN


def test_words_are_those_that_people_read() -> None:
    assert [*Verdict] == ["integrity", "order", "origin", "time", "completeness"]
    assert [*State] == ["PROVEN", "NOT PROVEN", "BROKEN"]


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (ORDER_BROKEN, "entry 3: expected sequence number 3, found 4"),
        (TIME_MISSING, "anchor: expected a timestamp, found 'none'"),
        (not_proven(Verdict.ORDER, "pin", "a pin"), "pin: expected a pin"),
        (broken(Verdict.ORIGIN, "entry 1", "m2", "\x1b[2J\u202em2"), r"entry 1: expected m2, found '\x1b[2J\u202em2'"),
    ],
)
def test_fault_is_one_inert_line(fault: Fault, line: str) -> None:
    assert str(fault) == line
    assert line.isprintable()


def test_what_was_found_is_shortened() -> None:
    assert len(broken(Verdict.ORIGIN, "entry 1", "m2", "x" * 1000).found) == 80


def test_strict_reader_s_refusal_is_a_fault() -> None:
    assert from_malformed(Verdict.INTEGRITY, Malformed("record", "one line", 0)) == Fault(
        Verdict.INTEGRITY, State.BROKEN, "record", "one line", "0"
    )
