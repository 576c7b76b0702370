"""Checking time: every kept token against its entry and its note, and the intervals that follow."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from vault.errors import Damaged, VaultError
from vault.evidence.anchor import Named
from vault.evidence.checkpoint import Checkpoint, open_checkpoint
from vault.evidence.intervals import Anchor, Intervals, counted
from vault.evidence.members import KeyHistory
from vault.evidence.strict import Malformed, utc_text
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed, not_proven
from vault.verify.report import Report

LATEST = (1 << 63) - 1  # an entry beyond any, and no smaller than any size
_TIME = Verdict.TIME


class Kept(Protocol):
    """Where stamped notes and tokens lie; None for what is missing, a `VaultError` for what cannot be read."""

    def note(self, size: int) -> bytes | None:
        """The exact stamped note over the checkpoint of that size."""

    def token(self, size: int, digest: str) -> bytes | None:
        """A reply by its SHA-256 in hex; whether it has that hash is for the caller to see."""


@dataclass(slots=True)
class Found:
    """The tokens that hold, the faults of those that don't, how many lead to no root or state no accuracy."""

    anchors: list[Anchor] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    foreign: int = 0
    unstated: int = 0


def examine(kept: Kept, named: Iterable[Named], roots: Sequence[bytes], history: KeyHistory) -> Found:
    """Look at the files of anchor entries whose root is that of the tree; `history` has the log keys at any size."""
    found = Found()
    for one in named:
        where = f"anchors/{one.size}"
        try:
            note = kept.note(one.size)
            if note is None:
                found.faults.append(_missing(f"{where}/checkpoint", one))
                continue
            _check_note(note, one, history)
            for digest in one.tokens:
                _examine_token(kept, one, digest, note, roots, found)
        except Malformed as exc:
            found.faults.append(from_malformed(_TIME, exc))
        except Damaged as exc:  # no reply has so many bytes, and no folder is one
            found.faults.append(broken(_TIME, where, "files of the sizes that they may have", str(exc)))
        except VaultError as exc:
            found.faults.append(not_proven(_TIME, where, "files that can be read", str(exc)))
    return found


def _missing(where: str, one: Named) -> Fault:
    return not_proven(_TIME, where, f"the file that entry {one.seq} names", "none")


def _check_note(note: bytes, one: Named, history: KeyHistory) -> None:
    """[A token over another vault's checkpoint, or over another one of this vault, is filed under this entry.]"""
    where = f"anchors/{one.size}/checkpoint"
    checkpoint = open_checkpoint(note, history.log_at(one.size), where)
    if checkpoint != Checkpoint(history.origin, one.size, one.root):
        raise Malformed(where, f"size {one.size}, root {one.root.hex()}", checkpoint.text)


def _examine_token(kept: Kept, one: Named, digest: str, note: bytes, roots: Sequence[bytes], found: Found) -> None:
    from vault.anchoring import tokens  # 60 ms of import that a vault without anchors never needs

    where = f"anchors/{one.size}/{digest}.tsr"
    token = kept.token(one.size, digest)
    if token is None:
        found.faults.append(_missing(where, one))
        return
    if (hashed := sha256(token).hexdigest()) != digest:
        found.faults.append(broken(_TIME, where, f"sha256 {digest}, as entry {one.seq} says", hashed))
        return
    try:
        stamp = tokens.check(token, note, roots, where)
    except tokens.Untrusted:
        found.foreign += 1
        return
    except Malformed as exc:
        found.faults.append(from_malformed(_TIME, exc))
        return
    found.unstated += stamp.accuracy is None
    found.anchors.append(Anchor(one.seq, one.size, stamp.time - stamp.margin, stamp.time + stamp.margin, stamp.until))


@dataclass(frozen=True, slots=True)
class Ledger:
    """Of the ledger that time is judged of: its size, and the first entry from a number on that is no bookkeeping."""

    size: int
    first_but_bookkeeping: Callable[[int], int | None]


def judge(found: Found, ledger: Ledger, at: datetime, report: Report, *, outside: bool) -> Iterator[Fault]:
    """The faults of time at the moment `at`; what was shown goes into `report`.

    `outside` says that the roots came from the verifier. Those of the vault itself prove nothing to others.
    """
    yield from found.faults
    relied = counted(found.anchors, at)
    intervals = Intervals(relied)
    remark(report, found, len(found.anchors) - len(relied))
    yield from contradictions(intervals, ledger.size)
    uncovered = list(_uncovered(ledger, intervals, found))  # before anything is called proven
    if relied and outside:
        report.prove(_TIME, _say(intervals))
    elif relied:
        report.remarks.append(f"by the vault's own TSA roots, which prove nothing to others: {_say(intervals)}")
        yield not_proven(_TIME, "TSA roots", "roots from outside the vault (--policy, --tsa-root)", "self-asserted")
    yield from uncovered


def remark(report: Report, found: Found, ended: int) -> None:
    """Say which time stamps were not counted: `ended` of them because their certificates have."""
    if found.foreign:
        report.remarks.append(f"{found.foreign} time stamps lead to none of the roots and were not counted")
    if ended:
        report.remarks.append(
            f"{ended} time stamps were not counted: their certificates have ended, and no later stamp was made before"
        )
    if found.unstated:
        report.remarks.append(f"{found.unstated} time stamps state no accuracy; each was taken as 60 seconds")


def contradictions(intervals: Intervals, size: int) -> Iterator[Fault]:
    """[A TSA that backdates: what it stamped names a token that is younger.]"""
    for seq in intervals.changes():
        between = intervals.of(seq)
        if seq < size and between.contradicts and between.lower and between.upper:
            yield broken(_TIME, f"entry {seq}", f"a time after {utc_text(between.lower)}", utc_text(between.upper))


def _uncovered(ledger: Ledger, intervals: Intervals, found: Found) -> Iterator[Fault]:
    """What nobody has stamped yet; index, anchor and backup entries say nothing that time matters for."""
    first = ledger.first_but_bookkeeping(intervals.covered)
    if first is None:
        return
    any_there = bool(found.anchors or found.faults or found.foreign)
    where = f"entries {first} to {ledger.size - 1}" if any_there else "anchor"
    yield not_proven(_TIME, where, "a timestamp over a checkpoint", "none that counts" if any_there else "none")


def _say(intervals: Intervals) -> str:
    last = intervals.covered - 1
    upper, lower = intervals.of(last).upper, intervals.of(LATEST).lower
    by = f"entries 0 to {last} were there by {utc_text(upper)}" if upper else ""
    return by + (f"; what follows the newest anchor was made after {utc_text(lower)}" if lower else "")
