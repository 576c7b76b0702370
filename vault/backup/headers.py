"""Wrapped keys as they lie in the bucket: of records, and of documents with the place of each payload.

docs/format/backup.md, Headers. This is all that makes the locked rest readable, so it is what expires.
"""

from typing import NamedTuple

from vault.documents.table import Document
from vault.evidence import note
from vault.evidence.strict import base64_bytes, base64_text, decimal, hex_bytes, refuse, text
from vault.sealing.box import WRAP_SIZE

FORMAT = "disclosure-vault/headers/v1"
MAX_HEADERS = 1 << 25  # bytes
MAX_HEADER = 1 << 16
_ERASED = "-"


class Wrap(NamedTuple):
    """The wrapped key of the record of entry `seq`."""

    seq: int
    generation: int
    wrap: bytes

    def __str__(self) -> str:
        return f"wrap {self.seq} {self.generation} {base64_text(self.wrap)}"


class Placed(NamedTuple):
    """The age header of a document, its payload's SHA-256 and size, and where that lies; no header once it was erased.

    What the content is, size and SHA-256, stands in sealed records only. [Who holds the bucket guesses at documents.]
    """

    payload_sha256: bytes
    payload_size: int
    generation: int
    segment: str
    offset: int
    header: bytes

    @classmethod
    def of(cls, document: Document) -> "Placed":
        """That of a document."""
        where = (document.generation, document.segment, document.offset)
        return cls(document.payload_sha256, document.payload_size, *where, document.header or b"")

    def __str__(self) -> str:
        placed = f"{self.payload_size} {self.generation} {self.segment} {self.offset}"
        return f"header {self.payload_sha256.hex()} {placed} {base64_text(self.header) or _ERASED}"


class Headers(NamedTuple):
    """What one object holds, of the vault `origin`: wraps by number, headers by payload."""

    origin: str
    wraps: tuple[Wrap, ...]
    placed: tuple[Placed, ...]

    def __bytes__(self) -> bytes:
        lines = [FORMAT, self.origin, *map(str, self.wraps), *map(str, self.placed)]
        return "".join(f"{line}\n" for line in lines).encode()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return not (self.wraps or self.placed)


def make(origin: str, wraps: list[Wrap], placed: list[Placed]) -> Headers:
    """Headers in their order."""
    return Headers(origin, tuple(sorted(wraps)), tuple(sorted(placed)))


def parse(data: bytes, where: str) -> Headers:
    """Read an object; `Malformed` for anything that `make` does not write."""
    lines = text(data, where, limit=MAX_HEADERS).split("\n")
    if lines[0] != FORMAT or len(lines) < 3:
        refuse(where, f"{FORMAT} and the origin", lines[0])
    note.check_name(lines[1], where)
    fields = [line.split(" ") for line in lines[2:-1]]
    wraps = [_wrap(line, where) for line in fields if line[0] == "wrap"]
    placed = [_placed(line, where) for line in fields if line[0] != "wrap"]
    found = make(lines[1], wraps, placed)
    once = len({wrap.seq for wrap in wraps}) == len(wraps) and len({p.payload_sha256 for p in placed}) == len(placed)
    if bytes(found) != data or not once:
        refuse(where, "wraps by number, then headers by payload, each once, each line ending in a newline")
    return found


def _wrap(fields: list[str], where: str) -> Wrap:
    if len(fields) != 4:
        refuse(where, "wrap <entry> <generation> <base64>", " ".join(fields))
    return Wrap(decimal(fields[1], where), decimal(fields[2], where), base64_bytes(fields[3], where, size=WRAP_SIZE))


def _placed(fields: list[str], where: str) -> Placed:
    if len(fields) != 7 or fields[0] != "header":
        refuse(where, "header <payload> <size> <generation> <segment> <offset> <base64>", " ".join(fields))
    payload, segment = hex_bytes(fields[1], where, size=32), hex_bytes(fields[4], where, size=16)
    header = b"" if fields[6] == _ERASED else base64_bytes(fields[6], where)
    if not 0 < len(header) <= MAX_HEADER and fields[6] != _ERASED:
        refuse(where, f"a header of 1 to {MAX_HEADER} bytes", len(header))
    numbers = [decimal(fields[at], where) for at in (2, 3, 5)]
    return Placed(payload, numbers[0], numbers[1], segment.hex(), numbers[2], header)
