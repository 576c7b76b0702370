"""Step 18: the seal. A member who might has signed the statement together with the bag behind it."""

from hashlib import sha256

from vault.errors import NotFound
from vault.evidence import note, statement
from vault.evidence.members import KeyHistory
from vault.evidence.note import Note
from vault.evidence.statement import Statement
from vault.evidence.strict import refuse
from vault.verify.bundles import layout
from vault.verify.bundles.reading import Bundle

SEALERS = frozenset(("recorder", "reader", "custodian"))


def read(bundle: Bundle) -> bytes:
    """The bytes of report.note; `Malformed` where it is not there."""
    try:
        return bundle.read(layout.NOTE, layout.MAX_NOTE)
    except NotFound:
        return refuse(layout.NOTE, "the statement, signed by who made it", "none")


def check(sealed: bytes, stated: bytes, tag_manifest: bytes, said: Statement, history: KeyHistory) -> None:
    """Refuse unless `sealed` is the note over the statement's bytes `stated` and the bytes of the tag manifest.

    Signed by the member that the statement names, who is in force after `history` and may record. [An attacker without
    keys changes a file, and both manifests with it; an auditor, or the log, seals.]
    """
    read_note = note.parse(sealed, layout.NOTE, limit=layout.MAX_NOTE)
    text, digest = statement.split_sealed(read_note.text)
    if text.encode() != stated:
        refuse(layout.NOTE, "the statement of data/evidence/statement", "another")
    if (found := sha256(tag_manifest).digest()) != digest:
        refuse(layout.NOTE, f"the tag manifest that was sealed, {digest.hex()}", found.hex())
    _check_signer(read_note, said, history)


def _check_signer(read_note: Note, said: Statement, history: KeyHistory) -> None:
    names = [one.name for one in read_note.unverified_signatures]
    expected = f"{history.origin}/{said.by}"
    if names != [expected]:
        refuse(layout.NOTE, f"one signature, by {expected}", ", ".join(names))
    member = history.members.get(said.by)
    if member is None or member.roles.isdisjoint(SEALERS):
        found = ",".join(sorted(member.roles)) if member else "no member at the checkpoint"
        refuse(layout.NOTE, f"a seal by a {' or '.join(sorted(SEALERS))}", found)
    note.verify(read_note, member.key, layout.NOTE)
