"""What ties a record to its entry: its root, the number of its tags. For other entries see `references`."""

from vault.evidence.entry import SignedEntry
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
