"""The SQLCipher file: four faults have four sentences, nothing is half-written, what is not ours is refused."""

import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from vault import database
from vault.database import PAGE, Database, Schema, check_schema, key_check
from vault.errors import Damaged, Refused, Unavailable, Undecided, VaultError

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
SCHEMA = Schema(1, "CREATE TABLE word(number INTEGER PRIMARY KEY, said TEXT NOT NULL UNIQUE) STRICT;\n")
SECRET = "Ganzhou Magnet Co., Ltd."


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed database of a few dozen pages."""
    path = tmp_path / "ledger.db"
    made = database.create(path, KEY, SCHEMA)
    with made.transaction():
        made.executemany("INSERT INTO word(said) VALUES(?)", [(f"{SECRET} {n:6} {'x' * 200}",) for n in range(900)])
    made.close()
    return path


@pytest.fixture
def check(path: Path) -> str:
    return key_check(path, KEY)


@contextmanager
def opened(path: Path, check: str, key: bytes = KEY) -> Iterator[Database]:
    found = database.open_existing(path, key, check)
    try:
        yield found
    finally:
        found.close()


def flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


def cut(path: Path, size: int) -> None:
    os.truncate(path, size)


def complaint(path: Path, check: str, key: bytes = KEY) -> str:
    """What opening, or reading everything, says."""
    with pytest.raises(VaultError) as caught:
        _read_all(path, check, key)
    return f"{type(caught.value).__name__}: {caught.value}"


def _read_all(path: Path, check: str, key: bytes) -> None:
    with opened(path, check, key) as found:
        found.rows("SELECT * FROM word ORDER BY number")
        found.rows("SELECT said FROM word ORDER BY said")


def test_another_key_is_refused_in_its_own_words(path: Path) -> None:
    said = complaint(path, key_check(path, KEY), OTHER)
    assert said == f"Refused: {path} is not opened by the record key in the keyring"


def test_another_vaults_file_is_refused_as_such(path: Path, check: str, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    database.create(other, OTHER, SCHEMA).close()
    other.replace(path)
    assert complaint(path, check).endswith("is not opened by the record key in the keyring")


def test_a_damaged_salt_cannot_be_told_from_another_key(path: Path, check: str) -> None:
    flip(path, 3)
    assert complaint(path, check).startswith("Refused")


@pytest.mark.parametrize("offset", [database.SALT_SIZE, 100, PAGE // 2, PAGE - 1])
def test_a_damaged_first_page_is_damage(path: Path, check: str, offset: int) -> None:
    flip(path, offset)
    assert complaint(path, check) == f"Damaged: {path}: page 1 is damaged"


@pytest.mark.parametrize("page", [2, 5, 17])
def test_a_damaged_later_page_is_damage_once_it_is_read(path: Path, check: str, page: int) -> None:
    flip(path, (page - 1) * PAGE + 77)
    assert "a page is damaged" in complaint(path, check)


@pytest.mark.parametrize("size", [PAGE, 2 * PAGE, 10 * PAGE, PAGE + 1, PAGE - 1, 1])
def test_a_cut_file_is_damage(path: Path, check: str, size: int) -> None:
    cut(path, size)
    assert "was cut" in complaint(path, check)


def test_an_empty_file_is_not_taken_for_a_new_database(path: Path, check: str) -> None:
    cut(path, 0)
    assert complaint(path, check) == f"Damaged: {path} is empty (0 bytes)"
    assert path.stat().st_size == 0


def test_a_missing_file_is_damage_and_not_made(path: Path, check: str) -> None:
    path.unlink()
    assert complaint(path, check) == f"Damaged: {path} is missing"
    assert not path.exists()


def test_a_folder_in_its_place_is_damage(path: Path, check: str) -> None:
    path.unlink()
    path.mkdir()
    assert "is no regular file" in complaint(path, check)


def test_the_four_faults_have_four_sentences(path: Path, check: str) -> None:
    whole = path.read_bytes()
    sentences = {complaint(path, check, OTHER)}
    for size in (PAGE, 0):
        cut(path, size)
        sentences.add(complaint(path, check))
    path.write_bytes(whole)
    flip(path, 500)
    sentences.add(complaint(path, check))
    assert len(sentences) == 4


def test_no_error_leaves_a_connection_open(path: Path, check: str) -> None:
    flip(path, 500)
    before = len(list(Path("/proc/self/fd").iterdir()))
    complaint(path, check)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_every_flipped_page_is_named(path: Path, check: str) -> None:
    with opened(path, check) as found:
        assert found.faults() == []
        for page in (3, 9):
            flip(path, (page - 1) * PAGE + 1000)
        assert found.faults() == [f"HMAC verification failed for page {page}" for page in (3, 9)]


def test_bytes_behind_the_end_are_named(path: Path, check: str) -> None:
    with path.open("ab") as file:
        file.write(path.read_bytes()[:PAGE])
    with opened(path, check) as found:
        assert found.faults() != []


def test_pages_are_encrypted(path: Path) -> None:
    for name in (path, path.with_name("ledger.db-wal")):
        data = name.read_bytes() if name.exists() else b""
        assert SECRET.encode() not in data
        assert SECRET.encode("utf-16-le") not in data
        assert b"SQLite format" not in data


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_all_files_are_for_their_owner_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        made = database.create(tmp_path / "ledger.db", KEY, SCHEMA)
        made.execute("INSERT INTO word(said) VALUES('x')")
        modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in tmp_path.iterdir()}
        made.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("ledger.db", "ledger.db-wal", "ledger.db-shm"), 0o600)


def test_an_existing_file_is_never_made_anew(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(Refused, match="exists already"):
        database.create(path, KEY, SCHEMA)
    assert path.read_bytes() == before


def test_what_spills_stays_in_memory(path: Path, check: str) -> None:
    with opened(path, check) as found:
        assert found.row("PRAGMA temp_store")[0] == 2
        assert found.row("PRAGMA synchronous")[0] == 2
        assert found.row("PRAGMA journal_mode")[0] == "wal"
        assert found.row("PRAGMA secure_delete")[0] == 1


def test_others_are_waited_for_up_to_a_minute(path: Path, check: str) -> None:
    with opened(path, check) as found:
        assert found.row("PRAGMA busy_timeout") == (60_000,)


def test_a_failed_decryption_prints_nothing(path: Path, check: str, capfd: pytest.CaptureFixture[str]) -> None:
    complaint(path, check, OTHER)
    flip(path, 4 * PAGE + 77)
    complaint(path, check)
    assert capfd.readouterr() == ("", "")


def test_an_older_sqlite_is_refused(path: Path, check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dbapi2, "sqlite_version_info", (3, 52, 9))
    assert complaint(path, check).startswith("Refused: SQLite")
    monkeypatch.setattr(dbapi2, "sqlite_version_info", (3, 53, 0))
    with opened(path, check):
        pass


def test_a_link_in_a_circle_is_unavailable(path: Path, check: str) -> None:
    path.unlink()
    path.symlink_to(path)
    assert complaint(path, check).startswith("Unavailable")


def test_an_empty_log_excuses_no_cut(path: Path, check: str) -> None:
    path.with_name("ledger.db-wal").touch()
    cut(path, path.stat().st_size - 100)
    assert "was cut" in complaint(path, check)


def test_an_exception_takes_back_the_transaction(path: Path, check: str) -> None:
    with opened(path, check) as found:
        with suppress(KeyboardInterrupt), found.transaction():
            found.execute("INSERT INTO word(said) VALUES('half')")
            raise KeyboardInterrupt
        assert found.rows("SELECT 1 FROM word WHERE said='half'") == []


def test_a_transaction_inside_another_joins_it(path: Path, check: str) -> None:
    with opened(path, check) as found:
        with suppress(KeyboardInterrupt), found.transaction():
            with found.transaction():
                found.execute("INSERT INTO word(said) VALUES('half')")
            raise KeyboardInterrupt
        assert found.rows("SELECT 1 FROM word WHERE said='half'") == []


def test_a_snapshot_is_of_one_moment_and_hinders_nobody(path: Path, check: str) -> None:
    with opened(path, check) as reader, opened(path, check) as writer:
        with reader.snapshot():
            before = reader.row("SELECT count(*) FROM word")
            with writer.transaction():
                writer.execute("INSERT INTO word(said) VALUES('later')")
            assert reader.row("SELECT count(*) FROM word") == before
        assert reader.row("SELECT count(*) FROM word") == (before[0] + 1,)


def test_a_lock_of_another_process_is_unavailable(path: Path, check: str) -> None:
    with opened(path, check) as holder, opened(path, check) as waiter:
        waiter.execute("PRAGMA busy_timeout=20")
        with holder.transaction(), pytest.raises(Unavailable, match="in use by another process"), waiter.transaction():
            pass


def test_a_commit_that_fails_leaves_nothing_here_and_promises_nothing_of_the_disk(path: Path, check: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with opened(path, check) as found:
        count = found.row("SELECT count(*) FROM word")
        resource.setrlimit(resource.RLIMIT_FSIZE, (3 * PAGE, hard))
        try:
            with pytest.raises(Undecided) as caught, found.transaction():
                found.executemany("INSERT INTO word(said) VALUES(?)", [(f"new {n} {'y' * 500}",) for n in range(500)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, before)
        assert caught.value.hint == "dvault log tells whether it was written; look before you repeat it"
        assert found.row("SELECT count(*) FROM word") == count
        with found.transaction():
            found.execute("INSERT INTO word(said) VALUES('later')")
        assert found.faults() == []


def test_a_statement_that_makes_no_sense_is_a_defect_and_no_damage(path: Path, check: str) -> None:
    with opened(path, check) as found, pytest.raises(Exception, match="bindings") as caught:
        found.execute("INSERT INTO word(said) VALUES(?)")
    assert not isinstance(caught.value, VaultError)


def test_rows_that_are_not_ours_are_damage_and_no_value_is_shown(path: Path, check: str) -> None:
    with opened(path, check) as found:
        with pytest.raises(Damaged) as caught:
            found.executemany("INSERT INTO word(said) VALUES(?)", [("once and secret",), ("once and secret",)])
        assert "secret" not in str(caught.value)
        with pytest.raises(Damaged, match="no such table"):
            found.rows("SELECT * FROM missing")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER t AFTER INSERT ON word BEGIN DELETE FROM word; END",
        "CREATE VIEW v AS SELECT said FROM word",
        "CREATE TABLE more(x)",
        "CREATE INDEX i ON word(said, number)",
        "ALTER TABLE word ADD COLUMN more TEXT",
        "DROP TABLE word",
    ],
)
def test_planted_or_missing_tables_views_and_triggers_are_refused(path: Path, check: str, statement: str) -> None:
    with opened(path, check) as found:
        check_schema(found, SCHEMA)
        found.execute(statement)
        with pytest.raises(Damaged, match="other tables than version 1"):
            check_schema(found, SCHEMA)


def test_a_log_that_a_crash_left_is_taken_in(path: Path, check: str) -> None:
    script = (
        "import os, sys; from pathlib import Path; from vault import database\n"
        "found = database.open_existing(Path(sys.argv[1]), bytes(range(32)), sys.argv[2])\n"
        "with found.transaction(): found.execute(\"INSERT INTO word(said) VALUES('acknowledged')\")\n"
        "found.execute('BEGIN'); found.execute(\"INSERT INTO word(said) VALUES('never')\")\n"
        "os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", script, path, check], check=False).returncode == 9
    assert path.with_name("ledger.db-wal").stat().st_size > 0
    cut(path, path.stat().st_size - 100)  # as of a crash while the log was being folded into the file
    with opened(path, check) as found:
        assert found.row("SELECT count(*) FROM word WHERE said='acknowledged'") == (1,)
        assert found.row("SELECT count(*) FROM word WHERE said='never'") == (0,)


def test_the_check_value_tells_nothing_of_the_key_but_whether_it_is_the_one(path: Path) -> None:
    assert key_check(path, KEY) == key_check(path, KEY)
    assert key_check(path, KEY) != key_check(path, OTHER)
    assert KEY.hex()[:16] not in key_check(path, KEY)


def test_a_log_that_cannot_be_opened_is_unavailable(path: Path, check: str) -> None:
    path.with_name("ledger.db-wal").mkdir()
    assert complaint(path, check).startswith(f"Unavailable: {path}: unable to open")


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be made"):
        database.create(tmp_path / "missing" / "ledger.db", KEY, SCHEMA)
    with pytest.raises(Unavailable, match="cannot be read"):
        key_check(tmp_path / "missing", KEY)


def test_what_cannot_be_set_up_is_closed_again(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(Damaged):
        database.create(tmp_path / "ledger.db", KEY, Schema(1, "CREATE NONSENSE"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_fault_seen_once_only_is_of_a_page_just_being_written(path: Path, check: str) -> None:
    """What SQLCipher finds wrong has to be wrong twice: it reads past SQLite's locks."""
    with opened(path, check) as found:
        whole = path.read_bytes()
        flip(path, 4 * PAGE + 77)
        mending = _MendedAfterOneLook(found, whole)
        assert mending.faults() == []
        assert mending.looks == 2


class _MendedAfterOneLook(Database):
    """The file as another process leaves it that was writing a page during the first look."""

    def __init__(self, found: Database, whole: bytes) -> None:
        super().__init__(found.access, found._connection)
        self._whole, self.looks = whole, 0

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        rows = super().rows(sql, parameters)
        if "cipher_integrity_check" in sql:
            self.looks += 1
            assert (rows != []) == (self.looks == 1)
            self.path.write_bytes(self._whole)
        return rows
