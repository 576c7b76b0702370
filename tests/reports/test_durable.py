"""In which order a bag reaches the disk, and what stays where a call fails (strace)."""

from pathlib import Path

import pytest

from tests.vault.tracing import needs_strace, traced

WRITE = (
    "import sys; from datetime import UTC, datetime; from pathlib import Path; from vault.reports import containers\n"
    "with containers.opened(Path(sys.argv[1]) / '{name}', datetime(2026, 11, 22, tzinfo=UTC)) as made:\n"
    "    with made.file('data/a', None) as sink: sink.write(b'content')\n"
    "    made.finish(); made.publish(Path(sys.argv[1]) / '{name}')"
)


@needs_strace
@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_all_is_flushed_before_it_has_its_name_and_the_folder_after(folder: Path, name: str) -> None:
    calls, said = traced(WRITE.format(name=name), folder)
    assert said == ""
    naming = "rename" if name == "x" else "link"
    before, after = calls[: calls.index(naming)], calls[calls.index(naming) + 1 :]
    assert "fsync" in before or name == "x"  # a folder is flushed by threads, which are not traced
    assert after[0] == "fsync"


@needs_strace
@pytest.mark.parametrize("name", ["x", "x.zip"])
@pytest.mark.parametrize("fault", ["fsync:error=EIO", "link,linkat,rename:error=EIO", "fsync:error=ENOSPC:when=1"])
def test_nothing_stays_where_a_call_fails(folder: Path, name: str, fault: str) -> None:
    _, said = traced(WRITE.format(name=name), folder, fault)
    assert "OSError: [Errno" in said
    assert list(folder.iterdir()) == []
