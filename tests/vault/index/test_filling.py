"""The index follows the ledger: filled when a checkpoint is signed, refused where it was tampered with, rebuilt."""

from pathlib import Path

import pytest

from tests.vault.attackers import all_entries, index_root
from tests.vault.machine import LEI, Machine, spoken
from vault import database, schema
from vault.archive import Archive
from vault.checking.steps import check
from vault.database import Schema
from vault.doctoring import rebuild
from vault.errors import Damaged, VaultError
from vault.evidence.strict import base64_text
from vault.index.store import IndexStore
from vault.index.tables import NAMES


def tables(archive: Archive) -> dict[str, list[object]]:
    return {name: archive.database.rows(f"SELECT * FROM {name}") for name in NAMES}  # noqa: S608 - one of ours


def test_each_checkpoint_goes_on_from_the_one_before(archive: Archive) -> None:
    for number in range(4):
        archive.append([spoken(f"call {number}")] * (number % 3 + 1))
        archive.checkpoint()
        seq = archive.ledger.size() - 1
        assert IndexStore(archive.database).head == (seq, index_root(archive, seq))


def test_disclosing_does_not_touch_it(archive: Archive) -> None:
    archive.checkpoint()
    before = tables(archive)
    archive.append([spoken()])
    assert tables(archive) == before


class TestTamperedWith:
    """Whatever is on the way of what is added is compared with the newest index entry; nothing is signed over it."""

    @pytest.fixture(autouse=True)
    def indexed(self, archive: Archive) -> None:
        archive.checkpoint()
        archive.append([spoken()])

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE index_head SET root=zeroblob(32)",
            "UPDATE index_head SET size=5",
            "DELETE FROM index_head",
            "UPDATE indexed_tag SET count=count+1",
            "UPDATE indexed_tag SET peaks=zeroblob(length(peaks))",
            "DELETE FROM indexed_tag",
            "DELETE FROM index_block",
            "UPDATE index_block SET children=CAST(zeroblob(33) || substr(children, 34) AS BLOB)",
        ],
    )
    def test_it_is_refused_and_rebuilt(self, archive: Archive, sql: str) -> None:
        archive.database.execute(sql)
        entries, checkpoint = all_entries(archive), archive.ledger.checkpoint()
        with pytest.raises(Damaged, match="index") as caught:
            archive.checkpoint()
        assert "dvault doctor --rebuild" in caught.value.hint
        assert (all_entries(archive), archive.ledger.checkpoint()) == (entries, checkpoint)
        rebuild(archive)
        archive.checkpoint()
        assert IndexStore(archive.database).head[1] == index_root(archive, archive.ledger.size() - 1)

    def test_lists_are_rebuilt_too(self, archive: Archive) -> None:
        before = tables(archive)
        archive.database.execute("DELETE FROM indexed_entry WHERE seq>2")
        rebuild(archive)
        assert tables(archive) == before

    def test_a_leaf_that_is_not_under_the_tree_is_not_indexed(self, archive: Archive) -> None:
        """Its bytes were exchanged after they were signed over, for another entry that reads well."""
        other = archive.entry(2).leaf
        archive.database.execute("UPDATE entry SET leaf=? WHERE seq=7", (other,))
        with pytest.raises(VaultError):
            archive.checkpoint()
        assert IndexStore(archive.database).head[0] == 6


def test_a_false_index_entry_is_gone_on_from_by_nobody(archive: Archive) -> None:
    """A custodian with every key signs one; the tables follow it. The next one is refused: the blocks don't fit."""
    archive.checkpoint()
    archive.append([spoken()])
    archive.append_public("index", [f"index 8 {base64_text(bytes(range(32)))}"])
    archive.database.execute("UPDATE index_head SET size=8, root=?", (bytes(range(32)),))
    archive.append([spoken()])
    with pytest.raises(Damaged):
        archive.checkpoint()
    with pytest.raises(Damaged, match="the index in entry 8 is not that of the entries before it"):
        rebuild(archive)


def as_version_1(machine: Machine) -> None:
    """What a vault of the last release looks like."""
    with machine.opened() as archive:
        for name in (*NAMES, "rewrapped"):
            archive.database.execute(f"DROP TABLE {name}")
        archive.database.execute("PRAGMA user_version=1")


def test_a_vault_of_version_1_comes_along(machine: Machine) -> None:
    as_version_1(machine)
    with machine.opened() as archive:
        assert archive.database.row("PRAGMA user_version") == (3,)
        assert (machine.place.path / "ledger.db.v1").exists()
        assert IndexStore(archive.database).head == (0, bytes(32))
        archive.checkpoint()
        assert IndexStore(archive.database).head == (6, index_root(archive, 6))
        assert IndexStore(archive.database).listed(
            archive.secrets.index[1].tag(b"disclosure-vault/term/v1\n" + LEI.encode())
        )
        assert check(archive, documents=True).passes()


def test_the_schema_of_version_1_is_what_is_migrated(tmp_path: Path) -> None:
    first = Schema(1, schema.SCHEMA.script.removesuffix(schema.MIGRATIONS[2]).removesuffix(schema.MIGRATIONS[1]))
    made = database.create(tmp_path / "ledger.db", bytes(32), first)
    schema.settle(made, bytes(32))
    assert made.row("PRAGMA user_version") == (3,)
    made.close()


def test_filling_tells_how_far_it_is(archive: Archive) -> None:
    archive.append([spoken() for _ in range(1_100)])
    told: list[tuple[int, int]] = []
    archive.checkpoint(progress=lambda done, total: told.append((done, total)))
    assert told == [(1_024, 1_106)]
