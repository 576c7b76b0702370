"""Which name what has in the bucket. docs/format/backup.md, The names. Paths only; nothing is read here."""

import re

from vault.evidence import tiles
from vault.evidence.strict import Malformed, refuse
from vault.evidence.tiles import ENTRIES, WIDTH, Tile

CHECKPOINT, INDEXED, KEYS, KEYRING, SETTINGS = "checkpoint", "checkpoint-indexed", "log.vkey", "keyring", "settings"
CHECKPOINTS, RECORDS, SEGMENTS, HEADERS, ANCHORS, LISTS = (
    "checkpoints/", "records/", "segments/", "headers/", "anchors/", "lists/",
)  # fmt: skip
TILES = "tile/"

REPLACED = frozenset((CHECKPOINT, INDEXED, KEYS, KEYRING, SETTINGS))
"""Names of which the newest version counts; of every other the oldest one that holds, since it was written once."""

_SIZE = r"[1-9][0-9]{0,18}"
_CHECKPOINTS = re.compile(rf"checkpoints/({_SIZE})", re.ASCII)
_LISTS = re.compile(rf"lists/({_SIZE})-([0-9a-f]{{64}})", re.ASCII)
_HEADERS = re.compile(rf"headers/({_SIZE})-([0-9a-f]{{64}})", re.ASCII)
_SEGMENTS = re.compile(r"segments/([0-9a-f]{32})", re.ASCII)
_ANCHORS = re.compile(rf"anchors/({_SIZE})/(checkpoint|[0-9a-f]{{64}}\.(?:tsr|pem))", re.ASCII)


def checkpoint_at(size: int) -> str:
    """Where the checkpoint over `size` entries stays."""
    return f"{CHECKPOINTS}{size}"


def records_of(number: int, width: int) -> str:
    """Where bundle `number` of sealed records lies, as a bundle of entries does."""
    return RECORDS + Tile(ENTRIES, number, width).path.removeprefix("tile/entries/")


def segment(name: str) -> str:
    """Where a segment lies."""
    return SEGMENTS + name


def headers(size: int, digest: str) -> str:
    """Where headers of a run over `size` entries lie, by their own SHA-256 in hex."""
    return f"{HEADERS}{size}-{digest}"


def listing(size: int, digest: str) -> str:
    """Where the list of a run over `size` entries lies, by its own SHA-256 in hex."""
    return f"{LISTS}{size}-{digest}"


def size_of(key: str) -> int:
    """The size in the name of a checkpoint, headers, a list or an anchor; 0 for any other name."""
    for pattern in (_CHECKPOINTS, _LISTS, _HEADERS, _ANCHORS):
        if match := pattern.fullmatch(key):
            return int(match[1])
    return 0


def is_ours(key: str) -> bool:
    """Whether the format has such a name."""
    if key in REPLACED or size_of(key) or _SEGMENTS.fullmatch(key):
        return True
    try:
        tile = tiles.parse_path(key if key.startswith(TILES) else f"tile/entries/{key.removeprefix(RECORDS)}")
    except Malformed:
        return False
    return key.startswith(TILES) or (key.startswith(RECORDS) and tile.level == ENTRIES)


def is_public(key: str) -> bool:
    """Whether a ledger in tile form has such a name (docs/format/ledger-tiles.md): what a monitor reads."""
    return key in (CHECKPOINT, INDEXED, KEYS) or key.startswith((TILES, ANCHORS))


def parse_list(key: str, where: str = "list") -> tuple[int, str]:
    """The size and the SHA-256 in the name of a list."""
    match = _LISTS.fullmatch(key)
    if match is None:
        refuse(where, "lists/<size>-<SHA-256>", key)
    return int(match[1]), match[2]


def widths(size: int, number: int) -> int:
    """How wide bundle `number` is in a ledger of `size` entries."""
    return tiles.width_in(size, ENTRIES, number)


__all__ = ["WIDTH"]
