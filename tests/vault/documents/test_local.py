"""Segments in a folder keep the contract; what the disk refuses is told as the segment's fault."""

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contracts.segments import SegmentContract
from tests.vault.tracing import needs_strace, traced
from vault.documents.local import LocalSegments
from vault.errors import Unavailable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "segments").mkdir()
    return tmp_path / "segments"


class TestLocalSegments(SegmentContract):
    @pytest.fixture
    def store(self, folder: Path) -> LocalSegments:
        return LocalSegments(folder)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A disk that is full for this process: writing beyond is EFBIG, as ENOSPC an OSError of write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def test_files_are_for_their_owner_alone_under_a_lax_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        segment = LocalSegments(folder).new()
        (part,) = folder.iterdir()
        assert part.stat().st_mode & 0o777 == 0o600
        segment.commit()
    finally:
        os.umask(before)
    (whole,) = folder.iterdir()
    assert (whole.name, whole.stat().st_mode & 0o777) == (segment.name, 0o600)


def test_a_full_disk_is_unavailable_and_says_that_it_was_the_segment(folder: Path) -> None:
    segment = LocalSegments(folder).new()
    segment.sink.write(bytes(1000))
    with files_of_at_most(1000), pytest.raises(Unavailable, match="segments cannot be written"):
        segment.sink.write(b"!")
    segment.abort()
    assert list(folder.iterdir()) == []


def test_a_missing_folder_holds_no_segments_and_takes_none(tmp_path: Path) -> None:
    store = LocalSegments(tmp_path / "gone")
    assert list(store.names()) == list(store.leftovers()) == []
    with pytest.raises(Unavailable, match="gone"):
        store.new()


def test_a_segment_that_cannot_be_read_is_unavailable(folder: Path) -> None:
    (folder / ("0" * 32)).mkdir()
    with pytest.raises(Unavailable, match="segment 0000"):
        LocalSegments(folder).open("0" * 32)


def test_a_part_taken_away_by_somebody_else_is_unavailable(folder: Path) -> None:
    segment = LocalSegments(folder).new()
    for part in folder.iterdir():
        part.unlink()
    with pytest.raises(Unavailable, match="cannot be written"):
        segment.commit()
    segment.abort()


@needs_strace
def test_a_segment_is_flushed_before_it_has_its_name_and_the_folder_after(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from vault.documents.local import LocalSegments\n"
        "store = LocalSegments(Path(sys.argv[1])); segment = store.new(); segment.sink.write(b'x'); segment.commit()\n"
        "store.delete(segment.name)"
    )
    calls, said = traced(script, folder)
    assert said == ""
    assert calls == ["fsync", "rename", "fsync", "unlink", "fsync"]


def test_nothing_stays_open(folder: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    store = LocalSegments(folder)
    segment = store.new()
    segment.commit()
    store.delete(segment.name)
    store.new().abort()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_other_files_in_the_folder_are_no_segments(folder: Path) -> None:
    for name in (".DS_Store", "0" * 31, "readme.txt"):
        (folder / name).touch()
    assert list(LocalSegments(folder).names()) == list(LocalSegments(folder).leftovers()) == []


@pytest.mark.parametrize("asked", ["seek", "tell", "truncate"])
def test_where_a_segment_stands_and_ends_is_its_own_fault_too(folder: Path, asked: str) -> None:
    segment = LocalSegments(folder).new()
    spare = os.dup(segment.sink.fileno())
    os.close(segment.sink.fileno())  # EBADF, as EIO an OSError of lseek
    try:
        with pytest.raises(Unavailable, match=r"segments? cannot be (read|written)"):
            getattr(segment.sink, asked)(*[0] * (asked == "seek"))
    finally:
        os.dup2(spare, segment.sink.fileno())
        os.close(spare)
        segment.abort()
