"""The ledger in SQLCipher keeps the contract, between two connections too, and what else it holds comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.ledger import LedgerContract, leaf, new
from tests.evidence.ledgers import Ledger
from vault import database
from vault.database import Database
from vault.errors import Damaged
from vault.evidence import merkle
from vault.evidence.strict import Malformed
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.ledger.store import Head, NewEntry, SealedRecord
from vault.schema import SCHEMA

KEY = bytes(range(32))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Database]:
    made = database.create(tmp_path / "ledger.db", KEY, SCHEMA)
    yield made
    made.close()


@pytest.fixture
def store(opened: Database) -> SqlcipherLedger:
    return SqlcipherLedger(opened)


class TestSqlcipherLedger(LedgerContract):
    @pytest.fixture
    def store(self, opened: Database) -> SqlcipherLedger:
        return SqlcipherLedger(opened)


def test_another_connection_sees_only_what_was_committed(opened: Database, store: SqlcipherLedger) -> None:
    other = database.open_existing(opened.path, KEY, database.key_check(opened.path, KEY))
    seen = SqlcipherLedger(other)
    with store.appending():
        store.append(Head(), [new(0)])
        assert seen.head() == Head()
    assert seen.head() == store.head() != Head()
    other.close()


def test_entries_are_numbered_among_their_kind(store: SqlcipherLedger) -> None:
    kinds = ["genesis", "party", "disclosure", "party", "key", "disclosure"]
    with store.appending():
        head = store.append(Head(), [NewEntry(kind, leaf(n)) for n, kind in enumerate(kinds[:4])])
        store.append(head, [NewEntry(kind, leaf(n)) for n, kind in enumerate(kinds[4:], 4)])
    assert [store.number(seq) for seq in range(6)] == [1, 1, 1, 2, 1, 2]
    assert (store.count("party"), store.count("disclosure"), store.count("hold")) == (2, 2, 0)
    assert store.last_key_entry() == 4


def test_key_entries_are_found_up_to_a_number(store: SqlcipherLedger) -> None:
    assert store.last_key_entry() == -1
    with store.appending():
        store.append(Head(), [NewEntry(kind, leaf(n)) for n, kind in enumerate(["genesis", "party", "key", "key"])])
    assert list(store.key_leaves(9)) == [(0, leaf(0)), (2, leaf(2)), (3, leaf(3))]
    assert list(store.key_leaves(3)) == [(0, leaf(0)), (2, leaf(2))]


def test_stored_tells_all_of_an_entry_in_one_row(store: SqlcipherLedger) -> None:
    with store.appending():
        store.append(Head(), [new(0), new(1, SealedRecord(b"sealed", b"wrap", 2))])
    first, second = store.stored()
    assert (first.seq, first.kind, first.number, first.leaf) == (0, "genesis", 1, leaf(0))
    assert (first.sealed, first.wrap, first.generation) == (b"", b"", 0)
    assert second.hash == merkle.leaf_hash(leaf(1))
    assert (second.sealed, second.wrap, second.generation) == (b"sealed", b"wrap", 2)


def test_a_destroyed_wrap_ends_the_record(opened: Database, store: SqlcipherLedger) -> None:
    with store.appending():
        store.append(Head(), [new(0), new(1, SealedRecord(b"sealed", b"wrap", 1))])
    assert list(store.records()) == [1]
    opened.execute("DELETE FROM record_wrap")
    assert store.record(1) is None
    assert list(store.records()) == []


def test_a_missing_row_is_damage_and_named(opened: Database, store: SqlcipherLedger) -> None:
    with store.appending():
        store.append(Head(), [new(number) for number in range(5)])
    opened.execute("DELETE FROM entry WHERE seq=2")
    with pytest.raises(Damaged, match="entry 2 is missing"):
        list(store.leaves())


def test_strays_are_records_and_wraps_without_an_entry(opened: Database, store: SqlcipherLedger) -> None:
    with store.appending():
        store.append(Head(), [new(0)])
    assert store.strays() == []
    opened.execute("INSERT INTO record VALUES(7, x'00')")
    opened.execute("INSERT INTO record_wrap VALUES(9, 1, x'00')")
    assert store.strays() == [7, 9]


@pytest.mark.parametrize("kept", [False, True])
def test_a_checkpoint_replaces_the_last_plain_one_and_no_kept_one(store: SqlcipherLedger, kept: bool) -> None:
    assert store.checkpoint() is None
    store.put_checkpoint(3, b"three", keep=kept)
    store.put_checkpoint(5, b"five")
    assert store.checkpoint() == b"five"
    assert list(store.checkpoints()) == [(3, b"three")] * kept + [(5, b"five")]


def test_a_kept_checkpoint_stays_kept_when_signed_again(store: SqlcipherLedger) -> None:
    store.put_checkpoint(3, b"first", keep=True)
    store.put_checkpoint(3, b"second")
    store.put_checkpoint(4, b"four")
    assert list(store.checkpoints()) == [(3, b"second"), (4, b"four")]


def test_what_follows_from_the_leaves_is_written_anew(opened: Database, store: SqlcipherLedger) -> None:
    ledger = Ledger.founded()
    for _ in range(4):
        ledger.disclose()
    with store.appending():
        store.append(Head(), [NewEntry("genesis", ledger.leaves[0])])
        store.append(store.head(), [NewEntry("disclosure", leaf_) for leaf_ in ledger.leaves[1:]])
    before = list(store.stored()), opened.rows("SELECT * FROM node ORDER BY level, number")
    opened.execute("UPDATE node SET hash=zeroblob(32) WHERE number=0")
    opened.execute("DELETE FROM node WHERE level=1")
    opened.execute("UPDATE entry SET kind='party', number=number+10 WHERE seq>2")
    with store.appending():
        store.restore_derived()
    assert (list(store.stored()), opened.rows("SELECT * FROM node ORDER BY level, number")) == before


def test_numbers_that_were_swapped_are_no_hindrance(opened: Database, store: SqlcipherLedger) -> None:
    ledger = Ledger.founded()
    for _ in range(3):
        ledger.disclose()
    kinds = ["genesis", "disclosure", "disclosure", "disclosure"]
    with store.appending():
        store.append(Head(), [NewEntry(kind, leaf_) for kind, leaf_ in zip(kinds, ledger.leaves, strict=True)])
    for seq, number in ((1, 9), (2, 1), (3, 2), (1, 3)):
        opened.execute("UPDATE entry SET number=? WHERE seq=?", (number, seq))
    with store.appending():
        store.restore_derived()
    assert [store.number(seq) for seq in range(4)] == [1, 1, 2, 3]


def test_a_leaf_that_cannot_be_read_stops_that_and_changes_nothing(opened: Database, store: SqlcipherLedger) -> None:
    with store.appending():
        store.append(Head(), [new(0)])
    before = list(store.stored())
    with pytest.raises(Malformed, match="entry 0"), store.appending():
        store.restore_derived()
    assert list(store.stored()) == before
