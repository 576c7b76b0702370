"""Bundles are read where they lie: what a folder and an honest zip give, and each hostile one refused, saying why."""

import os
import socket
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify.bundles import archives
from tests.verify.bundles.archives import FILES, Part, archive, honest, with_first
from vault.errors import NotFound
from vault.evidence.strict import Malformed
from vault.verify import standalone
from vault.verify.bundles import naming, reading
from vault.verify.bundles.reading import is_bundle, opened


def zipped(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "bundle.zip"
    path.write_bytes(data)
    return path


def contents(path: Path) -> dict[str, bytes]:
    with opened(path) as bundle:
        streamed = {name: b"".join(bundle.stream(name)) for name in bundle.names}
        assert {name: bundle.read(name, len(data)) for name, data in streamed.items()} == streamed
        assert {name: bundle.size(name) for name in bundle.names} == {name: len(d) for name, d in streamed.items()}
        return streamed


def refused(path: Path, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        contents(path)


def test_a_folder_a_zip_and_what_the_library_writes_give_the_same(tmp_path: Path) -> None:
    assert contents(archives.write(tmp_path / "folder", FILES)) == FILES
    made = [archive(honest()), archives.by_library(FILES)]
    assert [contents(zipped(tmp_path, data)) for data in made] == [FILES] * 2
    refused(zipped(tmp_path, archives.by_library(FILES, large=True)), "zip64 only where needed")


def test_what_is_larger_than_two_gib_is_read_as_the_library_writes_it(tmp_path: Path) -> None:
    """Behind 2^31 bytes: zip64, though four bytes would do. The bytes are a hole in a file."""
    with archives.large(tmp_path / "large.zip", 1 << 31) as file:
        assert list(standalone.Zip(file).members) == ["data/x"]
    with opened(tmp_path / "large.zip") as bundle:
        assert bundle.size("data/x") == 1 << 31
    with archives.large(tmp_path / "small.zip", 1 << 16) as file, pytest.raises(standalone.Refused, match="needed"):
        standalone.Zip(file)
    refused(tmp_path / "small.zip", "zip64 only where needed")


def test_names_are_in_the_order_of_their_bytes(tmp_path: Path) -> None:
    files = {name: b"" for name in ("b", "a/é", "a/z", "a.txt", "A/..x")}  # noqa: C420 - a dict of bytes
    with pytest.raises(Malformed, match="one spelling"):  # A and a
        contents(archives.write(tmp_path / "one", files))
    del files["A/..x"]
    path = archives.write(tmp_path / "two", files)
    assert list(contents(path)) == sorted(files, key=str.encode)


def test_sizes_behind_the_data_are_understood(tmp_path: Path) -> None:
    first, *rest = honest()
    crc, stored, size = first.numbers
    for layout in ("<4s3L", "<4sL2Q"):
        gap = struct.pack(layout, b"PK\7\x08", crc, stored, size)
        parts = [replace(first, flags=0x808, gap=gap), *rest]
        assert contents(zipped(tmp_path, archive(parts))) == FILES
    refused(zipped(tmp_path, archive([replace(first, flags=0x808, gap=b"PK\7\x08" + bytes(12)), *rest])), "a member at")


def test_zip64_is_read_where_there_are_more_files_than_two_bytes_count(tmp_path: Path) -> None:
    files = {f"data/{number}": b"" for number in range(1 << 16)}
    path = zipped(tmp_path, archives.by_library(files))
    with opened(path) as bundle:
        assert len(bundle.names) == 1 << 16
    data = path.read_bytes()
    locator = data.rindex(b"PK\6\7")
    for place, what in ((locator + 8, "zip64 end"), (data.rindex(b"PK\6\6") + 32, "zip64 end|ends that say the same")):
        lying = bytearray(data)
        lying[place] ^= 1
        refused(zipped(tmp_path, bytes(lying)), what)


NAMES = [
    b"report/../evil", b"report//evil", b"report/./evil", b"/report/evil", b"report/a\\..\\b", b"report/C:/evil",
    b"report/a\nb", b"report/a\x00b", b"report/\x1b[2J", b"other/file", b"evil", b"report/", b"report/data/",
    b"report/" + b"x" * 401, b"report/" + b"x/" * 9 + b"y", b"report/BAGIT.TXT", b"report/data/A.TXT", b"report/Data/c",
    b"report/data/a.txt/b", b"report/data", b"report/bagit.txt",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_that_lead_elsewhere_or_are_two_somewhere_are_refused(tmp_path: Path, name: bytes) -> None:
    refused(zipped(tmp_path, archive([*honest(), Part(name)])), "bundle.zip: expected")


def test_names_that_compose_alike_are_one_name(tmp_path: Path) -> None:
    parts = [Part("report/data/e\u0301".encode()), Part("report/data/\u00c9".encode())]
    refused(zipped(tmp_path, archive([*honest(), *parts])), "each name once")


def test_a_name_beyond_ascii_has_to_say_that_it_is_utf_8(tmp_path: Path) -> None:
    fine = Part("report/data/赣州".encode())
    assert "data/赣州" in contents(zipped(tmp_path, archive([*honest(), fine])))
    refused(zipped(tmp_path, archive([*honest(), replace(fine, flags=0)])), "UTF-8|header")
    refused(zipped(tmp_path, archive([*honest(), Part(b"report/\xff")])), "zip archive")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"flags": 0x801}, "none encrypted"), ({"flags": 0x840}, "none encrypted"), ({"flags": 0x2800}, "encrypted"),
        ({"method": 12}, "stored or deflated"), ({"method": 99}, "stored or deflated"),
        ({"attributes": (stat.S_IFLNK | 0o777) << 16}, "no link"), ({"attributes": (stat.S_IFIFO) << 16}, "no link"),
        ({"attributes": (stat.S_IFDIR | 0o700) << 16}, "no link"), ({"attributes": 0x10}, "no link, no folder"),
        ({"comment": b"c"}, "without comments"), ({"extra": b"\x75\x70\x06\0\1abcde"}, "without extra fields"),
        ({"local_name": b"report/other.txt"}, "as the directory has it"), ({"local_size": 5}, "header of"),
        ({"local_extra": struct.pack("<2H2Q", 1, 16, 1, 1)}, "zip64 only where"), ({"local_date": 34}, "date and time"),
        ({"extra": struct.pack("<2HQ", 1, 8, 0)}, "zip64 only where|Corrupt"),
        ({"size": 5}, "at most 1000"), ({"gap": b"hidden"}, "a member at"), ({"crc": 1}, "CRC"),
    ],
)  # fmt: skip
def test_members_that_are_not_what_they_say_are_refused(tmp_path: Path, changes: dict[str, object], why: str) -> None:
    refused(zipped(tmp_path, with_first(**changes)), why)


def test_bytes_before_between_and_behind_are_refused(tmp_path: Path) -> None:
    good = archive(honest())
    refused(zipped(tmp_path, good + b"<html>"), "last 22 bytes")
    refused(zipped(tmp_path, b"#!/bin/sh\n" + good), "nothing before")
    refused(zipped(tmp_path, archive(honest(), before=b"PK\3\4 hidden")), "a member at 0")
    refused(zipped(tmp_path, archive(honest(), comment=b"read me")), "last 22 bytes|without a comment")
    refused(zipped(tmp_path, good[:-1]), "last 22 bytes")
    refused(zipped(tmp_path, good + good), "nothing before")
    refused(zipped(tmp_path, b"PK\5\6"), "a zip archive")


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """[Ten thousand names for one kernel that inflates to a gigabyte.]"""
    shared = [replace(honest()[0], name=b"report/data/%d" % number, at=0) for number in range(3)]
    refused(zipped(tmp_path, archive([*honest(), *shared])), "a member at")


def test_a_count_that_is_not_that_of_the_directory_is_refused(tmp_path: Path) -> None:
    refused(zipped(tmp_path, archive(honest(), count=2)), "2 files")
    refused(zipped(tmp_path, archive(honest(), count=4)), "4 files")


def test_too_many_files_are_refused_before_they_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "MAX_FILES", 2)
    refused(zipped(tmp_path, archive(honest())), "at most 2 files")
    refused(archives.write(tmp_path / "folder", FILES), "at most 2 files")
    assert naming.MAX_FILES == 2


def bomb(said: int, real: int) -> bytes:
    return archive([*honest(), Part(b"report/data/bomb", bytes(real), method=8, size=said)])


def test_what_becomes_more_than_it_says_or_a_thousand_times_itself_is_refused(tmp_path: Path) -> None:
    refused(zipped(tmp_path, bomb(1 << 20, 1 << 20)), "at most 1000")
    refused(zipped(tmp_path, bomb(100, 1 << 26)), "data/bomb: expected the 100 bytes")
    refused(zipped(tmp_path, archive([*honest(), Part(b"report/data/x", b"abc" * 50, method=8, size=151)])), "data/x")


def test_a_bomb_is_never_inflated_beyond_what_it_said(tmp_path: Path) -> None:
    with opened(zipped(tmp_path, bomb(1 << 18, 1 << 28))) as bundle:
        got = bytearray()
        with pytest.raises(Malformed, match="more"):
            got.extend(byte for piece in bundle.stream("data/bomb") for byte in piece)
        assert len(got) <= 1 << 18


def test_a_file_larger_than_its_limit_is_not_read(tmp_path: Path) -> None:
    for path in (zipped(tmp_path, archive(honest())), archives.write(tmp_path / "folder", FILES)):
        with opened(path) as bundle:
            with pytest.raises(Malformed, match=r"data/a\.txt: expected at most 599 bytes"):
                bundle.read("data/a.txt", 599)
            with pytest.raises(NotFound):
                bundle.read("data/none", 10)
            with pytest.raises(NotFound):
                b"".join(bundle.stream("data/none"))


@pytest.mark.parametrize(
    "broken",
    [b"\xff" * 20, zlib.compress(b"a" * 600)[2:-4] + b"more", zlib.compress(b"a" * 600)[2:-6], b""],
    ids=["no deflate", "more behind", "cut", "empty"],
)
def test_deflated_data_is_one_stream_to_its_last_byte(tmp_path: Path, broken: bytes) -> None:
    class Raw(Part):
        @property
        def stored(self) -> bytes:
            return broken

    refused(zipped(tmp_path, archive([Raw(b"report/data/a.txt", b"a" * 600, method=8)])), "expected")


def make_link(folder: Path) -> None:
    (folder / "data" / "link").symlink_to("/etc/hostname")


def make_folder_link(folder: Path) -> None:
    (folder / "data" / "more").symlink_to(folder / "data", target_is_directory=True)


def make_fifo(folder: Path) -> None:
    os.mkfifo(folder / "data" / "pipe")


def make_socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(folder / "s"))


def make_empty(folder: Path) -> None:
    (folder / "data" / "nothing").mkdir()


def make_deep(folder: Path) -> None:
    archives.write(folder, {"x/" * 9 + "y": b""})


def make_undecodable(folder: Path) -> None:
    (folder / os.fsdecode(b"data/\xff\xfe")).write_bytes(b"")


def make_twin(folder: Path) -> None:
    archives.write(folder, {"data/A.TXT": b""})


@pytest.mark.parametrize(
    "spoil",
    [make_link, make_folder_link, make_fifo, make_socket, make_empty, make_deep, make_undecodable, make_twin],
)
def test_a_folder_with_anything_but_files_and_names_for_everybody_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = archives.write(tmp_path / "f", FILES)
    spoil(folder)
    refused(folder, "expected")


def test_a_file_that_becomes_a_link_meanwhile_is_not_followed(tmp_path: Path) -> None:
    folder = archives.write(tmp_path / "folder", FILES)
    (tmp_path / "secret").write_bytes(b"secret")
    with opened(folder) as bundle:
        (folder / "data" / "a.txt").unlink()
        (folder / "data" / "a.txt").symlink_to(tmp_path / "secret")
        with pytest.raises(Exception, match=r"a\.txt"):
            bundle.read("data/a.txt", 100)


def test_bundles_are_told_from_other_things(tmp_path: Path) -> None:
    assert is_bundle(archives.write(tmp_path / "folder", FILES))
    assert is_bundle(zipped(tmp_path, archive(honest())))
    assert not is_bundle(tmp_path)
    assert not is_bundle(archives.write(tmp_path / "other", {"x": b"x"}) / "x")
    assert not is_bundle(tmp_path / "none")


def test_what_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound), opened(tmp_path / "none"):
        pass


@given(st.data())
def test_any_changed_byte_is_refused_or_changes_no_file(data: st.DataObject) -> None:
    """What is not looked at of an archive: versions, inner attributes, permissions."""
    import tempfile

    good = archive(honest())
    place = data.draw(st.integers(0, len(good) - 1))
    changed = bytearray(good)
    changed[place] ^= data.draw(st.integers(1, 255))
    with tempfile.TemporaryDirectory() as folder:
        try:
            assert contents(zipped(Path(folder), bytes(changed))) == FILES
        except Malformed:
            return


def test_limits_are_those_of_the_format() -> None:
    assert (naming.MAX_FILES, naming.MAX_NAME, naming.MAX_DEPTH, reading.PIECE) == (250_000, 400, 8, 1 << 18)
    assert zipfile.ZIP_DEFLATED == 8
