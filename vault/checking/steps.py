"""Verifying a vault on its owner's machine, step by step as docs/format/ledger.md numbers them; 12 to 17 go beyond it.

1 read         each leaf is spelled as the format says, and its row files it as what it is
2 place        its origin, its sequence number, the link to the leaf before
3 signer       a member present at that point, in a role that may sign this kind
4 signature    holds under his key
5 keys         a genesis or key entry declares what the ledger can take
6 fingerprint  the genesis is the one known from outside the vault
7 checkpoint   each stored one and the pinned one: both signatures, its root; and one that covers the last entry
8 pin          what was seen on this machine is in this ledger
9 anchors      each names a root that this ledger had; each index the root over the tags of all entries before it
10 records     each opens, has the root its entry shows and a term per tag; with documents each tag is recomputed;
               approvals count, follow-ups are filed where they are found
11 in the end  entries of revoked members, a ledger without a disclosure, clocks set back, unknown kinds
12 pages       SQLCipher authenticates every page of ledger.db; no row belongs to nothing
13 tree        every stored subtree hash is that of the entries, the stored index that of the newest index entry
14 keyring     its hash stands in the newest genesis or key entry, a custodian signed it
15 documents   with documents: each item has its header, each payload and each content is read and hashed
16 catalog     what is asked every day agrees with the ledger in number
17 time        each kept token has the hash its entry names and holds over its note; what follows from them when entries
               were made (docs/format/anchors.md); proven under roots from outside only
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from vault import keyring_file
from vault.archive import Archive
from vault.checking.anchors import check_times
from vault.checking.crew import Alone, Crew
from vault.checking.documents import check_size
from vault.checking.examiner import Brief
from vault.checking.faults import failed
from vault.checking.followups import FollowUps
from vault.checking.index import IndexCheck
from vault.checking.parts import Walked, plan, whole
from vault.checking.tree import check_tree
from vault.errors import VaultError
from vault.evidence.anchor import BOOKKEEPING
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.policy import Cosigned, Policy
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, Verdict, broken, not_proven
from vault.index.store import IndexStore
from vault.names import LETTERS
from vault.pins import Pin
from vault.succession import claimed
from vault.unlocked import check_keyring, read_keyring
from vault.verify import cosigners
from vault.verify.judging import compare_anchors, compare_fingerprint, conclude, weigh
from vault.verify.outside import Outside
from vault.verify.progress import Progress, silent
from vault.verify.report import Report

_AFTER_DAMAGE = (
    "once it has met a damaged page, SQLCipher gives out no other: what is named after it may be whole;"
    " dvault doctor says which tables are"
)


class Effort(NamedTuple):
    """How a check is spread: what is longer than a `part` (entries) or a `span` (bytes) is shared by `processes`."""

    part: int = 8_192
    span: int = 64 << 20
    processes: int = os.cpu_count() or 1


EFFORT = Effort()
NOTHING = Outside()


def check(
    archive: Archive,
    *,
    documents: bool = False,
    outside: Outside = NOTHING,
    progress: Progress = silent,
    effort: Effort = EFFORT,
) -> Report:
    """Verify the whole vault: O(entries), and O(bytes) with `documents`; memory stays flat. Changes nothing.

    Time is judged under the roots, order by the witnesses, completeness by the auditors that come from `outside`.
    All of the database is read as of one moment, so that others may append meanwhile; what they append is not checked.
    `Unavailable` where something is BROKEN, and keys were changed meanwhile.
    """
    return keyring_file.unless_changed(
        archive,
        lambda: _checked(archive, documents, outside, progress, effort),
        lambda report: not report.passes(()),
    )


def _checked(archive: Archive, documents: bool, outside: Outside, progress: Progress, effort: Effort) -> Report:
    report = Report()
    pin = _read_pin(archive, report)  # before that moment: what is pinned by then is in the ledger by then
    with archive.database.snapshot(), _crew(archive, Brief.of(archive, pin, deep=documents), effort) as crew:
        _try(report, "ledger.db", lambda: _pages(archive, report))
        walked = _walk(archive, crew, effort, progress)
        report.take(walked.report)
        _try(report, "records", lambda: FollowUps(archive).check(walked.references))
        _try(report, "tree", lambda: check_tree(archive.ledger, walked.chain))
        _try(report, "tree", lambda: compare_anchors(archive.ledger.root, walked.anchors))
        index = IndexCheck(archive.ledger, IndexStore(archive.database))
        _try(report, "index tables", lambda: index.run(progress))
        cosigned, indexed = _cosigned(archive, walked, outside.policy, report)
        _try(report, "anchors", lambda: check_times(archive, walked, report, outside, cosigned))
        _try(report, "keyring", lambda: _keyring(archive, walked.chain))
        _try(report, "catalog", lambda: _catalog(archive, walked, report))
        if documents:
            _try(report, "documents", lambda: _documents(archive, crew, effort, report, progress))
        else:
            report.skipped.append("documents were not read, tags not recomputed (--documents does both)")
    _conclude(archive, walked, report, outside, cosigners.said(cosigned))
    index.conclude(report, cosigners.auditors(indexed))
    weigh(report)
    return report


def _cosigned(
    archive: Archive, walked: Walked, policy: Policy | None, report: Report
) -> tuple[Cosigned | None, Cosigned | None]:
    """What the verifier's witnesses and auditors say of the newest checkpoint, and of that at the newest index."""
    if policy is None:
        return None, None
    try:
        head = _with_root(archive, archive.ledger.checkpoint(), walked.newest)
        seq = archive.ledger.last_of("index")
        stored = [note for _, note in archive.ledger.checkpoints(seq, seq + 1)] if seq is not None else []
        indexed = _with_root(archive, stored[0], seq + 1) if stored and seq is not None else None
    except VaultError as exc:
        report.add([failed("checkpoints", "to be readable", exc)])
        return None, None
    if head is None:
        report.add([not_proven(Verdict.ORDER, "checkpoint", "one that the policy's witnesses cosigned", "none")])
        return None, None
    return cosigners.Judge(policy, walked.chain.keys).both(
        head, indexed, report, lambda start: archive.ledger.first_but(start, BOOKKEEPING) is not None
    )


def _with_root(archive: Archive, note: bytes | None, size: int) -> tuple[bytes, Checkpoint] | None:
    """A note with what the ledger was at `size`; nothing for none, or beyond the ledger, which landmarks name."""
    if note is None or not 0 < size <= archive.ledger.size():
        return None
    return note, Checkpoint(archive.config.origin, size, archive.ledger.root(size))


@contextmanager
def _crew(archive: Archive, brief: Brief, effort: Effort) -> Iterator[Crew]:
    """Several processes for what is large, as far as can be told; to start them costs what 2,000 entries do."""
    try:
        large = archive.ledger.size() > effort.part or (brief.deep and archive.documents.payload_bytes() > effort.span)
    except VaultError:
        large = False
    if not large or effort.processes < 2:
        yield Alone(brief, archive.database)
        return
    from vault.checking.processes import processes

    with processes(brief, effort.processes) as crew:
        yield crew


def _walk(archive: Archive, crew: Crew, effort: Effort, progress: Progress) -> Walked:
    """Follow all entries, in parts; all over again in one piece if the parts don't meet."""
    origin = archive.config.origin
    parts = plan(archive.ledger, origin, effort.part)
    found = crew.walk(parts, progress)
    walked = next(found)
    for part, after in zip(parts[1:], found, strict=True):
        if not walked.take(part, after):
            return next(crew.walk(whole(origin), progress))
    return walked


def _documents(archive: Archive, crew: Crew, effort: Effort, report: Report, progress: Progress) -> Iterator[Fault]:
    total, done, report.documents = archive.documents.payload_bytes(), 0, 0
    for read in crew.read(archive.documents.spans(effort.span, effort.part)):
        report.take(read.report)
        report.documents, done = report.documents + read.documents, done + read.bytes
        progress(done, total)
    for segment, size in archive.documents.segment_sizes():
        yield from check_size(archive.segments, segment, size)
    if not archive.secrets.content:
        report.skipped.append("contents were not opened: this identity holds no content key; payloads were hashed")


def _try(report: Report, where: str, part: Callable[[], Iterable[Fault]]) -> None:
    """Add the faults of a part; one that cannot be read to its end is a fault itself."""
    try:
        report.add(part())
    except (VaultError, Malformed) as exc:
        report.add([failed(where, "to be readable", exc)])


def _read_pin(archive: Archive, report: Report) -> Pin | None:
    try:
        return archive.pins.read(archive.fingerprint)
    except VaultError as exc:
        report.add([failed("pin", "to be readable", exc, Verdict.ORDER)])
        return None


def _pages(archive: Archive, report: Report) -> Iterator[Fault]:
    if faults := archive.database.faults():
        report.remarks.append(_AFTER_DAMAGE)
    for found in faults:
        yield broken(Verdict.INTEGRITY, "ledger.db", "pages that SQLCipher authenticates", found)
    for seq in archive.ledger.strays():
        yield broken(Verdict.INTEGRITY, f"record of entry {seq}", "an entry that it belongs to", "none")


def _keyring(archive: Archive, chain: Chain) -> Iterator[Fault]:
    """As opening the vault does; read again, since files can change beneath an open vault."""
    try:
        check_keyring(read_keyring(archive.folder, archive.config.origin), chain.keys)
    except (VaultError, Malformed) as exc:
        yield failed("keyring", f"sha256 {chain.keys.keyring.hex()}, signed by a custodian", exc, Verdict.ORIGIN)


def _catalog(archive: Archive, walked: Walked, report: Report) -> Iterator[Fault]:
    """No evidence, so no fault: it can be made anew at any time."""
    listed = archive.catalog.counts()
    for kind in ("disclosure", *LETTERS):
        if (found := listed.get(kind, 0)) != walked.kinds[kind]:
            report.remarks.append(
                f"the catalog lists {found} of {walked.kinds[kind]} ({kind}): dvault doctor --rebuild mends it"
            )
    yield from ()


def _conclude(archive: Archive, walked: Walked, report: Report, outside: Outside, against_another: str) -> None:
    chain = walked.chain
    report.checkpoint = walked.newest
    report.add([*_outside(archive, chain, outside.expected), *_covered(walked)])
    with suppress(VaultError, Malformed):  # of a genesis that cannot be read the walk has told
        if before := claimed(archive.entry(0).entry):
            taken = f"{before.fingerprint} after {before.size} entries"
            report.remarks.append(f"by its founder's word this ledger takes up {taken}; keep both")
    report.prove(Verdict.INTEGRITY, f"{chain.size} entries and their records match their hashes")
    conclude(report, chain, walked.kinds, against_another)


def _outside(archive: Archive, chain: Chain, brought: str) -> Iterator[Fault]:
    """What does not come from the vault itself: the fingerprint, and a head seen before.

    `brought` is one that came from outside for this once; what the identity has compared for good is in the archive.
    """
    yield from compare_fingerprint(chain, brought or archive.expected or archive.fingerprint)
    if brought:
        return
    if not archive.known:
        for verdict in (Verdict.ORDER, Verdict.ORIGIN):
            yield not_proven(
                verdict, "fingerprint", "one from outside the vault", "trusted on first use, never compared"
            )
    if not archive.pinned:
        yield not_proven(Verdict.ORDER, "pin", "heads seen here since the fingerprint was compared", "first use")


def _covered(walked: Walked) -> Iterator[Fault]:
    newest, size = walked.newest, walked.chain.size
    if newest < size:
        yield not_proven(
            Verdict.ORDER, f"entries {newest} to {size - 1}", "a checkpoint over them", "none; only pinned"
        )
