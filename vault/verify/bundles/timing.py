"""Steps 9 and 16: when the transmittals of a bundle were there, by tokens and cosignatures that a verifier accepts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vault.errors import NotFound
from vault.evidence import anchor, consistency, consistency_path
from vault.evidence.anchor import Named
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint
from vault.evidence.consistency_path import ConsistencyPath
from vault.evidence.intervals import Interval, Intervals, counted
from vault.evidence.members import KeyHistory
from vault.evidence.merkle import check_consistency
from vault.evidence.policy import Cosigned
from vault.evidence.statement import Selected
from vault.evidence.strict import Malformed, refuse, utc_text
from vault.evidence.verdicts import Fault, State, Verdict, broken, from_malformed, not_proven
from vault.verify import cosigners, times
from vault.verify.bundles import layout
from vault.verify.bundles.entries import Shown
from vault.verify.bundles.layout import EVIDENCE, Layout
from vault.verify.bundles.reading import Bundle
from vault.verify.outside import Outside
from vault.verify.report import Report
from vault.verify.times import LATEST, Found
from vault.verify.vouching import judging

_NOWHERE = datetime.max  # of an anchor entry that is not shown; nobody reads it


class Stamps:
    """`data/evidence/anchors/` of a bundle, as `times.Kept`."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def note(self, size: int) -> bytes | None:
        """The exact stamped note."""
        return self._read(f"{size}/checkpoint", MAX_CHECKPOINT)

    def token(self, size: int, digest: str) -> bytes | None:
        """A reply by its SHA-256 in hex."""
        return self._read(f"{size}/{digest}.tsr", layout.MAX_TOKEN)

    def _read(self, name: str, limit: int) -> bytes | None:
        try:
            return self._bundle.read(f"{EVIDENCE}anchors/{name}", limit)
        except NotFound:
            return None


def tie(bundle: Bundle, there: Layout, claimed: Checkpoint, report: Report) -> dict[int, Checkpoint]:
    """Step 9, first half: the stamped checkpoints whose trees are beginnings of this one; others break the order.

    [A token over another history, dated well.]
    """
    found: dict[int, Checkpoint] = {}
    paths = {size: _spelled(bundle, f"consistency/{size}.proof", report) for size in there.consistent}
    for size in there.anchors:
        where = f"anchors/{size}/checkpoint"
        try:
            note = Stamps(bundle).note(size)
            stamped = None if note is None else consistency.unverified(note, where)
        except Malformed as exc:  # step 1, and nothing ties what cannot be read
            report.add([from_malformed(verdict, exc) for verdict in (Verdict.INTEGRITY, Verdict.ORDER)])
            continue
        if stamped is None:
            report.add([broken(Verdict.ORDER, where, "a checkpoint that can be tied to this one", "none")])
            continue
        with judging(report, Verdict.ORDER):
            found[size] = _tied(paths.get(size), size, stamped, claimed)
    for size in there.consistent:
        if size not in there.anchors or size == claimed.size:
            where = f"consistency/{size}.proof"
            report.add([broken(Verdict.INTEGRITY, where, "one for each stamped checkpoint before this one", "another")])
    return found


def _spelled(bundle: Bundle, name: str, report: Report) -> ConsistencyPath | None:
    """Step 1 of a consistency proof."""
    try:
        return consistency_path.parse(bundle.read(f"{EVIDENCE}{name}", layout.LIMITS["consistency"]), name)
    except Malformed as exc:
        report.add([from_malformed(Verdict.INTEGRITY, exc)])
        return None


def _tied(path: ConsistencyPath | None, size: int, stamped: Checkpoint, claimed: Checkpoint) -> Checkpoint:
    where = f"anchors/{size}/checkpoint"
    if (stamped.origin, stamped.size) != (claimed.origin, size) or size > claimed.size:
        refuse(where, f"a checkpoint of {claimed.origin}, size {size}", f"{stamped.origin}, size {stamped.size}")
    if size == claimed.size:
        if stamped != claimed:
            refuse(where, f"root {claimed.root.hex()}", stamped.root.hex())
        return stamped
    name = f"consistency/{size}.proof"
    if path is None:
        refuse(name, "a proof that ties the stamped checkpoint to this one", "none that can be read")
    if (path.old, path.new) != (size, claimed.size):
        refuse(name, f"from {size} to {claimed.size}", f"from {path.old} to {path.new}")
    check_consistency(size, claimed.size, path.hashes, stamped.root, claimed.root, name)
    return stamped


def anchors_of(shown: Iterable[Shown], tied: Mapping[int, Checkpoint], report: Report) -> list[Named]:
    """Step 9, second half: what the anchor entries `shown` name, each of them a root that the ledger had.

    Of those alone that stand at their place. [One under a smaller number bounds what came before it.]
    """
    named = [one for one in (anchor.named(s.signed.entry) for s in shown) if one is not None]
    for one in named:
        if one.size in tied and tied[one.size].root != one.root:
            expected = f"the root over {one.size} entries, {tied[one.size].root.hex()}"
            report.add([broken(Verdict.ORDER, f"anchor in entry {one.seq}", expected, one.root.hex())])
    return named


@dataclass(frozen=True, slots=True)
class Timing:
    """Judges time under what a verifier brought from outside, at the moment `at`."""

    bundle: Bundle
    there: Layout
    outside: Outside
    history: KeyHistory
    at: datetime

    def judge(
        self,
        tied: Mapping[int, Checkpoint],
        named: Sequence[Named],
        cosigned: Cosigned | None,
        selected: Sequence[Selected],
        report: Report,
    ) -> dict[int, Interval]:
        """Step 16: the proven interval of each transmittal, by its entry; what is missing goes into `report`.

        `cosigned` is what the policy says of the bundle's own checkpoint.
        """
        wanted = list(self._named(tied, named)) if self.outside.roots else []
        found = times.examine(Stamps(self.bundle), wanted, self.outside.roots, self.history)
        found.anchors += cosigners.as_anchors(cosigned)
        for size, checkpoint in tied.items():
            found.anchors += cosigners.as_anchors(self._cosigned(size, checkpoint, report))
        return self._conclude(found, selected, report)

    def _named(self, tied: Mapping[int, Checkpoint], named: Sequence[Named]) -> Iterator[Named]:
        """Each token that is there, by each anchor entry shown that names it; else by one behind all others."""
        by_tree: dict[tuple[int, bytes], list[Named]] = {}  # [ten thousand stamped sizes, and as many anchor entries]
        for one in named:
            by_tree.setdefault((one.size, one.root), []).append(one)
        for size, checkpoint in sorted(tied.items()):
            there = frozenset(self.there.anchors[size])
            left = set(there)
            for one in by_tree.get((size, checkpoint.root), ()):
                tokens = tuple(token for token in one.tokens if token in there)
                left.difference_update(tokens)
                yield one._replace(tokens=tokens)
            if left:
                yield Named(LATEST, _NOWHERE, size, checkpoint.root, tuple(sorted(left)))

    def _cosigned(self, size: int, checkpoint: Checkpoint, report: Report) -> Cosigned | None:
        policy, note = self.outside.policy, Stamps(self.bundle).note(size)
        if policy is None or note is None:
            return None
        told = Report()
        cosigned = cosigners.Judge(policy, self.history).one(note, checkpoint, told, f"anchors/{size}/checkpoint")
        report.add(fault for fault in told.faults[Verdict.ORDER] if fault.state is State.BROKEN)
        return cosigned

    def _conclude(self, found: Found, selected: Sequence[Selected], report: Report) -> dict[int, Interval]:
        relied = counted(found.anchors, self.at)
        intervals = Intervals(relied)
        report.add(found.faults)
        times.remark(report, found, len(found.anchors) - len(relied))
        report.add(times.contradictions(intervals, LATEST))
        each = {one.seq: intervals.of(one.seq) for one in selected}
        report.add(_unbounded(selected, each))
        uppers = [one.upper for one in each.values() if one.upper]
        if uppers:
            said = f"each transmittal was there by a proven moment, the last by {utc_text(max(uppers))}"
            report.prove(Verdict.TIME, said)
        return each


def _unbounded(selected: Sequence[Selected], each: Mapping[int, Interval]) -> Iterator[Fault]:
    if not selected:
        yield not_proven(Verdict.TIME, "statement", "a transmittal", "none")
    for one in selected:
        if each[one.seq].upper is None:
            where = f"transmittal {one.number}, entry {one.seq}"
            yield not_proven(Verdict.TIME, where, "a time stamp or a cosignature over it", "none that counts")


def stamped(bundle: Bundle, roots: Sequence[bytes], report: Report) -> None:
    """Time stamps over the seal: when the report itself was there. They lower no verdict unless they contradict."""
    if not roots or layout.NOTE not in bundle.names:  # step 18 has told it
        return
    from vault.anchoring import tokens

    sealed = bundle.read(layout.NOTE, layout.MAX_NOTE)
    for name in bundle.names:
        if not (name.startswith("report-") and name.endswith(".tsr")):
            continue
        try:
            stamp = tokens.check(bundle.read(name, layout.MAX_TOKEN), sealed, roots, name)
            report.remarks.append(f"{name}: the report was there by {utc_text(stamp.time + stamp.margin)}")
        except tokens.Untrusted:
            report.remarks.append(f"{name} leads to none of the roots and was not counted")
        except Malformed as exc:
            report.add([from_malformed(Verdict.TIME, exc)])
