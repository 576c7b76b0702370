"""The checkpoint that is given to people outside: the newest, kept from then on."""

from contextlib import suppress

from vault.archive import Archive
from vault.errors import Damaged, Refused, Unavailable
from vault.evidence.checkpoint import Checkpoint, open_checkpoint, parse_text
from vault.evidence.note import parse as parse_note
from vault.index import filling


def covering(archive: Archive) -> tuple[Checkpoint, bytes]:
    """The newest checkpoint, verified, and its note; who holds the log key signs one first if entries are under none.

    Kept from here on, but on a read-only medium. `Refused` where there is none, `Damaged` where the tree is not its.
    """
    ledger = archive.ledger
    note = ledger.checkpoint()
    size = parse_text(parse_note(note).text).size if note else 0
    if archive.secrets.log is not None and (not note or size < ledger.size()):
        note = archive.checkpoint()
    if note is None:
        raise Refused("this ledger has no checkpoint yet", "a checkpointer or custodian makes one: dvault checkpoint")
    checkpoint = open_checkpoint(note, archive.history.log_at(parse_text(parse_note(note).text).size))
    with suppress(Unavailable), ledger.appending():
        ledger.put_checkpoint(checkpoint.size, note, keep=True)
    if checkpoint.size > ledger.size() or ledger.root(checkpoint.size) != checkpoint.root:
        raise Damaged(f"the tree is not the one of checkpoint {checkpoint.size}", "dvault verify says what is wrong")
    return checkpoint, note


def indexed(
    archive: Archive, *, make: bool = True, progress: filling.Progress = lambda *_: None
) -> tuple[Checkpoint, bytes]:
    """The newest checkpoint that ends in an index entry, verified, and its note.

    With `make`, who holds the log key makes one first if anything was logged since the last index. `Refused` where
    there is none, or its note is not kept.
    """
    ledger = archive.ledger
    if make and archive.secrets.log is not None and filling.is_due(ledger):
        archive.checkpoint(progress=progress)
    seq = ledger.last_of("index")
    if seq is None:
        raise Refused("this ledger has no index yet", "a checkpointer or custodian makes one: dvault checkpoint")
    note = next((note for _, note in ledger.checkpoints(seq, seq + 1)), None)
    if note is None:
        hint = "a checkpointer or custodian makes one: dvault checkpoint"
        raise Refused(f"no checkpoint that ends with the newest index, entry {seq}, is kept", hint)
    checkpoint = open_checkpoint(note, archive.history.log_at(seq + 1))
    if ledger.root(checkpoint.size) != checkpoint.root:
        raise Damaged(f"the tree is not the one of checkpoint {checkpoint.size}", "dvault verify says what is wrong")
    return checkpoint, note
