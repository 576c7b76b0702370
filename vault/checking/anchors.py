"""Checking time: every kept token against its entry and its note, and the intervals that follow from those that hold.

Roots come from the verifier, or from the vault itself; the second prove nothing and are shown as what they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from vault.anchoring import naming
from vault.anchoring.keeping import Anchors
from vault.anchoring.naming import BOOKKEEPING, Named
from vault.anchoring.tsas import read_roots
from vault.archive import Archive
from vault.checking.parts import Walked
from vault.errors import VaultError
from vault.evidence.checkpoint import Checkpoint, open_checkpoint
from vault.evidence.intervals import Anchor, Interval, Intervals, counted
from vault.evidence.members import KeyHistory
from vault.evidence.strict import Malformed, utc_text
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed, not_proven
from vault.verify.report import Report

_SHOWN = 20  # orphans that are named
_TRIED = 10  # anchors, the nearest to an entry
_LATEST = 1 << 62  # an entry beyond any
_TIME = Verdict.TIME


@dataclass(slots=True)
class Found:
    """The tokens that hold, the faults of those that don't, how many lead to no root or state no accuracy."""

    anchors: list[Anchor] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    foreign: int = 0
    unstated: int = 0


def own_roots(archive: Archive) -> tuple[list[bytes], list[str]]:
    """The roots that vault.toml names, and what is wrong with those that cannot be read."""
    roots: list[bytes] = []
    wrong: list[str] = []
    for tsa in archive.config.tsas:
        try:
            roots += read_roots(tsa)
        except VaultError as exc:
            wrong.append(str(exc))
    return roots, wrong


def examine(kept: Anchors, named: Iterable[Named], roots: Sequence[bytes], history: KeyHistory) -> Found:
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


def _examine_token(kept: Anchors, one: Named, digest: str, note: bytes, roots: Sequence[bytes], found: Found) -> None:
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


def check_times(archive: Archive, walked: Walked, report: Report, outside: Sequence[bytes]) -> Iterator[Fault]:
    """The faults of time under the roots from `outside`, else under the vault's own; what was shown goes into `report`.

    O(anchors), each a few milliseconds.
    """
    roots, wrong = (list(outside), []) if outside else own_roots(archive)
    report.remarks += wrong
    named = [one for one in _named(archive, walked) if archive.ledger.root(one.size) == one.root]
    found = examine(archive.folder.anchors, named, roots, walked.chain.keys)
    yield from found.faults
    at = archive.clock()
    relied = counted(found.anchors, at)
    intervals = Intervals(relied)
    _remark(report, found, len(found.anchors) - len(relied), archive)
    yield from _contradictions(intervals, archive.ledger.size())
    uncovered = list(_uncovered(archive, intervals, any_named=bool(named)))  # before anything is called proven
    if relied and outside:
        report.prove(_TIME, _say(intervals))
    elif relied:
        report.remarks.append(f"by the vault's own TSA roots, which prove nothing to others: {_say(intervals)}")
        yield not_proven(_TIME, "TSA roots", "roots from outside the vault (--tsa-root)", "self-asserted")
    yield from uncovered


def _named(archive: Archive, walked: Walked) -> Iterator[Named]:
    for seq, size, _ in walked.anchors:
        (leaf,) = archive.ledger.leaves(seq, seq + 1)
        if size <= archive.ledger.size() and (one := naming.read_anchor(leaf, f"entry {seq}")).tokens:
            yield one


def _remark(report: Report, found: Found, ended: int, archive: Archive) -> None:
    if found.foreign:
        report.remarks.append(f"{found.foreign} time stamps lead to none of the roots and were not counted")
    if ended:
        report.remarks.append(
            f"{ended} time stamps were not counted: their certificates have ended, and no later stamp was made before"
        )
    if found.unstated:
        report.remarks.append(f"{found.unstated} time stamps state no accuracy; each was taken as 60 seconds")
    for size in list(naming.orphans(archive.ledger, archive.folder.anchors))[:_SHOWN]:
        report.remarks.append(f"anchors/{size} holds what no anchor entry names; dvault checkpoint --anchor enters it")


def _contradictions(intervals: Intervals, size: int) -> Iterator[Fault]:
    """[A TSA that backdates: what it stamped names a token that is younger.]"""
    for seq in intervals.changes():
        between = intervals.of(seq)
        if seq < size and between.contradicts and between.lower and between.upper:
            yield broken(_TIME, f"entry {seq}", f"a time after {utc_text(between.lower)}", utc_text(between.upper))


def _uncovered(archive: Archive, intervals: Intervals, *, any_named: bool) -> Iterator[Fault]:
    """What nobody has stamped yet; index, anchor and backup entries say nothing that time matters for."""
    first = archive.ledger.first_but(intervals.covered, BOOKKEEPING)
    if first is None:
        return
    where = f"entries {first} to {archive.ledger.size() - 1}" if any_named else "anchor"
    yield not_proven(_TIME, where, "a timestamp over a checkpoint", "none that counts" if any_named else "none")


def _say(intervals: Intervals) -> str:
    last = intervals.covered - 1
    upper, lower = intervals.of(last).upper, intervals.of(_LATEST).lower
    by = f"entries 0 to {last} were there by {utc_text(upper)}" if upper else ""
    return by + (f"; what follows the newest anchor was made after {utc_text(lower)}" if lower else "")


def interval_of(archive: Archive, seq: int) -> Interval:
    """The interval of entry `seq` under the vault's own roots, from the anchors nearest to it that hold: O(anchors)."""
    named = [one for one in naming.named(archive.ledger) if archive.ledger.root(one.size) == one.root]
    before = [one for one in reversed(named) if one.seq < seq]
    over = [one for one in named if one.size > seq]
    roots, _ = own_roots(archive)
    nearest = [*_first_holding(archive, before, roots), *_first_holding(archive, over, roots)]
    return Intervals(sorted(nearest, key=lambda one: one.seq)).of(seq)


def _first_holding(archive: Archive, named: Sequence[Named], roots: Sequence[bytes]) -> list[Anchor]:
    for one in named[:_TRIED]:
        found = examine(archive.folder.anchors, [one], roots, archive.history)
        if found.anchors:
            return found.anchors
    return []
