"""Inclusion proofs as files (C2SP tlog-proof): that one entry stands in the tree of a signed checkpoint.

```
c2sp.org/tlog-proof@v1
index 42
U3DMr241VZLsP6pQNHB8cB5hlW0XgoK3jJ3YWM85yDI=
+iN8TZdDYQQyrXbDCumAcp0dUbsyErPsig48F2OGL5M=

magnets.example/disclosures
44
Y+wcdkH30bukGulCNDiLpyXSI1Yhjc9c7GJtQ48pKy0=

— magnets.example/disclosures mdXydn...
```
(shortened: in a tree of 44 entries the path of number 42 has four hashes). An `extra <base64>` line may stand before
`index`; nothing authenticates it.
"""

from dataclasses import dataclass

from vault.evidence import note
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, parse_text
from vault.evidence.merkle import HASH_SIZE, MAX_PROOF, check_inclusion
from vault.evidence.strict import base64_bytes, base64_text, decimal, refuse
from vault.evidence.strict import text as strict_text

FORMAT = "c2sp.org/tlog-proof@v1"
MAX_FILE = MAX_CHECKPOINT + (1 << 16)  # bytes; room for 63 hashes and 45 KiB of extra data

_EXTRA, _INDEX = "extra ", "index "


@dataclass(frozen=True, slots=True)
class Proof:
    """The path of leaf `index`, its sibling (32 bytes) first, and a checkpoint, none of it verified.

    `unverified_extra` is empty where the file has no such line, and never covered by any signature.
    """

    index: int
    hashes: tuple[bytes, ...]
    unverified_checkpoint: note.Note
    unverified_extra: bytes = b""

    def __bytes__(self) -> bytes:
        """The one spelling of this proof."""
        extra = [_EXTRA + base64_text(self.unverified_extra)] if self.unverified_extra else []
        lines = [FORMAT, *extra, f"{_INDEX}{self.index}", *map(base64_text, self.hashes), "", ""]
        return "\n".join(lines).encode() + bytes(self.unverified_checkpoint)


def parse(data: bytes, where: str = "proof") -> Proof:
    """Read a proof: at most 63 hashes of 32 bytes, a checkpoint without extension lines. Raises `Malformed`."""
    whole = strict_text(data, where, limit=MAX_FILE)
    head, _, checkpoint = whole.partition("\n\n")
    name, *lines = head.split("\n")
    if name != FORMAT:
        refuse(where, f"the first line {FORMAT}", name)
    extra = base64_bytes(lines.pop(0)[len(_EXTRA) :], where) if lines and lines[0].startswith(_EXTRA) else b""
    if not lines or not lines[0].startswith(_INDEX):
        refuse(where, "a line with the index", lines[0] if lines else "none")
    if len(lines) - 1 > MAX_PROOF:
        refuse(where, f"at most {MAX_PROOF} hashes", len(lines) - 1)
    unverified = note.parse(checkpoint.encode(), where, limit=MAX_CHECKPOINT)
    parse_text(unverified.text, where)
    hashes = tuple(base64_bytes(line, where, size=HASH_SIZE) for line in lines[1:])
    proof = Proof(decimal(lines[0][len(_INDEX) :], f"{where}, index"), hashes, unverified, extra)
    if bytes(proof) != data:  # an `extra` line without data: to be left out
        refuse(where, "the one spelling of its content")
    return proof


def verify(proof: Proof, leaf: bytes, opened: Checkpoint, log: note.Key, where: str = "proof") -> None:
    """Refuse unless the leaf hash `leaf` is number `proof.index` in the tree of the checkpoint `opened`.

    `opened` comes out of `checkpoint.open_checkpoint`, so one pair of signatures serves many proofs. The copy in the
    proof has to be the same checkpoint, and the Ed25519 key of the log must have signed that too: a stranger's tool
    reads nothing but the copy. Steps 2 and 4 of the specification; the quorum of witnesses (step 3) is the caller's
    policy. Raises `Malformed`.
    """
    if log.name != opened.origin:
        refuse(where, f"a log named {opened.origin}", log.name)
    if proof.unverified_checkpoint.text != opened.text:
        refuse(where, f"the checkpoint of size {opened.size}", proof.unverified_checkpoint.text)
    note.verify(proof.unverified_checkpoint, log, where)
    check_inclusion(leaf, proof.index, opened.size, proof.hashes, opened.root, where)
