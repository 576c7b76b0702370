"""A report of a verification: five verdicts, each with its reasons; the worst thing found decides each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from vault.evidence.verdicts import Fault, State, Verdict, settle

MAX_FAULTS = 1_000  # of one verdict and state; beyond, they are counted

REQUIRED = (Verdict.INTEGRITY, Verdict.ORDER, Verdict.ORIGIN)


@dataclass(slots=True)
class Report:
    """What was looked at and what was found. A verdict nobody spoke for is NOT PROVEN."""

    entries: int = 0
    transmittals: int = 0
    checkpoint: int = 0
    documents: int | None = None
    shown: dict[Verdict, list[str]] = field(default_factory=lambda: {verdict: [] for verdict in Verdict})
    remarks: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    _kept: dict[tuple[Verdict, State], list[Fault]] = field(default_factory=dict)
    _counted: Counter[Verdict] = field(default_factory=Counter)

    def add(self, faults: Iterable[Fault]) -> None:
        """Take in what was found wrong or missing. Of each state some are kept: a flood of one hides no other."""
        for fault in faults:
            self._counted[fault.verdict] += 1
            kept = self._kept.setdefault((fault.verdict, fault.state), [])
            if len(kept) < MAX_FAULTS:
                kept.append(fault)

    def take(self, other: "Report") -> None:
        """Take in the faults of another report."""
        more = other._counted.copy()
        for faults in other._kept.values():
            self.add(faults)
            more.subtract(fault.verdict for fault in faults)
        self._counted += more

    def prove(self, verdict: Verdict, why: str) -> None:
        """Say what speaks for a verdict."""
        self.shown[verdict].append(why)

    @property
    def faults(self) -> dict[Verdict, list[Fault]]:
        """The faults kept, by verdict, the worst first."""
        states = (State.BROKEN, State.NOT_PROVEN)
        return {verdict: [f for state in states for f in self._kept.get((verdict, state), ())] for verdict in Verdict}

    def state(self, verdict: Verdict) -> State:
        """BROKEN if anything contradicts, NOT PROVEN if anything is missing or nothing was shown."""
        return settle([verdict] if self.shown[verdict] else [], self.faults[verdict])[verdict]

    def why(self, verdict: Verdict) -> str:
        """One sentence: the first thing of the worst state, or what was shown."""
        worst = self.faults[verdict]
        if not worst:
            return "; ".join(self.shown[verdict]) or "nothing was looked at"
        more = self._counted[verdict] - 1
        return str(worst[0]) + (f" (and {more} more)" if more else "")

    def passes(self, required: Iterable[Verdict] = REQUIRED) -> bool:
        """Whether nothing is BROKEN and each required verdict is PROVEN."""
        states = {verdict: self.state(verdict) for verdict in Verdict}
        return State.BROKEN not in states.values() and all(states[verdict] is State.PROVEN for verdict in required)
