"""A bundle as a zip (APPNOTE 6.3.10), read where it lies.

`zipfile` reads the directory; what it takes lightly is settled here: the members follow each other without gaps and
without sharing a byte, their own headers say what the directory says, and nothing stands before, behind or between.
"""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from vault.errors import NotFound
from vault.evidence.strict import Malformed, refuse
from vault.verify.bundles import naming
from vault.verify.bundles.reading import PIECE, unreadable

FOLDER = "report/"
MAX_RATIO = 1_000  # bytes that one compressed byte may become; deflate comes to 1,032
MAX_DIRECTORY = 128 << 20  # bytes

_END = struct.Struct("<4s4H2LH")  # end of central directory
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCAL = struct.Struct("<4s5H3L2H")
_FLAGS = 0x0800 | 0x0008 | 0x0006  # UTF-8, sizes behind the data, how hard it was compressed
_UTF8, _BEHIND = 0x0800, 0x0008
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ZIP64 = 1
_LARGE = 1 << 31  # bytes, from which zip64 may be needed: some programs count so far with a sign


class Member(NamedTuple):
    """A file of the archive: where its bytes start, how many they are as stored and as they come out."""

    start: int
    stored: int
    size: int
    crc: int
    deflated: bool


class ZipBundle:
    """An archive whose layout was checked by `open_zip`."""

    def __init__(self, path: Path, file: BinaryIO, members: dict[str, Member]) -> None:
        self._file, self._members = file, members
        self.name = str(path)
        self.names = naming.check(members, self.name)

    def size(self, name: str) -> int:
        """As the directory says."""
        return self._members[name].size

    def read(self, name: str, limit: int) -> bytes:
        """At most `limit` bytes."""
        if self._member(name).size > limit:
            refuse(name, f"at most {limit} bytes", f"{self._member(name).size} bytes")
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """Piece by piece; `Malformed` as soon as it is more, or at its end something else, than the archive says."""
        member, crc, left = self._member(name), 0, self._member(name).size
        for piece in self._inflated(member, name) if member.deflated else self._raw(member):
            left -= len(piece)
            if left < 0:
                refuse(name, f"the {member.size} bytes that the archive says", "more")
            crc = zlib.crc32(piece, crc)
            yield piece
        if left or crc != member.crc:
            refuse(name, f"{member.size} bytes with CRC {member.crc:08x}, as the archive says", f"CRC {crc:08x}")

    def _member(self, name: str) -> Member:
        if name not in self._members:
            raise NotFound(f"{self.name}/{name} is not there")
        return self._members[name]

    def _raw(self, member: Member) -> Iterator[bytes]:
        at, stop = member.start, member.start + member.stored
        while at < stop:
            piece = _at(self._file, at, min(PIECE, stop - at))
            at += len(piece)
            yield piece

    def _inflated(self, member: Member, name: str) -> Iterator[bytes]:
        """Never more than a piece at once, whatever it would become."""
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for raw in self._raw(member):
                waiting = raw
                while waiting:
                    if piece := inflater.decompress(waiting, PIECE):
                        yield piece
                    waiting = inflater.unconsumed_tail
            while not inflater.eof and (piece := inflater.decompress(b"", PIECE)):  # held back at the last full piece
                yield piece
        except zlib.error as exc:
            raise Malformed(name, "deflated data", str(exc)) from exc
        if not inflater.eof or inflater.unused_data:
            refuse(name, "one deflated stream from its first to its last byte", "another")


@contextmanager
def open_zip(path: Path) -> Iterator[ZipBundle]:
    """The bundle in a zip. `Malformed` for an archive that is not laid out as docs/format/report.md says."""
    try:
        with path.open("rb") as file:
            yield ZipBundle(path, file, _members(file, path.name))
    except OSError as exc:
        raise unreadable(path, exc) from exc


def _at(file: BinaryIO, start: int, length: int) -> bytes:
    """Bytes of the archive. [It is cut while it is read.]"""
    file.seek(start)
    data = file.read(length)
    if len(data) != length:
        refuse("zip", f"{length} bytes at {start}", len(data))
    return data


def _members(file: BinaryIO, where: str) -> dict[str, Member]:
    directory, count = _directory(file, where)
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    # All that zipfile raises for an archive it cannot read; NotImplementedError is for a version or method it lacks.
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError, EOFError) as exc:
        raise Malformed(where, "a zip archive", str(exc)) from exc
    if len(infos) != count:
        refuse(where, f"{count} files, as its end says", len(infos))
    return _laid_out(file, infos, directory, where)


def _directory(file: BinaryIO, where: str) -> tuple[int, int]:
    """Where the directory begins and how many files it says it has; it ends where the end records begin.

    [A second archive, or a page of another kind, behind the end or before the beginning: some programs open that.]
    """
    size = file.seek(0, os.SEEK_END)
    if size < _END.size:
        refuse(where, "a zip archive", f"{size} bytes")
    mark, disk, first, here, count, length, start, comment = _END.unpack(_at(file, size - _END.size, _END.size))
    if (mark, disk, first, comment) != (b"PK\x05\x06", 0, 0, 0):
        refuse(where, "the end of a zip archive as its last 22 bytes, without a comment", mark)
    end = size - _END.size
    large = _directory64(file, end, where)
    if large:
        if (count, length, start) != _capped(*large[:3]):
            refuse(where, "two ends that say the same")
        count, length, start, end = large
    elif here != count:
        refuse(where, "an archive in one part")
    if count > naming.MAX_FILES or length > MAX_DIRECTORY:
        refuse(where, f"at most {naming.MAX_FILES} files", count)
    if start + length != end:
        refuse(where, "nothing before, between and behind the parts of the archive", f"{end - start - length} bytes")
    return start, count


def _capped(count: int, length: int, start: int) -> tuple[int, int, int]:
    return min(count, _FULL16), min(length, _FULL32), min(start, _FULL32)


def _directory64(file: BinaryIO, end: int, where: str) -> tuple[int, int, int, int] | None:
    """Count, length, start and end of the directory as the zip64 records say; None where there are none."""
    if end < _LOCATOR.size + _END64.size:
        return None
    mark, disk, at, disks = _LOCATOR.unpack(_at(file, end - _LOCATOR.size, _LOCATOR.size))
    if mark != b"PK\x06\x07":
        return None
    here = end - _LOCATOR.size - _END64.size
    if (disk, at, disks) != (0, here, 1):
        refuse(where, f"the zip64 end at {here}", at)
    mark, rest, _, _, disk, first, one, count, length, start = _END64.unpack(_at(file, here, _END64.size))
    if (mark, rest, disk, first, one) != (b"PK\x06\x06", _END64.size - 12, 0, 0, count):
        refuse(where, "a zip64 end of an archive in one part")
    if count < _FULL16 and max(length, start) < _LARGE:
        refuse(where, "zip64 only where needed", f"{count} files")
    return count, length, start, here


def _laid_out(file: BinaryIO, infos: list[zipfile.ZipInfo], directory: int, where: str) -> dict[str, Member]:
    """Every member by its name below `report/`; the members fill the archive up to its directory, none overlapping.

    [Ten thousand members that share one compressed kernel unpack to petabytes.]
    """
    found: dict[str, Member] = {}
    at = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        _check_info(info, where)
        name = info.filename.removeprefix(FOLDER)
        if info.header_offset != at:
            refuse(where, f"a member at {at}, where the one before ends", f"{info.filename} at {info.header_offset}")
        if name in found:
            refuse(where, "each name once", name)
        start = at + _local(file, info, where)
        found[name] = Member(
            start, info.compress_size, info.file_size, info.CRC, info.compress_type == zipfile.ZIP_DEFLATED
        )
        at = start + info.compress_size
        at += _descriptor(file, info, at, directory) if info.flag_bits & _BEHIND else 0
    if at != directory:
        refuse(where, f"a directory at {at}, where the last member ends", directory)
    return found


def _check_info(info: zipfile.ZipInfo, where: str) -> None:
    """What a member may be."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & ~_FLAGS or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        refuse(where, "members stored or deflated, none encrypted", info.orig_filename)
    if kind not in (0, stat.S_IFREG) or info.external_attr & 0x10 or info.volume:  # 0x10: a folder, to DOS
        refuse(where, "regular files alone: no link, no folder, no device", info.orig_filename)
    if not info.filename.startswith(FOLDER) or info.filename != info.orig_filename:
        refuse(where, f"every file in one folder, {FOLDER}", info.orig_filename)
    if not (info.filename.isascii() or info.flag_bits & _UTF8):
        refuse(where, "names in UTF-8", info.orig_filename)
    if info.comment or not _is_plain(info.extra):  # [a field that holds a second name, shown by some programs]
        refuse(where, "members without comments and without extra fields but zip64", info.filename)
    if info.extra and max(info.file_size, info.compress_size, info.header_offset) < _LARGE:
        refuse(where, "zip64 only where needed", info.filename)
    if info.file_size > MAX_RATIO * info.compress_size or (
        info.compress_type == zipfile.ZIP_STORED and info.file_size != info.compress_size
    ):
        refuse(
            where, f"files of at most {MAX_RATIO} times what is stored of them", f"{info.filename}, {info.file_size}"
        )


def _is_plain(extra: bytes) -> bool:
    """Whether a member's extra fields are none but one of zip64."""
    return not extra or (
        len(extra) >= 4 and struct.unpack_from("<2H", extra) == (_ZIP64, len(extra) - 4) and len(extra) <= 32
    )


def _local(file: BinaryIO, info: zipfile.ZipInfo, where: str) -> int:
    """The length of the member's own header, which has to say what the directory says.

    [Who reads from the front finds another name, or other sizes.]
    """
    header = _LOCAL.unpack(_at(file, info.header_offset, _LOCAL.size))
    mark, _, flags, method, time, date, crc, stored, size, named, more = header
    rest = _at(file, info.header_offset + _LOCAL.size, named + more)
    name, extra = rest[:named], rest[named:]
    said = (mark, flags, method, name)
    if said != (b"PK\x03\x04", info.flag_bits, info.compress_type, info.filename.encode()) or not _is_plain(extra):
        refuse(where, f"a header of {info.filename} as the directory has it", name)
    if _when(date, time) != info.date_time:
        refuse(where, f"a header of {info.filename} with the date and time that the directory has")
    if extra and max(info.file_size, info.compress_size) < _LARGE:
        refuse(where, "zip64 only where needed", info.filename)
    if len(extra) >= 20 and (stored, size) == (_FULL32, _FULL32):
        size, stored = struct.unpack_from("<2Q", extra, 4)
    unknown = info.flag_bits & _BEHIND and (crc, stored, size) == (0, 0, 0)
    if not unknown and (crc, stored, size) != (info.CRC, info.compress_size, info.file_size):
        refuse(where, f"a header of {info.filename} with the sizes that the directory has", f"{stored} and {size}")
    return int(_LOCAL.size + named + more)


def _when(date: int, time: int) -> tuple[int, ...]:
    """Date and time as MS-DOS has them, as `zipfile` reads them: another one for each other bit."""
    day = (date >> 9) + 1980, date >> 5 & 0xF, date & 0x1F
    return (*day, time >> 11, time >> 5 & 0x3F, (time & 0x1F) * 2)


def _descriptor(file: BinaryIO, info: zipfile.ZipInfo, at: int, directory: int) -> int:
    """The length of the sizes behind the data of a member written without going back; 0 for anything else."""
    said = info.CRC, info.compress_size, info.file_size
    behind = _at(file, at, min(24, directory - at))
    for layout in ("<4s3L", "<4sL2Q"):
        if max(said) <= _FULL32 or layout != "<4s3L":
            whole = struct.pack(layout, b"PK\x07\x08", *said)
            if behind.startswith(whole):
                return len(whole)
    return 0
