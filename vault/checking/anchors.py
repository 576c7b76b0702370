"""Checking the time stamps of a vault, under roots from outside or its own (`vault.verify.times` judges)."""

from collections.abc import Iterator, Sequence

from vault.anchoring import naming
from vault.anchoring.tsas import read_roots
from vault.archive import Archive
from vault.checking.parts import Walked
from vault.errors import VaultError
from vault.evidence.anchor import BOOKKEEPING, Named
from vault.evidence.intervals import Anchor, Interval, Intervals
from vault.evidence.policy import Cosigned
from vault.evidence.verdicts import Fault
from vault.verify.cosigners import as_anchors
from vault.verify.outside import Outside
from vault.verify.report import Report
from vault.verify.times import Ledger, examine, judge

_SHOWN = 20  # orphans that are named
_TRIED = 10  # anchors, the nearest to an entry


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


def check_times(
    archive: Archive, walked: Walked, report: Report, outside: Outside, cosigned: Cosigned | None
) -> Iterator[Fault]:
    """The faults of time by what comes from `outside`, else under the vault's own roots; `report` gets what was shown.

    Who brings a policy or roots believes nobody else: the vault's own roots are not looked at then.

    O(anchors), each a few milliseconds.
    """
    brought = outside.policy is not None or bool(outside.roots)
    roots, wrong = (list(outside.roots), []) if brought else own_roots(archive)
    report.remarks += wrong
    ledger = Ledger(
        archive.ledger.size(), lambda seq: archive.ledger.first_but(seq, BOOKKEEPING), walked.chain.earliest
    )
    named = [one for one in walked.anchors if one.tokens and one.size <= ledger.size]
    true = [one for one in named if roots and archive.ledger.root(one.size) == one.root]
    found = examine(archive.folder.anchors, true, roots, walked.chain.keys)
    found.anchors += as_anchors(cosigned)
    yield from judge(found, ledger, archive.clock(), report, outside=brought)
    for size in list(naming.orphans(archive.ledger, archive.folder.anchors))[:_SHOWN]:
        report.remarks.append(f"anchors/{size} holds what no anchor entry names; dvault checkpoint --anchor enters it")


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
