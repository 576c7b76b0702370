"""The stored index is the one in memory, whatever is added in whatever batches; what was tampered with is refused."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.evidence.test_index import ABSENT, ENTRIES, FAR, POOL, near
from vault import database
from vault.database import Database
from vault.errors import Damaged
from vault.evidence import index
from vault.evidence.index import Tree
from vault.index.store import Filing, IndexStore
from vault.schema import SCHEMA

Entry = tuple[str, list[bytes], bytes]
HASHES = [sha256(b"entry %d" % number).digest() for number in range(40)]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Database]:
    made = database.create(tmp_path / "ledger.db", bytes(32), SCHEMA)
    yield made
    made.close()


def extend(store: IndexStore, entries: list[Entry], start: int = 0) -> bytes:
    filings = [Filing(seq, *entry) for seq, entry in enumerate(entries, start)]
    with store._database.transaction():
        return store.extend(filings)


def in_memory(entries: list[Entry]) -> Tree:
    tree = Tree()
    for entry in entries:
        tree.add(*entry)
    return tree


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(ENTRIES, st.integers(0, 9), st.integers(0, 9))
def test_it_is_the_one_in_memory(opened: Database, entries: list[Entry], first: int, second: int) -> None:
    store = IndexStore(opened)
    with opened.transaction():
        store.clear()
    first, second = sorted(min(cut, len(entries)) for cut in (first, second))
    for start, stop in ((0, first), (first, second), (second, len(entries))):
        assert extend(store, entries[start:stop], start) == in_memory(entries[:stop]).root
    tree = in_memory(entries)
    assert store.head == (len(entries), tree.root)
    assert store.paths([*POOL, *ABSENT]) == [tree.prove(tag) for tag in [*POOL, *ABSENT]]
    for tag in [*POOL, *ABSENT, index.kind_tag("party")]:
        assert store.path(tag) == tree.prove(tag)
        assert store.listed(tag) == [seq for seq, one in enumerate(entries) if tag in index.tags_of(one[0], one[1])]
    assert sorted(store.tags()) == sorted(tree.leaves())


@pytest.fixture
def store(opened: Database) -> IndexStore:
    made = IndexStore(opened)
    extend(made, [("disclosure", [FAR[0], FAR[1], near(FAR[1], 9)], HASHES[0]), ("party", FAR[2:9], HASHES[1])])
    return made


TAMPERING = {
    "a count": "UPDATE indexed_tag SET count=2, peaks=peaks WHERE tag=?",
    "peaks": "UPDATE indexed_tag SET peaks=zeroblob(32) WHERE tag=?",
    "a tag left out": "DELETE FROM indexed_tag WHERE tag=?",
    "blocks left out": "DELETE FROM index_block WHERE ?<>0",
    "a block's child": "UPDATE index_block SET children=substr(children, 34) WHERE depth=0 AND ?<>0",
    "a block of another size": "UPDATE index_block SET children=CAST(children || x'00' AS BLOB) WHERE depth=0 AND ?<>0",
    "a block's hash": "UPDATE index_block SET children=CAST(zeroblob(33) || substr(children, 34) AS BLOB)"
    " WHERE depth=0 AND ?<>0",
    "the root": "UPDATE index_head SET root=CAST(zeroblob(31) || x'01' AS BLOB) WHERE ?<>0",
}


@pytest.mark.parametrize("sql", TAMPERING.values(), ids=TAMPERING)
def test_what_was_tampered_with_is_refused_where_it_is_met(opened: Database, store: IndexStore, sql: str) -> None:
    opened.execute(sql, (FAR[1],))
    before = opened.rows("SELECT * FROM index_block"), store.head
    with pytest.raises(Damaged, match="index"):
        extend(store, [("disclosure", [FAR[1], near(FAR[1], 200)], HASHES[2])], 2)
    assert (opened.rows("SELECT * FROM index_block"), store.head) == before
    with pytest.raises(Damaged, match="index"):
        store.path(FAR[1])


def test_a_tag_put_in_beside_another_is_refused_where_a_path_ends(opened: Database, store: IndexStore) -> None:
    row = opened.row("SELECT first, count, peaks FROM indexed_tag WHERE tag=?", (FAR[1],))
    opened.execute("INSERT INTO indexed_tag VALUES(?, ?, ?, ?)", (near(FAR[1], 250), *row))
    with pytest.raises(Damaged, match="other tags than leaves"):
        store.path(FAR[1])
    with pytest.raises(Damaged, match="other tags than leaves"):
        extend(store, [("disclosure", [near(FAR[1], 250)], HASHES[2])], 2)


def test_what_fails_leaves_the_store_fit_for_the_next(opened: Database, store: IndexStore) -> None:
    opened.execute("UPDATE indexed_tag SET count=3 WHERE tag=?", (FAR[4],))
    with pytest.raises(Damaged):
        extend(store, [("disclosure", [FAR[4]], HASHES[2])], 2)
    opened.execute("UPDATE indexed_tag SET count=1 WHERE tag=?", (FAR[4],))
    extend(store, [("disclosure", [FAR[4]], HASHES[2])], 2)
    assert store.listed(FAR[4]) == [1, 2]


def test_one_more_entry_reads_and_writes_little(opened: Database) -> None:
    """20 tags among 20,000: four or five blocks for each, whatever the number of entries."""
    store = IndexStore(opened)
    tags = [sha256(b"tag %d" % number).digest() for number in range(20_000)]
    extend(store, [("disclosure", tags[at : at + 20], HASHES[at % 40]) for at in range(0, 20_000, 20)])
    before = {row[:2]: row[2] for row in opened.rows("SELECT depth, prefix, children FROM index_block")}
    extend(store, [("disclosure", tags[::1_000], HASHES[0])], 1_000)
    after = {row[:2]: row[2] for row in opened.rows("SELECT depth, prefix, children FROM index_block")}
    assert before.keys() == after.keys()
    assert sum(before[place] != after[place] for place in after) < 21 * 5
