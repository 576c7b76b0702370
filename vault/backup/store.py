"""What a bucket promises: versions under names, each locked until a moment; `memory` and `s3` keep it.

Names are relative to the prefix of the backup. Nothing that comes out is verified: a bucket belongs to others.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from vault.errors import Refused, Unavailable

UNVERSIONED = "null"
"""The version of what lies in a bucket without versions (S3 API, PutBucketVersioning)."""


class Taken(Refused):
    """Something lies under that name already, where nothing was to lie."""


class Lapsed(Unavailable):
    """Credentials or a clock that waiting does not mend."""


class BadChecksum(Unavailable):
    """The store found other bytes than those whose SHA-256 was said: damaged on the way, safe to repeat."""


class Lock(NamedTuple):
    """Until when a version can be neither deleted nor overwritten: `COMPLIANCE` binds everybody, `GOVERNANCE` all but
    those who were given the right to bypass it.
    """

    mode: str
    until: datetime


class Version(NamedTuple):
    """One version of a name as a list shows it; a marker hides those before it and has no bytes."""

    key: str
    id: str
    size: int
    latest: bool
    marker: bool
    modified: datetime


class Facts(NamedTuple):
    """What the store says of one version. `sha256` is S3's own text: base64, for parts `base64-N`; empty if unknown."""

    id: str
    size: int
    sha256: str
    lock: Lock | None
    modified: datetime


class Part(NamedTuple):
    """A part of a large object that has arrived: its size and SHA-256 (32 bytes; empty if the store does not say), and
    the store's own tag for it.
    """

    size: int
    sha256: bytes
    tag: str


class ObjectStore(Protocol):
    """Bytes under names, in versions. Durable when a call has returned; a name never shows half of anything.

    Every method raises `Unavailable` where it cannot be done now (repeating is safe), `Refused` where it is not allowed
    or a lock is in the way; what asks of one version raises `NotFound` where there is none.
    """

    def put(self, key: str, data: bytes, lock: Lock | None, *, sha256: bytes = b"", absent: bool = False) -> str:
        """Write a new version and return its id; the store compares its SHA-256 (that of `data` if none is said).

        Not idempotent: each call makes a version. With `absent`, `Taken` where anything lies under the name.
        """

    def read(self, key: str, version: str = "", *, start: int = 0, size: int = -1) -> bytes:
        """The bytes from `start` on, at most `size` of them, all if negative; of the newest version if none is named.

        They are as many as the store said: an answer that was cut short is `Unavailable`.
        """

    def facts(self, key: str, version: str = "") -> Facts:
        """What is said of a version, without its bytes."""

    def versions(self, prefix: str = "") -> Iterator[Version]:
        """All versions and markers of the names that begin so, by name, of each the newest first."""

    def retain(self, key: str, version: str, lock: Lock) -> None:
        """Lock a version longer; idempotent. `Refused` for what would loosen a lock."""

    def delete(self, key: str, version: str = "") -> None:
        """Delete a version for good, or hide the name by a marker if none is named; `Refused` while it is locked."""


class LargeStore(ObjectStore, Protocol):
    """A bucket that also takes objects part by part. Nothing shows under the name before `finish`."""

    @property
    def name(self) -> str:
        """What people call it: the address, without any secret."""

    def begin(self, key: str, lock: Lock | None) -> str:
        """Begin a large object; returns what it is called from here on."""

    def send(self, key: str, upload: str, number: int, data: bytes, sha256: bytes) -> Part:
        """Send part `number` (from 1); the store compares its SHA-256. Idempotent: the last one sent counts."""

    def sent(self, key: str, upload: str) -> Mapping[int, Part]:
        """The parts that have arrived, by number; `NotFound` where nothing was begun so, or it was given up."""

    def finish(self, key: str, upload: str, parts: Mapping[int, Part]) -> str:
        """Make all parts one version, and return its id."""
