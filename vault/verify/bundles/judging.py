"""Judging a report bundle, step by step as `steps` numbers them: what is in it, and what the verifier brought.

Nothing is unpacked; entries are read one after the other, documents in pieces. Memory is what a few hundred bytes an
entry come to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from vault.errors import Damaged, NotFound
from vault.evidence import note as notes
from vault.evidence import statement
from vault.evidence.binding import check_index
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, parse_text
from vault.evidence.entry import SignedEntry
from vault.evidence.index_proof import check_complete, verify
from vault.evidence.intervals import Interval
from vault.evidence.listed import count_kinds
from vault.evidence.merkle import leaf_hash
from vault.evidence.policy import Cosigned
from vault.evidence.statement import Statement
from vault.evidence.strict import Malformed, refuse
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed, not_proven
from vault.verify import cosigners, vouching
from vault.verify.auditing import Audit
from vault.verify.bundles import documents, fitting, layout, ledgers, lists, seal, stating, timing
from vault.verify.bundles.bag import Bag
from vault.verify.bundles.entries import Reader, Shown
from vault.verify.bundles.fitting import Following
from vault.verify.bundles.reading import Bundle, opened
from vault.verify.judging import weigh
from vault.verify.outside import Outside
from vault.verify.progress import Progress, silent
from vault.verify.steps import done, skipped
from vault.verify.vouching import Histories, judging
from vault.verify.walking import Effort

NOBODY = "index recomputed by nobody independent"
NO_LIST = "a party, subject, matter or category, or all transmittals"
NOBODY_SEES = "none: what else there is, nobody can see"
_REMARKS = 20


@dataclass(slots=True)
class Handed:
    """What a bundle says and how it was found: the statement, each transmittal's proven interval by its entry, and how
    many lines are withheld for each reason.

    `counted` says that the numbers of transmittals were counted in the ledger.
    """

    said: Statement
    intervals: dict[int, Interval] = field(default_factory=dict)
    withheld: dict[str, int] = field(default_factory=dict)
    counted: bool = False


@dataclass(slots=True)
class Judged(Audit):
    """The outcome for a bundle; `handed` is None where its statement cannot be read."""

    handed: Handed | None = None


def judge(path: Path, outside: Outside, progress: Progress = silent, at: datetime | None = None) -> Judged:
    """Check the bundle at `path`; time stamps as of the moment `at`, else now.

    What is not laid out as a bundle is (a link, a bomb, a name that leads elsewhere) is integrity BROKEN, and not
    looked into. Raises `NotFound` and `Unavailable`.
    """
    found = Judged()
    try:
        with opened(path) as bundle:
            _Judge(bundle, outside, found, at or datetime.now(UTC)).run(progress)
    except Malformed as exc:
        found.report.add([from_malformed(Verdict.INTEGRITY, exc)])
    return found


class _Judge:
    """One look at one bundle; `claimed` is what its checkpoint says."""

    def __init__(self, bundle: Bundle, outside: Outside, found: Judged, at: datetime) -> None:
        self._bundle, self._outside, self._found, self._at = bundle, outside, found, at
        self._report = found.report
        self._there = layout.of(bundle.names)
        self._bag = Bag(bundle)
        self._note = b""
        self._proofs = lists.Proofs.read(bundle, found.report)
        self._counts: dict[str, int] = {}
        self._numbers: dict[int, int] = {}

    def run(self, progress: Progress) -> None:
        """All steps."""
        report, found = self._report, self._found
        report.add(self._bag.judge())
        found.steps.append(done("bag", f"{len(self._bag.digests)} files"))
        report.add(self._there.faults)
        claimed = self._read_checkpoint()
        said, stated = self._read_statement()
        if claimed is None:
            return
        self._claimed = claimed
        note = notes.parse(self._note, "checkpoint", limit=MAX_CHECKPOINT)
        reader = Reader(self._bundle, claimed, note, report)
        keys, histories = reader.keys(self._there.keys)
        self._fingerprint(keys)
        last = histories[-1][1] if histories else None
        self._sealed(said, stated, histories)
        checkpoint = vouching.opened(found, self._note, last, claimed)
        shown = list(reader.shown(self._there.entries, histories, progress))
        self._entries(keys, shown, histories)
        following = self._index(reader, keys, shown, histories, said)
        recomputed, tied = self._ledger(said), timing.tie(self._bundle, self._there, claimed, report)
        vouching.kept(found, self._outside, claimed, *tied.values()) if not self._there.ledger else None
        self._statement(said, following)
        self._documents()
        cosigned = vouching.witnesses(found, self._note, self._outside, last, claimed)
        if self._outside.policy is None:
            found.steps.append(skipped("witnesses", "no policy was given (--policy)"))
        cosigned = cosigned if checkpoint else None
        placed = [one for one in shown if one.seq in reader.at_place]
        self._time(tied, placed, histories, said, cosigned)
        self._conclude(said, shown, cosigned, recomputed)
        found.steps.sort(key=lambda one: one.step.number)

    def _read_checkpoint(self) -> Checkpoint | None:
        try:
            self._note = self._bundle.read(layout.CHECKPOINT, MAX_CHECKPOINT)
            claimed = parse_text(notes.parse(self._note, "checkpoint", limit=MAX_CHECKPOINT).text, "checkpoint")
            if not claimed.size:
                refuse("checkpoint", "a checkpoint over at least the genesis", claimed.size)
        except NotFound:
            return None  # the layout has told it
        except Malformed as exc:
            self._report.add([from_malformed(Verdict.INTEGRITY, exc)])
            return None
        return claimed

    def _read_statement(self) -> tuple[Statement | None, bytes | None]:
        """The statement, and its bytes: None where there is none, empty where they are too many."""
        stated = b""
        try:
            stated = self._bundle.read(layout.STATEMENT, statement.MAX_STATEMENT)
            said = statement.parse(stated)
        except NotFound:
            return None, None
        except Malformed as exc:
            self._report.add([from_malformed(Verdict.INTEGRITY, exc)])
            return None, stated
        self._found.handed = Handed(said)
        self._report.add(layout.unwanted(self._bundle.names, bool(said.query.within), said.counts.ledger))
        return said, stated

    def _fingerprint(self, keys: Sequence[SignedEntry]) -> None:
        """Step 6."""
        if keys and keys[0].entry.seq == 0:
            vouching.compare_fingerprint(self._found, leaf_hash(keys[0].leaf), self._outside, (Verdict.COMPLETENESS,))
        numbers = ", ".join(str(one.entry.seq) for one in keys[:20])
        self._found.steps.append(done("keys", f"entries {numbers}" + (" and more" if len(keys) > 20 else "")))

    def _sealed(self, said: Statement | None, stated: bytes | None, histories: Histories) -> None:
        """Step 18. [A statement that nobody can read, in the place of the one that was sealed.]"""
        if stated is not None and histories:
            with judging(self._report, Verdict.ORIGIN):
                note = seal.check(seal.read(self._bundle), stated, self._bag.tag_manifest)
                if said is not None:
                    seal.check_signer(note, said, histories[-1][1])
        if said is None or not histories:
            missing = not_proven(Verdict.ORIGIN, layout.NOTE, "a statement and keys to compare it with", "none")
            self._report.add([missing])
            self._found.steps.append(skipped("seal", "there is nothing to compare it with"))
            return
        self._found.steps.append(done("seal", f"by {said.by}"))

    def _entries(self, keys: Sequence[SignedEntry], shown: Sequence[Shown], histories: Histories) -> None:
        """Steps 1 to 4, 10 and 11, said once all are read."""
        report, found = self._report, self._found
        if histories:
            judge_ = vouching.Signers(histories, self._claimed.origin)
            report.add(judge_.doubtful([*keys, *(one.signed for one in shown)]))
        else:
            report.add([not_proven(Verdict.ORIGIN, "keys", "key entries that hold", "none")])
        over = f"{len(keys)} key entries, {len(shown)} others"
        found.steps += [done(name, over) for name in ("read", "place", "signer", "signature", "in the end")]
        records = sum(one.has_record for one in shown)
        lines, withheld = sum(one.lines for one in shown), sum(len(one.withheld) for one in shown)
        found.steps.append(done("records", f"{records} of them, {lines} lines shown, {withheld} withheld"))
        if approved := sum(one.approved for one in shown):
            report.remarks.append(f"{approved} records name approvals, which are not in a report: not checked")
        report.entries = len(shown)
        report.transmittals = sum(one.kind == "disclosure" for one in shown)

    def _index(
        self,
        reader: Reader,
        keys: Sequence[SignedEntry],
        shown: Sequence[Shown],
        histories: Histories,
        said: Statement | None,
    ) -> Following | None:
        """Step 15; None where the lists do not hold so far that what follows what up can be told."""
        signed = [one.signed for one in shown]
        newest = next((one for one in signed if one.entry.seq == self._claimed.size - 1), None)
        if not histories or said is None:
            self._report.add([not_proven(Verdict.COMPLETENESS, "index", "keys and a statement that hold", "none")])
            self._found.steps.append(skipped("index", "keys or statement do not hold"))
            return None
        try:
            if newest is None or newest.entry.seq not in reader.at_place:
                refuse("index", f"entry {self._claimed.size - 1}, the last one of the checkpoint", "not shown there")
            root = check_index(newest, self._claimed, reader.path(layout.entry_name(newest.entry.seq)))
            self._kinds(keys, root)
            return self._lists(shown, root, histories[-1][1].vrfs, said)
        except (Malformed, NotFound) as exc:
            wrong = exc if isinstance(exc, Malformed) else Malformed("index", "its proofs", str(exc))
            self._report.add([from_malformed(Verdict.COMPLETENESS, wrong)])
            if not self._counts:  # [a removal left out, and the index entry that counts it]
                missing = not_proven(Verdict.ORIGIN, "keys", "an index that counts the key entries", "none that holds")
                self._report.add([missing])
            self._found.steps.append(done("index", "as far as it holds"))
            return None

    def _lists(
        self, shown: Sequence[Shown], root: bytes, index_keys: Mapping[int, bytes], said: Statement
    ) -> Following:
        signed = [one.signed for one in shown]
        listed = lists.Listed(self._proofs, root, index_keys)
        listed.complete(said.query.complete)
        listed.within(said.query.within)
        listed.follow_ups([one.seq for one in shown if one.has_record])
        self._report.add(from_malformed(Verdict.COMPLETENESS, exc) for exc in listed.check(signed))
        with judging(self._report, Verdict.COMPLETENESS):
            self._all_transmittals(signed, root, said)
        self._report.add(self._others(shown, listed.used))
        self._tags = listed.tags.terms
        self._found.steps.append(done("index", f"entry {self._claimed.size - 1}, {listed.proofs} proofs"))
        return Following.of(shown, listed.tags.follow_ups)

    def _kinds(self, keys: Sequence[SignedEntry], root: bytes) -> None:
        try:
            self._counts = count_kinds({kind: self._proofs.kind(kind) for kind in layout.KINDS}, keys, root)
        except Malformed as exc:  # [a kind left out, and who would be missing with it]
            self._report.add([from_malformed(verdict, exc) for verdict in (Verdict.ORIGIN, Verdict.COMPLETENESS)])
        if self._counts.get("disclosure") == 0:
            missing = [not_proven(v, "ledger", "a disclosure", "none") for v in (Verdict.ORDER, Verdict.COMPLETENESS)]
            self._report.add(missing)

    def _all_transmittals(self, shown: Sequence[SignedEntry], root: bytes, said: Statement) -> None:
        """`complete-kind disclosure`: [one transmittal left out of the whole]."""
        if said.query.every:
            leaf = verify(self._proofs.kind("disclosure"), root, "kind disclosure")
            listed = [one for one in shown if one.entry.kind == "disclosure"]
            if leaf:
                check_complete(leaf, listed, "kind disclosure")

    def _others(self, shown: Sequence[Shown], used: frozenset[int]) -> list[Fault]:
        """[Entries of somebody else's, to make a report look like more.]"""
        kinds, last = ("disclosure", "anchor"), self._claimed.size - 1
        return [
            broken(Verdict.COMPLETENESS, f"entry {one.seq}", "an entry that the query or a follow-up brings", one.kind)
            for one in shown
            if one.kind not in kinds and one.seq not in used and one.seq != last
        ]

    def _ledger(self, said: Statement | None) -> bool:
        """The whole ledger, where it is there; whether it vouches for the index."""
        if not self._there.ledger:
            self._found.steps += [skipped(name, "the ledger is not in the bundle") for name in ("tiles", "files")]
            return False
        try:
            audited = ledgers.audit(self._bundle, self._note, self._outside, self._at, Effort())
        except (NotFound, Damaged) as exc:  # its checkpoint is not there, or cannot be read
            self._report.add([broken(Verdict.INTEGRITY, layout.LEDGER, "a ledger in tile form", str(exc))])
            return False
        ledgers.take(self._report, audited)
        self._found.steps += [one for one in audited.steps if one.step.name in ("tiles", "files")]
        self._found.steps.append(done("seen before", f"{1 + len(self._outside.kept)} of them, in the ledger"))
        whole = ledgers.recomputed(audited, self._claimed)
        if said is not None and self._found.handed is not None and whole:
            self._numbers = ledgers.numbers(self._bundle, self._claimed.size, audited.report.checkpoint)
            self._report.add(stating.numbered(said, self._numbers))
            self._found.handed.counted = True
        return whole

    def _statement(self, said: Statement | None, following: Following | None) -> None:
        """Step 19."""
        if said is None or following is None or self._found.handed is None:
            expected = "one that can be compared with what is shown"
            self._report.add([not_proven(Verdict.COMPLETENESS, "statement", expected, "none")])
            self._found.steps.append(skipped("report", "there is nothing to compare it with"))
            return
        there = self._there
        sizes = sum(self._bundle.size(name) for name in there.documents)
        parts = stating.Parts(len(there.documents), sizes, there.ledger)
        self._report.add(stating.judge(said, self._claimed, following, parts))
        fits = fitting.Fitting(said.query, self._tags, following)
        numbers = self._numbers or (stating.counted(following.by_seq.values()) if said.query.every else None)
        self._report.add(fitting.judge(said, fits, following, numbers))
        self._found.handed.withheld = stating.withheld(said, following)
        self._found.steps.append(done("report", f"{len(said.selected)} transmittals, {len(said.excluded)} excluded"))

    def _documents(self) -> None:
        """Step 20."""
        there = self._there.documents
        self._report.add(documents.judge(self._bundle, there, self._bag.digests))
        self._report.documents = len(there)
        self._found.steps.append(done("documents", f"{len(there)} of them"))

    def _time(
        self,
        tied: dict[int, Checkpoint],
        shown: Sequence[Shown],
        histories: Histories,
        said: Statement | None,
        cosigned: Cosigned | None,
    ) -> None:
        """Steps 9 and 16."""
        named = timing.anchors_of(shown, tied, self._report)
        self._found.steps.append(done("anchors", f"{len(named)} entries, {len(tied)} stamped checkpoints"))
        if said is None or not histories or self._found.handed is None:
            self._report.add([not_proven(Verdict.TIME, "statement", "transmittals and keys that hold", "none")])
            self._found.steps.append(skipped("time", "statement or keys do not hold"))
            return
        judge_ = timing.Timing(self._bundle, self._there, self._outside, histories[-1][1], self._at)
        self._found.handed.intervals = judge_.judge(tied, named, cosigned, said.selected, self._report)
        timing.stamped(self._bundle, self._outside.roots, self._report)
        if self._outside.roots or self._outside.policy:
            self._found.steps.append(done("time", f"{len(tied)} checkpoints under {len(self._outside.roots)} roots"))
        else:
            self._found.steps.append(skipped("time", "no roots of TSAs were given (--policy, --tsa-root)"))

    def _conclude(
        self, said: Statement | None, shown: Sequence[Shown], cosigned: Cosigned | None, recomputed: bool
    ) -> None:
        """What speaks for each verdict, and what has to be known of it."""
        report, size = self._report, self._claimed.size
        by = "this program from the ledger in the bundle" if recomputed else cosigners.auditors(cosigned)
        lists_ = said is not None and (said.query.every or bool(said.query.complete))
        if not lists_:
            report.add([not_proven(Verdict.COMPLETENESS, "query", NO_LIST, NOBODY_SEES)])
        if not by:
            for verdict in (Verdict.ORIGIN, Verdict.COMPLETENESS):
                expected = "an auditor of your policy that cosigned it, or the ledger"
                report.add([not_proven(verdict, "index", expected, NOBODY)])
        report.prove(Verdict.INTEGRITY, f"{len(self._bag.digests)} files as the manifests say, and all records")
        against = cosigners.said(cosigned)
        report.prove(Verdict.ORDER, f"{len(shown)} entries stand under checkpoint {size}; {against}")
        report.prove(Verdict.ORIGIN, f"by all key entries that the index counts, recomputed by {by}")
        if said and lists_:
            what = "all transmittals" if said.query.every else f"all under {len(said.query.complete)} terms"
            report.prove(Verdict.COMPLETENESS, f"{what}, with all that follows them up; recomputed by {by}")
        weigh(report)
        self._remark(said)

    def _remark(self, said: Statement | None) -> None:
        """What a reader has to know besides."""
        remarks, handed = self._report.remarks, self._found.handed
        if said is None or handed is None:
            return
        remarks.append("the page, the paper and the tables are their maker's words: judged is data/evidence")
        if not handed.counted and not said.query.every:
            remarks.append("transmittal numbers are the owner's word: they are counted in the ledger")
        for reason, count in sorted(handed.withheld.items())[:_REMARKS]:
            remarks.append(f"{count} record lines are withheld: {reason}")
        if said.excluded:
            remarks.append(f"{len(said.excluded)} transmittals are in the bundle that the query does not select")
        later, size = said.counts.later, self._claimed.size
        remarks.append(f"as of checkpoint {size}: {later} later entries, by its maker's word, are not covered")
