"""The five verdicts and what speaks against one: never one word for all, never green for what was not looked at."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import NamedTuple

from vault.evidence.strict import Malformed


class Verdict(StrEnum):
    """What is judged, each by itself."""

    INTEGRITY = "integrity"  # bytes match what was committed to
    ORDER = "order"  # chain, sequence, tree, consistency
    ORIGIN = "origin"  # signatures, roles, key history
    TIME = "time"  # anchors
    COMPLETENESS = "completeness"  # index, filter


class State(StrEnum):
    """How a verdict comes out; the worst of what was found wins."""

    PROVEN = "PROVEN"
    NOT_PROVEN = "NOT PROVEN"
    BROKEN = "BROKEN"


class Fault(NamedTuple):
    """One thing found wrong (`BROKEN`) or missing (`NOT PROVEN`): where, what was expected, what was found.

    `found` is short printable ASCII, as in `Malformed`; empty where there is nothing to show.
    """

    verdict: Verdict
    state: State
    where: str
    expected: str
    found: str = ""

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}" + (f", found {self.found}" if self.found else "")


def broken(verdict: Verdict, where: str, expected: str, found: object = None) -> Fault:
    """A fault that contradicts what was signed or committed to."""
    return from_malformed(verdict, Malformed(where, expected, found))


def not_proven(verdict: Verdict, where: str, expected: str, found: object = None) -> Fault:
    """Something that nothing contradicts and nothing shows."""
    missing = Malformed(where, expected, found)
    return Fault(verdict, State.NOT_PROVEN, missing.where, missing.expected, missing.found)


def from_malformed(verdict: Verdict, exc: Malformed) -> Fault:
    """The fault a strict reader raised."""
    return Fault(verdict, State.BROKEN, exc.where, exc.expected, exc.found)


def settle(examined: Collection[Verdict], faults: Iterable[Fault]) -> dict[Verdict, State]:
    """How each of the five comes out: by its worst fault; without any, PROVEN only if it was `examined`."""
    found = {(fault.verdict, fault.state) for fault in faults}
    return {verdict: _state(verdict, examined, found) for verdict in Verdict}


def _state(verdict: Verdict, examined: Collection[Verdict], found: set[tuple[Verdict, State]]) -> State:
    for state in (State.BROKEN, State.NOT_PROVEN):
        if (verdict, state) in found:
            return state
    return State.PROVEN if verdict in examined else State.NOT_PROVEN
