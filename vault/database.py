"""The SQLCipher file of a vault: made, opened, its faults told apart, transactions and snapshots.

Every page is encrypted and authenticated under a subkey of the record key. Four faults have four sentences: another
key, a damaged page, a cut file, an empty file. Knows no table; `schema` does.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import field
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from stat import S_ISREG
from typing import Any, NamedTuple

from sqlcipher3 import dbapi2

from vault.errors import Damaged, Refused, Unavailable, Undecided, VaultError
from vault.evidence.defined import frozen

PAGE = 8192
SALT_SIZE = 16  # SQLCipher keeps it in clear at the head of the file
BUSY_MS = 60_000
MIN_SQLITE = (3, 53, 0)  # older ones have known WAL corruption bugs

_SETTINGS = (
    "journal_mode=WAL",
    "temp_store=MEMORY",  # what SQLite spills to a temporary file is not encrypted
    "synchronous=FULL",  # an acknowledged commit has reached the disk
    "fullfsync=ON",  # macOS: also the drive's own cache
    "secure_delete=ON",  # an erased wrap leaves no copy in a free page
    "trusted_schema=OFF",
    "cell_size_check=ON",
)

_IN_USE = (dbapi2.SQLITE_BUSY, dbapi2.SQLITE_LOCKED, dbapi2.SQLITE_PROTOCOL)
_NO_STORE = (
    dbapi2.SQLITE_FULL, dbapi2.SQLITE_IOERR, dbapi2.SQLITE_READONLY, dbapi2.SQLITE_CANTOPEN, dbapi2.SQLITE_PERM,
    dbapi2.SQLITE_NOMEM,
)  # fmt: skip
_NO_LOG = (dbapi2.SQLITE_READONLY, dbapi2.SQLITE_CANTOPEN)  # READONLY_RECOVERY and its like among them
_ALTERED = (dbapi2.SQLITE_ERROR, dbapi2.SQLITE_CONSTRAINT, dbapi2.SQLITE_MISMATCH, dbapi2.SQLITE_TOOBIG)


class Schema(NamedTuple):
    """All tables and indexes of a version of the file; `script` makes them, one statement after each semicolon."""

    version: int
    script: str

    @property
    def statements(self) -> list[str]:
        """The statements one by one."""
        return statements(self.script)


@frozen()
class Access:
    """What another process takes to open a database too: where it lies and its key."""

    path: Path
    key: bytes = field(repr=False)

    def open(self) -> "Database":
        """A connection of one's own."""
        return open_existing(self.path, self.key, key_check(self.path, self.key))


class Database:
    """An open SQLCipher file. One connection, one thread; other processes wait their turn at `transaction`.

    Every method raises `Unavailable` where the disk or another process is in the way, `Damaged` where the file is.
    """

    def __init__(self, access: Access, connection: dbapi2.Connection) -> None:
        self.access = access
        self.path = access.path
        self._connection = connection

    def close(self) -> None:
        """Close the connection; the last one to close folds the write-ahead log into the file."""
        self._connection.close()

    def leave(self) -> None:
        """Close what was refused, and keep the write-ahead log as it is.

        The last to close folds the log as far as it can be read and deletes it. [One bit of it rots; the vault is
        refused as rolled back, and what was readable behind that bit is gone.] So the last here may not write.
        """
        beside = None
        try:
            with suppress(dbapi2.Error, VaultError):  # of a damaged page, met after the file was locked
                beside = _connect(self.path, self.access.key, "mode=ro")
                beside.execute("PRAGMA user_version").fetchone()
        finally:
            self.close()
            if beside is not None:
                beside.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when the block has ended. Waits up to a minute for other writers.

        Inside another transaction it joins that one.
        """
        if self._connection.in_transaction:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        yield from self._until(self._commit)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """What is read in the block is of one moment, whatever others append meanwhile. Nothing can be written."""
        self.execute("BEGIN")
        yield from self._until(lambda: self.execute("ROLLBACK"))

    def _until(self, end: Callable[[], None]) -> Iterator[None]:
        try:
            yield
            end()
        finally:
            if self._connection.in_transaction:
                with suppress(VaultError):  # the first error says more, and closing does the same
                    self.execute("ROLLBACK")

    def _commit(self) -> None:
        """What the log holds when its flush fails may be found there by the next process, whatever SQLite says now."""
        try:
            self.execute("COMMIT")
        except Unavailable as exc:
            if getattr(exc.__cause__, "sqlite_errorcode", None) == dbapi2.SQLITE_FULL:
                raise  # a frame of the log was not written, and the commit is its last
            raise Undecided(str(exc), "dvault log tells whether it was written; look before you repeat it") from exc

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement that gives no rows."""
        with _translated(self.path):
            self._connection.execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of parameters."""
        with _translated(self.path):
            self._connection.executemany(sql, rows)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """All rows of a query."""
        with _translated(self.path):
            return list(self._connection.execute(sql, parameters))

    def row(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """The first row of a query, or None."""
        with _translated(self.path):
            return self._connection.execute(sql, parameters).fetchone()

    def iterate(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[Any]:
        """The rows of a query as they come, in constant memory."""
        with _translated(self.path):
            yield from self._connection.execute(sql, parameters)

    def reads(self, table: str) -> bool:
        """Whether all rows of a table can be read.

        Asked on a connection of its own: once it has met a damaged page, SQLCipher calls every other one damaged too.
        """
        beside = _connect(self.path, self.access.key, "mode=ro")
        try:
            for _row in beside.execute(f"SELECT * FROM {table} NOT INDEXED"):  # noqa: S608 - one of ours
                pass
        except dbapi2.DatabaseError:
            return False
        finally:
            beside.close()
        return True

    def faults(self) -> list[str]:
        """What SQLCipher and SQLite find wrong when every page is read: empty if nothing.

        SQLCipher reads the file past SQLite's locks, where another process may be writing a page: what is really
        damaged is so twice.
        """
        check = "PRAGMA cipher_integrity_check"
        if found := [row[0] for row in self.rows(check)]:
            again = {row[0] for row in self.rows(check)}
            found = [fault for fault in found if fault in again]
        return found or [row[0] for row in self.rows("PRAGMA quick_check(20)") if row[0] != "ok"]

    def rekey(self, key: bytes) -> None:
        """Encrypt every page anew, under another key. All or nothing, durable, in constant memory: O(pages).

        It is one transaction of the write-ahead log: before its commit the old key opens the file, after it the new
        one, whatever cuts it short. Other connections under the old key read and write nothing any more. `Unavailable`
        where another process is writing, or the disk is full; then nothing has changed.
        """
        try:
            self._connection.execute(f"PRAGMA rekey=\"x'{key.hex()}'\"")
        except dbapi2.Error as exc:  # of any cause: SQLCipher tells none
            raise Unavailable(f"{self.path} was not encrypted anew", "free space and end other dvaults") from exc
        self.access = Access(self.path, key)

    def fold(self) -> None:
        """Fold the write-ahead log into the file and cut it: of what pages held before, no copy is left in either.

        `Unavailable` where another process keeps reading what was there before.
        """
        if self.row("PRAGMA wal_checkpoint(TRUNCATE)")[0]:
            raise Unavailable(f"{self.path} is being read by another process", "repeat it when that one has ended")

    def fold_in_passing(self) -> None:
        """Fold as much of the write-ahead log as nobody is reading, without waiting."""
        self.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def copy_to(self, path: Path, key: bytes) -> None:
        """Copy all of it into a new file under the same key."""
        with _translated(path):
            target = _connect(path, key)
            try:
                self._connection.backup(target)
            finally:
                target.close()


def create(path: Path, key: bytes, schema: Schema) -> Database:
    """A new database at `path`, which must not exist, under a 32-byte key, mode 0600 from its first moment on.

    SQLite gives `-wal` and `-shm` the mode of the file.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as exc:
        raise Refused(f"{path} exists already", "choose an empty folder") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be made: {exc.strerror}") from exc
    database = Database(Access(path, key), _connect(path, key))
    try:
        _set_up(database)
        with database.transaction():
            for statement in schema.statements:
                database.execute(statement)
            database.execute(f"PRAGMA user_version={schema.version}")
    except BaseException:  # Ctrl-C too: no connection is left open
        database.close()
        raise
    return database


def open_existing(path: Path, key: bytes, check: str) -> Database:
    """The database at `path`. `check` is `key_check` of when it was made; it tells a wrong key from a damaged page."""
    check_file(path)
    database = Database(Access(path, key), _connect(path, key, _access(path)))
    try:
        _authenticate(database, key, check)
        _set_up(database)
    except BaseException:  # Ctrl-C too: no connection is left open
        database.leave()
        raise
    return database


def open_by_one(path: Path, keys: Sequence[bytes], check: str) -> Database:
    """As `open_existing`, by the first of `keys` that opens it; what is raised where none does is said of the first."""
    refused = None
    for key in keys:
        try:
            return open_existing(path, key, check)
        except Refused as exc:
            refused = refused or exc
    raise refused or ValueError("a database is opened by a key")


def key_check(path: Path, key: bytes) -> str:
    """A value, safe to keep in clear, that this key and this file's salt have in common."""
    try:
        with path.open("rb") as file:
            salt = file.read(SALT_SIZE)
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}") from exc
    return sha256(b"disclosure-vault/v1/sqlcipher-check\n" + sha256(key).digest() + salt).hexdigest()[:32]


def check_schema(database: Database, schema: Schema) -> None:
    """Refuse a file with other tables, or with views and triggers.

    [Whoever holds the record key but may not sign plants a trigger that changes what the next entry writes.]
    """
    found = {row[0] for row in database.iterate("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
    if odd := found.symmetric_difference(schema.statements):
        names = sorted(" ".join(statement.split("(")[0].split()[:5]) for statement in odd)
        raise Damaged(f"{database.path} has other tables than version {schema.version}: {names[0]}", "restore it")


def statements(script: str) -> list[str]:
    """The statements of an SQL script without triggers."""
    return [statement for part in script.split(";") if (statement := part.strip())]


def _access(path: Path) -> str:
    """How SQLite has to open the file: on a read-only medium it can neither lock it nor keep a log beside it.

    There it is read as it lies, since nobody writes it. Where a log lies beside it, from a crash or because somebody
    who may write is at work, it is read with its log, which takes the log's `-shm` too.
    """
    if os.access(path.parent, os.W_OK):
        return "mode=rw" if os.access(path, os.W_OK) else "mode=ro"
    return "mode=ro" if _has_log(path) else "mode=ro&immutable=1"


def _connect(path: Path, key: bytes, how: str = "mode=rwc") -> dbapi2.Connection:
    """A connection with the key set; the file is not read yet, so that its faults can be told apart."""
    if dbapi2.sqlite_version_info < MIN_SQLITE:
        raise Refused(f"SQLite {dbapi2.sqlite_version} is too old", "install sqlcipher3 0.6.4 or newer")
    with _translated(path):
        where = f"{path.absolute().as_uri()}?{how}"
        connection = dbapi2.connect(where, uri=True, isolation_level=None, cached_statements=256)
        # First, or a failed decryption prints to the terminal.
        connection.execute("PRAGMA cipher_log_level=NONE")
        connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        connection.execute(f"PRAGMA cipher_page_size={PAGE}")
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    return connection


def _set_up(database: Database) -> None:
    for setting in _SETTINGS:
        database.execute(f"PRAGMA {setting}")


def check_file(path: Path) -> None:
    """Refuse what can be seen to be no whole database without any key."""
    try:
        found = path.stat()
    except FileNotFoundError as exc:
        raise Damaged(f"{path} is missing", "restore it from a backup") from exc
    except OSError as exc:
        raise Unavailable(f"{path} cannot be read: {exc.strerror}") from exc
    if not S_ISREG(found.st_mode):
        raise Damaged(f"{path} is no regular file", "restore it from a backup")
    if os.path.lexists(journal := path.with_name(path.name + "-journal")):
        # [SQLite plays it back over the file before anybody has compared what it makes with the pin.]
        raise Damaged(f"{journal} does not belong there: no vault leaves one", "move it out of the vault, then repeat")
    if found.st_size == 0:  # SQLite would open it as a new, empty database and call it sound
        raise Damaged(f"{path} is empty (0 bytes)", "restore it from a backup")
    if found.st_size % PAGE and not _has_log(path):
        raise Damaged(f"{path} was cut: {found.st_size} bytes are no whole number of pages", "restore it")


def _authenticate(database: Database, key: bytes, check: str) -> None:
    """Read page 1. Another key and a damaged page give the same error of SQLite, hence the check value."""
    path = database.path
    try:
        database._connection.execute("PRAGMA user_version").fetchone()
    except dbapi2.DatabaseError as exc:
        code = _primary(exc)
        if code == dbapi2.SQLITE_NOTADB and not compare_digest(key_check(path, key), check):
            raise Refused(
                f"{path} is not opened by the record key in the keyring",
                "one of the two is another vault's, or the first 16 bytes of ledger.db are damaged; restore both from"
                " one backup",
            ) from exc
        if code == dbapi2.SQLITE_NOTADB:
            raise Damaged(f"{path}: page 1 is damaged", "restore it from a backup") from exc
        if code == dbapi2.SQLITE_CORRUPT:  # page 1 is authentic and tells of more pages than there are
            raise Damaged(f"{path} was cut: pages are missing at its end", "restore it from a backup") from exc
        with _translated(path):
            raise


def log_of(path: Path) -> Path:
    """Where SQLite keeps the write-ahead log of this file."""
    return path.with_name(path.name + "-wal")


def _has_log(path: Path) -> bool:
    """Whether a write-ahead log holds pages that may not be in the file yet: after a crash, or while others work."""
    try:
        return log_of(path).stat().st_size > 0
    except FileNotFoundError:
        return False


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except dbapi2.Error as exc:
        fault = _fault(path, exc)
        if fault is None:
            raise
        raise fault from exc


def _fault(path: Path, exc: dbapi2.Error) -> VaultError | None:
    """The fault that SQLite tells of; None for a call that makes no sense, which is a defect of ours."""
    code = _primary(exc)
    if code in _IN_USE:
        return Unavailable(f"{path} is in use by another process", "repeat it; nothing was written")
    if code in _NO_STORE:
        return _only_read(path, exc) or Unavailable(
            f"{path}: {exc}", "free space or mend the disk, then repeat; nothing was written"
        )
    if code == dbapi2.SQLITE_NOTADB:  # page 1, which was read before: damaged since, or under another key since
        said = f"{path}: page 1 is damaged, or the record key was rotated meanwhile"
        return Damaged(said, "repeat it; if it stays so, run `dvault doctor`")
    if code == dbapi2.SQLITE_CORRUPT:
        return Damaged(f"{path}: a page is damaged ({exc})", "run `dvault doctor`; restore it from a backup")
    if code in _ALTERED:  # rows or tables that we did not write; SQLite names them and shows no value
        return Damaged(f"{path}: {exc}", "run `dvault doctor`")
    return None


def _only_read(path: Path, exc: dbapi2.Error) -> Unavailable | None:
    """What is special about a place that can only be read, if that is what is in the way."""
    if exc.sqlite_errorcode == dbapi2.SQLITE_READONLY:
        said = f"{path} can only be read here: this user may not write it, or its disk is mounted read-only"
        return Unavailable(said, "write where it can be written; nothing was written")
    if _primary(exc) in _NO_LOG and not os.access(path.parent, os.W_OK) and _has_log(path):
        said = f"{path} cannot be read where nothing can be written: a log lies beside it that is not folded into it"
        return Unavailable(said, "copy the vault's folder to a disk that can be written, and open the copy")
    return None


def _primary(exc: dbapi2.Error) -> int | None:
    """SQLite's primary result code, the low byte of the extended one."""
    code = getattr(exc, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF
