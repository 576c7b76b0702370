"""Asking the catalog: one thing by any of its names, never another; filters that all match."""

from datetime import UTC, datetime

import pytest

from tests.catalog.book import Book
from vault.catalog.answers import Filter
from vault.errors import Misuse, NotFound
from vault.records.disclosure import Item

PDF = Item({"name": "Zertifikat_50%.pdf", "size": 5, "sha256": "ab" * 32})


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("P-0001", "P-0001"),
        (" p-1 ", "P-0001"),
        ("uscc:9136", "P-0001"),
        ("USCC: 91 36", "P-0001"),
        ("赣州磁材", "P-0001"),
        ("赣州", "P-0001"),
        ("gm", "P-0001"),
        ("GANZHOU MAGNET CO., LTD.", "P-0001"),
        ("Ganzhou  Magnet", "P-0001"),
        ("ＧＡＮＺＨＯＵ", "P-0001"),
        ("mu\u0308ller", "P-0002"),
        ("SÖHNE", "P-0002"),
        ("mofcom", "P-0003"),
        ("Commerce: the ministry", "P-0003"),
    ],
)
def test_party_is_found_by_whatever_names_it(book: Book, said: str, found: str) -> None:
    assert book.catalog.resolve("party", said).id == found


@pytest.mark.parametrize(
    "said", ["", " ", "%", "_", "name:", "P-0009", "P-9999999999999999", "x" * 100_000, "uscc:", "\\"]
)
def test_what_names_nobody_is_not_found(book: Book, said: str) -> None:
    with pytest.raises(NotFound):
        book.catalog.resolve("party", said)


def test_name_of_several_is_refused_and_they_are_named(book: Book) -> None:
    with pytest.raises(Misuse, match=r"could be P-0001 Ganzhou Magnet Co., Ltd\., P-0003 Ministry of Commerce"):
        book.catalog.resolve("party", "co")


def test_whole_name_goes_before_parts_of_others(book: Book) -> None:
    book.party("GM Holding", country="US")
    assert book.catalog.resolve("party", "GM").id == "P-0001"
    assert book.catalog.resolve("party", "gm hold").id == "P-0004"


def test_one_kind_is_never_found_as_another(book: Book) -> None:
    book.subject("Ganzhou Magnet Co., Ltd.")
    assert book.catalog.resolve("subject", "ganzhou").id == "S-0001"
    assert book.catalog.resolve("party", "ganzhou").id == "P-0001"
    with pytest.raises(NotFound):
        book.catalog.resolve("party", "S-0001")


def test_matter_is_found_by_number_title_and_authority(book: Book) -> None:
    book.matter("Licence for E3", authority="MOFCOM", number="2026-117")
    for said in ("M-1", "2026-117", "licence", "MOFCOM: 2026-117", "mofcom:2026-117"):
        assert book.catalog.resolve("matter", said).id == "M-0001"


def test_void_party_is_found_by_its_id_only(book: Book) -> None:
    book.correct("party", 1, void=True)
    assert book.catalog.resolve("party", "P-0001").void
    for said in ("ganzhou", "uscc:9136", "赣州磁材"):
        with pytest.raises(NotFound):
            book.catalog.resolve("party", said)


def test_corrected_names_are_those_it_goes_by(book: Book) -> None:
    book.correct("party", 1, {"name": "Ganzhou Rare Earth", "alias.*": ["GRE"], "register.*": ["LEI:5"]})
    for said in ("Ganzhou Rare Earth", "gre", "lei:5"):
        assert book.catalog.resolve("party", said).id == "P-0001"
    for said in ("magnet", "赣州磁材", "uscc:9136"):
        with pytest.raises(NotFound):
            book.catalog.resolve("party", said)


@pytest.fixture
def log(book: Book) -> Book:
    """T-000001 to P-1 with a document, T-000002 to P-2, T-000003 to P-1 earlier than logged."""
    book.sent("P-0001", PDF, purpose="Lizenzantrag für Größe 5", **{"category.*": ["order"]})
    book.sent("P-0002", purpose="audit", note="under_score")
    book.sent("P-0001", **{"event-time": datetime(2026, 1, 5, 8, tzinfo=UTC)})
    return book


def numbers(book: Book, wanted: Filter) -> list[int]:
    return [one.number for one in book.catalog.transmittals(wanted)]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(), [1, 2, 3]),
        (Filter(ids=("P-0001",)), [1, 3]),
        (Filter(ids=("P-0001", "P-0002")), []),
        (Filter(ids=("P-0003",)), []),
        (Filter(limit=2), [2, 3]),
        (Filter(since=datetime(2026, 1, 5, 8, tzinfo=UTC), until=datetime(2026, 1, 5, 9, tzinfo=UTC)), [3]),
        (Filter(until=datetime(2026, 1, 5, 8, tzinfo=UTC)), []),
        (Filter(text="LIZENZANTRAG"), [1]),
        (Filter(text="gro\u0308sse"), [1]),
        (Filter(text="zertifikat_50%"), [1]),
        (Filter(text="r_s"), [2]),
        (Filter(text="magnet co"), [1, 3]),
        (Filter(text="söhne", ids=("P-0002",)), [2]),
        (Filter(text="class:order"), []),
        (Filter(text="audit under"), []),
    ],
)
def test_filters_must_all_match(log: Book, wanted: Filter, found: list[int]) -> None:
    assert numbers(log, wanted) == found


def test_text_of_a_correction_is_found_and_so_is_what_it_replaced(log: Book) -> None:
    log.correct("disclosure", 5, {"purpose": "Steuerprüfung"})
    assert numbers(log, Filter(text="steuerpru\u0308fung")) == [2]
    assert numbers(log, Filter(text="audit")) == [2]
    assert log.catalog.transmittal(2).values["purpose"] == "Steuerprüfung"


def test_corrected_time_moves_it_in_the_log(log: Book) -> None:
    log.correct("disclosure", 4, {"event-time": datetime(2025, 6, 1, tzinfo=UTC)})
    assert numbers(log, Filter(until=datetime(2025, 12, 31, tzinfo=UTC))) == [1]


def test_items_and_follow_ups_are_listed(log: Book) -> None:
    (item,) = log.catalog.items(1)
    assert (item.place, item.name, item.size, item.sha256) == (1, "Zertifikat_50%.pdf", 5, "ab" * 32)
    assert log.catalog.items(2)[0].sha256 is None
    log.correct("disclosure", 4, {"purpose": "y"})
    assert log.catalog.follow_ups(4) == [(7, "correction")]


def test_what_is_not_there_is_not_found(log: Book) -> None:
    with pytest.raises(NotFound, match="T-000009 is not in this vault"):
        log.catalog.transmittal(9)
    with pytest.raises(NotFound, match="M-0001 is not in this vault"):
        log.catalog.by_id("M-1")
    with pytest.raises(Misuse, match="is no id"):
        log.catalog.by_id("ganzhou")


def plans(book: Book) -> list[str]:
    """How SQLite looks for what was asked of the book; what reads a whole table says SCAN."""
    asked, book.database.asked = set(book.database.asked), []
    found = []
    for sql in asked:
        parameters = [None] * sql.count("?")
        found += [row[3] for row in book.database.rows(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    return [plan for plan in found if plan.startswith("SCAN") and "CONSTANT" not in plan]


def test_nothing_that_a_disclosure_costs_reads_a_whole_table(log: Book) -> None:
    log.database.asked = []
    for said in ("P-0001", "uscc:9136", "赣州磁材"):
        log.catalog.resolve("party", said)
    log.sent("P-0001", PDF)
    log.party("New Party", alias=["NP"])
    log.correct("disclosure", 4, {"purpose": "z"})
    log.correct("party", 1, {"nda": "2026"})
    log.catalog.transmittal(1)
    log.catalog.items(1)
    log.catalog.follow_ups(4)
    log.catalog.transmittals(Filter(ids=("P-0001",)))
    assert plans(log) == []
