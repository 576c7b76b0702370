"""Bundles of sealed records: those of 256 entries in a row, each behind its length. docs/format/backup.md, Records."""

from collections.abc import Sequence

from vault.evidence.strict import refuse

MAX_RECORD = 1 << 25  # bytes, sealed; a record of 1,000 items has some 500 KiB
_LENGTH = 4


def render(records: Sequence[bytes]) -> bytes:
    """Each sealed record behind its length in four bytes, big-endian; an entry without one has length 0."""
    return b"".join(len(record).to_bytes(_LENGTH, "big") + record for record in records)


def parse(data: bytes, count: int, where: str) -> list[bytes]:
    """The `count` sealed records of a bundle, and not a byte behind them."""
    found, at, end = [], 0, len(data)
    for number in range(count):
        start = at + _LENGTH
        size = int.from_bytes(data[at:start], "big")
        if start > end or size > MAX_RECORD or start + size > end:
            refuse(where, f"{count} records, each behind its length", f"{number} whole ones")
        at = start + size
        found.append(data[start:at])
    if at != end:
        refuse(where, f"{count} records and nothing more", f"{end - at} bytes more")
    return found
