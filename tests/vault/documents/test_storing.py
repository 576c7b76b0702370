"""One act of storing: all segments or none, each content once, in segments of a sensible size."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from keys import age
from vault import database
from vault.database import Database
from vault.documents import reading
from vault.documents.memory import MemorySegment, MemorySegments
from vault.documents.storing import Storing
from vault.documents.table import Document, DocumentTable
from vault.errors import Damaged, Unavailable
from vault.schema import SCHEMA

IDENTITY = age.generate(False)
CONTENTS = [bytes([number]) * 400 for number in range(7)]


class Failing(MemorySegments):
    """A store whose disk is full after some commits."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def new(self, name: str | None = None) -> MemorySegment:
        return FailingSegment(self)


class FailingSegment(MemorySegment):
    def __init__(self, store: Failing) -> None:
        super().__init__(store)
        self._room = store

    def commit(self) -> None:
        if not self._room.room:
            raise Unavailable("the store is full")
        self._room.room -= 1
        super().commit()


@pytest.fixture
def table(tmp_path: Path) -> Iterator[DocumentTable]:
    opened: Database = database.create(tmp_path / "ledger.db", bytes(32), SCHEMA)
    yield DocumentTable(opened)
    opened.close()


def storing(store: MemorySegments, table: DocumentTable, generation: int = 1) -> Storing:
    return Storing(store, table, IDENTITY.recipient(), generation, segment_size=1_000)


def stored(act: Storing, contents: list[bytes]) -> list[Document]:
    return [act.add(BytesIO(content)) for content in contents]


def kept(act: Storing, table: DocumentTable, contents: list[bytes]) -> list[Document]:
    """Store and keep, as an append would."""
    documents = stored(act, contents)
    act.commit()
    table.put(act.documents)
    act.keep()
    act.abort()
    return documents


def test_a_segment_grows_past_its_size_and_is_then_left(table: DocumentTable) -> None:
    store = MemorySegments()
    documents = kept(storing(store, table), table, CONTENTS)
    per_segment = [[d for d in documents if d.segment == name] for name in dict.fromkeys(d.segment for d in documents)]
    assert [len(group) for group in per_segment] == [3, 3, 1]
    for group in per_segment:
        assert [d.offset for d in group] == [sum(d.payload_size for d in group[:place]) for place in range(len(group))]
        assert len(store.segments[group[0].segment]) == sum(d.payload_size for d in group)


def test_every_document_is_read_back_from_its_place(table: DocumentTable) -> None:
    store = MemorySegments()
    for document, content in zip(kept(storing(store, table), table, CONTENTS), CONTENTS, strict=True):
        sink = BytesIO()
        reading.write_content(store, document, sink, [IDENTITY])
        assert sink.getvalue() == content
        assert table.by_payload(document.payload_sha256) == document


@pytest.mark.parametrize("room", [0, 1, 2])
def test_segments_appear_all_or_none(table: DocumentTable, room: int) -> None:
    store = Failing(room)
    act = storing(store, table)
    stored(act, CONTENTS)
    with pytest.raises(Unavailable):
        act.commit()
    act.abort()
    assert (store.segments, store.writing) == ({}, {})


def test_abort_takes_back_what_was_committed_and_not_kept(table: DocumentTable) -> None:
    store = MemorySegments()
    act = storing(store, table)
    stored(act, CONTENTS)
    act.commit()
    assert len(store.segments) == 3
    act.abort()
    assert (store.segments, store.writing) == ({}, {})


def test_abort_takes_nothing_back_that_was_kept(table: DocumentTable) -> None:
    store = MemorySegments()
    act = storing(store, table)
    kept(act, table, CONTENTS[:2])
    stored(act, CONTENTS[2:])
    act.abort()
    assert len(store.segments) == 1
    assert store.writing == {}


def test_content_of_another_generation_of_the_key_is_sealed_anew(table: DocumentTable) -> None:
    """Rotation would mean nothing if what a leaver can open went on being used."""
    store = MemorySegments()
    (old,) = kept(storing(store, table), table, CONTENTS[:1])
    (new,) = kept(storing(store, table, generation=2), table, CONTENTS[:1])
    assert (old.generation, new.generation) == (1, 2)
    assert old.payload_sha256 != new.payload_sha256
    assert kept(storing(store, table, generation=2), table, CONTENTS[:1]) == [new]


def test_equal_size_is_not_equal_content(table: DocumentTable) -> None:
    store = MemorySegments()
    one, two = (kept(storing(store, table), table, [content])[0] for content in (b"one", b"two"))
    assert one.sha256 != two.sha256
    assert len(store.segments) == 2


def test_a_file_is_read_from_its_beginning_again(table: DocumentTable) -> None:
    store = MemorySegments()
    kept(storing(store, table), table, [b"one"])
    (other,) = kept(storing(store, table), table, [b"two"])
    sink = BytesIO()
    reading.write_content(store, other, sink, [IDENTITY])
    assert sink.getvalue() == b"two"


def test_what_was_read_in_part_is_stored_from_there(table: DocumentTable) -> None:
    source = BytesIO(b"header and the rest")
    source.seek(11)
    store = MemorySegments()
    act = storing(store, table)
    document = act.add(source)
    assert document.size == len(b"the rest")
    act.abort()


def test_all_comes_segment_by_segment(table: DocumentTable) -> None:
    documents = kept(storing(MemorySegments(), table), table, CONTENTS)
    listed = list(table.all())
    assert sorted(listed, key=lambda d: (d.segment, d.offset)) == listed
    assert set(listed) == set(documents)
    assert table.payload_bytes() == sum(document.payload_size for document in documents)
    assert table.segments() == {document.segment for document in documents}


def test_a_document_hides_its_header(table: DocumentTable) -> None:
    (document,) = kept(storing(MemorySegments(), table), table, CONTENTS[:1])
    assert "age-encryption" not in repr(document)


class TestReading:
    @pytest.fixture
    def store(self) -> MemorySegments:
        return MemorySegments()

    @pytest.fixture
    def document(self, store: MemorySegments, table: DocumentTable) -> Document:
        return kept(storing(store, table), table, CONTENTS[:3])[1]

    def harmed(self, store: MemorySegments, document: Document, place: int) -> None:
        data = bytearray(store.segments[document.segment])
        data[document.offset + place] ^= 1
        store.segments[document.segment] = bytes(data)

    def test_a_whole_payload_passes_without_any_key(self, store: MemorySegments, document: Document) -> None:
        reading.check_payload(store, document)

    def test_a_neighbours_damage_is_not_ours(self, store: MemorySegments, document: Document) -> None:
        self.harmed(store, document, -1)
        self.harmed(store, document, document.payload_size)
        reading.check_payload(store, document)

    @pytest.mark.parametrize("place", [0, 200, -1])
    def test_a_flipped_bit_is_named(self, store: MemorySegments, document: Document, place: int) -> None:
        self.harmed(store, document, place % document.payload_size)
        with pytest.raises(Damaged, match=f"segment {document.segment} holds a payload with another SHA-256"):
            reading.check_payload(store, document)
        with pytest.raises(Damaged):
            reading.write_sealed(store, document, BytesIO())
        with pytest.raises(Damaged):
            reading.write_content(store, document, BytesIO(), [IDENTITY])

    @pytest.mark.parametrize("size", [0, 10, 500])
    def test_a_cut_segment_is_named(self, store: MemorySegments, document: Document, size: int) -> None:
        store.segments[document.segment] = store.segments[document.segment][: document.offset + size % 400]
        with pytest.raises(Damaged, match=f"segment {document.segment} was cut"):
            reading.check_payload(store, document)
