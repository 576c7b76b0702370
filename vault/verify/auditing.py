"""Checking a ledger in tile form without any key, step by step as `steps` numbers them.

Reads the checkpoint, follows every entry to the size it claims, and judges the rest from the outcome. What comes from
outside (`Outside`) is all that makes more of it than the ledger's own word.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from vault.errors import Damaged, NotFound
from vault.evidence import tiles
from vault.evidence.anchor import Named
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, parse_text
from vault.evidence.completeness import Filed
from vault.evidence.note import parse as parse_note
from vault.evidence.policy import Cosigned
from vault.evidence.strict import Malformed, refuse
from vault.evidence.tiles import WIDTH, Growth
from vault.evidence.verdicts import State as Judged
from vault.evidence.verdicts import Verdict, broken, from_malformed, not_proven
from vault.verify import cosigners, listing, times
from vault.verify.chunks import Tiles, Walked
from vault.verify.following import State
from vault.verify.indexing import Recomputed
from vault.verify.judging import UNREADABLE, compare_anchors, compare_checkpoint, compare_fingerprint, conclude, weigh
from vault.verify.outside import Outside
from vault.verify.progress import Progress, silent
from vault.verify.report import REQUIRED, Report
from vault.verify.resuming import resumed
from vault.verify.sources import Source
from vault.verify.stamps import Stamps
from vault.verify.steps import Done, done, skipped
from vault.verify.trail import Trail
from vault.verify.walking import Effort, walk_all

CHECKPOINT, INDEXED, KEYS = "checkpoint", "checkpoint-indexed", "log.vkey"
_MAX_KEYS = 1 << 14
_LOOKED = ("every entry read again", "only those since the last look")
_USUAL = Effort()


@dataclass(slots=True)
class Audit:
    """The outcome: verdicts, the fingerprint found, how each step went, and what to remember of it.

    `required` are the verdicts that have to be PROVEN unless somebody says otherwise, `filed` the lists of a
    completeness proof in which nothing is BROKEN.
    """

    report: Report = field(default_factory=Report)
    fingerprint: str = ""
    steps: list[Done] = field(default_factory=list)
    state: State | None = None
    required: tuple[Verdict, ...] = REQUIRED
    filed: tuple[Filed, ...] = ()

    @property
    def to_keep(self) -> State | None:
        """The state to follow from, unless anything is BROKEN or was not read to its end."""
        fine = all(self.report.state(verdict) is not Judged.BROKEN for verdict in Verdict)
        return self.state if fine else None


def audit(
    source: Source,
    outside: Outside,
    effort: Effort = _USUAL,
    progress: Progress = silent,
    at: datetime | None = None,
) -> Audit:
    """Check all of it: O(entries) time and bytes read once, memory flat but for eight bytes an entry.

    Raises `NotFound` where there is no checkpoint at all, `Unavailable` where the source cannot be read now. With a
    state, only the key entries and what came after it are read; where the ledger does not begin with what the state
    saw, everything is. `at` is the moment at which time stamps are judged, else now.
    """
    try:
        note = source.read(CHECKPOINT, MAX_CHECKPOINT)
    except NotFound as exc:
        raise NotFound(f"{source.name} holds no ledger in tile form: it has no checkpoint", "") from exc
    try:
        claimed = _claimed(note)
    except Malformed as exc:
        found = Audit()
        found.report.add([from_malformed(Verdict.INTEGRITY, exc)])
        return found
    return _Auditor(source, outside, note, claimed, at or datetime.now(UTC)).run(effort, progress)


def _claimed(note: bytes) -> Checkpoint:
    claimed = parse_text(parse_note(note, CHECKPOINT, limit=MAX_CHECKPOINT).text, CHECKPOINT)
    if claimed.size == 0:
        refuse(CHECKPOINT, "a checkpoint over at least the genesis", claimed.size)
    return claimed


class _Auditor:
    """One audit. `claimed` is what the checkpoint says, before its signatures can be verified."""

    def __init__(self, source: Source, outside: Outside, note: bytes, claimed: Checkpoint, at: datetime) -> None:
        self._source, self._outside, self._note, self._claimed, self._at = source, outside, note, claimed, at
        self._tiles = Tiles(source, claimed.size)
        self._found = Audit()
        self._report = self._found.report

    def run(self, effort: Effort, progress: Progress) -> Audit:
        """All steps."""
        chain = self._begin()
        start, seen = chain.size, self._outside.state
        walked = walk_all(self._tiles, chain, self._claimed.size, effort, progress)
        trail = walked.trail
        chain = trail.chain
        self._report.take(trail.report)
        self._found.fingerprint = chain.fingerprint.hex()
        over = f"entries {start} to {chain.size - 1}" if chain.size > start else "nothing new"
        self._did(*(done(name, over) for name in ("read", "place", "signer", "signature", "keys")))
        self._fingerprint(chain)
        self._checkpoint(chain)
        self._seen_before(chain)
        self._report.add(compare_anchors(self._tiles.root, trail.anchors))
        self._did(done("anchors", f"{len(trail.anchors)} of them"))
        self._did(skipped("records", "a ledger in tile form holds none"))
        cosigned, asked = self._cosigners(trail)
        self._end(chain, walked, start, cosigners.said(cosigned))
        self._upper_tiles(walked, start)
        self._files(chain)
        self._did(asked)
        self._index(walked.index)
        self._times(walked, cosigned)
        weigh(self._report)
        if chain.size == self._claimed.size:
            keys = (*(seen.key_entries if seen and start else ()), *trail.key_entries)
            self._found.state = State(self._note, chain.fingerprint, keys, chain.transmittals, chain.last_time)
        return self._found

    def _did(self, *steps: Done) -> None:
        self._found.steps += steps

    def _begin(self) -> Chain:
        """The chain where the state left it; the empty one where there is none, or the ledger does not begin so."""
        state = self._outside.state
        if state is None or not state.is_whole or state.unverified.size > self._claimed.size:
            return Chain(self._claimed.origin)
        try:
            chain = resumed(self._tiles, state)
        except UNREADABLE:
            return Chain(self._claimed.origin)
        self._report.remarks.append(
            f"entries 0 to {chain.size - 1} were read at an earlier look; of those, the key entries were read again"
        )
        return chain

    def _fingerprint(self, chain: Chain) -> None:
        state = self._outside.state
        if not chain.size:
            self._report.add([not_proven(Verdict.ORIGIN, "entries", "a genesis", "none that can be read")])
            self._did(skipped("fingerprint", "there is no genesis that can be read"))
            return
        if self._outside.expected:
            self._report.add(compare_fingerprint(chain, self._outside.expected))
            self._did(done("fingerprint", self._outside.expected))
        else:
            said = "none was given (--policy, --fingerprint), so the ledger vouches for itself"
            self._did(skipped("fingerprint", said))
            for verdict in (Verdict.ORDER, Verdict.ORIGIN):
                self._report.add([not_proven(verdict, "fingerprint", "one from outside", "none: self-asserted")])
        if state is not None and state.fingerprint:
            self._report.add(compare_fingerprint(chain, state.fingerprint.hex()))

    def _checkpoint(self, chain: Chain) -> None:
        """Step 7: what was claimed is what was found."""
        claimed, covered = self._claimed, Checkpoint(chain.origin, chain.size, chain.root)
        if chain.size < claimed.size:
            found = f"{chain.size} that can be read"
            self._report.add([broken(Verdict.ORDER, CHECKPOINT, f"the {claimed.size} entries it is over", found)])
        else:
            self._report.add(faults := list(compare_checkpoint(self._note, chain.keys, covered, CHECKPOINT)))
            self._report.checkpoint = 0 if faults else claimed.size
            if faults:
                uncovered = f"entries 0 to {chain.size - 1}"
                self._report.add([not_proven(Verdict.ORDER, uncovered, "a checkpoint over them", "none that holds")])
        self._keys(chain)
        indexed = self._optional(INDEXED, MAX_CHECKPOINT)
        if indexed is not None:  # an empty one is no checkpoint, and told
            self._compare(chain, INDEXED, indexed)
        self._did(done("checkpoint", f"size {claimed.size}, root {claimed.root.hex()}"))

    def _keys(self, chain: Chain) -> None:
        """The file of keys is for other programs: one that names other keys misleads them."""
        found = self._optional(KEYS, _MAX_KEYS)
        if found is not None and chain.keys.logs:
            log = chain.keys.log_at(chain.size)
            if found != f"{log.ed25519}\n{log.ml_dsa}\n".encode():
                expected = f"the two log keys in force, {log.ed25519.id.hex()} and {log.ml_dsa.id.hex()}"
                self._report.add([broken(Verdict.INTEGRITY, KEYS, expected, found[:60])])

    def _optional(self, name: str, limit: int) -> bytes | None:
        try:
            return self._source.read(name, limit)
        except NotFound:
            return None
        except Damaged as exc:
            self._report.add([broken(Verdict.INTEGRITY, name, f"a file of at most {limit} bytes", str(exc))])
            return None

    def _seen_before(self, chain: Chain) -> None:
        """Step 8. [A second history for another audience; an older one put back.]"""
        state = self._outside.state
        kept = [*self._outside.kept, *([("the state of the last look", state.note)] if state else [])]
        for name, note in kept:
            self._compare(chain, f"checkpoint in {ascii(name)[1:-1]}", note)
        if kept:
            self._did(done("seen before", f"{len(kept)} of them"))
        else:
            self._did(skipped("seen before", "no checkpoint from before was given (--checkpoint, --since)"))

    def _compare(self, chain: Chain, where: str, note: bytes) -> None:
        """Compare a checkpoint with the root that the ledger had at its size."""
        try:
            said = parse_text(parse_note(note, where, limit=MAX_CHECKPOINT).text, where)
        except Malformed as exc:
            self._report.add([from_malformed(Verdict.ORDER, exc)])
            return
        if said.size > chain.size:
            found = f"{chain.size}: it was cut, or an older copy was put back"
            self._report.add([broken(Verdict.ORDER, where, f"at least the {said.size} entries that were there", found)])
            return
        try:
            root = chain.root if said.size == chain.size else self._tiles.root(said.size)
        except UNREADABLE as exc:
            self._report.add([not_proven(Verdict.ORDER, where, "tiles to compare it with", str(exc))])
            return
        self._report.add(compare_checkpoint(note, chain.keys, Checkpoint(chain.origin, said.size, root), where))

    def _cosigners(self, trail: Trail) -> tuple[Cosigned | None, Done]:
        """Step 14: what the verifier's witnesses say of the checkpoint. Without a policy nobody is asked."""
        policy = self._outside.policy
        if policy is None:
            return None, skipped("witnesses", "no policy was given (--policy)")
        chain = trail.chain
        head, indexed = (self._note, Checkpoint(chain.origin, chain.size, chain.root)), self._indexed(chain)
        judge = cosigners.Judge(policy, chain.keys)
        cosigned, _ = judge.both(head, indexed, self._report, lambda start: trail.first_news(start) is not None)
        counted = len(cosigned.witnesses) if cosigned else 0
        return cosigned, done("witnesses", f"{counted} of the policy cosigned, quorum {policy.quorum.rule}")

    def _indexed(self, chain: Chain) -> tuple[bytes, Checkpoint] | None:
        """The checkpoint at the newest index, if it lies beside the other, and what the ledger had at its size."""
        note = self._optional(INDEXED, MAX_CHECKPOINT)
        try:
            size = parse_text(parse_note(note, INDEXED, limit=MAX_CHECKPOINT).text, INDEXED).size if note else 0
            found = Checkpoint(chain.origin, size, self._tiles.root(size)) if 0 < size <= chain.size else None
        except UNREADABLE:
            return None  # step 7 names it
        return (note, found) if note and found else None

    def _index(self, index: Recomputed | None) -> None:
        """Step 15: a stranger who has read every entry has recomputed the index himself."""
        if index is None:
            self._report.add([not_proven(Verdict.COMPLETENESS, "index", *_LOOKED)])
            self._did(skipped("index", "the entries before were not read again"))
            return
        self._report.add(index.missing())
        if self._outside.expected != self._found.fingerprint:
            other = "another ledger's" if self._outside.expected else "none: self-asserted"
            self._report.add([not_proven(Verdict.COMPLETENESS, "fingerprint", "one from outside", other)])
        if index.stated:
            said = (
                f"the index was recomputed here from all {index.tree.size} entries: any list proven by it is complete"
            )
            self._report.prove(Verdict.COMPLETENESS, said)
        self._did(done("index", f"{index.agreeing} of {index.stated} index entries agree with the entries before them"))

    def _times(self, walked: Walked, cosigned: Cosigned | None) -> None:
        """Step 16: tokens under the verifier's roots, cosignatures by his witnesses."""
        if walked.index is None:
            self._report.add([not_proven(Verdict.TIME, "anchors", *_LOOKED)])
            self._did(skipped("time", "the anchors before were not read again"))
            return
        roots, trail = self._outside.roots, walked.trail
        named = [one for one in trail.anchors if one.tokens and self._had(one)] if roots else []
        found = times.examine(Stamps(self._source), named, roots, trail.chain.keys)
        found.anchors += cosigners.as_anchors(cosigned)
        ledger = times.Ledger(trail.chain.size, trail.first_news, trail.chain.earliest)
        self._report.add(times.judge(found, ledger, self._at, self._report, outside=True))
        if roots:
            self._did(done("time", f"{len(named)} anchors under {len(roots)} roots"))
        else:
            self._did(skipped("time", "no roots of TSAs were given (--policy, --tsa-root)"))

    def _had(self, one: Named) -> bool:
        """Whether the ledger had this root; step 9 names those that it had not."""
        try:
            return self._tiles.root(one.size) == one.root
        except UNREADABLE:
            return False

    def _end(self, chain: Chain, walked: Walked, start: int, against_another: str) -> None:
        """Step 11. What an earlier look saw of revoked members is not forgotten."""
        early = [r for r in chain.keys.revocations if r.first < start]
        self._report.add(
            not_proven(Verdict.ORIGIN, f"entries {r.first} to {start - 1}", "a signer not revoked later", r.member)
            for r in early
        )
        self._report.prove(Verdict.INTEGRITY, f"{chain.size} entries and the tree over them match their hashes")
        conclude(self._report, chain, walked.trail.kinds, against_another)
        self._did(done("in the end", f"{chain.transmittals} transmittals, {len(chain.keys.revocations)} revocations"))

    def _upper_tiles(self, walked: Walked, start: int) -> None:
        """Step 12, above the leaf hashes, which were compared on the way."""
        complete = walked.trail.chain.size == self._claimed.size
        try:
            growth = Growth(
                start // WIDTH, lambda level, number: self._tiles.node(level + tiles.HEIGHT, number), base=1
            )
        except UNREADABLE as exc:
            self._report.add([broken(Verdict.INTEGRITY, "tiles", "those that were there at an earlier look", str(exc))])
            return
        made = [pair for hash_ in walked.above for pair in growth.add(hash_)]
        for tile, expected in [*made, *(growth.partial() if complete else ())]:
            self._tiles.compare(tile, expected, self._report)
        self._did(done("tiles", f"those of {walked.trail.chain.size} entries"))

    def _files(self, chain: Chain) -> None:
        names = self._source.names()
        if names is None:
            self._did(skipped("files", "at an address they cannot be listed; all that the checkpoint needs was read"))
        else:
            self._report.add(listing.judge(names, self._tiles, chain.size, self._claimed.size))
            self._did(done("files", "each that lies there"))
