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


def check(sealed: bytes, stated: bytes, tag_manifest: bytes) -> Note:
    """Refuse unless `sealed` is a note over the statement's bytes `stated`, spelled right or not, and the bytes of the
    tag manifest. [An attacker without keys changes a file, and both manifests with it.]
    """
    read_note = note.parse(sealed, layout.NOTE, limit=layout.MAX_NOTE)
    text, digest = statement.split_sealed(read_note.text)
    if text.encode() != stated:
        refuse(layout.NOTE, "the statement of data/evidence/statement", "another")
    if (found := sha256(tag_manifest).digest()) != digest:
        refuse(layout.NOTE, f"the tag manifest that was sealed, {digest.hex()}", found.hex())
    return read_note


def check_signer(read_note: Note, said: Statement, history: KeyHistory) -> None:
    """Refuse unless the member that the statement names, in force after `history`, may record and has signed alone.

    [An auditor, or the log, seals.]
    """
    names = [one.name for one in read_note.unverified_signatures]
    expected = f"{history.origin}/{said.by}"
    if names != [expected]:
        refuse(layout.NOTE, f"one signature, by {expected}", ", ".join(names))
    member = history.members.get(said.by)
    if member is None or member.roles.isdisjoint(SEALERS):
        found = ",".join(sorted(member.roles)) if member else "no member at the checkpoint"
        refuse(layout.NOTE, f"a seal by a {' or '.join(sorted(SEALERS))}", found)
    note.verify(read_note, member.key, layout.NOTE)
