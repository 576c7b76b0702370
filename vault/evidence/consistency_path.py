"""That one checkpoint's tree is the beginning of another's, as hashes alone: both checkpoints lie beside it.

docs/format/report.md, Consistency.
"""

from dataclasses import dataclass

from vault.evidence.merkle import HASH_SIZE, MAX_PROOF
from vault.evidence.strict import base64_bytes, base64_text, decimal, refuse
from vault.evidence.strict import text as strict_text

FORMAT = "disclosure-vault/consistency-path/v1"
MAX_FILE = 1 << 13  # bytes: twice 63 hashes take less
_OLD, _NEW = "old ", "new "


@dataclass(frozen=True, slots=True)
class ConsistencyPath:
    """Sizes of two trees and the hashes between them (32 bytes each), none verified: `merkle.check_consistency`."""

    old: int
    new: int
    hashes: tuple[bytes, ...]

    def __bytes__(self) -> bytes:
        """The one spelling of it."""
        lines = [FORMAT, f"{_OLD}{self.old}", f"{_NEW}{self.new}", *map(base64_text, self.hashes)]
        return "".join(f"{line}\n" for line in lines).encode()


def parse(data: bytes, where: str = "consistency path") -> ConsistencyPath:
    """Read one of at most 126 hashes. Raises `Malformed`."""
    first, *lines = strict_text(data, where, limit=MAX_FILE).removesuffix("\n").split("\n")
    if first != FORMAT or len(lines) < 2 or not lines[0].startswith(_OLD) or not lines[1].startswith(_NEW):
        refuse(where, f"lines {FORMAT}, `old` and `new`")
    old, new = (decimal(line[len(_OLD) :], where) for line in lines[:2])
    if len(lines) > 2 + 2 * MAX_PROOF:
        refuse(where, f"at most {2 * MAX_PROOF} hashes", len(lines) - 2)
    read = ConsistencyPath(old, new, tuple(base64_bytes(line, where, size=HASH_SIZE) for line in lines[2:]))
    if bytes(read) != data:
        refuse(where, "the one spelling of its content")
    return read
