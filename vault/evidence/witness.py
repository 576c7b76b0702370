"""What is said between a log and a witness (C2SP tlog-witness v1.0.0): add-checkpoint and its answers, as bytes.

```
old 256
eGL6e1kIuULBF8PxzLQ/U/0+/5DnoaInYDA/Ftmc6Bk=

vault.example/log1
300
Y+wcdkH30bukGulCNDiLpyXSI1Yhjc9c7GJtQ48pKy0=

— vault.example/log1 mdXydn...
```
"""

from collections.abc import Sequence
from dataclasses import dataclass

from vault.evidence import note as notes
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, parse_text, verify_cosignature
from vault.evidence.merkle import EMPTY_ROOT, HASH_SIZE, MAX_PROOF
from vault.evidence.note import Key, Note, Signature, signatures_by
from vault.evidence.strict import Malformed, base64_bytes, base64_text, decimal, refuse
from vault.evidence.strict import text as strict_text

SIZE_TYPE = "text/x.tlog.size"  # the Content-Type of a 409 that tells the size
MAX_REQUEST = MAX_CHECKPOINT + 4096  # bytes: room for the old size and 63 hashes
MAX_ANSWER = MAX_CHECKPOINT

# What begins the answer of an auditor of ours who has seen no other history and refuses this one all the same.
AUDIT_REFUSES = "the audit refuses it: "

_OLD = "old "


class BadEmptyRoot(Malformed):
    """A checkpoint of size 0 with another root than the empty tree's: a witness answers 422 to it, not 400."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The body of a request: the size the witness is thought to know, the consistency proof from there, the checkpoint.

    `checkpoint` is what the note claims; none of its signatures and no hash of the proof has been verified.
    """

    old: int
    hashes: tuple[bytes, ...]
    unverified_note: Note
    unverified_checkpoint: Checkpoint

    def __bytes__(self) -> bytes:
        """The one spelling of this request."""
        return render(self.old, self.hashes, self.unverified_note)


def render(old: int, hashes: Sequence[bytes], note: Note) -> bytes:
    """The body of a request."""
    lines = [f"{_OLD}{old}", *map(base64_text, hashes), "", ""]
    return "\n".join(lines).encode() + bytes(note)


def parse(data: bytes, where: str = "request") -> AddCheckpoint:
    """Read the body of a request: at most 63 hashes, an old size up to the new one, no extension lines.

    Raises `Malformed`; `BadEmptyRoot` for a checkpoint of nothing that claims to be one of something.
    """
    whole = strict_text(data, where, limit=MAX_REQUEST)
    head, _, rest = whole.partition("\n\n")
    first, *lines = head.split("\n")
    if not first.startswith(_OLD):
        refuse(where, "a first line old <size>", first)
    old = decimal(first[len(_OLD) :], f"{where}, old size")
    if len(lines) > MAX_PROOF:
        refuse(where, f"at most {MAX_PROOF} hashes", len(lines))
    hashes = tuple(base64_bytes(line, f"{where}, proof", size=HASH_SIZE) for line in lines)
    note = notes.parse(rest.encode(), where, limit=MAX_CHECKPOINT)
    read = AddCheckpoint(old, hashes, note, _claimed(note.text, where))
    if old > read.unverified_checkpoint.size:
        refuse(where, f"an old size of at most {read.unverified_checkpoint.size}", old)
    if bytes(read) != data:
        refuse(where, "the one spelling of its content")
    return read


def _claimed(text: str, where: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) == 4 and lines[1] == "0" and lines[2] != base64_text(EMPTY_ROOT):
        raise BadEmptyRoot(where, "the root of the empty tree at size 0", lines[2])
    return parse_text(text, where)


def render_size(size: int) -> bytes:
    """The body of a 409: the size of the newest checkpoint the witness cosigned."""
    return f"{size}\n".encode()


def parse_size(data: bytes, where: str = "answer") -> int:
    """Read the body of a 409."""
    said = strict_text(data, where, limit=32)
    if not said.endswith("\n"):
        refuse(where, "a size and a newline", said)
    return decimal(said[:-1], where)


def render_cosignatures(signatures: Sequence[Signature]) -> bytes:
    """The body of a 200."""
    return "".join(f"{signature}\n" for signature in signatures).encode()


def parse_cosignatures(data: bytes, note: Note, keys: Sequence[Key], where: str = "answer") -> tuple[Signature, ...]:
    """The lines of a 200's body that are cosignatures of `note` by one of `keys`, verified; others are left out.

    Raises `Malformed` if one of them does not hold, or if there is none.
    """
    answer = notes.parse(note.text.encode() + b"\n" + data, where, limit=MAX_ANSWER)
    if answer.text != note.text:  # an empty line in the answer would make its first lines part of the text
        refuse(where, "signature lines only")
    found: list[Signature] = []
    for key in keys:
        if claimed := signatures_by(answer, key):
            verify_cosignature(answer, key, where)
            found += claimed
    if not found:
        names = " or ".join(f"{key.name} ({key.id.hex()})" for key in keys)
        refuse(where, f"a cosignature by {names}", ", ".join(s.name for s in answer.unverified_signatures)[:80])
    return tuple(found)


def merge(note: Note, signatures: Sequence[Signature], where: str = "checkpoint") -> Note:
    """`note` with these lines too; of a key that has one already the first line stays, since it is the older word."""
    held = {(one.name, one.key_id) for one in note.unverified_signatures}
    kept = [*note.unverified_signatures, *(one for one in signatures if (one.name, one.key_id) not in held)]
    if len(kept) > notes.MAX_SIGNATURES:
        refuse(where, f"at most {notes.MAX_SIGNATURES} signature lines", len(kept))
    return Note(note.text, tuple(kept))
