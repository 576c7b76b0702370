"""What an auditing witness does before it cosigns: it reads the ledger and recomputes all that an index entry states.

The first time O(entries), later only what is new: what was recomputed is kept in memory for each log, some 0.5 kB a
tag, and thrown away on any doubt. Nothing of it is on the disk, so that a new process begins anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from vault.errors import Damaged, NotFound, Refused, Unavailable, VaultError
from vault.evidence import tiles
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import MAX_CHECKPOINT, Checkpoint, parse_text
from vault.evidence.note import parse as parse_note
from vault.evidence.strict import Malformed
from vault.evidence.tiles import ENTRIES, WIDTH, Growth, Tile
from vault.evidence.verdicts import State, Verdict
from vault.verify.chunks import Tiles, Walked
from vault.verify.indexing import Recomputed
from vault.verify.judging import compare_anchors
from vault.verify.sources import Source, source_of
from vault.verify.trail import Trail
from vault.verify.walking import Effort, walk_on
from vault.witness.state import States, digest_of

_ALONE = Effort(processes=1)  # of several ledgers that are asked about at once, none takes the whole machine
_TOLD = 3  # faults


@dataclass(slots=True)
class LedgerAuditor:
    """Recomputes the ledgers of the logs in `states`, each where its `ledger` says. `trouble` tells the operator.

    Of one log one call at a time, as `Witness` asks it.
    """

    states: States
    trouble: Callable[[str], None] = lambda said: None
    opened: Callable[[str], Source] = source_of
    _followed: dict[str, Walked] = field(default_factory=dict)

    def __call__(self, origin: str, old: Checkpoint | None, new: Checkpoint) -> None:
        """Return if every entry up to `new` holds, its root is theirs, and the last is an index that agrees, as all do.

        `Damaged` names what does not; `Refused` where the last entry is no index; `Unavailable` where the ledger is not
        there up to `new`, or cannot be read now, which accuses nobody. What is raised names no file of this machine.
        """
        source = self._source(origin)
        try:
            self._audit(source, new)
        except VaultError as exc:
            self.trouble(f"the ledger of {origin} at {source.name}: {exc}")
            raise type(exc)(str(exc).replace(f"{source.name}/", ""), exc.hint) from exc

    def _source(self, origin: str) -> Source:
        place = self.states.known(digest_of(origin)).ledger
        if not place:
            self.trouble(f"nobody said where the ledger of {origin} is read: dvault witness add-log --ledger does")
            raise Unavailable("this witness audits, and was not told where to read the ledger")
        return self.opened(place)

    def _audit(self, source: Source, new: Checkpoint) -> None:
        before = self._followed.pop(new.origin, None)  # a failure leaves nothing to go on from
        ledger = Tiles(source, new.size, _size_there(source))
        _check_there(ledger, new.size)
        if before is None or before.trail.chain.size > new.size:
            before = None
        whole = walk_on(ledger, before or _nothing(new.origin), _ALONE)
        try:
            _check(whole, ledger, new)
        except Damaged:
            if before is None:
                raise
            self._audit(source, new)  # only who has read all of it accuses anybody
            return
        self._followed[new.origin] = whole
        _check_indexed(whole, new)


def _nothing(origin: str) -> Walked:
    return Walked(Trail(Chain(origin), filed=[]), index=Recomputed())


def _size_there(source: Source) -> int:
    """How far the ledger has come there by its own word, which only says how its partial tiles are called."""
    try:
        note = parse_note(source.read("checkpoint", MAX_CHECKPOINT), "checkpoint", limit=MAX_CHECKPOINT)
        return parse_text(note.text).size
    except (NotFound, Malformed):
        return 0


def _check_there(ledger: Tiles, size: int) -> None:
    """The last tile is written last of all: without it the ledger is not there up to this size yet."""
    number = (size - 1) // WIDTH
    try:
        ledger.data(Tile(ENTRIES, number, tiles.width_in(size, ENTRIES, number)))
        ledger.data(Tile(0, number, tiles.width_in(size, 0, number)))
    except NotFound as exc:
        hint = "dvault ledger export, to where the witness reads it, then repeat"
        raise Unavailable(f"the ledger is not there up to entry {size - 1} yet: {hint}") from exc


def _check(whole: Walked, ledger: Tiles, new: Checkpoint) -> None:
    trail = whole.trail
    _compare_above(whole, ledger)
    trail.report.add(compare_anchors(ledger.root, trail.anchors))
    trail.anchors.clear()  # of what follows, only the new ones
    faults = [one for verdict in Verdict for one in trail.report.faults[verdict] if one.state is State.BROKEN]
    if faults:
        raise Damaged("; ".join(map(str, faults[:_TOLD])))
    if (trail.chain.size, trail.chain.root) != (new.size, new.root):
        expected = f"size {trail.chain.size}, root {trail.chain.root.hex()}"
        raise Damaged(f"checkpoint: expected {expected}, found size {new.size}, root {new.root.hex()}")


def _compare_above(whole: Walked, ledger: Tiles) -> None:
    """The tiles above the leaf hashes, from which the roots that anchors name are taken: O(entries / 65,536)."""
    growth = Growth(0, lambda level, number: b"", base=1)
    for tile, expected in [pair for hash_ in whole.above for pair in growth.add(hash_)] + growth.partial():
        ledger.compare(tile, expected, whole.trail.report)


def _check_indexed(whole: Walked, new: Checkpoint) -> None:
    """The last entry is an index over all before it; whether it agrees was compared on the way."""
    if whole.index is None or whole.index.newest != new.size - 1:
        raise Refused(f"entry {new.size - 1} is no index, and an auditor cosigns only a checkpoint that ends in one")
