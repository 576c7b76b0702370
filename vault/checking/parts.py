"""A ledger in parts that are walked apart, and how they are joined: where two don't meet, nothing of them counts.

A part begins where the stored tree and the declared keys say that the ledger stood. Both are only what tables say; that
the ledger did stand there is shown by the part before, which ends there. [Whoever may write the tables lets a part
begin with other keys, or behind a dropped entry.]
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from vault.errors import VaultError
from vault.evidence import entry as entries
from vault.evidence import merkle
from vault.evidence.chain import Chain
from vault.evidence.members import KeyHistory
from vault.evidence.references import Reference
from vault.evidence.strict import Malformed, refuse
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.verify.trail import Trail

FIRST, LAST = -(1 << 63), (1 << 63) - 1  # of the numbers that a row can have, those of no entry included


class Part(NamedTuple):
    """The rows numbered from `start` up to `stop`, and the chain as it should stand before them."""

    start: int
    stop: int
    chain: Chain


@dataclass(slots=True)
class Walked(Trail):
    """What a walk over rows has found besides what any walk over entries does.

    `before` says how many entries of each kind there were before by what the first row says; `total` is how many
    entries there are in all parts.
    """

    total: int = 0
    before: dict[str, int] = field(default_factory=dict)
    newest: int = 0
    references: list[Reference] = field(default_factory=list)

    def take(self, part: Part, after: "Walked") -> bool:
        """Join what was found in the next part, if that began where this one ends and both were read; else False."""
        numbered = all(self.kinds[kind] == count for kind, count in after.before.items())
        if not numbered or not self.join(part.chain, after):
            return False
        self.references += after.references
        self.newest = max(self.newest, after.newest)
        return True


def whole(origin: str) -> list[Part]:
    """All of a ledger in one part."""
    return [Part(FIRST, LAST, Chain(origin))]


def plan(ledger: SqlcipherLedger, origin: str, size: int) -> list[Part]:
    """The parts of about `size` entries; one part where the tables tell nothing that others could begin with."""
    try:
        return _plan(ledger, origin, size)
    except (VaultError, Malformed):
        return whole(origin)


def _plan(ledger: SqlcipherLedger, origin: str, size: int) -> list[Part]:
    bounds = range(0, max(1, ledger.size()), size)
    chains = [Chain(origin)]
    keys, declared = KeyHistory(origin), list(ledger.key_leaves(LAST))
    for start in bounds[1:]:
        while declared and declared[0][0] < start:
            seq, leaf = declared.pop(0)
            keys = keys.after(entries.parse(leaf, f"entry {seq}"), f"entry {seq}")
        if (last := next(ledger.stored(start - 1, start), None)) is None:
            refuse("ledger", f"entry {start - 1}")
        chains.append(_standing(ledger, start, keys, entries.parse(last.leaf)))
    starts = [FIRST, *bounds[1:]]
    return list(map(Part, starts, [*starts[1:], LAST], chains))


def _standing(ledger: SqlcipherLedger, size: int, keys: KeyHistory, last: entries.SignedEntry) -> Chain:
    """The chain as the stored tree says that it stood after `size` entries."""
    chain = Chain(keys.origin, size, merkle.peaks_at(size, ledger.node), ledger.node(0, 0), last.hash, last.entry.time)
    chain.keys = keys
    return chain
