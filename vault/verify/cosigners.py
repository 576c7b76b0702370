"""What witnesses and auditors of the verifier's policy say of a checkpoint. docs/format/policy.md."""

from datetime import UTC, datetime

from vault.evidence import note as notes
from vault.evidence.intervals import Anchor
from vault.evidence.members import KeyHistory
from vault.evidence.policy import Cosigned, Policy
from vault.evidence.strict import Malformed, utc_text
from vault.evidence.verdicts import Verdict, from_malformed, not_proven
from vault.verify.report import Report
from vault.verify.times import LATEST

_NEVER = datetime.max.replace(tzinfo=UTC)
_LAST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())  # seconds; a cosignature may say 2^63 - 1


def judge(note: bytes, policy: Policy, history: KeyHistory, report: Report, where: str) -> Cosigned | None:
    """Who of the policy cosigned, every signature verified; faults go into `report`. None where one does not hold.

    The log's own keys never count, those before a rotation neither. [A log cosigns its second history itself.]
    """
    try:
        read = notes.parse(note, where)
        own = [key for _, log in history.logs for key in (log.ed25519, log.ml_dsa)]  # those of before, too
        cosigned = policy.judge(read, own, where)
    except Malformed as exc:
        report.add([from_malformed(Verdict.ORDER, exc)])
        return None
    report.add(not_proven(Verdict.ORDER, where, "what the policy asks for", missing) for missing in cosigned.missing)
    report.remarks += [f"the cosignature of {name} does not count: {why}" for name, why in cosigned.set_aside]
    return cosigned


def as_anchors(cosigned: Cosigned | None) -> list[Anchor]:
    """What the witnesses' clocks show: the checkpoint was there by then. No certificate of theirs ends."""
    if cosigned is None:
        return []
    # [A cosignature of the year 300,000,000,000: no date of any calendar, and no evidence.]
    moments = [datetime.fromtimestamp(one.time, UTC) for one in cosigned.witnesses if one.time <= _LAST]
    return [Anchor(LATEST, cosigned.checkpoint.size, moment, moment, _NEVER) for moment in moments]


def _moment(time: int) -> str:
    return utc_text(datetime.fromtimestamp(time, UTC)) if time <= _LAST else f"second {time} since 1970"


def said(cosigned: Cosigned | None) -> str:
    """In words: what stands against a second history."""
    if cosigned is None or cosigned.missing or not cosigned.witnesses or cosigned.caution:
        return "a second history was not ruled out"
    names = ", ".join(f"{one.name} at {_moment(one.time)}" for one in cosigned.witnesses)
    return f"cosigned by {names}: no other history unless they all saw two"


def auditors(cosigned: Cosigned | None) -> str:
    """The auditing witnesses that cosigned, in words; empty if there was none."""
    return ", ".join(one.name for one in cosigned.auditors) if cosigned else ""
