"""What a record refers to among the entries before it: the approvals it names, the entries it follows up.

Those entries are seldom at hand while a record is read, so `of` takes down a few values, and the checks judge them once
the entries are there. docs/format/record.md, Order and approval; docs/format/entry.md, Follow-ups.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from vault.evidence import public
from vault.evidence.entry import SignedEntry
from vault.evidence.record import Record, Withheld
from vault.evidence.strict import refuse

FOLLOW_UPS = frozenset(("correction", "receipt", "outcome", "notice", "erasure", "hold", "reseal"))
HIDDEN = -2
"""Of a line `corrects` that is withheld: no number that a value can be."""
_SHARED = ("party", "party-name", "subject", "subject-name", "matter")


@dataclass(frozen=True, slots=True)
class Filed:
    """Under which entries a record is filed, which it follows up, and under which party, subject and matter terms."""

    entries: tuple[int, ...]
    shared: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, record: Record) -> "Filed":
        """What the shown terms of `record` say."""
        sorted_out = [(term.partition(":")[0], term) for term in record.terms()]
        entries = (int(term.partition(":")[2]) for sort, term in sorted_out if sort == "entry")
        return cls(tuple(sorted(entries)), frozenset(term for sort, term in sorted_out if sort in _SHARED))


@dataclass(frozen=True, slots=True)
class Reference:
    """What entry `seq`, of this kind and signed by `signer`, refers to. Plain values, to be handed between processes.

    `approvals` are the entries it names as such (None for one withheld), `approved` the root they have to approve,
    `stated` its line `kind`, `corrects` its line of that name, `HIDDEN` where that is withheld. `filed` is None where a
    term is withheld.
    """

    seq: int
    kind: str
    signer: str
    approvals: tuple[int | None, ...]
    approved: bytes
    stated: object = field(repr=False)
    corrects: object = field(repr=False)
    filed: Filed | None


def of(record: Record, signed: SignedEntry) -> list[Reference]:
    """What `record` refers to: nothing, or one reference. A record that is not the entry's own says nothing of it."""
    shape, kind = record.shape, signed.entry.kind
    filed_under = any(term.startswith("entry:") for term in record.terms())
    if not (shape.approvals or filed_under or kind in FOLLOW_UPS):  # as most records, which this spares the rest
        return []
    lines = [record.lines[place] for place in shape.approvals]
    filed = None if _withholds_terms(record) else Filed.of(record)
    follows = signed.entry.kind in FOLLOW_UPS or bool(filed and filed.entries)
    if not (lines or follows) or record.root != signed.entry.record:
        return []
    approvals = tuple(None if isinstance(line, Withheld) else int(line.value) for line in lines)
    approved, values = record.approved_root if lines else b"", record.values()
    hidden = any(line.name == "corrects" and isinstance(line, Withheld) for line in record.lines)
    return [
        Reference(
            signed.entry.seq,
            signed.entry.kind,
            signed.unverified_signature.name,
            approvals,
            approved,
            values.get("kind"),
            HIDDEN if hidden else values.get("corrects"),
            filed if follows else None,
        )
    ]


def _withholds_terms(record: Record) -> bool:
    return any(isinstance(record.lines[place], Withheld) for place in record.shape.terms)


def first_named(references: Iterable[Reference]) -> dict[int, int]:
    """By approval, the first entry that names it: for that one it counts. [One approval covers two transmittals.]"""
    found: dict[int, int] = {}
    for reference in references:
        for approval in reference.approvals:
            if approval is not None:
                found[approval] = min(found.get(approval, reference.seq), reference.seq)
    return found


def check_approvals(
    reference: Reference, approvals: Mapping[int, SignedEntry], first: Mapping[int, int], where: str = "record"
) -> None:
    """Refuse unless each approval named is an earlier entry, by another member each, for these lines and this kind.

    `approvals` are the `approval` entries of the same ledger that are not BROKEN, by their number; `first` is what
    `first_named` finds, as far as the ledger's records are at hand. Nothing is said of a record without approval lines;
    whether one is needed is the policy's matter.
    """
    if reference.approvals and reference.stated != reference.kind:  # [the approval of a draft party record discloses]
        refuse(where, f"an approved line `kind` that says {reference.kind}")
    signers = {reference.signer}
    for seq in reference.approvals:
        if seq is None:
            refuse(where, "the approvals to be shown")
        approval = approvals.get(seq)
        if approval is None or (approval.entry.kind, approval.entry.seq) != ("approval", seq) or seq >= reference.seq:
            refuse(where, f"an approval before entry {reference.seq}", f"entry {seq}")
        if approval.unverified_signature.name in signers:  # four eyes: nobody approves his own, or twice
            refuse(where, "an approval by another member", approval.unverified_signature.name)
        signers.add(approval.unverified_signature.name)
        if public.parse_approval(public.split(approval.entry.public_lines[0])[1]) != reference.approved:
            refuse(where, "an approval of these lines", f"entry {seq}")
        if first.get(seq, reference.seq) != reference.seq:
            refuse(where, f"an approval not spent on entry {first[seq]}", f"entry {seq}")


def check_filed(reference: Reference, where: str = "record") -> None:
    """Refuse a follow-up that is not filed under what it follows up, as far as its own record shows that.

    [A voiding correction without terms is in no list by party, nor under the entry it voids.]
    """
    filed = reference.filed
    if filed is None:
        return
    if not filed.entries:
        refuse(where, f"a {reference.kind} filed under the entry that it follows up", "no term entry:<number>")
    named = reference.corrects if type(reference.corrects) is int else -1
    if reference.kind == "correction" and named not in (HIDDEN, *filed.entries):
        refuse(where, "a correction filed under the entry that its line `corrects` names")


def check_follow_up(reference: Reference, seq: int, earlier: Filed, where: str = "record") -> None:
    """Refuse a follow-up of entry `seq` that lacks a shared term of it, or the first entry that all of it is about.

    [A partial view by party, or by the first entry, shows what was said and leaves out that it was taken back.]
    """
    filed = reference.filed
    if filed is None:
        return
    if not earlier.shared <= filed.shared:
        refuse(where, f"the party, subject and matter terms of entry {seq}, which it follows up", "not all of them")
    if (first := min(earlier.entries, default=seq)) not in filed.entries:
        refuse(where, f"a term entry:{first}, the first that entry {seq} follows up", "none")
