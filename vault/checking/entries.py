"""Checking entries: one walk over all that is stored of them, judged by the chain that grows with it."""

from collections.abc import Iterator
from copy import deepcopy

from vault.checking.faults import failed
from vault.checking.landmarks import Landmarks
from vault.checking.parts import FIRST, Part, Walked
from vault.checking.records import Records
from vault.errors import VaultError
from vault.evidence.entry import SignedEntry
from vault.evidence.verdicts import Fault, Verdict, broken
from vault.ledger.sqlcipher import SqlcipherLedger, Stored
from vault.verify.progress import Progress

_TOLD_EVERY = 1_024  # entries


class Walk:
    """Follows the stored entries of a part. What cannot be read ends it, and is told."""

    def __init__(self, part: Part, landmarks: Landmarks, records: Records) -> None:
        self._part = part
        self._landmarks = landmarks
        self._records = records
        self._walked = Walked(deepcopy(part.chain))

    def run(self, ledger: SqlcipherLedger, progress: Progress) -> Walked:
        """What there is, with all that is wrong with it."""
        walked, chain, landmarks = self._walked, self._walked.chain, self._landmarks
        try:
            walked.total = ledger.size()
            for stored in ledger.stored(self._part.start, self._part.stop):
                walked.report.add(self._entry(stored))
                if chain.size >= landmarks.next:
                    walked.report.add(landmarks.reached(chain))
                if chain.size % _TOLD_EVERY == 0:
                    progress(chain.size, walked.total)
        except VaultError as exc:
            walked.readable = False
            walked.report.add([failed(f"ledger, after {chain.size} entries", f"{walked.total} entries", exc)])
        walked.report.add(landmarks.missed(chain))
        walked.newest = landmarks.newest
        progress(chain.size, walked.total)
        return walked

    def _entry(self, stored: Stored) -> Iterator[Fault]:
        chain = self._walked.chain
        where = f"entry {chain.size}"
        if stored.seq != chain.size:
            yield broken(Verdict.ORDER, where, "its row", f"a row with the number {stored.seq}")
        generation = chain.keys.generation
        signed, faults = chain.read(stored.leaf)
        yield from faults
        if signed is None:
            return
        yield from self._row(signed, stored, where)
        yield from self._records.check(signed, stored, generation)

    def _row(self, signed: SignedEntry, stored: Stored, where: str) -> Iterator[Fault]:
        """The columns beside the leaf: by them entries are found. [A removal filed as a `party` is not found.]"""
        entry, walked = signed.entry, self._walked
        if entry.kind not in walked.kinds:
            walked.before[entry.kind] = 0 if self._part.start == FIRST else stored.number - 1
        walked.note(signed)
        number = walked.before[entry.kind] + walked.kinds[entry.kind]
        if (stored.kind, stored.number) != (entry.kind, number):
            expected, found = f"to be filed as {entry.kind} {number}", f"{stored.kind} {stored.number}"
            yield broken(Verdict.INTEGRITY, where, expected, found)
        if stored.hash != signed.hash:
            yield broken(Verdict.INTEGRITY, where, f"leaf hash {signed.hash.hex()}", stored.hash.hex())
