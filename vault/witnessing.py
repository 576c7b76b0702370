"""Letting witnesses cosign the head of a vault: each is asked, what holds is kept in the stored checkpoint."""

from collections.abc import Sequence
from typing import NamedTuple

from vault.archive import Archive
from vault.errors import Damaged, Misuse, Refused, VaultError
from vault.evidence import merkle
from vault.evidence import note as notes
from vault.evidence import witness as wire
from vault.evidence.checkpoint import parse_text, verify_cosignature
from vault.evidence.note import Key, Note, Signature
from vault.evidence.strict import Malformed
from vault.witness.client import Client
from vault.witness.places import Place


class Outcome(NamedTuple):
    """What came of asking one witness: when it cosigned (POSIX seconds), or why it did not."""

    name: str
    time: int = 0
    error: VaultError | None = None


def cosign(
    archive: Archive, checkpoint: bytes, places: Sequence[Place], client: Client | None = None
) -> tuple[bytes, list[Outcome]]:
    """Ask each witness to cosign what `Archive.checkpoint` gave; the note with all their lines is kept.

    Every cosignature is stored as soon as it was verified; who has cosigned this head already is not asked again. What
    fails of one witness keeps no other from being asked, and stands in its outcome. Who audits is asked about the
    checkpoint that the newest index ends, where only bookkeeping has come since.
    """
    if not places:
        raise Misuse("no witness is named", "add [[witness]] with name, url and vkey to vault.toml")
    note = notes.parse(checkpoint)
    outcomes = []
    for place in places:
        asked = _indexed(archive, note) if place.audits else note
        try:
            found = _held(asked, place.keys) or (client or Client()).cosign(
                place, asked, lambda old, new: merkle.consistency_proof(old, new, archive.ledger.node)
            )
            kept = _keep(archive, asked, place.keys, found)
            outcomes.append(Outcome(place.name, min(_times(kept.text, found, place.keys))))
            note = kept if kept.text == note.text else note
        except VaultError as exc:
            outcomes.append(Outcome(place.name, error=exc))
    return bytes(note), outcomes


def _indexed(archive: Archive, head: Note) -> Note:
    """The checkpoint whose last entry is the newest index; the head itself where there is none or it is not kept."""
    seq = archive.ledger.last_of("index")
    stored = [note for _, note in archive.ledger.checkpoints(seq, seq + 1)] if seq is not None else []
    return notes.parse(stored[0]) if stored and seq != parse_text(head.text).size - 1 else head


def worst(outcomes: Sequence[Outcome]) -> VaultError | None:
    """The failure that matters most: another history before a refusal before a fault of the network."""
    errors = [one.error for one in outcomes if one.error is not None]
    return min(errors, key=lambda exc: (not isinstance(exc, Damaged), not isinstance(exc, Refused)), default=None)


def _held(note: Note, keys: Sequence[Key]) -> tuple[Signature, ...]:
    """The lines of these keys that the note has already, if each of them holds."""
    held = tuple(line for key in keys for line in notes.signatures_by(note, key))
    try:
        _times(note.text, held, keys)
    except Malformed:
        return ()  # somebody changed the stored note; `_keep` puts the new lines in their place
    return held


def _times(text: str, lines: tuple[Signature, ...], keys: Sequence[Key]) -> list[int]:
    note = Note(text, lines)
    return [verify_cosignature(note, key) for key in keys if notes.signatures_by(note, key)]


def _keep(archive: Archive, note: Note, keys: Sequence[Key], found: Sequence[Signature]) -> Note:
    """Store the note of this size with these lines, beside those that others have added meanwhile."""
    size = parse_text(note.text).size
    with archive.ledger.appending():
        for _, stored in archive.ledger.checkpoints(size - 1, size):
            read = notes.parse(stored)
            note = wire.merge(note, read.unverified_signatures) if read.text == note.text else note
        ours = {(key.name, key.id) for key in keys}
        others = tuple(line for line in note.unverified_signatures if (line.name, line.key_id) not in ours)
        merged = wire.merge(Note(note.text, others), found)
        archive.ledger.put_checkpoint(size, bytes(merged), keep=True)
    return merged
