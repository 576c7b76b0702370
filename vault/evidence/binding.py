"""What ties one signed thing to another: a record to its entry, an index to its checkpoint. See also `references`."""

from collections.abc import Sequence

from vault.evidence import public
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.entry import SignedEntry
from vault.evidence.merkle import check_inclusion
from vault.evidence.record import Record
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


def check_index(signed: SignedEntry, opened: Checkpoint, path: Sequence[bytes], where: str = "index") -> bytes:
    """The root (32 bytes) of the index that covers all entries of the checkpoint `opened`; else `Malformed`.

    The index entry `signed` is the last leaf of that checkpoint, by its inclusion `path`. [An older index, true in its
    day, leaves out what came after it.] That its signer may sign it, and that it says the truth, is not judged here:
    the owner signs an index that lacks three entries. Whoever calls it PROVEN has recomputed the root, or trusts an
    auditor who did.
    """
    entry = signed.entry
    if (entry.kind, entry.origin) != ("index", opened.origin):
        refuse(where, f"an index entry of {opened.origin}", f"{entry.kind} of {entry.origin}")
    if entry.seq + 1 != opened.size:
        refuse(where, f"the last entry of checkpoint {opened.size}", f"entry {entry.seq}")
    check_inclusion(signed.hash, entry.seq, opened.size, path, opened.root, where)
    size, root = public.parse_root(public.split(entry.public_lines[0])[1], where)
    if size != entry.seq:
        refuse(where, f"an index over {entry.seq} entries", size)
    return root
