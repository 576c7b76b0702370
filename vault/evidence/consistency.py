"""Consistency proofs as files: that the ledger of one checkpoint is the beginning of the ledger of another.

docs/format/receipt.md, Consistency.
"""

from dataclasses import dataclass

from vault.evidence import sections, vouched
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, parse_text
from vault.evidence.merkle import HASH_SIZE, MAX_PROOF
from vault.evidence.note import parse as parse_note
from vault.evidence.sections import Reader
from vault.evidence.strict import base64_bytes, base64_text, refuse
from vault.evidence.vouched import Placed

FORMAT = "disclosure-vault/consistency/v1"
MAX_FILE = 2 * MAX_CHECKPOINT + (32 << 20)  # bytes


@dataclass(frozen=True, slots=True)
class Consistency:
    """Two checkpoint notes, `keys` up to the new one, and the hashes between them. None of it is verified."""

    keys: tuple[Placed, ...]
    old: bytes
    new: bytes
    hashes: tuple[bytes, ...]

    def __bytes__(self) -> bytes:
        """The one spelling of this proof."""
        hashes = "".join(f"{base64_text(hash_)}\n" for hash_ in self.hashes)
        parts = [("old", self.old.decode()), ("new", self.new.decode()), ("hashes", hashes)]
        return sections.render(FORMAT, [*vouched.render(self.keys), *parts])


def parse(data: bytes, where: str = "consistency proof") -> Consistency:
    """Read a consistency proof. Raises `Malformed`."""
    reader = Reader(sections.parse(data, FORMAT, where, limit=MAX_FILE), where)
    keys = vouched.take(reader, where)
    old, new = reader.take("old").encode(), reader.take("new").encode()
    lines = reader.take("hashes").split("\n")[:-1]
    reader.finish()
    if len(lines) > 2 * MAX_PROOF:
        refuse(where, f"at most {2 * MAX_PROOF} hashes", len(lines))
    for name, note in (("old", old), ("new", new)):
        unverified(note, f"{where}, {name}")
    return Consistency(keys, old, new, tuple(base64_bytes(line, where, size=HASH_SIZE) for line in lines))


def unverified(note: bytes, where: str) -> Checkpoint:
    """What a checkpoint note says, its signatures not looked at. Raises `Malformed`."""
    return parse_text(parse_note(note, where, limit=MAX_CHECKPOINT).text, where)
