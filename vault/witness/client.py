"""Asking a witness, ours or anybody's, to cosign a checkpoint (C2SP tlog-witness v1.0.0)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Thread

from vault.errors import Damaged, Refused, Unavailable, unreached
from vault.evidence import witness as wire
from vault.evidence.checkpoint import parse_text, verify_cosignature
from vault.evidence.note import Note, Signature
from vault.evidence.strict import Malformed
from vault.witness.places import Place

CONNECT_SECONDS = 5
SILENT_SECONDS = 15
WHOLE_SECONDS = 30
AUDIT_SECONDS = 1_800  # an auditor reads a million entries in minutes, with nothing to say meanwhile
CLOCKS_APART = 86_400  # seconds: further off, a witness's time says nothing

Prove = Callable[[int, int], Sequence[bytes]]
"""`prove(old, new)`: the consistency proof between two sizes, 0 < old < new."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, in seconds: for a connection, between two bytes, for all of an answer; for an auditor's."""

    connect: float = CONNECT_SECONDS
    silent: float = SILENT_SECONDS
    whole: float = WHOLE_SECONDS
    audit: float = AUDIT_SECONDS


@dataclass(frozen=True, slots=True)
class Client:
    """Asks witnesses; nothing an answer holds is kept before its cosignature was verified."""

    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.time

    def _limits(self, place: Place) -> Limits:
        """Those of whoever recomputes a ledger first are others."""
        audit = self.limits.audit
        return replace(self.limits, silent=audit, whole=audit) if place.audits else self.limits

    def cosign(self, place: Place, note: Note, prove: Prove, old: int = 0) -> tuple[Signature, ...]:
        """The verified cosignature lines of this witness under `note`; `old` is the size it is thought to know.

        Another size that it tells is taken, once. Raises `Unavailable` where it is down, slow or out of order;
        `Refused` where it does not know the log or answers with another key; `Damaged` where it has seen another
        history.
        """
        size = parse_text(note.text).size
        answer = self._ask(place, note, prove, old)
        if answer.status == 409:
            told = _told(place, answer)
            _refuse_fork(place, told, old, size)
            answer = self._ask(place, note, prove, told)
            if answer.status == 409:
                raise _moved(place, told, _told(place, answer), size)
        if answer.status != 200:
            raise _refusal(place, answer)
        return self._verified(place, note, answer)

    def _ask(self, place: Place, note: Note, prove: Prove, old: int) -> _Answer:
        size = parse_text(note.text).size
        hashes = prove(old, size) if 0 < old < size else ()
        return _within(place, self._limits(place), wire.render(old, hashes, note))

    def _verified(self, place: Place, note: Note, answer: _Answer) -> tuple[Signature, ...]:
        where = f"answer of witness {place.name}"
        try:
            found = wire.parse_cosignatures(answer.body, note, place.keys, where)
        except Malformed as exc:
            hint = "compare its vkey with whoever runs it; nothing of the answer was kept"
            raise Refused(f"witness {place.name} sent no cosignature that holds: {exc}", hint) from exc
        cosigned = Note(note.text, found)
        for key in place.keys:
            if any(line.key_id == key.id for line in found):
                self._check_time(place, verify_cosignature(cosigned, key, where))
        return found

    def _check_time(self, place: Place, said: int) -> None:
        if abs(said - self.clock()) > CLOCKS_APART:
            raise Refused(
                f"witness {place.name} cosigned at {said}, more than a day from this machine's clock",
                "one of the clocks is wrong; nothing of the answer was kept",
            )


def _within(place: Place, limits: Limits, body: bytes) -> _Answer:
    """The answer, or `Unavailable` when the whole time is over. [One byte now and then keeps every other limit.]"""
    ended: list[_Answer | Exception] = []

    def run() -> None:
        try:
            ended.append(_post(place, limits, body))
        except Exception as exc:
            ended.append(exc)

    thread = Thread(target=run, name="asking a witness", daemon=True)
    thread.start()
    thread.join(limits.whole)
    if not ended:
        raise Unavailable(f"witness {place.name} is slow: no answer in {limits.whole:g} seconds", "repeat it later")
    if isinstance(ended[0], Exception):
        raise ended[0]
    return ended[0]


def _post(place: Place, limits: Limits, body: bytes) -> _Answer:
    from urllib3 import PoolManager, Timeout
    from urllib3.exceptions import HTTPError, NewConnectionError
    from urllib3.exceptions import TimeoutError as TooSlow

    url = f"{place.url.rstrip('/')}/add-checkpoint"
    headers = {"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}
    timeout = Timeout(connect=limits.connect, read=limits.silent)
    try:
        with PoolManager(retries=False, timeout=timeout) as pool:
            found = pool.request("POST", url, body=body, headers=headers, redirect=False, preload_content=False)
            data = b""
            while len(data) <= wire.MAX_ANSWER and (part := found.read(1 << 16, decode_content=False)):
                data += part
            found.close()
    except (HTTPError, OSError) as exc:
        slow = isinstance(exc, TooSlow) and not isinstance(exc, NewConnectionError)
        what = "slow or down" if slow else "down"
        hint = f"repeat it later; whoever runs it knows whether {place.url} is right"
        raise Unavailable(f"witness {place.name} is {what}: {unreached(exc)}", hint) from exc
    if len(data) > wire.MAX_ANSWER:
        raise Unavailable(f"witness {place.name} answers with more than {wire.MAX_ANSWER} bytes", "it is out of order")
    return _Answer(found.status, found.headers.get("Content-Type", ""), data)


def _told(place: Place, answer: _Answer) -> int:
    where = f"answer of witness {place.name}"
    if answer.type != wire.SIZE_TYPE:
        raise Unavailable(f"{where}: a 409 that tells no size ({answer.type[:40]!r})", "it is no C2SP witness")
    try:
        return wire.parse_size(answer.body, where)
    except Malformed as exc:
        raise Unavailable(str(exc), "it is no C2SP witness") from exc


def _refuse_fork(place: Place, told: int, old: int, size: int) -> None:
    if told > size:
        raise Damaged(
            f"witness {place.name} has cosigned {told} entries of this log, and this checkpoint has {size}:"
            " the vault was rolled back, or there are two of it",
            f"keep everything as it is; compare with the checkpoint that witness {place.name} shows",
        )
    if told == old != size:
        raise Unavailable(f"witness {place.name} tells the size it was asked with ({told})", "it is out of order")


def _moved(place: Place, asked: int, told: int, size: int) -> Exception:
    """What a second 409 means. A witness older than the v1.0.0 answers so to another root of the same size."""
    _refuse_fork(place, told, -1, size)
    if asked == told == size:
        return _forked(place, "another root of the same size")
    return Unavailable(f"witness {place.name} is being asked by somebody else for this log", "repeat it")


def _forked(place: Place, said: str) -> Damaged:
    return Damaged(
        f"witness {place.name} has seen another history of this log: {said}",
        f"FORK: keep everything as it is; compare with the checkpoint that witness {place.name} shows",
    )


def _refusal(place: Place, answer: _Answer) -> Exception:
    said = ascii(answer.body[:200].decode("utf-8", "replace").strip())
    if answer.status == 422 and answer.body.startswith(wire.AUDIT_REFUSES.encode()):
        return Damaged(
            f"witness {place.name} has recomputed the ledger and does not cosign: {said}",
            "keep everything as it is; dvault verify, and dvault verify DIR of what it reads, say what is wrong",
        )
    if answer.status == 422:
        return _forked(place, said)
    exported = "the vkeys of `dvault policy export`"
    known = {
        403: (
            "does not know the keys that signed this checkpoint",
            f"has it {exported}? if it has, somebody else may have signed a second history",
        ),
        404: ("does not watch this log", f"give whoever runs it {exported}: `dvault witness add-log` takes them"),
    }
    if answer.status in known:
        what, hint = known[answer.status]
        return Refused(f"witness {place.name} {what}: {said}", hint)
    return Unavailable(
        f"witness {place.name} answers {answer.status}: {said}", "ask whoever runs it; it is safe to repeat"
    )
