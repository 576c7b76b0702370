"""The time stamps that lie beside a ledger in tile form, read from wherever it is."""

from vault.errors import NotFound
from vault.evidence.checkpoint import MAX_CHECKPOINT
from vault.verify.sources import Source

MAX_TOKEN = 1 << 18  # bytes


class Stamps:
    """`anchors/<size>/` of a source; None for what is missing (docs/format/anchors.md)."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def note(self, size: int) -> bytes | None:
        """The exact stamped note."""
        return self._read(f"anchors/{size}/checkpoint", MAX_CHECKPOINT)

    def token(self, size: int, digest: str) -> bytes | None:
        """A reply by its SHA-256 in hex; whether it has that hash is for the caller to see."""
        return self._read(f"anchors/{size}/{digest}.tsr", MAX_TOKEN)

    def _read(self, path: str, limit: int) -> bytes | None:
        try:
            return self._source.read(path, limit)
        except NotFound:
            return None
