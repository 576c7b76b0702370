"""The SQLCipher file of a vault: opening it, telling its faults apart, transactions, versions.

It holds the ledger, the wrapped keys and the catalog; every page is encrypted and authenticated under a subkey of the
record key. Four faults have four sentences: another key, a damaged page, a cut file, an empty file.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from vault.errors import Damaged, Refused, Unavailable, VaultError

PAGE = 8192
SALT_SIZE = 16  # SQLCipher keeps it in clear at the head of the file
BUSY_MS = 60_000
MIN_SQLITE = (3, 53, 0)  # older ones have known WAL corruption bugs

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE entry(seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, leaf BLOB NOT NULL);
CREATE INDEX entry_with_keys ON entry(seq) WHERE kind IN ('genesis', 'key');
CREATE TABLE node(level INTEGER, number INTEGER, hash BLOB NOT NULL, PRIMARY KEY(level, number)) WITHOUT ROWID;
CREATE TABLE record(seq INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE record_wrap(seq INTEGER PRIMARY KEY, generation INTEGER NOT NULL, wrap BLOB NOT NULL);
CREATE TABLE checkpoint(size INTEGER PRIMARY KEY, note BLOB NOT NULL, kept INTEGER NOT NULL DEFAULT 0);
CREATE TABLE document(
  payload_sha256 BLOB PRIMARY KEY, payload_size INTEGER NOT NULL, sha256 BLOB NOT NULL, size INTEGER NOT NULL,
  generation INTEGER NOT NULL, segment TEXT NOT NULL, offset INTEGER NOT NULL, header BLOB);
CREATE INDEX document_by_content ON document(size, sha256);
"""


class Database:
    """An open SQLCipher file. One connection, one thread; other processes wait their turn at `transaction`."""

    def __init__(self, path: Path, connection: dbapi2.Connection) -> None:
        self.path = path
        self._connection = connection
        self.execute = connection.execute
        self.executemany = connection.executemany

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when the block has ended. Waits up to a minute for other writers.

        Inside another transaction it joins that one.
        """
        if self._connection.in_transaction:
            yield
            return
        with _translated(self.path):
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self.execute("ROLLBACK")
                raise

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """All rows of a query; a damaged page is `Damaged`."""
        with _translated(self.path):
            return list(self.execute(sql, parameters).fetchall())

    def row(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """The first row of a query, or None."""
        with _translated(self.path):
            return self.execute(sql, parameters).fetchone()

    def iterate(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[Any]:
        """The rows of a query as they come, in constant memory."""
        with _translated(self.path):
            yield from self.execute(sql, parameters)

    def faults(self) -> list[str]:
        """What SQLCipher and SQLite find wrong when every page is read: empty if nothing."""
        with _translated(self.path):
            found = [row[0] for row in self.execute("PRAGMA cipher_integrity_check")]
            return found or [row[0] for row in self.execute("PRAGMA quick_check(20)") if row[0] != "ok"]


def create(path: Path, key: bytes, more_schema: str) -> Database:
    """A new database at `path`, which must not exist, under a 32-byte key, with our tables and `more_schema`."""
    if path.exists():
        raise Refused(f"{path} exists already", "choose an empty folder")
    with _translated(path):
        database = Database(path, _connect(path, key))
        with database.transaction():
            for statement in statements(_SCHEMA + more_schema):
                database.execute(statement)
            database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    path.chmod(0o600)
    return database


def open_existing(path: Path, key: bytes, check: str) -> Database:
    """The database at `path`. `check` is `key_check` of when it was made; it tells a wrong key from a damaged page."""
    _check_file(path)
    try:
        database = Database(path, _connect(path, key))
        version = database.execute("PRAGMA user_version").fetchone()[0]
    except dbapi2.DatabaseError as exc:
        _raise_if_unavailable(path, exc)
        if key_check(path, key) != check:
            raise Refused(
                f"{path} is not opened by this vault's record key",
                "another vault's file was put here, or its first 16 bytes are damaged; restore it from a backup",
            ) from exc
        raise Damaged(f"{path}: page 1 is damaged", "restore it from a backup") from exc
    if version != SCHEMA_VERSION:
        database.close()
        raise Refused(f"{path} has version {version}, this program knows {SCHEMA_VERSION}", "install a newer dvault")
    _check_length(path, database)
    return database


def key_check(path: Path, key: bytes) -> str:
    """A value, safe to keep in clear, that this key and this file's salt have in common."""
    with path.open("rb") as file:
        salt = file.read(SALT_SIZE)
    return sha256(b"disclosure-vault/v1/sqlcipher-check\n" + sha256(key).digest() + salt).hexdigest()[:32]


def _connect(path: Path, key: bytes) -> dbapi2.Connection:
    if dbapi2.sqlite_version_info < MIN_SQLITE:
        raise Refused(f"SQLite {dbapi2.sqlite_version} is too old", "install sqlcipher3 0.6.4 or newer")
    connection = dbapi2.connect(str(path), isolation_level=None, cached_statements=256)
    # First, or a failed decryption prints to the terminal.
    connection.execute("PRAGMA cipher_log_level=NONE")
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    connection.execute(f"PRAGMA cipher_page_size={PAGE}")
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # an acknowledged commit has reached the disk
    connection.execute("PRAGMA secure_delete=ON")  # an erased wrap leaves no copy in a free page
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _check_file(path: Path) -> None:
    try:
        size = path.stat().st_size
    except FileNotFoundError as exc:
        raise Damaged(f"{path} is missing", "restore it from a backup") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}") from exc
    if size == 0:  # SQLite would open it as a new, empty database and call it sound
        raise Damaged(f"{path} is empty (0 bytes)", "restore it from a backup")
    if size % PAGE:
        raise Damaged(f"{path} was cut: {size} bytes are no whole number of pages", "restore it from a backup")


def _check_length(path: Path, database: Database) -> None:
    pages = database.row("PRAGMA page_count")[0]
    wal = path.with_name(path.name + "-wal")
    if path.stat().st_size < pages * PAGE and not (wal.exists() and wal.stat().st_size):
        database.close()
        raise Damaged(f"{path} was cut: {path.stat().st_size // PAGE} of {pages} pages", "restore it from a backup")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except VaultError:
        raise
    except dbapi2.OperationalError as exc:
        _raise_if_unavailable(path, exc)
        raise Damaged(f"{path}: {exc}", "run `dvault doctor`") from exc
    except dbapi2.DatabaseError as exc:
        raise Damaged(f"{path}: a page is damaged ({exc})", "run `dvault doctor`; restore from a backup") from exc


def _raise_if_unavailable(path: Path, exc: Exception) -> None:
    said = str(exc)
    if "locked" in said or "busy" in said:
        raise Unavailable(f"{path} is in use by another process", "repeat it; nothing was written") from exc
    if "full" in said or "disk I/O" in said or "readonly" in said or "unable to open" in said:
        raise Unavailable(f"{path}: {said}", "free space or mend the disk, then repeat; nothing was written") from exc


def statements(script: str) -> list[str]:
    """The statements of an SQL script without triggers."""
    return [statement for part in script.split(";") if (statement := part.strip())]
