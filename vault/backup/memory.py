"""A bucket in memory: the fake for tests, held to the same contract as the real one."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256 as hash_of

from vault.backup.store import BadChecksum, Facts, Lock, Part, Taken, Version
from vault.errors import NotFound, Refused


@dataclass(frozen=True, slots=True)
class _Held:
    """A version, or a marker where there is no data."""

    id: str
    data: bytes | None
    sha256: str
    lock: Lock | None
    modified: datetime


@dataclass(slots=True)
class MemoryBucket:
    """A bucket with versions and locks; `clock` says when a lock ends."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    name: str = "memory:"
    held: dict[str, list[_Held]] = field(default_factory=dict)
    begun: dict[tuple[str, str], tuple[Lock | None, dict[int, bytes]]] = field(default_factory=dict)
    _count: int = 0

    def put(self, key: str, data: bytes, lock: Lock | None, *, sha256: bytes = b"", absent: bool = False) -> str:
        """Write a version."""
        digest = hash_of(data).digest()
        if sha256 not in (b"", digest):
            raise BadChecksum(f"{key} arrived with another SHA-256", "repeat it")
        if absent and (versions := self.held.get(key)) and versions[-1].data is not None:
            raise Taken(f"{key} is there already")
        return self._add(key, data, b64encode(digest).decode(), lock)

    def _add(self, key: str, data: bytes | None, sha256: str, lock: Lock | None) -> str:
        self._count += 1
        made = _Held(f"v{self._count:08d}", data, sha256, lock, self.clock())
        self.held.setdefault(key, []).append(made)
        return made.id

    def _find(self, key: str, version: str) -> tuple[_Held, bytes]:
        versions = self.held.get(key, [])
        wanted = [one for one in versions if one.id == version] if version else versions[-1:]
        found = wanted[0] if wanted else None
        if found is None or found.data is None:
            raise NotFound(f"{key} is not there")
        return found, found.data

    def read(self, key: str, version: str = "", *, start: int = 0, size: int = -1) -> bytes:
        """A range of the bytes."""
        _, data = self._find(key, version)
        return data[start:] if size < 0 else data[start : start + size]

    def facts(self, key: str, version: str = "") -> Facts:
        """What is known of a version."""
        found, data = self._find(key, version)
        return Facts(found.id, len(data), found.sha256, found.lock, found.modified)

    def versions(self, prefix: str = "") -> Iterator[Version]:
        """All versions and markers."""
        for key in sorted(key for key in self.held if key.startswith(prefix)):
            versions = self.held[key]
            for one in reversed(versions):
                marker, size = one.data is None, len(one.data or b"")
                yield Version(key, one.id, size, one is versions[-1], marker, one.modified)

    def retain(self, key: str, version: str, lock: Lock) -> None:
        """Lock longer."""
        found, _ = self._find(key, version)
        if found.lock and (lock.until < found.lock.until or (found.lock.mode == "COMPLIANCE" != lock.mode)):
            raise Refused(f"{key} is locked until {found.lock.until}")
        versions = self.held[key]
        versions[versions.index(found)] = replace(found, lock=lock)

    def delete(self, key: str, version: str = "") -> None:
        """Delete a version, or hide the name."""
        if not version:
            self._add(key, None, "", None)
            return
        found = [one for one in self.held.get(key, []) if one.id == version]
        for one in found:
            if one.lock and one.lock.until > self.clock():
                raise Refused(f"{key} is locked until {one.lock.until}")
            self.held[key].remove(one)

    def begin(self, key: str, lock: Lock | None) -> str:
        """Begin a large object."""
        self._count += 1
        self.begun[key, f"u{self._count}"] = (lock, {})
        return f"u{self._count}"

    def _parts(self, key: str, upload: str) -> tuple[Lock | None, dict[int, bytes]]:
        if (key, upload) not in self.begun:
            raise NotFound(f"no upload {upload} of {key}")
        return self.begun[key, upload]

    def send(self, key: str, upload: str, number: int, data: bytes, sha256: bytes) -> Part:
        """Take a part."""
        if hash_of(data).digest() != sha256:
            raise BadChecksum(f"part {number} of {key} arrived with another SHA-256", "repeat it")
        self._parts(key, upload)[1][number] = data
        return _part(data)

    def sent(self, key: str, upload: str) -> Mapping[int, Part]:
        """The parts that are there."""
        return {number: _part(data) for number, data in self._parts(key, upload)[1].items()}

    def finish(self, key: str, upload: str, parts: Mapping[int, Part]) -> str:
        """Make it one version."""
        lock, there = self._parts(key, upload)
        if any(_part(there.get(number, b"")) != part for number, part in parts.items()):
            raise Refused(f"the parts of {key} are not those that were sent")
        digests = b"".join(hash_of(there[number]).digest() for number in sorted(parts))
        data = b"".join(there[number] for number in sorted(parts))
        del self.begun[key, upload]
        return self._add(key, data, f"{b64encode(hash_of(digests).digest()).decode()}-{len(parts)}", lock)


def _part(data: bytes) -> Part:
    digest = hash_of(data)
    return Part(len(data), digest.digest(), digest.hexdigest())
