"""What was said of the ledger at some size before: stored checkpoints and the pin, compared as the chain gets there."""

from collections.abc import Iterator

from vault.evidence.chain import Chain
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.verdicts import Fault, Verdict, broken
from vault.pins import Pin
from vault.verify.judging import compare_checkpoint

_NEVER = 1 << 63  # beyond any ledger


class Landmarks:
    """`next` is the smallest size still to come to; `newest` that of the largest checkpoint that holds.

    `checkpoints` are (size, note), smallest first, in constant memory; what is pinned is looked at where its size is
    above `above` and at most `upto`. `reached` is to be called when the chain has come to `next`, `missed` at its end.
    """

    def __init__(
        self, checkpoints: Iterator[tuple[int, bytes]], pin: Pin | None, above: int = 0, upto: int = _NEVER
    ) -> None:
        self._checkpoints = checkpoints
        self._pending = next(checkpoints, None)
        self._pin = pin
        sizes = {pin.last_seq + 1, pin.covered} if pin else set()
        self._pinned_sizes = {size for size in sizes if max(above, 0) < size <= upto}
        self.newest = 0
        self.next = self._next()

    def _next(self) -> int:
        return min(*self._pinned_sizes, self._pending[0] if self._pending else _NEVER, _NEVER)

    def reached(self, chain: Chain) -> Iterator[Fault]:
        """Compare all that was said of the ledger at the size that the chain has now."""
        while self._pending and self._pending[0] <= chain.size:
            size, note = self._pending
            yield from self._compare(note, chain, f"checkpoint {size}")
            self._pending = next(self._checkpoints, None)
        if self._pin and self._pin.covered == chain.size:
            yield from self._compare(self._pin.checkpoint, chain, f"pinned checkpoint {chain.size}")
        if self._pin and self._pin.last_seq + 1 == chain.size and self._pin.last_hash != chain.last_hash:
            expected, found = self._pin.last_hash.hex(), chain.last_hash.hex()
            yield broken(Verdict.ORDER, "pin", f"entry {chain.size - 1} as seen here, {expected}", found)
        self._pinned_sizes.discard(chain.size)
        self.next = self._next()

    def _compare(self, note: bytes, chain: Chain, where: str) -> Iterator[Fault]:
        faults = list(compare_checkpoint(note, chain.keys, Checkpoint(chain.origin, chain.size, chain.root), where))
        yield from faults
        if not faults:
            self.newest = max(self.newest, chain.size)

    def missed(self, chain: Chain) -> Iterator[Fault]:
        """What was said of a ledger longer than the chain."""
        while self._pending:
            size = self._pending[0]
            yield broken(Verdict.ORDER, f"checkpoint {size}", f"at least {size} entries", chain.size)
            self._pending = next(self._checkpoints, None)
        for size in sorted(self._pinned_sizes):
            yield broken(Verdict.ORDER, "pin", f"the {size} entries that were seen on this machine", chain.size)
