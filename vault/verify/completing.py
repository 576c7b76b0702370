"""Judging completeness proofs: all that was filed under some terms, or nothing. The steps are those of `steps`.

What nobody can see from the file is whether the index in it is true: that takes a verifier who believes an auditor.
"""

from collections.abc import Sequence

from vault.evidence import completeness, vouched
from vault.evidence import entry as entries
from vault.evidence.binding import check_index
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.completeness import Completeness, Filed
from vault.evidence.entry import SignedEntry
from vault.evidence.members import KeyHistory
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import State, Verdict, from_malformed, not_proven
from vault.evidence.vouched import Placed
from vault.verify import cosigners, vouching
from vault.verify.auditing import Audit
from vault.verify.outside import Outside
from vault.verify.steps import done, skipped
from vault.verify.vouching import Histories, judging

CLAIM = "one term, one tag: who is filed under another name or number is another term"
NOBODY = "index recomputed by nobody independent"
_SHOWN = 50  # entries of a list in a sentence


def judge(data: bytes, outside: Outside) -> Audit:
    """Check a completeness proof. Origin and completeness rest on an auditor of the verifier's policy."""
    found = Audit(required=tuple(v for v in Verdict if v is not Verdict.TIME))
    try:
        read = completeness.parse(data)
    except Malformed as exc:
        found.report.add([from_malformed(Verdict.INTEGRITY, exc)])
        return found
    return _Judge(read, outside, found).run()


class _Judge:
    """One look at one file; `claimed` is what its checkpoint says."""

    def __init__(self, read: Completeness, outside: Outside, found: Audit) -> None:
        self._read, self._outside, self._found = read, outside, found
        self._report, self._claimed = found.report, read.unverified
        self._filed: tuple[Filed, ...] = ()

    def run(self) -> Audit:
        """All steps."""
        read, found = self._read, self._found
        histories = self._keys()
        last = histories[-1][1] if histories else None
        opened = vouching.opened(found, read.checkpoint, last, self._claimed)
        listed = self._placed(read.listed)
        index = self._placed([read.index])
        shown = [*(listed or ()), *(index or ())]
        vouching.signers(found, self._key_entries() if histories else (), shown, histories, self._claimed.origin)
        vouching.kept(found, self._outside, self._claimed)
        self._indexed(listed, index, last)
        self._conclude(opened, last)
        found.steps.sort(key=lambda one: one.step.number)
        return found

    def _keys(self) -> Histories:
        """Steps 5 and 6."""
        histories: Histories = []
        with judging(self._report, Verdict.ORIGIN):
            histories = vouched.histories(self._read.keys, self._claimed, "keys")
        vouching.fingerprint(self._found, self._read.keys, self._outside, (Verdict.COMPLETENESS,))
        return histories

    def _placed(self, placed: Sequence[Placed]) -> list[SignedEntry] | None:
        """Steps 1 and 2; None where one is not what the tree holds."""
        shown = None
        with judging(self._report, Verdict.ORDER):
            shown = [vouched.check_place(one, self._claimed, f"entry {one.index}") for one in placed]
        if placed is self._read.listed:
            self._report.entries = len(placed)
            self._report.transmittals = sum(signed.entry.kind == "disclosure" for signed in shown or ())
            self._found.steps += [done(name, f"{len(placed)} entries and the index") for name in ("read", "place")]
        return shown

    def _indexed(
        self, listed: list[SignedEntry] | None, index: list[SignedEntry] | None, last: KeyHistory | None
    ) -> None:
        """Step 15, as far as the file shows it."""
        if listed is None or index is None or last is None:
            self._report.add([not_proven(Verdict.COMPLETENESS, "lists", "entries that stand in the tree", "others")])
            self._found.steps.append(skipped("index", "what is shown does not stand in the tree"))
            return
        with judging(self._report, Verdict.COMPLETENESS):
            root = check_index(index[0], self._claimed, self._read.index.path)
            if self._kinds(root):
                self._filed = completeness.check_terms(self._read, listed, root, last.vrfs)
        self._found.steps.append(done("index", f"entry {self._read.index.index}, {len(self._read.proofs)} proofs"))

    def _kinds(self, root: bytes) -> bool:
        """Whether the key entries shown are all that the index counts; a ledger without disclosures proves nothing."""
        counted = -1
        with judging(self._report, Verdict.ORIGIN, Verdict.COMPLETENESS):
            counted = completeness.check_kinds(self._read, self._key_entries(), root)
        if counted == 0:
            missing = [not_proven(v, "ledger", "a disclosure", "none") for v in (Verdict.ORDER, Verdict.COMPLETENESS)]
            self._report.add(missing)
        return counted >= 0

    def _key_entries(self) -> list[SignedEntry]:
        return [entries.parse(one.leaf, f"entry {one.index}") for one in self._read.keys]

    def _conclude(self, opened: Checkpoint | None, last: KeyHistory | None) -> None:
        """Step 14, and what speaks for each verdict."""
        report, size = self._report, self._claimed.size
        cosigned = vouching.witnesses(self._found, self._read.checkpoint, self._outside, last, self._claimed)
        by = cosigners.auditors(cosigned) if opened else ""
        self._found.steps.append(skipped("records", "none is shown"))
        if self._outside.policy is None:
            self._found.steps.append(skipped("witnesses", "no policy was given (--policy)"))
        if not by:
            for verdict in (Verdict.ORIGIN, Verdict.COMPLETENESS):
                report.add([not_proven(verdict, "index", "an auditor of your policy that cosigned it", NOBODY)])
        report.prove(Verdict.INTEGRITY, "the proof is whole")
        report.prove(Verdict.ORDER, f"what is shown stands under checkpoint {size}; {cosigners.said(cosigned)}")
        report.prove(Verdict.ORIGIN, f"by all key entries that the index counts, recomputed by {by}")
        if self._filed:
            said = "; ".join(_sentence(one) for one in self._filed)
            report.prove(Verdict.COMPLETENESS, f"complete for: {said}; recomputed by {by}; {CLAIM}")
        report.add([not_proven(Verdict.TIME, "anchor", "a timestamp over a checkpoint", "none")])
        self._remark()

    def _remark(self) -> None:
        """What the lists say, also where nobody vouches for them; nothing where they are BROKEN."""
        state = self._report.state(Verdict.COMPLETENESS)
        self._found.filed = self._filed if state is not State.BROKEN else ()
        if state is State.NOT_PROVEN:
            self._report.remarks += [f"the owner's index says: {_sentence(one)}" for one in self._filed]
            self._report.remarks.append(CLAIM)
        self._report.remarks.append(f"as of checkpoint {self._claimed.size}: of what came later it says nothing")


def _sentence(filed: Filed) -> str:
    """`party LEI 529900T8BM49AURSDO55 (2 transmittals: entries 1 party, 5, 7)`."""
    if not filed.entries:
        return f"{words(filed.term)} (nothing was filed)"
    count = sum(signed.entry.kind == "disclosure" for signed in filed.entries)
    shown = [_named(signed) for signed in filed.entries[:_SHOWN]]
    more = len(filed.entries) - len(shown)
    listed = ", ".join(shown) + (f" and {more} more" if more else "")
    return f"{words(filed.term)} ({count} {'transmittal' if count == 1 else 'transmittals'}: entries {listed})"


def _named(signed: SignedEntry) -> str:
    entry = signed.entry
    return str(entry.seq) if entry.kind == "disclosure" else f"{entry.seq} {entry.kind}"


def words(term: str) -> str:
    """A term for people: `party LEI 529900T8BM49AURSDO55`, `party name ganzhou magnet (CN)`, `matter mofcom 117`."""
    sort, _, rest = term.partition(":")
    first, _, second = rest.partition(":")
    if sort.endswith("-name"):
        return f"{sort.removesuffix('-name')} name {second}" + (f" ({first})" if first != "-" else "")
    if sort in ("party", "subject"):
        return f"{sort} {first.upper()} {second}"
    return " ".join(part for part in (sort, first, second) if part)
