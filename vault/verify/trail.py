"""What a walk over the entries of a ledger finds, wherever they are kept; and how parts that were walked apart join.

A part begins where something that is not vouched for (stored or published tree hashes, the keys that entries seem to
declare) says that the ledger stood. That it did stand there is shown by the part before, which ends there.
"""

from collections import Counter
from dataclasses import dataclass, field

from vault.evidence import public
from vault.evidence.chain import Chain
from vault.evidence.entry import Entry
from vault.evidence.members import KEY_KINDS
from vault.verify.report import Report


@dataclass(slots=True)
class Trail:
    """The chain at the end of a walk and the faults in `report`; not `readable` is what was not read to its end.

    `kinds` counts the entries of each kind, `anchors` are what anchor entries say:
    (seq, size, root), `key_entries` the numbers of genesis and key entries.
    """

    chain: Chain
    readable: bool = True
    report: Report = field(default_factory=Report)
    kinds: Counter[str] = field(default_factory=Counter)
    anchors: list[tuple[int, int, bytes]] = field(default_factory=list)
    key_entries: list[int] = field(default_factory=list)

    def follow(self, leaf: bytes) -> None:
        """Judge and take in the next leaf."""
        signed, faults = self.chain.read(leaf)
        if faults:
            self.report.add(faults)
        if signed is not None:
            self.note(signed.entry)

    def note(self, entry: Entry) -> None:
        """Take down what later steps ask of an entry."""
        self.kinds[entry.kind] += 1
        if entry.kind in KEY_KINDS:
            self.key_entries.append(entry.seq)
        if entry.kind == "anchor" and not entry.record:
            size, root = public.parse_root(public.split(entry.public_lines[0])[1], f"entry {entry.seq}")
            self.anchors.append((entry.seq, size, root))

    def join(self, standing: Chain, after: "Trail") -> bool:
        """Take over what was found from `standing` on, if this is where it stands and both were read; else False."""
        if not (self.readable and after.readable and self.chain.stands_as(standing)):
            return False
        self.chain.take(after.chain)
        self.report.take(after.report)
        self.kinds += after.kinds
        self.anchors += after.anchors
        self.key_entries += after.key_entries
        return True
