"""A report of a verification: five verdicts, each with its reasons; the worst thing found decides each."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from vault.evidence.verdicts import Fault, State, Verdict

MAX_FAULTS = 1_000  # of one verdict; beyond, they are counted

REQUIRED = (Verdict.INTEGRITY, Verdict.ORDER, Verdict.ORIGIN)


@dataclass(slots=True)
class Report:
    """What was looked at and what was found. A verdict nobody spoke for is NOT PROVEN."""

    entries: int = 0
    transmittals: int = 0
    checkpoint: int = 0
    documents: int | None = None
    faults: dict[Verdict, list[Fault]] = field(default_factory=lambda: {verdict: [] for verdict in Verdict})
    counted: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))
    shown: dict[Verdict, list[str]] = field(default_factory=lambda: {verdict: [] for verdict in Verdict})
    remarks: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def add(self, faults: Iterable[Fault]) -> None:
        """Take in what was found wrong or missing."""
        for fault in faults:
            self.counted[fault.verdict] += 1
            if len(self.faults[fault.verdict]) < MAX_FAULTS:
                self.faults[fault.verdict].append(fault)

    def prove(self, verdict: Verdict, why: str) -> None:
        """Say what speaks for a verdict."""
        self.shown[verdict].append(why)

    def state(self, verdict: Verdict) -> State:
        """BROKEN if anything contradicts, NOT PROVEN if anything is missing or nothing was shown."""
        states = {fault.state for fault in self.faults[verdict]}
        if State.BROKEN in states:
            return State.BROKEN
        if states or not self.shown[verdict]:
            return State.NOT_PROVEN
        return State.PROVEN

    def why(self, verdict: Verdict) -> str:
        """One sentence: the first thing of the worst state, or what was shown."""
        state = self.state(verdict)
        worst = [fault for fault in self.faults[verdict] if fault.state is state]
        if not worst:
            return "; ".join(self.shown[verdict]) or "nothing was looked at"
        more = self.counted[verdict] - 1
        return str(worst[0]) + (f" (and {more} more)" if more else "")

    def passes(self, required: Iterable[Verdict] = REQUIRED) -> bool:
        """Whether nothing is BROKEN and each required verdict is PROVEN."""
        states = {verdict: self.state(verdict) for verdict in Verdict}
        return State.BROKEN not in states.values() and all(states[verdict] is State.PROVEN for verdict in required)
