"""Judging proofs that come as files: receipts, consistency and completeness. The steps are those of `steps`."""

from collections.abc import Callable

from vault.evidence import completeness, consistency, ed25519, receipt, vouched
from vault.evidence import entry as entries
from vault.evidence.binding import check_record
from vault.evidence.checkpoint import Checkpoint, open_checkpoint
from vault.evidence.entry import SignedEntry
from vault.evidence.members import KeyHistory
from vault.evidence.merkle import check_consistency, check_inclusion
from vault.evidence.receipt import Receipt
from vault.evidence.record import Line
from vault.evidence.strict import Malformed, refuse
from vault.evidence.verdicts import Verdict, not_proven
from vault.evidence.vouched import Placed
from vault.evidence.vrf import tag, term_input, verify
from vault.verify import completing, cosigners, vouching
from vault.verify.auditing import Audit
from vault.verify.outside import Outside
from vault.verify.report import Report
from vault.verify.steps import done
from vault.verify.vouching import KEYS_LEFT_OUT, judging

REQUIRED = (Verdict.INTEGRITY, Verdict.ORDER)  # a proof by itself cannot show that no key entry is left out
MAX_FILE = max(receipt.MAX_FILE, consistency.MAX_FILE, completeness.MAX_FILE)


def kind_of(data: bytes) -> Callable[[bytes, Outside], Audit] | None:
    """Who judges a file that begins like this; None for what is no proof of ours."""
    return _judges().get(data[:100].split(b"\n", 1)[0])


def begins(data: bytes) -> bool:
    """Whether this may be the beginning of a proof, cut off in its first line."""
    return any(first.startswith(data) for first in _judges())


def _judges() -> dict[bytes, Callable[[bytes, Outside], Audit]]:
    return {
        receipt.FORMAT.encode(): judge_receipt,
        consistency.FORMAT.encode(): judge_consistency,
        completeness.FORMAT.encode(): completing.judge,
    }


def judge_receipt(data: bytes, outside: Outside) -> Audit:
    """Check a receipt; all that can be said without the ledger."""
    found = Audit(required=REQUIRED)
    report = found.report
    try:
        read = receipt.parse(data)
        signed = entries.parse(read.entry, "entry")
        claimed = consistency.unverified(bytes(read.proof.unverified_checkpoint), "checkpoint")
    except Malformed as exc:
        return vouching.unread(found, exc)
    report.entries, report.transmittals = 1, int(signed.entry.kind == "disclosure")
    found.steps.append(done("read", f"entry {signed.entry.seq}, {len(read.keys)} key entries"))
    history = _keys(found, read.keys, claimed, signed.entry.seq, outside)
    all_keys, note = _all_keys(read.keys, claimed), bytes(read.proof.unverified_checkpoint)
    opened = vouching.opened(found, note, all_keys, claimed)
    with judging(report, Verdict.ORDER):
        _check_place(read, signed, opened or claimed)
    if history is not None:
        with judging(report, Verdict.ORIGIN):
            _check_signer(signed, history)
    _record(found, read, signed, history)
    vouching.kept(found, outside, claimed)
    cosigned = vouching.witnesses(found, note, outside, all_keys, claimed)
    _conclude(found, signed, claimed, cosigners.said(cosigned))
    return found


def _keys(
    found: Audit, keys: tuple[Placed, ...], claimed: Checkpoint, before: int, outside: Outside
) -> KeyHistory | None:
    """Steps 5 and 6."""
    history = None
    with judging(found.report, Verdict.ORIGIN):
        history = vouched.history(keys, claimed, before, "keys")
    vouching.fingerprint(found, keys, outside)
    found.report.add([not_proven(Verdict.ORIGIN, "keys", KEYS_LEFT_OUT, "not shown")])
    return history


def _all_keys(keys: tuple[Placed, ...], claimed: Checkpoint) -> KeyHistory | None:
    try:
        return vouched.history(keys, claimed, claimed.size, "keys")
    except Malformed:
        return None  # told above


def _check_place(read: Receipt, signed: SignedEntry, opened: Checkpoint) -> None:
    """Step 2: the entry's own number is its place in the tree."""
    entry = signed.entry
    if (entry.origin, entry.seq) != (opened.origin, read.proof.index):
        refuse("entry", f"number {read.proof.index} of {opened.origin}", f"{entry.seq} of {entry.origin}")
    hashes, index = read.proof.hashes, read.proof.index
    check_inclusion(signed.hash, index, opened.size, hashes, opened.root, "entry")


def _check_signer(signed: SignedEntry, history: KeyHistory) -> None:
    """Steps 3 and 4."""
    where = f"entry {signed.entry.seq}"
    key = history.signer(signed, where)
    ed25519.verify(key.public, signed.text_bytes, signed.unverified_signature.value, where)


def _record(found: Audit, read: Receipt, signed: SignedEntry, history: KeyHistory | None) -> None:
    """Step 10: the shown lines are those of the entry, the shown terms have its tags."""
    report = found.report
    with judging(report, Verdict.INTEGRITY):
        check_record(read.record, signed)
    if history is not None:
        with judging(report, Verdict.INTEGRITY):
            _check_filed(read, signed, history)
    shown = [line for line in read.record.lines if isinstance(line, Line)]
    left = len(read.record.terms()) - len(read.filed)
    if left:
        report.remarks.append(f"shown terms without a VRF proof ({left}): that they are its tags was not checked")
    found.steps.append(
        done("records", f"{len(shown)} of {len(read.record.lines)} lines shown, {len(read.filed)} terms proven")
    )


def _check_filed(read: Receipt, signed: SignedEntry, history: KeyHistory) -> None:
    """[Filed under another tag, it would be missing from the list of what went to this recipient.]"""
    values, proven = read.record.values(), set()
    for one in read.filed:
        where = f"{one.name} of entry {signed.entry.seq}"
        if one.generation != history.generation:
            refuse(where, f"index key generation {history.generation}, in force there", one.generation)
        public = history.vrfs[one.generation]
        found = tag(verify(public, term_input(str(values[one.name])), one.proof, where))
        if found not in signed.entry.tags or found in proven:
            refuse(where, "a tag of the entry, and of no other term", found.hex())
        proven.add(found)


def _conclude(found: Audit, signed: SignedEntry, claimed: Checkpoint, against_another: str) -> None:
    seq, report = signed.entry.seq, found.report
    report.prove(Verdict.INTEGRITY, f"what is shown is of the record that entry {seq} commits to")
    report.prove(
        Verdict.ORDER,
        f"entry {seq} stands under checkpoint {claimed.size}, if the log keys shown are in force there;"
        f" {against_another}",
    )
    _not_proven(report)


def _not_proven(report: Report) -> None:
    report.add([not_proven(Verdict.TIME, "anchor", "a timestamp over a checkpoint", "none")])
    report.add([not_proven(Verdict.COMPLETENESS, "index", "an index recomputed by somebody independent", "none")])


def _compare_kept(report: Report, where: str, note: bytes, heads: tuple[Checkpoint, Checkpoint]) -> None:
    """Step 8: the head that was kept is one of the two. [Of the same size with another root, it is of a fork.]"""
    with judging(report, Verdict.ORDER):
        kept = consistency.unverified(note, where)
        if kept in heads:
            return
        for head in heads:
            if head.size == kept.size:
                refuse(where, f"root {head.root.hex()}", kept.root.hex())
        report.add([not_proven(Verdict.ORDER, where, "one of the two in the proof", f"one of size {kept.size}")])


def judge_consistency(data: bytes, outside: Outside) -> Audit:
    """Check a consistency proof."""
    found = Audit(required=REQUIRED)
    report = found.report
    try:
        read = consistency.parse(data)
    except Malformed as exc:
        return vouching.unread(found, exc)
    old, new = consistency.unverified(read.old, "old"), consistency.unverified(read.new, "new")
    report.entries = len(read.keys)
    history = _keys(found, read.keys, new, new.size, outside)
    vouching.opened(found, read.new, history, new)
    cosigned = vouching.witnesses(found, read.new, outside, history, new)
    with judging(report, Verdict.ORDER):
        if old.origin != new.origin:
            refuse("old checkpoint", f"origin {new.origin}", old.origin)
        if history is not None:
            open_checkpoint(read.old, history.log_at(old.size), "old checkpoint")
        check_consistency(old.size, new.size, read.hashes, old.root, new.root)
    for name, note in outside.kept:
        _compare_kept(report, f"checkpoint in {ascii(name)[1:-1]}", note, (old, new))
    report.prove(Verdict.INTEGRITY, "the proof is whole")
    said = f"the {old.size} entries of the old checkpoint are the first of {new.size}"
    report.prove(Verdict.ORDER, f"{said}; {cosigners.said(cosigned)}")
    found.steps.append(done("seen before", f"from {old.size} to {new.size} entries"))
    _not_proven(report)
    return found
