"""Which files lie in data/evidence of a bundle, how they are spelled, how large they may be. docs/format/report.md."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vault.evidence import consistency_path, index_proof, index_proofs, proof, record, statement
from vault.evidence.checkpoint import MAX_CHECKPOINT
from vault.evidence.entry import MAX_ENTRY
from vault.evidence.verdicts import Fault, Verdict, broken

EVIDENCE = "data/evidence/"
STATEMENT, CHECKPOINT = f"{EVIDENCE}statement", f"{EVIDENCE}checkpoint"
TERMS, WITHIN, FOLLOW_UPS = (f"{EVIDENCE}index/{name}.proofs" for name in ("terms", "within", "follow-ups"))
LEDGER, DOCUMENTS = f"{EVIDENCE}ledger/", "data/documents/"
NOTE = "report.note"
KINDS = ("genesis", "key", "party", "disclosure")

MAX_TOKEN = MAX_CHAIN = 1 << 18
MAX_NOTE = statement.MAX_STATEMENT + (1 << 12)

LIMITS = {
    "entry": MAX_ENTRY,
    "tlog-proof": proof.MAX_FILE,
    "record": 2 * record.MAX_RECORD,  # a withheld line may be longer than the line itself
    "kind": index_proof.MAX_PROOF,
    "many": index_proofs.MAX_FILE,
    "checkpoint": MAX_CHECKPOINT,
    "consistency": consistency_path.MAX_FILE,
    "token": MAX_TOKEN,
}
"""Bytes, by sort of file."""

_BAG = re.compile(
    r"bagit\.txt|bag-info\.txt|manifest-sha256\.txt|tagmanifest-sha256\.txt|report\.note"
    r"|report-[1-9][0-9]{0,3}\.(?:tsr|pem)"
    r"|data/(?:report\.(?:html|pdf)|disclosures\.(?:csv|xlsx|json)|verify\.py|HOW-TO-VERIFY\.md|documents/[^/]+)",
    re.ASCII,
)
_SEQ = r"(?:[0-9]{6}|[1-9][0-9]{6,18})"
_SIZE = r"[1-9][0-9]{0,18}"
_NUMBERED = re.compile(rf"(entries|keys)/({_SEQ})\.(entry|tlog-proof|record)", re.ASCII)
_ANCHORED = re.compile(rf"anchors/({_SIZE})/(checkpoint|[0-9a-f]{{64}}\.(?:tsr|pem))", re.ASCII)
_CONSISTENT = re.compile(rf"consistency/({_SIZE})\.proof", re.ASCII)
_FIXED = frozenset((
    "statement", "checkpoint", "genesis.entry", "genesis.tlog-proof", "index/terms.proofs", "index/within.proofs",
    "index/follow-ups.proofs", *(f"index/kind-{kind}.proof" for kind in KINDS),
))  # fmt: skip


def entry_name(seq: int) -> str:
    """`data/evidence/entries/000017`, to be followed by `.entry` and its like."""
    return f"{EVIDENCE}entries/{seq:06}"


def key_name(seq: int) -> str:
    """That of a genesis or key entry."""
    return f"{EVIDENCE}keys/{seq:06}" if seq else f"{EVIDENCE}genesis"


def kind_name(kind: str) -> str:
    """`data/evidence/index/kind-party.proof`."""
    return f"{EVIDENCE}index/kind-{kind}.proof"


@dataclass(slots=True)
class Layout:
    """What lies there: numbers of entries and of key entries, ascending; sizes of anchors with their tokens,
    and of consistency proofs.
    """

    entries: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    anchors: dict[int, list[str]] = field(default_factory=dict)
    consistent: list[int] = field(default_factory=list)
    ledger: bool = False
    documents: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def of(names: Iterable[str]) -> Layout:
    """The layout of a bundle's files; what data/evidence must not hold, or lacks, is a fault of integrity."""
    found, below = Layout(), set[str]()
    for name in names:
        if name.startswith(DOCUMENTS):
            found.documents.append(name)
            found.faults += [] if _BAG.fullmatch(name) else [_unnamed(name)]
        elif name.startswith(LEDGER):
            found.ledger = True
        elif name.startswith(EVIDENCE):
            below.add(name[len(EVIDENCE) :])
        elif not _BAG.fullmatch(name):  # [a second page, sealed with the rest]
            found.faults.append(_unnamed(name))
    for name in sorted(below):
        _place(name, below, found)
    required = _FIXED - {"index/within.proofs"}
    found.faults += [_missing(name) for name in sorted(required - below)]
    found.faults += [_missing(f"anchors/{size}/checkpoint") for size in _without_note(found, below)]
    for some in (found.entries, found.keys):
        some.sort()
    return found


def unwanted(there: Iterable[str], within: bool, ledger: bool) -> Iterator[Fault]:
    """What lies there, or lacks, against a statement that has terms `within`, or `ledger yes`."""
    names = frozenset(there)
    if within and WITHIN not in names:
        yield _missing(WITHIN.removeprefix(EVIDENCE))
    if not within and WITHIN in names:
        yield _foreign(WITHIN.removeprefix(EVIDENCE))
    if not ledger and (inside := sorted(name for name in names if name.startswith(LEDGER))):
        yield _foreign(inside[0].removeprefix(EVIDENCE))


def _place(name: str, names: set[str], found: Layout) -> None:
    if name in _FIXED:
        return
    if consistent := _CONSISTENT.fullmatch(name):
        found.consistent.append(int(consistent[1]))
    elif numbered := _NUMBERED.fullmatch(name):
        folder, seq, sort = numbered.groups()
        beside = name.rpartition(".")[0]
        if folder == "keys" and (sort == "record" or not int(seq)):
            found.faults.append(_foreign(name))
        elif sort == "entry":
            (found.entries if folder == "entries" else found.keys).append(int(seq))
            found.faults += [] if f"{beside}.tlog-proof" in names else [_missing(f"{beside}.tlog-proof")]
        elif f"{beside}.entry" not in names:
            found.faults.append(_foreign(name))
    elif anchored := _ANCHORED.fullmatch(name):
        tokens = found.anchors.setdefault(int(anchored[1]), [])
        tokens += [anchored[2].removesuffix(".tsr")] if name.endswith(".tsr") else []
    else:
        found.faults.append(_foreign(name))


def _without_note(found: Layout, names: set[str]) -> Iterator[int]:
    return (size for size in sorted(found.anchors) if f"anchors/{size}/checkpoint" not in names)


def _foreign(name: str) -> Fault:
    return broken(Verdict.INTEGRITY, "data/evidence", "only the files that docs/format/report.md names", name)


def _unnamed(name: str) -> Fault:
    return broken(Verdict.INTEGRITY, "bag", "only the files that docs/format/report.md names", name)


def _missing(name: str) -> Fault:
    return broken(Verdict.INTEGRITY, f"{EVIDENCE}{name}", "this file", "none")
