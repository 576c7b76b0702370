"""What all proofs in files have in common: key entries, fingerprint, checkpoint, what was kept, witnesses."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vault.evidence import consistency, vouched
from vault.evidence.checkpoint import Checkpoint, open_checkpoint
from vault.evidence.members import KeyHistory
from vault.evidence.policy import Cosigned
from vault.evidence.sections import Cut
from vault.evidence.strict import Malformed, refuse
from vault.evidence.verdicts import Verdict, broken, from_malformed, not_proven
from vault.evidence.vouched import Placed
from vault.verify import cosigners
from vault.verify.auditing import Audit
from vault.verify.outside import Outside
from vault.verify.report import Report
from vault.verify.steps import done, skipped

CUT_OFF = "the file seems to be cut off (truncated); nothing in it was checked: get it again, whole, from who made it"
KEYS_LEFT_OUT = "that these are all the key entries before it: check the ledger"


@contextmanager
def judging(report: Report, *verdicts: Verdict) -> Iterator[None]:
    """What is refused in the block is BROKEN."""
    try:
        yield
    except Malformed as exc:
        report.add([from_malformed(verdict, exc) for verdict in verdicts])


def unread(found: Audit, exc: Malformed) -> Audit:
    """A file that is no whole proof: nothing of it is judged, and what to do is said."""
    found.report.add([from_malformed(Verdict.INTEGRITY, exc)])
    if isinstance(exc, Cut):
        found.report.remarks.append(CUT_OFF)
    return found


def fingerprint(found: Audit, keys: Sequence[Placed], outside: Outside, more: tuple[Verdict, ...] = ()) -> None:
    """Step 6, for order, origin and `more` verdicts."""
    found.fingerprint = vouched.fingerprint(keys).hex()
    numbers = ", ".join(str(placed.index) for placed in keys[:20])
    found.steps.append(done("keys", f"entries {numbers}" + (" and more" if len(keys) > 20 else "")))
    if not outside.expected:
        found.steps.append(skipped("fingerprint", "none was given (--policy, --fingerprint): it vouches for itself"))
    else:
        found.steps.append(done("fingerprint", outside.expected))
    for verdict in (Verdict.ORDER, Verdict.ORIGIN, *more):
        if not outside.expected:
            found.report.add([not_proven(verdict, "fingerprint", "one from outside", "none: self-asserted")])
        elif outside.expected != found.fingerprint or keys[0].index != 0:
            expected = f"the fingerprint {outside.expected}"
            found.report.add([broken(verdict, "entry 0", expected, found.fingerprint)])


def opened(found: Audit, note: bytes, history: KeyHistory | None, claimed: Checkpoint) -> Checkpoint | None:
    """Step 7, by the log keys in force at its size."""
    found.steps.append(done("checkpoint", f"size {claimed.size}, root {claimed.root.hex()}"))
    if history is not None:
        with judging(found.report, Verdict.ORDER):
            checkpoint = open_checkpoint(note, history.log_at(claimed.size), "checkpoint")
            found.report.checkpoint = checkpoint.size
            return checkpoint
    found.report.add([not_proven(Verdict.ORDER, "checkpoint", "log keys that hold over it", "none")])
    return None


def kept(found: Audit, outside: Outside, claimed: Checkpoint) -> None:
    """Step 8: a proof holds one tree, so only a checkpoint of its size can be compared."""
    for name, note in outside.kept:
        where = f"checkpoint in {ascii(name)[1:-1]}"
        with judging(found.report, Verdict.ORDER):
            seen = consistency.unverified(note, where)
            if seen.size == claimed.size and seen != claimed:
                refuse(where, f"root {claimed.root.hex()}", seen.root.hex())
            if seen.size != claimed.size:
                found.report.add([not_proven(Verdict.ORDER, where, f"one of size {claimed.size}", seen.size)])
    if outside.kept:
        found.steps.append(done("seen before", f"{len(outside.kept)} of them"))


def witnesses(
    found: Audit, note: bytes, outside: Outside, history: KeyHistory | None, claimed: Checkpoint
) -> Cosigned | None:
    """Step 14."""
    if outside.policy is None or history is None:
        return None
    cosigned = cosigners.Judge(outside.policy, history).one(note, claimed, found.report, "checkpoint")
    counted = len(cosigned.witnesses) if cosigned else 0
    found.steps.append(done("witnesses", f"{counted} of the policy cosigned, quorum {outside.policy.quorum.rule}"))
    return cosigned
