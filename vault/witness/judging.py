"""What a witness cosigns and what it declines (C2SP tlog-witness v1.0.0), in the order of the status codes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from keys.signing import Cosigner
from vault.errors import NotFound, Unavailable, VaultError
from vault.evidence import note as notes
from vault.evidence import witness as wire
from vault.evidence.checkpoint import Checkpoint, verify_cosignature
from vault.evidence.merkle import check_consistency
from vault.evidence.note import ED25519, Key, Note, Signature, signatures_by
from vault.evidence.strict import Malformed
from vault.evidence.witness import AddCheckpoint
from vault.witness.state import Busy, States


class Auditor(Protocol):
    """What an auditing witness does before it cosigns: recompute what the checkpoint claims."""

    def __call__(self, origin: str, old: Checkpoint | None, new: Checkpoint) -> None:
        """Return if `new` may be cosigned; `old` is the newest cosigned before, None for the first.

        `Unavailable` says that it cannot be told now; another `VaultError` or `Malformed` refuses it. Its words are
        told to whoever asked. Idempotent; while it runs, nothing else is cosigned for this log.
        """


class Declined(Exception):
    """No cosignature: the status code to answer with, and a sentence. `told` is the size that a 409 tells."""

    def __init__(self, status: int, message: str, told: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.told = told


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its keys, its memory, its clock (POSIX seconds), and whoever audits for it."""

    cosigner: Cosigner
    states: States
    clock: Callable[[], float] = time.time
    auditor: Auditor | None = None

    def add_checkpoint(self, body: bytes) -> tuple[Signature, ...]:
        """Cosign the checkpoint of a request; what is returned is on the disk before. Raises `Declined`, or `Damaged`
        and OSError, after which nothing has been cosigned.
        """
        request = _read(body)
        try:
            # Who waited would keep a thread as long as an audit takes. [A few requests keep all other logs waiting.]
            with self.states.holding(request.unverified_checkpoint.origin, wait=self.auditor is None) as held:
                _check_signed(request.unverified_note, held.known.keys)
                self._check_place(request, held.known.newest)
                signatures = self.cosigner.cosign(request.unverified_note.text, int(self.clock()))
                held.store(_kept(request.unverified_note, held.known.keys, signatures))
        except Busy as exc:
            raise Declined(503, "this log is being audited; repeat it later") from exc
        except NotFound as exc:
            raise Declined(404, "this witness does not watch a log of that origin") from exc
        return signatures

    def _check_place(self, request: AddCheckpoint, newest: Checkpoint | None) -> None:
        new, size = request.unverified_checkpoint, newest.size if newest else 0
        if request.old != size:
            raise Declined(409, f"the newest checkpoint cosigned has {size} entries", size)
        try:
            _check_consistent(request, newest)
        except Malformed as exc:
            raise Declined(422, f"not consistent with the checkpoint of {size} entries cosigned before: {exc}") from exc
        if self.auditor is not None:
            try:
                self.auditor(new.origin, newest, new)
            except Unavailable as exc:
                raise Declined(503, f"no audit now: {exc}") from exc
            except (VaultError, Malformed) as exc:
                raise Declined(422, f"{wire.AUDIT_REFUSES}{exc}") from exc


def _read(body: bytes) -> AddCheckpoint:
    try:
        return wire.parse(body)
    except wire.BadEmptyRoot as exc:
        raise Declined(422, str(exc)) from exc
    except Malformed as exc:
        raise Declined(400, str(exc)) from exc


def _check_signed(note: Note, keys: tuple[Key, ...]) -> None:
    """At least one of the log's keys signed, and none of its signatures fails; others are ignored."""
    try:
        for key in (signed := [key for key in keys if signatures_by(note, key)]):
            if key.kind == ED25519:
                notes.verify(note, key, "checkpoint")
            else:
                verify_cosignature(note, key, "checkpoint")
    except Malformed as exc:
        raise Declined(403, str(exc)) from exc
    if not signed:
        raise Declined(403, "no signature by a key that this witness knows of the log")


def _check_consistent(request: AddCheckpoint, newest: Checkpoint | None) -> None:
    new = request.unverified_checkpoint
    if request.old == 0 or newest is None:
        if request.hashes:
            raise Malformed("proof", "no hashes from size 0", len(request.hashes))
        return
    check_consistency(request.old, new.size, request.hashes, newest.root, new.root, "proof")


def _kept(note: Note, keys: tuple[Key, ...], signatures: tuple[Signature, ...]) -> Note:
    """What is stored and shown: the lines of the log that were verified, and ours. [Foreign lines fill the disk.]"""
    verified = [line for key in keys for line in signatures_by(note, key)[:1]]
    return Note(note.text, (*verified, *signatures))
