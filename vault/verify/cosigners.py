"""What witnesses and auditors of the verifier's policy say of a checkpoint. docs/format/policy.md."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from vault.evidence import note as notes
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, open_checkpoint
from vault.evidence.intervals import UNSTATED, Anchor
from vault.evidence.members import KeyHistory
from vault.evidence.policy import Cosigned, Policy
from vault.evidence.strict import Malformed, utc_text
from vault.evidence.verdicts import State, Verdict, from_malformed, not_proven
from vault.verify.report import Report
from vault.verify.times import LATEST

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges checkpoints by a policy; `history` has the log keys that the ledger declares at any size."""

    policy: Policy
    history: KeyHistory

    def both(
        self,
        head: tuple[bytes, Checkpoint],
        indexed: tuple[bytes, Checkpoint] | None,
        report: Report,
        is_news: Callable[[int], bool],
    ) -> tuple[Cosigned | None, Cosigned | None]:
        """What counts for order and time, and what counts for completeness: of notes, each with what the ledger had.

        An auditor cosigns what an index ends. So where the head lacks what the policy asks for and the checkpoint at
        the newest index does not, that one counts, unless `is_news` says that more than bookkeeping came behind it.
        """
        at_index, told = None, Report()
        if indexed is not None:
            at_index = self.one(*indexed, told, "checkpoint at the newest index")
            report.add(fault for fault in told.faults[Verdict.ORDER] if fault.state is State.BROKEN)
        kept = Report()
        at_head = self.one(*head, kept, "checkpoint")
        if at_index and not at_index.missing and at_head and at_head.missing and not is_news(at_index.checkpoint.size):
            behind = f"entries {at_index.checkpoint.size} to {at_head.checkpoint.size - 1}, bookkeeping alone"
            report.remarks.append(f"cosigned as the policy asks up to the newest index; not yet: {behind}")
            return at_index, at_index
        report.take(kept)
        report.remarks += kept.remarks
        return at_head, at_index

    def one(self, note: bytes, expected: Checkpoint, report: Report, where: str) -> Cosigned | None:
        """Who cosigned `expected`, every signature verified; faults go into `report`.

        None for a note that is not this checkpoint under both log keys, or in which a signature does not hold: what
        anybody says of another tree counts for nothing here. [A true cosignature of another ledger is put beside this
        one.] No log key of any time counts. [A log cosigns its second history by an old key.]
        """
        try:
            if not self._is(note, expected, where):
                missing = not_proven(Verdict.ORDER, where, "cosignatures of what the ledger is", "none")
                report.add([missing])
                return None
            own = [key for _, pair in self.history.logs for key in (pair.ed25519, pair.ml_dsa)]
            cosigned = self.policy.judge(notes.parse(note, where, limit=MAX_CHECKPOINT), own, where)
        except Malformed as exc:
            report.add([from_malformed(Verdict.ORDER, exc)])
            return None
        report.add(not_proven(Verdict.ORDER, where, "what the policy asks for", one) for one in cosigned.missing)
        report.remarks += [f"the cosignature of {name} does not count: {why}" for name, why in cosigned.set_aside]
        return cosigned

    def _is(self, note: bytes, expected: Checkpoint, where: str) -> bool:
        """Step 7 names what is wrong with one that is not."""
        try:
            return open_checkpoint(note, self.history.log_at(expected.size), where) == expected
        except Malformed:
            return False


def as_anchors(cosigned: Cosigned | None) -> list[Anchor]:
    """What the witnesses' clocks show: the checkpoint was there when the quorum was complete; fewer show nothing.

    No certificate of theirs ends; like a TSA that states no accuracy a clock is taken to be right within 60 seconds.
    [One of three whom the verifier believes together back-dates.]
    """
    if cosigned is None or cosigned.missing or cosigned.quorum_time is None:
        return []
    moment = datetime.fromtimestamp(cosigned.quorum_time, UTC)
    return [Anchor(LATEST, cosigned.checkpoint.size, moment - UNSTATED, moment + UNSTATED, _NEVER)]


def said(cosigned: Cosigned | None) -> str:
    """In words: what stands against a second history."""
    if cosigned is None or cosigned.missing or not cosigned.witnesses or cosigned.caution:
        return "a second history was not ruled out"
    names = ", ".join(f"{one.name} at {_when(one.time)}" for one in cosigned.witnesses)
    return f"cosigned by {names}: no other history unless they all saw two"


def auditors(cosigned: Cosigned | None) -> str:
    """The auditing witnesses that cosigned, in words; empty if there was none."""
    return ", ".join(one.name for one in cosigned.auditors) if cosigned else ""


def _when(time: int) -> str:
    return utc_text(datetime.fromtimestamp(time, UTC))
