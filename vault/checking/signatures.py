"""Verifying many signatures at once: Ed25519 in threads (libsodium lets go of the interpreter), in bounded batches."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType

from vault.evidence import ed25519
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, Verdict, from_malformed

BATCH = 512
WORKERS = 2
PENDING = 8  # batches; bounds the memory

Job = tuple[bytes, bytes, bytes, str]  # public key, text, signature, where


@dataclass(slots=True)
class Signatures:
    """Take signatures with `add`; faults come out of `done`, and of `finish` at the end."""

    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(WORKERS))
    _batch: list[Job] = field(default_factory=list)
    _pending: deque[Future[list[Fault]]] = field(default_factory=deque)
    verified: int = 0

    def __enter__(self) -> "Signatures":
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, tb: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=True)

    def add(self, job: Job) -> Iterator[Fault]:
        """Queue one; yields the faults of a batch when one is done."""
        self._batch.append(job)
        self.verified += 1
        if len(self._batch) == BATCH:
            self._submit()
            if len(self._pending) > PENDING:
                yield from self._pending.popleft().result()

    def finish(self) -> Iterator[Fault]:
        """Wait for what is queued; yields all remaining faults."""
        self._submit()
        while self._pending:
            yield from self._pending.popleft().result()

    def _submit(self) -> None:
        if self._batch:
            self._pending.append(self._pool.submit(_verify, self._batch))
            self._batch = []


def _verify(jobs: list[Job]) -> list[Fault]:
    faults = []
    for public, text, signature, where in jobs:
        try:
            ed25519.verify(public, text, signature, where)
        except Malformed as exc:
            faults.append(from_malformed(Verdict.ORIGIN, exc))
    return faults
