"""All tables of ledger.db: their version, and how the file of an older version becomes one of this."""

import os
from collections.abc import Mapping

from vault.catalog import tables
from vault.database import Database, Schema, check_schema, statements
from vault.documents import table, wrapping
from vault.errors import Refused, Unavailable
from vault.index import tables as index
from vault.ledger import sqlcipher

SCHEMA = Schema(3, sqlcipher.SCHEMA + table.SCHEMA + tables.SCHEMA + index.SCHEMA + wrapping.SCHEMA)

MIGRATIONS: Mapping[int, str] = {1: index.SCHEMA, 2: wrapping.SCHEMA}
"""By version: the SQL that leads to the next one. Version 2 brought the index, which the next checkpoint fills, version
3 how far headers are wrapped anew after a rotation."""


def settle(database: Database, key: bytes, schema: Schema = SCHEMA, migrations: Mapping[int, str] = MIGRATIONS) -> None:
    """Bring an open database to `schema`, after an encrypted copy beside it where it is older; refuse any other.

    The copy `ledger.db.v<version>` is whole and flushed before anything is changed; the change is one transaction.
    """
    version = _version(database)
    if version != schema.version:
        _refuse_unknown(database, version, schema, migrations)
        _copy(database, key, version)
        with database.transaction():
            _migrate(database, schema, migrations)
    check_schema(database, schema)


def _version(database: Database) -> int:
    return int(database.row("PRAGMA user_version")[0])


def _refuse_unknown(database: Database, version: int, schema: Schema, migrations: Mapping[int, str]) -> None:
    if version > schema.version:
        raise Refused(f"{database.path} has version {version}, this program knows {schema.version}", "update dvault")
    if not migrations.keys() >= set(range(version, schema.version)):
        raise Refused(f"{database.path} has version {version}, which was a trial", "make a new vault")


def _migrate(database: Database, schema: Schema, migrations: Mapping[int, str]) -> None:
    for version in range(_version(database), schema.version):  # another process may have done it meanwhile
        for statement in statements(migrations[version]):
            database.execute(statement)
    database.execute(f"PRAGMA user_version={schema.version}")


def _copy(database: Database, key: bytes, version: int) -> None:
    target = database.path.with_name(f"{database.path.name}.v{version}")
    part = target.with_name(f".dvault-{os.urandom(8).hex()}.tmp")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        database.copy_to(part, key)  # SQLite flushes it
        part.replace(target)
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as exc:
        raise Unavailable(f"{target} cannot be written: {exc.strerror}", "free space, then repeat") from exc
    finally:
        part.unlink(missing_ok=True)
