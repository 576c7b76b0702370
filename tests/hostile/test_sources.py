"""Files that change while they are read, that are no files, that are too large, too many, too deep."""

import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from tests.cli.clerk import ALONE, Clerk
from vault.disclosing import Said, plan
from vault.documents.sources import Source, gather, opened
from vault.documents.storing import Storing
from vault.errors import Misuse, NotFound, Unavailable

MANY = 2_500
LEVELS = 300


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """A file of two mebibytes, found but not read."""
    (tmp_path / "a.bin").write_bytes(os.urandom(2 << 20))
    (found,), _ = gather(tmp_path / "a.bin")
    return found


def path_of(source: Source) -> Path:
    assert source.path is not None
    return source.path


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def shrink(path: Path) -> None:
    os.truncate(path, 100)


def rewrite(path: Path) -> None:
    found = path.stat()
    with path.open("r+b") as file:
        file.write(b"other")
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns + 1))  # a clock's tick may be coarser than this test


@pytest.mark.parametrize("change", [grow, shrink, rewrite])
@pytest.mark.parametrize("read_before", [0, 1 << 20])
def test_file_that_changes_while_it_is_read_is_refused(source: Source, change: object, read_before: int) -> None:
    assert callable(change)

    def read() -> None:
        with opened(source) as file:
            file.read(read_before)
            change(path_of(source))
            while file.read(1 << 20):
                pass

    with pytest.raises(Unavailable, match=r"a\.bin changed while it was read") as caught:
        read()
    assert "nothing was written" in caught.value.hint


def test_file_that_grows_as_fast_as_it_is_read_ends(source: Source) -> None:
    blocks = []

    def read() -> None:
        with opened(source) as file:
            while block := file.read(1 << 20):
                blocks.append(block)
                assert len(blocks) < 5
                grow(path_of(source))

    with pytest.raises(Unavailable, match="changed while it was read"):
        read()
    assert len(blocks) == 2


@pytest.mark.parametrize("replaced", [True, False], ids=["replaced", "deleted"])
def test_file_that_is_replaced_or_deleted_is_read_to_its_own_end(source: Source, replaced: bool) -> None:
    path = path_of(source)
    content = path.read_bytes()
    with opened(source) as file:
        begun = file.read(1 << 20)
        if replaced:
            path.with_name("new").write_bytes(b"other")
            path.with_name("new").replace(path)
        else:
            path.unlink()
        assert begun + file.readall() == content  # type: ignore[union-attr]  # a raw file


def test_file_that_is_gone_or_no_file_any_more_is_named(source: Source) -> None:
    path = path_of(source)
    path.unlink()
    with pytest.raises(NotFound, match="does not exist"), opened(source):
        pass
    os.mkfifo(path)  # opening it must not wait for a writer
    with pytest.raises(Misuse, match="no regular file"), opened(source):
        pass


def test_change_leaves_no_entry_and_no_segment(clerk: Clerk) -> None:
    """The second file is rewritten by the reading of the first: a pipe whose writer does it."""
    clerk.file("b.bin", b"b" * 100)
    read, write = os.pipe()
    (pipe,), _ = gather(Path(f"/dev/fd/{read}"))
    (file,), _ = gather(clerk.folder / "b.bin")
    os.write(write, b"first")
    os.close(write)
    with clerk.desk.opened() as archive, archive.storing() as storing:
        with opened(pipe) as stream:
            storing.add(stream)
        with pytest.raises(Unavailable):
            store_growing(storing, file)
    os.close(read)
    assert clerk("log").out == ""
    assert list((clerk.folder / "vault" / "segments").iterdir()) == []


def store_growing(storing: Storing, source: Source) -> None:
    with opened(source) as stream:
        grow(path_of(source))
        storing.add(stream)


NO_FILES = ["fifo", "socket", "/dev/zero", "/dev/full", "/dev/urandom", "/dev/tty"]


def test_what_is_no_file_is_refused_at_once_and_left_out_of_a_folder(clerk: Clerk) -> None:
    clerk.file("papers/a.txt")
    os.mkfifo(clerk.folder / "fifo")
    os.mkfifo(clerk.folder / "papers" / "fifo")
    for place in (clerk.folder / "socket", clerk.folder / "papers" / "socket"):
        os.chdir(place.parent)  # a socket's name has 107 bytes at most
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(place.name)
    os.chdir(clerk.folder)
    for name in NO_FILES:
        said = clerk(f"disclose {name} --to ganzhou", code=2)
        assert f"{name} is no regular file" in said.err
    said = clerk("disclose papers --to ganzhou --all --json")
    assert [item["name"] for item in said.json["items"]] == ["papers/a.txt"]
    assert said.err.splitlines() == ["left out: papers/fifo", "left out: papers/socket"]


def shell(clerk: Clerk, line: str) -> "subprocess.CompletedProcess[str]":
    """A line in bash, with `dvault` in it."""
    command = line.replace("dvault", f"{shlex.quote(sys.executable)} -m cli.main")
    return subprocess.run(["bash", "-c", command], cwd=clerk.folder, capture_output=True, text=True, check=False)


def test_what_a_command_writes_is_a_document(clerk: Clerk) -> None:
    """`<(command)` of a shell, with a name and without one."""
    assert shell(clerk, "dvault disclose <(printf one) --name mail.eml --to ganzhou").stdout == "T-000001\n"
    assert shell(clerk, "dvault disclose <(printf two) <(printf three) --to ganzhou").stdout == "T-000002\n"
    assert shell(clerk, "printf four | dvault disclose /dev/stdin --to ganzhou").stdout == "T-000003\n"
    names = [[item["name"] for item in clerk(f"show T-{n} --json").json["items"]] for n in (1, 2, 3)]
    assert names == [["mail.eml"], ["pipe", "pipe"], ["pipe"]]
    assert (clerk.folder / clerk("get T-2/2").lines[0]).read_bytes() == b"three"
    both = shell(clerk, "dvault disclose <(printf one) <(printf two) --name mail.eml --to ganzhou")
    assert (both.returncode, "--name goes with -, or with one pipe" in both.stderr) == (2, True)


def test_known_content_through_a_pipe_leaves_no_empty_segment(clerk: Clerk) -> None:
    clerk.file("a.txt", b"known")
    clerk("disclose a.txt --to ganzhou")
    assert shell(clerk, "printf known | dvault disclose - --to ganzhou").stdout == "T-000002\n"
    assert clerk("doctor").out == ALONE


def test_more_than_fits_is_refused_before_it_is_read(clerk: Clerk) -> None:
    clerk.file("a.txt")
    os.truncate(clerk.file("sparse.bin"), 1 << 40)
    for line in ("sparse.bin", "a.txt sparse.bin", "sparse.bin --dry-run", "- --name x < sparse.bin"):
        done = shell(clerk, f"dvault disclose --to ganzhou {line}")
        assert done.returncode == 6, line
        assert f"{1 << 40} bytes" in done.stderr or f"{(1 << 40) + 7} bytes" in done.stderr
        assert "do not fit" in done.stderr
        assert "nothing was written" in done.stderr
    assert clerk("log").out == ""
    assert clerk("doctor").out == ALONE


def test_what_is_stored_already_needs_no_room(clerk: Clerk) -> None:
    """The same terabyte as one that is stored: found by its size, since nothing of it is read to say so."""
    huge = Source(clerk.folder / "huge", "huge", 1 << 40)
    with clerk.desk.opened() as archive:
        said = Said({}, to=("ganzhou",), sources=(huge,))
        with pytest.raises(Unavailable, match="do not fit"):
            plan(archive, said, archive.clock())
        with archive.storing() as storing:
            document = storing.add(BytesIO(b"content"))
            archive.append([], storing)
        archive.database.execute("UPDATE document SET size=?", (1 << 40,))
        assert plan(archive, said, archive.clock()).sources == (huge,)
        assert document.size == 7


def test_folder_of_thousands_becomes_a_series(clerk: Clerk) -> None:
    for number in range(MANY):
        clerk.file(f"many/{number:05}.txt", f"content {number}".encode())
    said = clerk("disclose many --to ganzhou")
    assert said.lines == ["T-000001", "T-000002", "T-000003"]
    with clerk.desk.opened() as archive:
        assert [len(archive.catalog.items(number)) for number in (1, 2, 3)] == [1_000, 1_000, 500]
    assert "PROVEN" in clerk("verify").out
    assert (clerk.folder / clerk("get T-3/500").lines[0]).read_bytes() == f"content {MANY - 1}".encode()


@pytest.fixture
def deep(clerk: Clerk) -> Iterator[Path]:
    """A name for a deep folder; pytest itself could not remove one."""
    yield clerk.folder / "deep"
    subprocess.run(["rm", "-rf", clerk.folder / "deep"], check=True)


@pytest.mark.parametrize(("levels", "name"), [(LEVELS, "folder"), (1_500, "d")], ids=["300 levels", "1500 levels"])
def test_folder_as_deep_as_a_path_can_be_is_read(clerk: Clerk, deep: Path, levels: int, name: str) -> None:
    nest(deep, levels, name)
    item = clerk("disclose deep --to ganzhou --json").json["items"][0]
    assert item["name"].count("/") == levels + 1
    assert clerk("get T-1").lines == ["leaf.txt"]


def test_folder_deeper_than_a_path_can_be_is_refused(clerk: Clerk, deep: Path) -> None:
    nest(deep, 600, "folders")
    said = clerk("disclose deep --to ganzhou", code=6)
    assert "File name too long" in said.err


def nest(top: Path, levels: int, name: str) -> None:
    """`levels` folders below `top` and a file in the last, however long its path gets."""
    top.mkdir()
    here = os.open(top, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("leaf.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


def test_loops_of_links_end(clerk: Clerk) -> None:
    clerk.file("papers/a.txt")
    for link, target in {"self": ".", "up": "../papers", "gone": "nowhere", "one": "two", "two": "one"}.items():
        (clerk.folder / "papers" / link).symlink_to(target)
    said = clerk("disclose papers --to ganzhou --all --json")
    assert [item["name"] for item in said.json["items"]] == ["papers/a.txt"]
    assert said.err.count("left out: ") == 5
    assert "Too many levels of symbolic links" in clerk("disclose papers/one --to ganzhou", code=6).err


def test_sources_are_found_in_one_order(tmp_path: Path) -> None:
    for name in ("b/a", "a/b", "a.txt", "B", "a/a"):
        (tmp_path / "top" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "top" / name).write_bytes(b"")
    found, _ = gather(tmp_path / "top")
    assert [source.name for source in found] == ["top/B", "top/a/a", "top/a/b", "top/a.txt", "top/b/a"]
