"""Checking entries: one walk over all that is stored of them, judged by the chain that grows with it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from vault.checking.faults import failed
from vault.checking.landmarks import Landmarks
from vault.checking.progress import Progress
from vault.checking.records import Records
from vault.checking.signatures import Signatures
from vault.errors import VaultError
from vault.evidence import entry as entries
from vault.evidence import public
from vault.evidence.chain import Chain
from vault.evidence.entry import Entry
from vault.evidence.strict import Malformed
from vault.evidence.verdicts import Fault, Verdict, broken, from_malformed
from vault.ledger.sqlcipher import SqlcipherLedger, Stored
from vault.verify.report import Report

_TOLD_EVERY = 1_024  # entries


@dataclass(slots=True)
class Walk:
    """What the walk has found so far, beside the faults that went into the report."""

    chain: Chain
    landmarks: Landmarks
    records: Records
    kinds: Counter[str] = field(default_factory=Counter)
    anchors: list[tuple[int, int, bytes]] = field(default_factory=list)

    def run(self, ledger: SqlcipherLedger, report: Report, progress: Progress) -> None:
        """Follow every stored entry. What cannot be read ends the walk, and the report says where."""
        total = 0
        with Signatures() as signatures:
            try:
                total = ledger.size()
                for stored in ledger.stored():
                    report.add(self._entry(stored, signatures))
                    if self.chain.size >= self.landmarks.next:
                        report.add(self.landmarks.reached(self.chain))
                    if self.chain.size % _TOLD_EVERY == 0:
                        progress(self.chain.size, total)
            except VaultError as exc:
                report.add([failed(f"ledger, after {self.chain.size} entries", f"{total} entries", exc)])
            report.add(signatures.finish())
        report.add(self.landmarks.missed(self.chain))
        progress(self.chain.size, total)

    def _entry(self, stored: Stored, signatures: Signatures) -> Iterator[Fault]:
        where = f"entry {self.chain.size}"
        if stored.seq != self.chain.size:
            yield broken(Verdict.ORDER, where, "its row", f"a row with the number {stored.seq}")
        try:
            signed = entries.parse(stored.leaf, where)
        except Malformed as exc:
            yield from_malformed(Verdict.INTEGRITY, exc)
            self.chain.skip(stored.leaf)
            return
        generation = self.chain.keys.generation
        judged = self.chain.follow(signed)
        yield from judged.faults
        if judged.key is not None:
            signature = signed.unverified_signature.value
            yield from signatures.add((judged.key.public, signed.text_bytes, signature, f"signature of {where}"))
        yield from self._row(signed.entry, signed.hash, stored, where)
        yield from self.records.check(signed, stored, generation)

    def _row(self, entry: Entry, leaf_hash: bytes, stored: Stored, where: str) -> Iterator[Fault]:
        """The columns beside the leaf: by them entries are found. [A removal filed as a `party` is not found.]"""
        self.kinds[entry.kind] += 1
        if (stored.kind, stored.number) != (entry.kind, self.kinds[entry.kind]):
            expected, found = f"to be filed as {entry.kind} {self.kinds[entry.kind]}", f"{stored.kind} {stored.number}"
            yield broken(Verdict.INTEGRITY, where, expected, found)
        if stored.hash != leaf_hash:
            yield broken(Verdict.INTEGRITY, where, f"leaf hash {leaf_hash.hex()}", stored.hash.hex())
        if entry.kind == "anchor" and not entry.record:
            size, root = public.parse_root(public.split(entry.public_lines[0])[1], where)
            self.anchors.append((entry.seq, size, root))
