"""The vectors of the C2SP CCTV age test kit: what each file says of itself, and the age file in it."""

import zlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests import SHARED, shared_data

OUT_OF_SCOPE = Path(__file__).resolve().parent / "out_of_scope.txt"
_NO_VECTORS = {"SOURCE.txt", "LICENSE.txt"}


@dataclass(frozen=True, slots=True)
class Vector:
    """One vector: the verdict it wants, the SHA-256 of what must come out, the keys to try, and the file."""

    name: str
    expect: str
    payload_sha256: str
    identities: tuple[str, ...] = field(repr=False)
    passphrases: int
    armored: bool
    data: bytes = field(repr=False)


def read(name: str) -> Vector:
    """The vector in the file `name`."""
    head, _, data = (shared_data("age-testkit") / name).read_bytes().partition(b"\n\n")
    fields: dict[str, list[str]] = {}
    for line in head.decode().splitlines():
        key, _, value = line.partition(": ")
        fields.setdefault(key, []).append(value)
    if fields.get("compressed") == ["zlib"]:
        data = zlib.decompress(data)
    return Vector(
        name,
        fields["expect"][0],
        fields.get("payload", [""])[0],
        tuple(fields.get("identity", [])),
        len(fields.get("passphrase", [])),
        "armored" in fields,
        data,
    )


@cache
def out_of_scope() -> frozenset[str]:
    """The names in `out_of_scope.txt`, which says why."""
    lines = OUT_OF_SCOPE.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def all_names() -> frozenset[str]:
    """Every vector there is; none where the shared test data is missing, so that nothing fails while collecting."""
    folder = SHARED / "age-testkit"
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    return frozenset(names - _NO_VECTORS)


def names() -> list[str]:
    """The vectors that are in scope."""
    return sorted(all_names() - out_of_scope())
