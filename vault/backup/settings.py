"""What a vault is set up with, vault.toml and the roots of TSAs, sealed under the record key. docs/format/backup.md.

Names of people and firms stand in it, so it is no more in clear than a record is.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from keys import durable
from vault.errors import Unavailable
from vault.evidence import note
from vault.evidence.strict import base64_bytes, base64_text, decimal, refuse, text
from vault.folder import Config, Folder
from vault.sealing import box

FORMAT = "disclosure-vault/settings/v1"
MAX_SETTINGS = 1 << 22  # bytes
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_CONFIG = "vault.toml"

Files = Mapping[str, bytes]


def gather(place: Folder, config: Config) -> Files:
    """vault.toml, and the files beside it that it names."""
    names = [_CONFIG, *sorted({Path(tsa.roots).name for tsa in config.tsas if Path(tsa.roots).parent == place.path})]
    try:
        return {name: durable.read(place.path / name, MAX_SETTINGS) for name in names if _NAME.fullmatch(name)}
    except OSError as exc:
        said = f"{exc.filename or place.config} cannot be read: {exc.strerror}"
        raise Unavailable(said, "mend it, then repeat") from exc


def plain(files: Files) -> bytes:
    """The files one after another, each behind a line with its name and size."""
    return b"".join(f"{name} {len(data)}\n".encode() + data for name, data in sorted(files.items()))


def seal(origin: str, files: Files, wrapping: Mapping[int, bytes], random: Callable[[int], bytes]) -> bytes:
    """The object's bytes, under the newest record key."""
    generation = max(wrapping)
    sealed, wrap = box.seal(plain(files), wrapping[generation], random)
    return f"{FORMAT}\n{origin}\n{generation} {base64_text(wrap)} {base64_text(sealed)}\n".encode()


def open_sealed(data: bytes, origin: str, wrapping: Mapping[int, bytes], where: str) -> Files:
    """The files in an object; `Malformed` unless it is this vault's, whole."""
    lines = text(data, where, limit=2 * MAX_SETTINGS).split("\n")
    if len(lines) != 4 or lines[0] != FORMAT or lines[3] or len(fields := lines[2].split(" ")) != 3:
        refuse(where, f"{FORMAT}, the origin, and one line", lines[0])
    note.check_name(lines[1], where)
    if lines[1] != origin:
        refuse(where, origin, lines[1])
    generation = decimal(fields[0], where)
    if generation not in wrapping:
        refuse(where, "a generation of the record key that this member holds", generation)
    wrap, sealed = base64_bytes(fields[1], where), base64_bytes(fields[2], where)
    return _split(box.open_sealed(sealed, wrap, wrapping[generation], where), where)


def _split(data: bytes, where: str) -> Files:
    files: dict[str, bytes] = {}
    while data:
        line, found, rest = data.partition(b"\n")
        name, _, size = line.decode("ascii", "replace").partition(" ")
        length = decimal(size, where)
        if not found or not _NAME.fullmatch(name) or length > len(rest) or name in files:
            refuse(where, "files, each behind its name and size")
        files[name], data = rest[:length], rest[length:]
    return files
