"""SQLite's write-ahead log, read without keys: where its chain of checksums breaks, and what lies behind that place.

SQLite drops all that follows a broken frame and says nothing, since a crash leaves such a frame too. A crash leaves no
more than one commit behind it, which was not acknowledged. https://www.sqlite.org/fileformat2.html#walformat
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from keys import durable
from vault.evidence.strict import refuse

HEADER, FRAME_HEADER = 32, 24  # bytes
_MAGIC = (0x377F0682, 0x377F0683)  # the lowest bit: checksums are over big-endian words

Sums = tuple[int, int]


class _Frame(NamedTuple):
    number: int
    holds: bool  # it continues the chain from the header on
    commits: bool


def check(path: Path) -> None:
    """`Malformed` at the first frame of this round of the log that SQLite will not take, and OSError."""
    with open(durable.open_regular(path), "rb") as file:  # noqa: PTH123  (a descriptor, not a path)
        if not (header := file.read(HEADER)):
            return  # empty: all was folded
        frames = list(_frames(file, header, str(path)))
    broken = next((frame.number for frame in frames if not frame.holds), None)
    if broken is not None:
        behind = sum(frame.commits for frame in frames if frame.number >= broken)
        refuse(f"{path}, frame {broken}", f"one that continues the log; {behind} commits lie from there on")


def _frames(file: BinaryIO, header: bytes, where: str) -> Iterator[_Frame]:
    """The frames that belong to this round: those behind, of another salt, are left from the round before."""
    if len(header) < HEADER or struct.unpack_from(">I", header)[0] not in _MAGIC:
        refuse(where, "the header of a write-ahead log")
    order = ">" if header[3] & 1 else "<"
    sums = _sum(header[:24], order, (0, 0))
    if sums != struct.unpack_from(">II", header, 24):
        refuse(where, "a header with its checksum")
    size = struct.unpack_from(">I", header, 8)[0]
    number, holds, skipped = 0, True, []
    while len(head := file.read(FRAME_HEADER)) == FRAME_HEADER and len(page := file.read(size)) == size:
        number += 1
        sums = _sum(head[:8] + page, order, sums)
        ours = head[8:16] == header[16:24]
        holds = holds and ours and sums == struct.unpack_from(">II", head, 16)
        frame = _Frame(number, holds, head[4:8] != bytes(4))
        if not ours:
            skipped.append(frame)
            continue
        yield from skipped
        skipped.clear()
        yield frame


def _sum(data: bytes, order: str, sums: Sums) -> Sums:
    first, second = sums
    for one, other in struct.iter_unpack(f"{order}II", data):
        first = first + one + second & 0xFFFFFFFF
        second = second + other + first & 0xFFFFFFFF
    return first, second
