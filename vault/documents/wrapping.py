"""Headers wrapped anew to a newer content key: which are left, their replacement, how far it has come."""

from collections.abc import Sequence
from typing import NamedTuple

from vault.database import Database

SCHEMA = """
CREATE TABLE rewrapped(generation INTEGER PRIMARY KEY, upto INTEGER NOT NULL, done INTEGER NOT NULL) STRICT;
"""
# Live headers of document rows up to `upto` are wrapped to this generation of the content key; all are where `done`.
# document.generation stays what it was: content is stored once within the generation its payload was sealed under.


class Wrapped(NamedTuple):
    """The header of a document row that was sealed under an older generation."""

    row: int
    payload_sha256: bytes
    header: bytes


class HeaderTable:
    """The headers of an open database, as a rotation sees them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_done(self, generation: int) -> bool:
        """Whether every live header is wrapped to this generation or a newer one. The first has nothing before it."""
        return generation == 1 or self._state(generation)[1]

    def come_to(self, generation: int) -> int:
        """The row up to which headers are wrapped to this generation."""
        return self._state(generation)[0]

    def _state(self, generation: int) -> tuple[int, bool]:
        row = self._database.row("SELECT upto, done FROM rewrapped WHERE generation=?", (generation,))
        return (int(row[0]), bool(row[1])) if row else (0, False)

    def count(self, generation: int) -> int:
        """How many live headers are left, of documents sealed before this generation: O(documents)."""
        sql = "SELECT count(*) FROM document WHERE rowid>? AND generation<? AND header IS NOT NULL"
        return int(self._database.row(sql, (self.come_to(generation), generation))[0])

    def older(self, generation: int, after: int, limit: int) -> list[Wrapped]:
        """The next live headers of documents sealed before this generation, in the order of rows."""
        sql = (
            "SELECT rowid, payload_sha256, header FROM document"
            " WHERE rowid>? AND generation<? AND header IS NOT NULL ORDER BY rowid LIMIT ?"
        )
        return [Wrapped(*row) for row in self._database.rows(sql, (after, generation, limit))]

    def put(self, generation: int, olds: Sequence[Wrapped], news: Sequence[bytes]) -> int:
        """Replace headers, each where it is still the one that was read, and note how far it has come: one transaction.

        Returns how many were replaced. [One that was destroyed meanwhile, by an erasure, must not come back.]
        """
        pairs = zip(olds, news, strict=True)
        rows = [(new, old.row, old.payload_sha256, old.header) for old, new in pairs if new != old.header]
        with self._database.transaction():
            sql = "UPDATE document SET header=? WHERE rowid=? AND payload_sha256=? AND header=? RETURNING 1"
            replaced = sum(len(self._database.rows(sql, row)) for row in rows)
            self._note(generation, olds[-1].row, done=False)
        return replaced

    def finish(self, generation: int) -> None:
        """Note that nothing is left."""
        with self._database.transaction():
            self._note(generation, self.come_to(generation), done=True)

    def _note(self, generation: int, upto: int, *, done: bool) -> None:
        sql = (
            "INSERT INTO rewrapped VALUES(?, ?, ?) ON CONFLICT(generation) DO UPDATE"
            " SET upto=max(upto, excluded.upto), done=max(done, excluded.done)"
        )
        self._database.execute(sql, (generation, upto, int(done)))
