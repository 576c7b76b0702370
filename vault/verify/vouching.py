"""What all proofs in files have in common: key entries, fingerprint, checkpoint, what was kept, witnesses."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vault.evidence import consistency, ed25519, vouched
from vault.evidence.checkpoint import Checkpoint, open_checkpoint
from vault.evidence.entry import SignedEntry
from vault.evidence.members import KEY_KINDS, KeyHistory
from vault.evidence.policy import Cosigned
from vault.evidence.strict import Malformed, refuse
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed, not_proven
from vault.evidence.vouched import Placed
from vault.verify import cosigners
from vault.verify.auditing import Audit
from vault.verify.outside import Outside
from vault.verify.report import Report
from vault.verify.steps import done, skipped

Histories = list[tuple[int, KeyHistory]]
"""The number of each key entry, and the keys after it."""

KEYS_LEFT_OUT = "that these are all the key entries before it: check the ledger"


@contextmanager
def judging(report: Report, *verdicts: Verdict) -> Iterator[None]:
    """What is refused in the block is BROKEN."""
    try:
        yield
    except Malformed as exc:
        report.add([from_malformed(verdict, exc) for verdict in verdicts])


def fingerprint(found: Audit, keys: Sequence[Placed], outside: Outside, more: tuple[Verdict, ...] = ()) -> None:
    """Step 6, for order, origin and `more` verdicts."""
    numbers = ", ".join(str(placed.index) for placed in keys[:20])
    found.steps.append(done("keys", f"entries {numbers}" + (" and more" if len(keys) > 20 else "")))
    first = vouched.fingerprint(keys) if keys[0].index == 0 else b""
    compare_fingerprint(found, first, outside, more)


def compare_fingerprint(found: Audit, first: bytes, outside: Outside, more: tuple[Verdict, ...] = ()) -> None:
    """Step 6 of a genesis with the leaf hash `first` (32 bytes), empty for an entry that is none."""
    found.fingerprint = first.hex()
    if not outside.expected:
        found.steps.append(skipped("fingerprint", "none was given (--policy, --fingerprint): it vouches for itself"))
    else:
        found.steps.append(done("fingerprint", outside.expected))
    for verdict in (Verdict.ORDER, Verdict.ORIGIN, *more):
        if not outside.expected:
            found.report.add([not_proven(verdict, "fingerprint", "one from outside", "none: self-asserted")])
        elif outside.expected != found.fingerprint:
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


def kept(found: Audit, outside: Outside, *heads: Checkpoint) -> None:
    """Step 8: a proof holds a tree or two, so only a checkpoint of its `heads`' sizes can be compared.

    [Of the same size with another root, it is of a fork.]
    """
    for name, note in outside.kept:
        where = f"checkpoint in {ascii(name)[1:-1]}"
        with judging(found.report, Verdict.ORDER):
            seen = consistency.unverified(note, where)
            ours = [head for head in heads if head.size == seen.size]
            if ours and seen not in ours:
                refuse(where, f"root {ours[0].root.hex()}", seen.root.hex())
            if not ours:
                sizes = " or ".join(str(head.size) for head in heads[:5])
                found.report.add([not_proven(Verdict.ORDER, where, f"one of size {sizes}", seen.size)])
    if outside.kept:
        found.steps.append(done("seen before", f"{len(outside.kept)} of them"))


def signers(
    found: Audit, keys: Sequence[SignedEntry], shown: Sequence[SignedEntry], histories: Histories, origin: str
) -> None:
    """Steps 3, 4 and 11: of each entry by the keys before it; those of `keys` were verified in step 5."""
    judge = Signers(histories, origin)
    for signed in shown if histories else ():
        if signed.entry.kind not in KEY_KINDS:
            with judging(found.report, Verdict.ORIGIN):
                judge.check(signed)
    found.report.add(judge.doubtful([*keys, *shown]))
    found.steps += [done(name, f"{len(shown)} entries") for name in ("signer", "signature", "in the end")]


class Signers:
    """Who may have signed an entry, by the key entries before it."""

    def __init__(self, histories: Histories, origin: str) -> None:
        self._numbers = [seq for seq, _ in histories]
        self._states = [KeyHistory(origin), *(state for _, state in histories)]
        self._origin = origin

    def check(self, signed: SignedEntry) -> None:
        """`Malformed` unless a member who might has signed it."""
        where = f"entry {signed.entry.seq}"
        key = self._states[bisect_left(self._numbers, signed.entry.seq)].signer(signed, where)
        ed25519.verify(key.public, signed.text_bytes, signed.unverified_signature.value, where)

    def doubtful(self, shown: Sequence[SignedEntry]) -> Iterator[Fault]:
        """The entries that a later revocation reaches back to."""
        for revoked in self._states[-1].revocations:
            for one in shown:
                name = one.unverified_signature.name
                if revoked.first <= one.entry.seq < revoked.declared and name == f"{self._origin}/{revoked.member}":
                    where = f"entry {one.entry.seq}"
                    yield not_proven(Verdict.ORIGIN, where, "a signer not revoked later", revoked.member)


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
