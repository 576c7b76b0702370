"""Verifying a vault on the owner's machine: every line, signature, role, link, root, checkpoint, pin, document.

1 pages      SQLCipher authenticates every page of ledger.db
2 entries    each leaf parses, follows the one before, is signed by a member with the role
3 records    each opens, hashes to the root its entry shows, has one term per tag (each tag recomputed with documents)
4 tree       the stored subtree hashes are those of the entries
5 checkpoint both log signatures of each stored checkpoint, its root, and that one covers the head
6 pin        what this machine saw before is in this ledger
7 keyring    its hash stands in the newest genesis or key entry, a custodian signed it
8 documents  each payload and each content hashes to what its record says (with documents)
9 catalog    what is asked every day agrees with the ledger in number
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from vault.archive import Archive
from vault.catalog.projection import items_of
from vault.documents.table import Document
from vault.errors import VaultError
from vault.evidence import entry as entries
from vault.evidence import record as records
from vault.evidence.binding import check_record
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import Checkpoint, open_checkpoint, parse_text
from vault.evidence.entry import SignedEntry
from vault.evidence.note import parse as parse_note
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed, not_proven
from vault.evidence.vrf import term_input
from vault.ledger.signatures import Signatures
from vault.opening import check_keyring, read_keyring
from vault.sealing import box
from vault.verify.report import Report

Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Show no progress."""


def check(archive: Archive, *, documents: bool = False, progress: Progress = silent) -> Report:
    """Verify the whole vault: O(entries), and O(bytes) with `documents`; memory stays flat. Changes nothing."""
    report = Report()
    report.add(broken(Verdict.INTEGRITY, "ledger.db", "undamaged pages", fault) for fault in archive.database.faults())
    wanted = _checkpoints(archive, report)
    chain = _follow(archive, report, wanted, documents, progress)
    _check_tree(archive, chain, report)
    _check_head(chain, wanted, report)
    _check_pin(archive, report)
    _check_keyring(archive, chain, report)
    if documents:
        _check_documents(archive, report, progress)
    else:
        report.skipped.append("documents were not read (--documents reads them)")
    _check_catalog(archive, chain, report)
    _conclude(chain, report)
    return report


def _checkpoints(archive: Archive, report: Report) -> dict[int, bytes]:
    """The stored checkpoints by the size they claim."""
    found: dict[int, bytes] = {}
    for note in archive.ledger.checkpoints():
        try:
            found[parse_text(parse_note(note).text).size] = note
        except Malformed as exc:
            report.add([from_malformed(Verdict.INTEGRITY, exc)])
    return found


def _follow(archive: Archive, report: Report, wanted: dict[int, bytes], deep: bool, progress: Progress) -> Chain:
    chain = Chain(archive.config.origin)
    total = archive.ledger.head().size
    tags = _Tags(archive) if deep else None
    with Signatures() as signatures:
        try:
            for leaf in archive.ledger.leaves(0, total):
                report.add(_follow_leaf(archive, chain, leaf, signatures, tags))
                if chain.size in wanted:
                    report.add(_check_checkpoint(chain, wanted[chain.size]))
                if chain.size % 1024 == 0:
                    progress(chain.size, total)
        except VaultError as exc:
            report.add([broken(Verdict.INTEGRITY, "ledger", f"{total} entries", exc)])
        report.add(signatures.finish())
    progress(chain.size, total)
    report.entries, report.transmittals = chain.size, chain.transmittals
    return chain


def _follow_leaf(
    archive: Archive, chain: Chain, leaf: bytes, signatures: Signatures, tags: "_Tags | None"
) -> Iterator[Fault]:
    seq = chain.size
    try:
        signed = entries.parse(leaf, f"entry {seq}")
    except Malformed as exc:
        yield from_malformed(Verdict.INTEGRITY, exc)
        chain.skip(leaf)
        return
    judged = chain.follow(signed)
    yield from judged.faults
    if judged.key is not None:
        job = (judged.key.public, signed.text_bytes, signed.unverified_signature.value, f"signature of entry {seq}")
        yield from signatures.add(job)
    if signed.entry.record is not None:
        yield from _check_record(archive, signed, seq, tags)


def _check_record(archive: Archive, signed: SignedEntry, seq: int, tags: "_Tags | None") -> Iterator[Fault]:
    where = f"record of entry {seq}"
    sealed = archive.ledger.record(seq)
    if sealed is None:
        yield broken(Verdict.INTEGRITY, where, "a sealed record", "none, and no erasure names it")
        return
    try:
        wrapping = archive.secrets.wrapping[sealed.generation]
        record = records.parse(box.open_sealed(sealed.sealed, sealed.wrap, wrapping, where), where)
        check_record(record, signed, where)
    except Malformed as exc:
        yield from_malformed(Verdict.INTEGRITY, exc)
        return
    if tags and not tags.match(record.terms(), signed.entry.tags):
        yield broken(Verdict.INTEGRITY, where, "the tags of its terms", "other tags")


class _Tags:
    """Recomputes tags, remembering those of terms that come again (parties), not those of documents."""

    def __init__(self, archive: Archive) -> None:
        self._keys = list(archive.secrets.index.values())
        self._known: dict[str, set[bytes]] = {}

    def match(self, terms: list[str], tags: tuple[bytes, ...]) -> bool:
        """Whether each tag is that of one of the terms under some generation of the index key."""
        left = set(tags)
        for term in terms:
            found = self._tags_of(term) & left
            if not found:
                return False
            left -= found
        return not left

    def _tags_of(self, term: str) -> set[bytes]:
        if term not in self._known:
            tags = {key.tag(term_input(term)) for key in self._keys}
            if term.startswith(("document:", "entry:")) or len(self._known) > 100_000:
                return tags
            self._known[term] = tags
        return self._known[term]


def _check_checkpoint(chain: Chain, note: bytes) -> Iterator[Fault]:
    where = f"checkpoint {chain.size}"
    try:
        checkpoint = open_checkpoint(note, chain.keys.log_at(chain.size), where)
    except Malformed as exc:
        yield from_malformed(Verdict.ORIGIN, exc)
        return
    if checkpoint != Checkpoint(chain.origin, chain.size, chain.root):
        yield broken(Verdict.ORDER, where, f"root {chain.root.hex()}", checkpoint.root.hex())


def _check_tree(archive: Archive, chain: Chain, report: Report) -> None:
    try:
        stored = archive.ledger.root(chain.size)
    except KeyError as exc:
        report.add([broken(Verdict.INTEGRITY, "tree", "all subtree hashes", f"none at level, number {exc}")])
        return
    if stored != chain.root:
        report.add([broken(Verdict.INTEGRITY, "tree", f"root {chain.root.hex()}", stored.hex())])


def _check_head(chain: Chain, wanted: dict[int, bytes], report: Report) -> None:
    newest = max(wanted, default=0)
    report.checkpoint = newest
    if newest > chain.size:
        report.add([broken(Verdict.ORDER, f"checkpoint {newest}", f"at least {newest} entries", chain.size)])
    elif newest < chain.size:
        what = f"entries {newest} to {chain.size - 1} under a checkpoint"
        report.add([not_proven(Verdict.ORDER, "checkpoint", what, "none; they are only pinned")])


def _check_pin(archive: Archive, report: Report) -> None:
    if archive.pins.read(archive.fingerprint) is None:
        report.add([not_proven(Verdict.ORDER, "pin", "that this vault was seen here before", "trusted on first use")])
        return
    try:
        archive.refuse_rollback()
    except VaultError as exc:
        report.add([broken(Verdict.ORDER, "pin", "the ledger that was seen on this machine", exc)])
    except Malformed as exc:
        report.add([from_malformed(Verdict.ORDER, exc)])


def _check_keyring(archive: Archive, chain: Chain, report: Report) -> None:
    """As opening the vault does; read again, since files can change beneath an open vault."""
    try:
        check_keyring(read_keyring(archive.folder, archive.config), chain.keys)
    except VaultError as exc:
        report.add([broken(Verdict.ORIGIN, "keyring", f"sha256 {chain.keys.keyring.hex()}", exc)])
    except Malformed as exc:
        report.add([from_malformed(Verdict.ORIGIN, exc)])


class _Nowhere:
    """A sink that keeps nothing."""

    def write(self, data: bytes) -> int:
        return len(data)


def _check_documents(archive: Archive, report: Report, progress: Progress) -> None:
    """Every item of every record has its document, and every document its bytes."""
    report.documents = 0
    for seq, _ in archive.ledger.records():
        try:
            values = archive.read(seq).values()
        except (VaultError, Malformed):
            continue  # named by step 3
        for item in items_of(values):
            report.add(_check_item(archive, seq, item))
    total = archive.database.row("SELECT coalesce(sum(payload_size), 0) FROM document")[0]
    done = 0
    for document in archive.documents.all():
        report.add(_check_document(archive, document))
        report.documents += 1
        done += document.payload_size
        progress(done, total)
    if not archive.secrets.content:
        report.skipped.append("contents were not opened: this identity holds no content key; payloads were hashed")


def _check_item(archive: Archive, seq: int, item: dict[str, records.Value]) -> Iterator[Fault]:
    if "payload-sha256" not in item:
        return
    where = f"document of entry {seq}, sha256 {str(item.get('sha256'))[:16]}…"
    try:
        document = archive.find_document(item)
    except VaultError as exc:
        yield broken(Verdict.INTEGRITY, where, "its header", exc)
        return
    stated = (item["sha256"], item["size"], item["payload-size"])
    if stated != (document.sha256.hex(), document.size, document.payload_size):
        yield broken(Verdict.INTEGRITY, where, "the sizes and hash of its record", "others")


def _check_document(archive: Archive, document: Document) -> Iterator[Fault]:
    where = f"document sha256 {document.sha256.hex()[:16]}…, segment {document.segment[:8]}…"
    if document.header is None:
        return
    sink: BinaryIO = _Nowhere()  # type: ignore[assignment]  # only `write` is used
    try:
        if archive.secrets.content:
            archive.get(document, sink)
        else:
            archive.check_payload(document)
    except (VaultError, Malformed) as exc:
        yield broken(Verdict.INTEGRITY, where, "its exact bytes", exc)


def _check_catalog(archive: Archive, chain: Chain, report: Report) -> None:
    counted = archive.catalog.counts()["disclosure"]
    if counted != chain.transmittals:
        report.remarks.append(
            f"the catalog lists {counted} of {chain.transmittals} transmittals: dvault doctor --rebuild mends it"
        )


def _conclude(chain: Chain, report: Report) -> None:
    for seq in chain.steps_back[:20]:
        report.remarks.append(f"the clock of entry {seq} is behind that of the entry before")
    for seq in chain.unknown[:20]:
        report.remarks.append(f"entry {seq} is of a kind this program does not know; its meaning was not checked")
    report.add(chain.ending_faults())
    report.prove(Verdict.INTEGRITY, f"{chain.size} entries and their records match their hashes")
    report.prove(Verdict.ORDER, f"entries 0 to {chain.size - 1} in one chain under checkpoint {report.checkpoint}")
    report.prove(Verdict.ORIGIN, f"{chain.size} signatures by members with the role, from the genesis on")
    report.add([not_proven(Verdict.TIME, "anchor", "a timestamp over a checkpoint", "none")])
    report.add([not_proven(Verdict.COMPLETENESS, "index", "an index recomputed by somebody independent", "none")])
