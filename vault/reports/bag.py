"""A BagIt bag (RFC 8493, version 1.0) as it is written: files come as streams, their hashes follow in manifests.

Constant memory whatever the size of a file.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256

from vault.errors import Refused
from vault.reports.containers import Container
from vault.sealing import transfer
from vault.sealing.transfer import Sink

MAX_FILES = 250_000  # what a reader takes
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_PAYLOAD = "data/"


class Hashing:
    """A sink that counts and hashes what it passes on."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._digest = sink, sha256()
        self.size = 0

    def write(self, data: memoryview, /) -> int | None:
        """Write at least a part; how much."""
        count = self._sink.write(data)
        self._digest.update(data[: count or 0])
        self.size += count or 0
        return count

    @property
    def sha256(self) -> str:
        """Of what was written, in hex."""
        return self._digest.hexdigest()


class Bag:
    """A bag being written into a container."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._hashes: dict[str, str] = {}
        self.payload = 0

    def put(self, name: str, data: bytes) -> None:
        """A file whose bytes are at hand."""
        with self.stream(name, len(data)) as sink:
            transfer.write(sink, memoryview(data))

    @contextmanager
    def stream(self, name: str, size: int | None = None) -> Iterator[Hashing]:
        """A sink for a file of that many bytes, if it is known; it is in the bag once the block has ended."""
        with self._container.file(name, size) as file:
            sink = Hashing(file)
            yield sink
        self._hashes[name] = sink.sha256
        if name.startswith(_PAYLOAD):
            self.payload += sink.size
        if len(self._hashes) > MAX_FILES:
            raise Refused(f"a bag of over {MAX_FILES} files is read by nobody", "ask for less at once")

    def close(self, made: date, origin: str) -> bytes:
        """Write the tag files; returns the SHA-256 of the tag manifest (32 bytes), which answers for all the rest."""
        payload = [name for name in self._hashes if name.startswith(_PAYLOAD)]
        manifest = self._manifest(payload)
        info = (
            f"Bagging-Date: {made.isoformat()}\nExternal-Description: Report of disclosures in the ledger {origin}\n"
            f"Payload-Oxum: {self.payload}.{len(payload)}\n"
        )
        for name, data in (
            ("bag-info.txt", info.encode()),
            ("bagit.txt", _DECLARATION),
            ("manifest-sha256.txt", manifest),
        ):
            self.put(name, data)
        tags = self._manifest(name for name in [*self._hashes] if not name.startswith(_PAYLOAD))
        self.put("tagmanifest-sha256.txt", tags)
        return sha256(tags).digest()

    def _manifest(self, names: Iterable[str]) -> bytes:
        lines = sorted((_encoded(name).encode(), name) for name in names)
        return b"".join(b"%b  %b\n" % (self._hashes[name].encode(), line) for line, name in lines)


def _encoded(name: str) -> str:
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
