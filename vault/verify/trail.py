"""What a walk over the entries of a ledger finds, wherever they are kept; and how parts that were walked apart join.

A part begins where something that is not vouched for (stored or published tree hashes, the keys that entries seem to
declare) says that the ledger stood. That it did stand there is shown by the part before, which ends there.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from vault.evidence.anchor import BOOKKEEPING, Named, named
from vault.evidence.chain import Chain
from vault.evidence.entry import SignedEntry
from vault.evidence.members import KEY_KINDS
from vault.verify.indexing import Filing, filing
from vault.verify.report import Report


@dataclass(slots=True)
class Trail:
    """The chain at the end of a walk and the faults in `report`; not `readable` is what was not read to its end.

    `kinds` counts the entries of each kind, `anchors` are what anchor entries name, `key_entries` the numbers of
    genesis and key entries, `bookkeeping` those of index, anchor and backup entries. `filed` is what the index takes
    in of each entry, None for one that cannot be read; it is not gathered where it is None itself, and is for the
    caller to take away.
    """

    chain: Chain
    readable: bool = True
    report: Report = field(default_factory=Report)
    kinds: Counter[str] = field(default_factory=Counter)
    anchors: list[Named] = field(default_factory=list)
    key_entries: list[int] = field(default_factory=list)
    filed: list[Filing | None] | None = None
    bookkeeping: "array[int]" = field(default_factory=lambda: array("Q"))

    def follow(self, leaf: bytes) -> None:
        """Judge and take in the next leaf."""
        signed, faults = self.chain.read(leaf)
        if faults:
            self.report.add(faults)
        if signed is not None:
            self.note(signed)
        elif self.filed is not None:
            self.filed.append(None)

    def note(self, signed: SignedEntry) -> None:
        """Take down what later steps ask of an entry."""
        entry = signed.entry
        kind = entry.kind
        if self.filed is not None:
            self.filed.append(filing(signed))
        self.kinds[kind] += 1
        if kind in KEY_KINDS:
            self.key_entries.append(entry.seq)
        elif kind in BOOKKEEPING:
            self.bookkeeping.append(self.chain.size - 1)
            if (one := named(entry)) is not None:
                self.anchors.append(one)

    def join(self, standing: Chain, after: "Trail") -> bool:
        """Take over what was found from `standing` on, if this is where it stands and both were read; else False."""
        if not (self.readable and after.readable and self.chain.stands_as(standing)):
            return False
        self.chain.take(after.chain)
        self.report.take(after.report)
        self.kinds += after.kinds
        self.anchors += after.anchors
        self.key_entries += after.key_entries
        self.bookkeeping += after.bookkeeping
        return True

    def first_news(self, start: int) -> int | None:
        """The first entry from `start` on that is no bookkeeping."""
        for seq in self.bookkeeping[bisect_left(self.bookkeeping, start) :]:
            if seq != start:
                break
            start += 1
        return start if start < self.chain.size else None
