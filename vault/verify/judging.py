"""What every verifier of ours says in the same words: of checkpoints, fingerprint and anchors, and at the end."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from vault.errors import Damaged, NotFound
from vault.evidence.anchor import Named
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import Checkpoint, open_checkpoint
from vault.evidence.members import KeyHistory
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, State, Verdict, broken, from_malformed, not_proven
from vault.verify.report import Report

REMARKS = 20  # of one sort
UNREADABLE = (Damaged, NotFound, Malformed)  # of a tree hash that is not there, or not one


def compare_checkpoint(note: bytes, history: KeyHistory, expected: Checkpoint, where: str) -> Iterator[Fault]:
    """Step 7: both log signatures under the keys of that size, and the tree that the ledger has."""
    if not history.logs:
        yield broken(Verdict.ORIGIN, where, "log keys that a genesis declares", "none")
        return
    try:
        found = open_checkpoint(note, history.log_at(expected.size), where)
    except Malformed as exc:
        yield from_malformed(Verdict.ORIGIN, exc)
        return
    if found != expected:
        said = found.root.hex() if (found.origin, found.size) == (expected.origin, expected.size) else found.text
        yield broken(Verdict.ORDER, where, f"size {expected.size}, root {expected.root.hex()}", said)


def compare_fingerprint(chain: Chain, expected: str) -> Iterator[Fault]:
    """Step 6: the genesis is the one that somebody knows, 64 hex digits."""
    if chain.fingerprint.hex() != expected:
        for verdict in (Verdict.ORDER, Verdict.ORIGIN):
            yield broken(verdict, "entry 0", f"the fingerprint {expected}", chain.fingerprint.hex())


def compare_anchors(root: Callable[[int], bytes], anchors: Iterable[Named]) -> Iterator[Fault]:
    """Step 9: what each anchor entry says the ledger was; `root` tells what it was."""
    for one in anchors:
        try:
            had = root(one.size)
        except UNREADABLE:
            had = b""
        if had != one.root:
            where = f"anchor in entry {one.seq}"
            yield broken(Verdict.ORDER, where, f"the root over {one.size} entries, {had.hex()}", one.root.hex())


def weigh(report: Report) -> None:
    """Last of all: a list is not complete of a history that is not whole. [An index over what was not cut off.]"""
    whole = (Verdict.INTEGRITY, Verdict.ORDER, Verdict.ORIGIN)
    wrong = [str(verdict) for verdict in whole if report.state(verdict) is State.BROKEN]
    if wrong:
        report.add([not_proven(Verdict.COMPLETENESS, "ledger", "one that is whole", f"{' and '.join(wrong)} BROKEN")])


def conclude(report: Report, chain: Chain, kinds: Counter[str], against_another: str) -> None:
    """Step 11, and what speaks for order and origin; `against_another` says what stands against a second history."""
    report.entries, report.transmittals = chain.size, chain.transmittals
    report.add(chain.ending_faults())
    for seq in chain.steps_back[:REMARKS]:
        report.remarks.append(f"the clock of entry {seq} is behind that of the entry before")
    for seq in chain.unknown[:REMARKS]:
        report.remarks.append(f"entry {seq} is of a kind this program does not know; its meaning was not checked")
    for kind in ("policy", "backup"):
        if count := kinds[kind]:
            report.remarks.append(f"entries of kind {kind} ({count}): their form was checked, what they say was not")
    report.prove(
        Verdict.ORDER,
        f"entries 0 to {chain.size - 1} in one chain under checkpoint {report.checkpoint}; {against_another}",
    )
    report.prove(Verdict.ORIGIN, f"{chain.size} signatures by members with the role, from the genesis on")
