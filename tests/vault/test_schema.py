"""Versions of the database: older ones are migrated after an encrypted copy, unknown ones refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from vault import database, schema
from vault.database import Database, Schema
from vault.errors import Damaged, Refused, Unavailable, VaultError

KEY = bytes(range(32))
ONE = Schema(1, "CREATE TABLE word(said TEXT);\n")
THREE = Schema(3, ONE.script + "CREATE TABLE sentence(said TEXT);\nCREATE INDEX word_by_said ON word(said);\n")
MIGRATIONS = {1: "CREATE TABLE sentence(said TEXT);", 2: "CREATE INDEX word_by_said ON word(said);"}


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    made = database.create(tmp_path / "ledger.db", KEY, ONE)
    made.execute("INSERT INTO word VALUES('kept and secret')")
    yield made
    made.close()


def test_the_version_written_today_is_settled_as_it_is(tmp_path: Path) -> None:
    made = database.create(tmp_path / "ledger.db", KEY, schema.SCHEMA)
    schema.settle(made, KEY)
    made.close()
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]


def test_an_older_version_is_migrated_step_by_step(old: Database) -> None:
    schema.settle(old, KEY, THREE, MIGRATIONS)
    assert old.row("PRAGMA user_version") == (3,)
    assert old.rows("SELECT * FROM word") == [("kept and secret",)]
    assert old.rows("SELECT * FROM sentence") == []


def test_the_older_file_is_kept_as_an_encrypted_copy(old: Database) -> None:
    schema.settle(old, KEY, THREE, MIGRATIONS)
    copy = old.path.with_name("ledger.db.v1")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert b"secret" not in copy.read_bytes()
    before = database.open_existing(copy, KEY, database.key_check(copy, KEY))
    assert before.row("PRAGMA user_version") == (1,)
    assert before.rows("SELECT * FROM word") == [("kept and secret",)]
    before.close()


def test_a_migration_that_fails_changes_nothing(old: Database) -> None:
    with pytest.raises(Damaged):
        schema.settle(old, KEY, THREE, MIGRATIONS | {2: "CREATE INDEX i ON missing(x);"})
    assert old.row("PRAGMA user_version") == (1,)
    assert old.rows("SELECT name FROM sqlite_schema") == [("word",)]


def test_a_migration_that_ends_in_other_tables_is_refused(old: Database) -> None:
    with pytest.raises(Damaged, match="other tables than version 3"):
        schema.settle(old, KEY, THREE, MIGRATIONS | {2: ""})


@pytest.mark.parametrize(("version", "hint"), [(4, "update"), (0, "new vault"), (-1, "new vault")])
def test_versions_that_nobody_knows_are_refused(old: Database, version: int, hint: str) -> None:
    old.execute(f"PRAGMA user_version={version}")
    with pytest.raises(Refused, match=f"version {version}") as caught:
        schema.settle(old, KEY, THREE, MIGRATIONS)
    assert hint in caught.value.hint
    assert old.row("PRAGMA user_version") == (version,)


def test_without_room_for_the_copy_nothing_is_changed(old: Database) -> None:
    old.path.with_name("ledger.db.v1").mkdir()
    with pytest.raises(VaultError) as caught:
        schema.settle(old, KEY, THREE, MIGRATIONS)
    assert isinstance(caught.value, Unavailable)
    assert old.row("PRAGMA user_version") == (1,)
    assert {path.name for path in old.path.parent.iterdir() if path.name.startswith(".")} == set()
