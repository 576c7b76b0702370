"""What ties a record to the entries of the ledger: its root, the number of its tags, its approvals."""

from collections.abc import Mapping

from vault.evidence import naming, public
from vault.evidence.entry import SignedEntry
from vault.evidence.record import Record, Withheld
from vault.evidence.strict import refuse


def check_record(record: Record, signed: SignedEntry, where: str = "record") -> None:
    """Refuse unless `record`, lines withheld or not, is the one that the entry `signed` commits to.

    As many terms as the entry has tags: [a tag without its term line files the entry where its reader doesn't see it;
    a term without its tag is left out of every search]. What follows up an entry follows an earlier one.
    """
    entry = signed.entry
    if entry.record != record.root:
        refuse(where, f"the record of entry {entry.seq}", "another root")
    if record.term_count != len(entry.tags):
        refuse(where, f"{len(entry.tags)} terms, as entry {entry.seq} has tags", record.term_count)
    for term in record.terms():
        sort, _, seq = term.partition(":")
        if sort == "entry" and int(seq) >= entry.seq:
            refuse(where, f"to follow up an entry before {entry.seq}", seq)


def check_approvals(
    record: Record, signed: SignedEntry, approvals: Mapping[int, SignedEntry], where: str = "record"
) -> None:
    """Refuse unless every approval that `record` names is an earlier entry, by another member each, for these lines.

    `signed` is the entry of the record, `approvals` the `approval` entries of the same ledger by their number. Nothing
    is said of a record without approval lines; whether one is needed is the policy's matter.
    """
    signers = {signed.unverified_signature.name}
    for line in record.lines:
        if not naming.is_approval(line.name):
            continue
        if isinstance(line, Withheld):
            refuse(where, "the approvals to be shown", line.name)
        seq = int(line.value)
        approval = approvals.get(seq)
        if (
            approval is None
            or (approval.entry.kind, approval.entry.seq) != ("approval", seq)
            or seq >= signed.entry.seq
        ):
            refuse(where, f"an approval before entry {signed.entry.seq}", f"entry {seq}")
        if approval.unverified_signature.name in signers:  # four eyes: nobody approves his own, or twice
            refuse(where, "an approval by another member", approval.unverified_signature.name)
        signers.add(approval.unverified_signature.name)
        if public.parse_approval(public.split(approval.entry.public_lines[0])[1]) != record.approved_root:
            refuse(where, "an approval of these lines", f"entry {seq}")
