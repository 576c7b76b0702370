"""What a restore needs in between, on disk and not in memory: entries as they were verified, wrapped keys to be tried.

All of it is blinded or sealed, as it lay in the bucket; the folder is removed at the end.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from keys import durable
from vault.backup.headers import Headers, Placed, Wrap
from vault.evidence import tiles
from vault.evidence.tiles import ENTRIES, Tile

_SCHEMA = """
CREATE TABLE wrap(seq INTEGER, generation INTEGER, wrap BLOB, UNIQUE(seq, generation, wrap));
CREATE TABLE placed(
  payload BLOB, size INTEGER, generation INTEGER, segment TEXT, offset INTEGER, header BLOB,
  UNIQUE(payload, size, generation, segment, offset, header));
CREATE TABLE bundle(number INTEGER PRIMARY KEY, width INTEGER, data BLOB);
"""


class Staged:
    """A folder with one database; opened anew it is empty."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        durable.make_folders(folder)
        self._folder = folder
        self._connection = sqlite3.connect(folder / "staged.db", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=OFF")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.executescript(f"{_SCHEMA} BEGIN")

    def put_bundle(self, number: int, leaves: list[bytes]) -> None:
        """Keep a verified bundle of entries."""
        row = (number, len(leaves), tiles.render_bundle(leaves))
        self._connection.execute("INSERT OR REPLACE INTO bundle VALUES(?, ?, ?)", row)

    def clear_bundles(self) -> None:
        """Begin anew with another checkpoint."""
        self._connection.execute("DELETE FROM bundle")

    @property
    def size(self) -> int:
        """How many entries are kept."""
        return int(self._connection.execute("SELECT coalesce(sum(width), 0) FROM bundle").fetchone()[0])

    def bundles(self) -> Iterator[list[bytes]]:
        """The verified entries, bundle by bundle."""
        for number, width, data in self._connection.execute("SELECT * FROM bundle ORDER BY number"):
            yield tiles.parse_bundle(data, Tile(ENTRIES, number, width))

    def put_headers(self, found: Headers) -> None:
        """Keep what may be the keys; the same from several objects once."""
        insert = self._connection.executemany
        insert("INSERT OR IGNORE INTO wrap VALUES(?, ?, ?)", found.wraps)
        insert("INSERT OR IGNORE INTO placed VALUES(?, ?, ?, ?, ?, ?)", found.placed)

    def wraps(self, seq: int) -> list[Wrap]:
        """What may be the wrapped key of a record, in the order it was found."""
        return [Wrap(*row) for row in self._connection.execute("SELECT * FROM wrap WHERE seq=? ORDER BY rowid", (seq,))]

    def placed(self, payload: bytes) -> list[Placed]:
        """What may be the header of a payload, in the order it was found."""
        sql = "SELECT * FROM placed WHERE payload=? ORDER BY rowid"
        return [Placed(*row) for row in self._connection.execute(sql, (payload,))]

    def in_segment(self, segment: str) -> list[Placed]:
        """All that is said to lie in a segment."""
        sql = "SELECT * FROM placed WHERE segment=? ORDER BY offset, rowid"
        return [Placed(*row) for row in self._connection.execute(sql, (segment,))]

    def close(self) -> None:
        """Remove the folder."""
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)
