"""What a bucket really enforces: tried with small objects that are locked for a minute, not read from its manual.

Servers differ: one lets a COMPLIANCE lock be shortened, one ignores wrong checksums, one lets every racer win.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from secrets import token_hex
from typing import NamedTuple

from vault.backup.store import UNVERSIONED, BadChecksum, LargeStore, Lock, Taken
from vault.backup.target import FACTS
from vault.errors import NotFound, Refused, Unavailable

SECONDS = 60  # for which what is probed stays locked
_RACERS = 8


class Probed(NamedTuple):
    """By name of `target.FACTS`: whether it holds, and in words what the bucket did."""

    found: dict[str, bool]
    did: dict[str, str]


def probe(store: LargeStore, mode: str, now: datetime) -> Probed:
    """Try all of it under `probe/` and a random name; leaves three small objects there, locked for a minute at most.

    Raises what the store raises where it cannot be reached or written at all.
    """
    return _Probe(store, mode, now).run()


class _Probe:
    def __init__(self, store: LargeStore, mode: str, now: datetime) -> None:
        self._store, self._key = store, f"probe/{token_hex(8)}"
        self._lock = Lock(mode.upper(), (now + timedelta(seconds=SECONDS)).replace(microsecond=0))
        self._found: dict[str, bool] = {}
        self._did: dict[str, str] = {}

    def run(self) -> Probed:
        locked = self._locked()
        brief = self._lock if locked else None  # else the bucket's own retention, of years perhaps, would hold them
        first, second = (self._store.put(self._key, data, brief) for data in (b"probe 1", b"probe 2"))
        kept = first != second and UNVERSIONED not in (first, second) and self._reads(first) == b"probe 1"
        self._say("versioning", kept, "the bytes before are still there" if kept else "the bytes before are gone")
        self._say("keeps", *self._refuses(locked, lambda version: self._store.delete(self._key, version), "deletion"))
        earlier = self._lock._replace(until=self._lock.until - timedelta(seconds=SECONDS // 2))
        self._say("holds", *self._refuses(locked, lambda v: self._store.retain(self._key, v, earlier), "shortening"))
        self._checks(brief)
        self._races(brief)
        for version in {first, second} - {UNVERSIONED}:
            with suppress(Refused, Unavailable, NotFound):  # the writer may not, which is as it should be
                self._store.delete(self._key, version)
        return Probed({name: self._found[name] for name in FACTS}, self._did)

    def _say(self, name: str, holds: bool, did: str) -> None:
        self._found[name], self._did[name] = holds, did

    def _reads(self, version: str) -> bytes:
        with suppress(NotFound, Refused):
            return self._store.read(self._key, version)
        return b""

    def _locked(self) -> str:
        """A version with a lock; empty where the bucket takes none."""
        try:
            version = self._store.put(self._key, b"probe 3", self._lock)
        except (Refused, NotFound) as exc:
            self._say("locks", False, str(exc))
            return ""
        told = self._store.facts(self._key, version).lock
        holds = told is not None and told.mode == self._lock.mode and told.until >= self._lock.until
        self._say("locks", holds, f"{told.mode} until {told.until:%H:%M:%S} UTC" if told else "the lock was ignored")
        return version if holds else ""

    def _refuses(self, version: str, attempt: Callable[[str], None], what: str) -> tuple[bool, str]:
        if not version:
            return False, "it takes no lock"
        try:
            attempt(version)
        except Refused:
            return True, f"{what} was refused"
        return False, f"{what} was let through"

    def _checks(self, brief: Lock | None) -> None:
        try:
            self._store.put(self._key, b"probe 4", brief, sha256=bytes(32))
        except (BadChecksum, Refused) as exc:
            self._say("checks", True, str(exc))
        else:
            self._say("checks", False, "a wrong SHA-256 was let through")

    def _races(self, brief: Lock | None) -> None:
        """As many writers at once under a new name; exactly one may win."""

        def try_(number: int) -> bool:
            try:
                self._store.put(f"{self._key}-race", b"%d" % number, brief, absent=True)
            except (Taken, Refused, Unavailable):
                return False
            return True

        with ThreadPoolExecutor(_RACERS) as pool:
            won = sum(pool.map(try_, range(_RACERS)))
        self._say("races", won == 1, f"{won} of {_RACERS} won")
