"""The list of what a run has put into the bucket: names, versions, sizes, SHA-256; its hash stands in a backup entry.

docs/format/backup.md, Lists. So the ledger says of each version what it has to be.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from vault.evidence import note
from vault.evidence.strict import decimal, hex_bytes, refuse, text

FORMAT = "disclosure-vault/backup/v1"
MAX_LIST = 1 << 26  # bytes
_WORD = re.compile(r"[!-~]{1,1024}", re.ASCII)  # what S3 gives as a version, and names of ours


class Listed(NamedTuple):
    """One version in the bucket: its name, id, size, SHA-256 (32 bytes)."""

    key: str
    version: str
    size: int
    sha256: bytes

    def __str__(self) -> str:
        return f"object {self.key} {self.version} {self.size} {self.sha256.hex()}"


class Listing(NamedTuple):
    """What a run over `size` entries has put there, sorted."""

    origin: str
    size: int
    objects: tuple[Listed, ...]

    def __bytes__(self) -> bytes:
        lines = [FORMAT, self.origin, f"size {self.size}", *map(str, self.objects)]
        return "".join(f"{line}\n" for line in lines).encode()

    @property
    def line(self) -> str:
        """The public line `objects` of the backup entry."""
        return f"objects {len(self.objects)} {sha256(bytes(self)).hexdigest()}"


def make(origin: str, size: int, objects: Iterable[Listed]) -> Listing:
    """A list in its order."""
    return Listing(origin, size, tuple(sorted(objects)))


def parse(data: bytes, where: str) -> Listing:
    """Read a list; `Malformed` for anything that `make` does not write."""
    lines = text(data, where, limit=MAX_LIST).split("\n")
    if lines[0] != FORMAT or len(lines) < 4 or not lines[2].startswith("size "):
        refuse(where, f"{FORMAT}, the origin and the size", lines[0])
    note.check_name(lines[1], where)
    size = decimal(lines[2].removeprefix("size "), where)
    found = make(lines[1], size, [_listed(line, where) for line in lines[3:-1]])
    if bytes(found) != data or len({(one.key, one.version) for one in found.objects}) != len(found.objects):
        refuse(where, "objects sorted, each once, each line ending in a newline")
    return found


def _listed(line: str, where: str) -> Listed:
    fields = line.split(" ")
    if len(fields) != 5 or fields[0] != "object" or not all(map(_WORD.fullmatch, fields)):
        refuse(where, "object <name> <version> <size> <SHA-256>", line)
    return Listed(fields[1], fields[2], decimal(fields[3], where), hex_bytes(fields[4], where, size=32))
