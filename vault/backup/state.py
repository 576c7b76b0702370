"""What this machine remembers of a backup: which version lies under which name, until when; a file beside the vault.

It saves requests and decides nothing: without it, each name is looked up in the bucket before anything is sent.
Names, versions and hashes of sealed things; no secret.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from keys import durable
from vault.backup import target
from vault.backup.listing import Listed
from vault.errors import Unavailable

NAME = "backup-state.db"
_VERSION = 1
_SCHEMA = """
CREATE TABLE fact(name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE object(
  key TEXT PRIMARY KEY, version TEXT NOT NULL, size INTEGER NOT NULL, sha256 BLOB NOT NULL, until INTEGER NOT NULL,
  listed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX unlisted ON object(key) WHERE listed=0;
CREATE TABLE upload(key TEXT PRIMARY KEY, upload TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE headers(
  key TEXT PRIMARY KEY, first INTEGER NOT NULL, stop INTEGER NOT NULL, row INTEGER NOT NULL, last_row INTEGER NOT NULL)
  WITHOUT ROWID;
"""


class Span(NamedTuple):
    """What headers in one object are of: entries from `first` up to `stop`, document rows after `row` to `last_row`."""

    first: int
    stop: int
    row: int
    last_row: int


class State:
    """An open state. `until` is when the lock of a version ends, in UTC; the epoch where it has none."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def fact(self, name: str, default: str = "") -> str:
        """What is noted under a name."""
        row = self._connection.execute("SELECT value FROM fact WHERE name=?", (name,)).fetchone()
        return str(row[0]) if row else default

    def note(self, **facts: object) -> None:
        """Note facts, durably."""
        with self._connection:
            rows = [(name, str(value)) for name, value in facts.items()]
            self._connection.executemany("INSERT OR REPLACE INTO fact VALUES(?, ?)", rows)

    def known(self, key: str) -> Listed | None:
        """The version that lies under a name."""
        sql = "SELECT key, version, size, sha256 FROM object WHERE key=?"
        row = self._connection.execute(sql, (key,)).fetchone()
        return Listed(*row) if row else None

    def put(self, placed: Listed, until: datetime | None) -> None:
        """Note a version that lies there, durably, and that nothing of it is being sent any more."""
        ends = int(until.timestamp()) if until else 0
        with self._connection:
            self._connection.execute("INSERT OR REPLACE INTO object VALUES(?, ?, ?, ?, ?, 0)", (*placed, ends))
            self._connection.execute("DELETE FROM upload WHERE key=?", (placed.key,))

    def forget(self, keys: Iterable[str]) -> None:
        """Forget names, so that the next run looks and sends anew."""
        with self._connection:
            for table in ("object", "headers", "upload"):
                sql = f"DELETE FROM {table} WHERE key=?"  # noqa: S608 - one of ours
                self._connection.executemany(sql, [(key,) for key in keys])

    def unlisted(self) -> list[Listed]:
        """What no list names yet, by name."""
        sql = "SELECT key, version, size, sha256 FROM object WHERE listed=0 ORDER BY key"
        return [Listed(*row) for row in self._connection.execute(sql)]

    def list_all(self, placed: Iterable[Listed]) -> None:
        """Note that a list in the ledger names them."""
        with self._connection:
            rows = [(one.key, one.version) for one in placed]
            self._connection.executemany("UPDATE object SET listed=1 WHERE key=? AND version=?", rows)

    def ending(self, prefix: str, before: datetime) -> list[tuple[Listed, datetime]]:
        """What begins so and whose lock ends before a moment, and when."""
        sql = (
            "SELECT key, version, size, sha256, until FROM object WHERE key>=? AND key<? AND until<? AND until>0"
            " ORDER BY key"
        )
        rows = self._connection.execute(sql, (prefix, prefix + "\x7f", int(before.timestamp())))
        return [(Listed(*row[:4]), datetime.fromtimestamp(row[4], UTC)) for row in rows]

    def relock(self, keys: Iterable[str], until: datetime) -> None:
        """Note that the locks of these names end later."""
        with self._connection:
            rows = [(int(until.timestamp()), key) for key in keys]
            self._connection.executemany("UPDATE object SET until=? WHERE key=?", rows)

    def all(self, prefix: str = "") -> Iterator[Listed]:
        """All that begins so, by name."""
        sql = "SELECT key, version, size, sha256 FROM object WHERE key>=? AND key<? ORDER BY key"
        return (Listed(*row) for row in self._connection.execute(sql, (prefix, prefix + "\x7f")))

    def upload(self, key: str) -> str:
        """The large object begun under a name; empty if none."""
        row = self._connection.execute("SELECT upload FROM upload WHERE key=?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def begun(self, key: str, upload: str) -> None:
        """Note that a large object was begun, durably."""
        with self._connection:
            self._connection.execute("INSERT OR REPLACE INTO upload VALUES(?, ?)", (key, upload))

    def spans(self) -> list[tuple[str, Span]]:
        """The objects that hold live headers, and what each is of."""
        rows = self._connection.execute("SELECT key, first, stop, row, last_row FROM headers ORDER BY first, row, key")
        return [(row[0], Span(*row[1:])) for row in rows]

    def put_span(self, key: str, span: Span, instead: Iterable[str] = ()) -> None:
        """Note what an object of headers is of, and which ones it stands for from here on, whose locks may end."""
        with self._connection:
            old = [(one,) for one in instead if one != key]
            self._connection.executemany("DELETE FROM headers WHERE key=?", old)
            self._connection.executemany("DELETE FROM object WHERE key=?", old)
            self._connection.execute("INSERT OR REPLACE INTO headers VALUES(?, ?, ?, ?, ?)", (key, *span))


@contextmanager
def opened(folder: Path, url: str) -> Iterator[State]:
    """The state of the backup at `url`, for one process at a time; made if missing.

    One of another address, or that cannot be read, is made anew: nothing but requests is lost with it. What is locked
    is the file beside it: SQLite's own locks end whenever anybody closes a handle of the same file.
    """
    path = folder / NAME
    try:
        handle = durable.open_regular(folder / target.NAME)
        with durable.locked(handle, fcntl.LOCK_EX | fcntl.LOCK_NB), closing(_open(path, url)) as connection:
            yield State(connection)
    except BlockingIOError as exc:
        raise Unavailable("another backup of this vault is at work", "repeat it when that one has ended") from exc
    except sqlite3.Error as exc:
        raise Unavailable(f"{path}: {exc}", "mend the disk, then repeat; the file may be removed") from exc


def _open(path: Path, url: str) -> sqlite3.Connection:
    for again in (True, False):
        try:
            connection = _connect(path)
            row = connection.execute("SELECT value FROM fact WHERE name='url'").fetchone()
            if connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION and row and row[0] == url:
                return connection
            connection.close()
        except sqlite3.DatabaseError:
            if not again:
                raise
        for old in (path, path.with_name(path.name + "-journal")):
            old.unlink(missing_ok=True)
        _make(path, url)
    raise sqlite3.DatabaseError("it cannot be made")


def _make(path: Path, url: str) -> None:
    part = path.with_name(f".dvault-{os.urandom(8).hex()}.tmp")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, durable.FILE_MODE))
        with closing(_connect(part)) as made:
            made.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version={_VERSION}; COMMIT")
            made.execute("INSERT INTO fact VALUES('url', ?)", (url,))
            made.commit()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
    connection.execute("PRAGMA synchronous=FULL")
    return connection
