"""Zips byte by byte: an honest one, and the parts to make hostile ones of."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

EPOCH = (1980, 1, 1, 0, 0, 0)
FILES = {"bagit.txt": b"BagIt-Version: 1.0\n", "data/a.txt": b"a" * 600, "data/evidence/b.bin": bytes(range(256))}


@dataclass(frozen=True)
class Part:
    """A member as somebody wants it: what the directory says of it, and what stands at its place."""

    name: bytes
    data: bytes = b""
    method: int = 0
    flags: int = 0x800
    size: int | None = None
    crc: int | None = None
    attributes: int = 0o100600 << 16
    extra: bytes = b""
    comment: bytes = b""
    local_name: bytes | None = None
    local_size: int | None = None
    local_extra: bytes = b""
    local_date: int = 33
    at: int | None = None
    gap: bytes = b""

    @property
    def stored(self) -> bytes:
        if self.method != 8:
            return self.data
        deflater = zlib.compressobj(wbits=-15)
        return deflater.compress(self.data) + deflater.flush()

    @property
    def numbers(self) -> tuple[int, int, int]:
        crc = zlib.crc32(self.data) if self.crc is None else self.crc
        return crc, len(self.stored), len(self.data) if self.size is None else self.size

    def local(self) -> bytes:
        crc, stored, size = self.numbers
        name = self.name if self.local_name is None else self.local_name
        size = size if self.local_size is None else self.local_size
        head = struct.pack(
            "<4s5H3L2H",
            b"PK\3\4",
            20,
            self.flags,
            self.method,
            0,
            self.local_date,
            crc,
            stored,
            size,
            len(name),
            len(self.local_extra),
        )
        return head + name + self.local_extra + self.stored + self.gap

    def central(self, at: int) -> bytes:
        crc, stored, size = self.numbers
        head = struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 0x0314, 20, self.flags, self.method, 0, 33, crc, stored, size, len(self.name),
            len(self.extra), len(self.comment), 0, 0, self.attributes, at if self.at is None else self.at,
        )  # fmt: skip
        return head + self.name + self.extra + self.comment


def archive(parts: Sequence[Part], *, before: bytes = b"", count: int | None = None, comment: bytes = b"") -> bytes:
    """The zip of these parts, `before` standing in front."""
    out, directory = bytearray(before), b""
    for part in parts:
        directory += part.central(len(out))
        if part.at is None:
            out += part.local()
    number = len(parts) if count is None else count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, number, number, len(directory), len(out), len(comment))
    return bytes(out) + directory + end + comment


def honest() -> list[Part]:
    """The parts of `FILES`, each other one deflated."""
    return [
        Part(f"report/{name}".encode(), data, method=8 * (place % 2))
        for place, (name, data) in enumerate(FILES.items())
    ]


def with_first(**changes: object) -> bytes:
    """The honest archive with its first part changed."""
    first, *rest = honest()
    return archive([replace(first, **changes), *rest])  # type: ignore[arg-type]


def by_library(files: Mapping[str, bytes], *, large: bool = False) -> bytes:
    """What `zipfile` makes of files; `large` with zip64 fields in the members' own headers."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            info = zipfile.ZipInfo(f"report/{name}", EPOCH)
            info.external_attr = 0o100600 << 16
            with made.open(info, "w", force_zip64=large) as file:
                file.write(data)
    return out.getvalue()


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Files in a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def large(path: Path, size: int) -> BinaryIO:
    """A zip of one member of so many zeros, a hole on the disk, with the fields of zip64; open for reading."""
    name, more = b"report/data/x", struct.pack("<2H2Q", 1, 16, size, size)
    full = 0xFFFFFFFF
    with path.open("wb") as file:
        file.write(struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0x800, 0, 0, 33, 0, full, full, len(name), len(more)))
        file.write(name + more)
        start = file.seek(size, 1)
        kind = 0o100600 << 16
        lengths = len(name), len(more), 0, 0, 0, kind, 0
        central = (
            struct.pack("<4s6H3L5H2L", b"PK\1\2", 0x32D, 45, 0x800, 0, 0, 33, 0, full, full, *lengths) + name + more
        )
        end = start + len(central)
        file.write(central + struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(central), start))
        file.write(struct.pack("<4sLQL", b"PK\6\7", 0, end, 1))
        file.write(struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(central), start, 0))
    return path.open("rb")
