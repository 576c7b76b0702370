"""The projection: a rebuilt catalog is the same, row by row, and no record of others can stop it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.catalog.book import START, Book
from tests.desk import Desk
from vault import correcting, disclosing, doctoring, registering
from vault.archive import Archive
from vault.catalog import projection, tables
from vault.catalog.answers import Filter
from vault.correcting import Links
from vault.disclosing import Said
from vault.documents.sources import gather
from vault.evidence.record import Value
from vault.records.disclosure import Item
from vault.reviewing import name


def dump(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(archive.database.rows(f"SELECT * FROM {table}")) for table in tables.NAMES}  # noqa: S608


def live_a_little(archive: Archive, folder: Path) -> None:
    """Every kind of record, corrected in every way."""
    now = datetime.now(UTC)
    registering.add(archive, "subject", {"name": "ACME", "alias.*": ["A.C.M.E."]})
    registering.add(archive, "matter", {"title": "Licence", "authority": "MOFCOM", "number": "7"})
    registering.add(archive, "request", {"text": "send\nall"}, matter="7")
    registering.add(archive, "party", {"name": "Wrong GmbH"})
    (folder / "größe.txt").write_bytes(b"x")
    (source,), _ = gather(folder / "größe.txt")
    said = Said({"category.*": ["order"]}, to=("ganzhou",), subjects=("acme:named",), matter="7", sources=(source,))
    for one in (said, Said({"purpose": "call"}, to=("P-1",), onward=("wrong",), spoken={"narrative": "n"})):
        disclosing.write(archive, disclosing.plan(archive, one, now))
    for target, stated, about, links in (
        ("T-1", {"category.*": ["price", "forecast"], "purpose": "p"}, {}, Links()),
        ("T-1", {"purpose": "not stated"}, {}, Links(subjects=("not stated",), request="R-1")),
        ("T-1/1", {"pages": "3"}, {}, Links()),
        ("T-2", {}, {"void": True}, Links()),
        ("P-1", {"name": "Ganzhou Rare Earth", "alias.*": ["赣州"]}, {}, Links()),
        ("P-2", {}, {"void": True}, Links()),
        ("R-1", {"scope": "beyond"}, {}, Links(matter="not stated")),
    ):
        correcting.correct(archive, name(target), stated, {"reason": "slip", **about}, links)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("catalog")
    made = Desk(folder / "desk")
    with made.opened() as archive:
        live_a_little(archive, folder)
    return made


def test_rebuilt_catalog_is_the_same_table_by_table(desk: Desk) -> None:
    with desk.opened() as archive:
        before = dump(archive)
        doctoring.rebuild(archive)
        after = dump(archive)
    assert all(before.values())
    for table in tables.NAMES:
        assert after[table] == before[table], table


def test_every_correction_is_in_what_the_catalog_says(desk: Desk) -> None:
    with desk.opened() as archive:
        catalog = archive.catalog
        first, second = catalog.transmittals(Filter())
        assert (first.void, second.void) == (False, True)
        assert [value for name, value in first.values.items() if name.startswith("category")] == ["price", "forecast"]
        assert "purpose" not in first.values
        assert not [name for name in first.values if name.startswith("subject")]
        assert first.values["request.id"] == "R-0001"
        assert catalog.resolve("party", "赣州").name == "Ganzhou Rare Earth"
        assert catalog.by_id("R-1").values["scope"] == "beyond"
        assert "matter.id" not in catalog.by_id("R-1").values
        assert [one.number for one in catalog.transmittals(Filter(ids=("R-0001",)))] == [1]
        assert not catalog.transmittals(Filter(ids=("S-0001",)))


ODD: list[tuple[str, dict[str, Value]]] = [
    (
        "disclosure",
        {"event-time": "tomorrow", "item.1.size": "big", "item.x": "y", "item.2": "z", "recipient.1.id": True},
    ),
    ("disclosure", {"event-time": 5, "purpose": False}),
    ("correction", {"reason": "r"}),
    ("correction", {"corrects": "4", "reason": "r"}),
    ("correction", {"corrects": 999, "reason": "r", "void": True}),
    ("correction", {"corrects": 1, "reason": "r", "corrects-item": "x", "pages": 3}),
    ("correction", {"corrects": 4, "reason": "r", "event-time": "never", "void": "yes"}),
    ("party", {"colour": "red"}),
    ("party", {"name": "a\u202eb", "country": "??", "register.1": "no colon"}),
    ("request", {"text": "x" * 100_000}),
    ("sighting", {"name": "unknown kind"}),
]


@pytest.mark.parametrize(("kind", "values"), ODD)
def test_odd_record_is_listed_as_far_as_it_can_be_read(book: Book, kind: str, values: dict[str, Value]) -> None:
    book.sent("P-0001")
    projection.project(book.database, 9, kind, START, values)
    book.sent("P-0001")
    assert len(book.catalog.transmittals(Filter(ids=("P-0001",)))) == 2
    assert all(one.name is not None for one in book.catalog.registered("party"))
    assert book.catalog.resolve("party", "ganzhou").id == "P-0001"


def test_transmittal_without_a_readable_time_stands_at_its_entrys_own(book: Book) -> None:
    projection.project(book.database, 9, "disclosure", START, {"event-time": "noon"})
    assert book.catalog.transmittal(1).event_time == "2026-11-22T12:00:00.000000Z"


def test_void_stays_void(book: Book) -> None:
    seq = book.sent("P-0001", Item({"name": "a", "sha256": "ab" * 32}))
    book.correct("disclosure", seq, void=True)
    book.correct("disclosure", seq, {"purpose": "late thought"})
    assert book.catalog.transmittal(1).void


def test_unknown_table_content_is_dropped_by_rebuild(book: Book) -> None:
    before = book.tables()
    drafts, book.drafts = book.drafts, []
    book.database.execute("UPDATE registered SET void=1")
    projection.rebuild(book.database)
    book.seq = 0
    for draft in drafts:
        book.add(draft)
    assert book.tables() == before
