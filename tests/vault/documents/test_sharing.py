"""Documents that two processes seal: each comes back as it was, in its place, and nothing is left of what failed."""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from tests.vault.machine import files, written
from vault.archive import Archive
from vault.checking.steps import check
from vault.documents import sharing
from vault.documents.sources import Source, gather, opened
from vault.documents.storing import Storing
from vault.documents.table import Document
from vault.errors import NotFound
from vault.evidence.vrf import term_input
from vault.sealing.document import WHOLE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Some batches of files: some equal, one large, one empty."""
    made = tmp_path / "many"
    made.mkdir()
    for number in range(3 * sharing.BATCH + 7):
        (made / f"{number:04}").write_bytes(os.urandom(40) if number % 10 else b"equal")
    (made / "0100 large").write_bytes(os.urandom(WHOLE + 1))
    (made / "0200 empty").touch()
    return made


def brief(archive: Archive) -> sharing.Brief:
    secrets = archive.secrets
    content = secrets.content_recipient, secrets.content_generation
    return sharing.Brief(archive.database.access, archive.folder.segments, *content, secrets.index[1])


def sealed(archive: Archive, storing: Storing, sources: list[Source]) -> list[Document]:
    def seal(source: Source) -> Document:
        with opened(source) as file:
            return storing.add(file)

    return list(sharing.seal_all(sources, storing, brief(archive), seal))


def test_each_source_has_its_document(archive: Archive, folder: Path) -> None:
    sources, _ = gather(folder)
    with archive.storing() as storing:
        documents = sealed(archive, storing, sources)
        assert len({document.segment for document in storing.documents}) == 2
        assert len(storing.documents) <= len(sources) - 30
        archive.append([written(documents)], storing)
    for source, document in zip(sources, documents, strict=True):
        sink = BytesIO()
        archive.get(document, sink)
        assert source.path is not None
        assert sink.getvalue() == source.path.read_bytes()
    assert check(archive, documents=True).passes()


def test_tags_are_those_that_one_process_computes(archive: Archive, folder: Path) -> None:
    sources, _ = gather(folder)
    with archive.storing() as storing:
        sealed(archive, storing, sources[:200])
        assert len(storing.tags) >= 150
        term, tag = next(iter(storing.tags.items()))
        assert tag == archive.secrets.index[1].tag(term_input(term))


def test_nothing_is_left_of_what_was_not_appended(archive: Archive, folder: Path) -> None:
    before = files(archive)
    with archive.storing() as storing:
        sealed(archive, storing, gather(folder)[0])
    assert files(archive) == before


def test_nothing_is_left_where_a_file_is_gone(archive: Archive, folder: Path) -> None:
    before = files(archive)
    sources, _ = gather(folder)
    (folder / "0005").unlink()
    with pytest.raises(NotFound, match="0005"), archive.storing() as storing:
        sealed(archive, storing, sources)
    assert files(archive) == before


@pytest.fixture(autouse=True)
def _no_process_is_left() -> Iterator[None]:
    from multiprocessing import active_children

    yield
    assert active_children() == []
