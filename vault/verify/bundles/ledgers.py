"""The whole ledger in a bundle, read as any ledger in tile form is; it has to begin with the bundle's checkpoint."""

from collections.abc import Iterator
from datetime import datetime

from vault.errors import Damaged
from vault.evidence import tiles
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.strict import Malformed
from vault.evidence.tiles import WIDTH
from vault.evidence.verdicts import State, Verdict
from vault.verify import auditing
from vault.verify.auditing import Audit
from vault.verify.bundles.layout import CHECKPOINT, LEDGER
from vault.verify.bundles.reading import Bundle
from vault.verify.chunks import Tiles
from vault.verify.outside import Outside
from vault.verify.progress import Progress, silent
from vault.verify.report import Report
from vault.verify.walking import Effort


class Below:
    """`data/evidence/ledger/` of a bundle, as a `Source`."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self.name = f"{bundle.name}/{LEDGER.rstrip('/')}"

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of one file."""
        try:
            return self._bundle.read(f"{LEDGER}{path}", limit)
        except Malformed as exc:
            raise Damaged(str(exc)) from exc

    def names(self) -> Iterator[str]:
        """The names of all files."""
        return (name[len(LEDGER) :] for name in self._bundle.names if name.startswith(LEDGER))


def audit(
    bundle: Bundle, note: bytes, outside: Outside, at: datetime, effort: Effort, progress: Progress = silent
) -> Audit:
    """Check all of it, the bundle's checkpoint `note` being one that was kept. Raises `NotFound` without a checkpoint.

    Time stamps and cosignatures of the ledger's own checkpoint are no matter of the bundle's.
    """
    kept = Outside(outside.expected, ((CHECKPOINT, note), *outside.kept))
    return auditing.audit(Below(bundle), kept, effort, progress, at)


def take(report: Report, found: Audit) -> None:
    """What is BROKEN there is BROKEN here."""
    for verdict in Verdict:
        report.add(fault for fault in found.report.faults[verdict] if fault.state is State.BROKEN)


def recomputed(found: Audit, claimed: Checkpoint) -> bool:
    """Whether the index that the bundle rests on was recomputed from the ledger, which is whole and begins with it."""
    report = found.report
    whole = all(report.state(v) is State.PROVEN for v in (Verdict.INTEGRITY, Verdict.ORDER, Verdict.ORIGIN))
    return whole and report.state(Verdict.COMPLETENESS) is not State.BROKEN and report.checkpoint >= claimed.size


def numbers(bundle: Bundle, size: int, there: int) -> dict[int, int]:
    """The number of each transmittal among the first `size` entries of `there`, by its entry; the ledger is whole."""
    found: dict[int, int] = {}
    for chunk in Tiles(Below(bundle), there).chunks(0, Report()):
        for tile, data, _ in chunk.bundles:
            for seq, leaf in enumerate(tiles.parse_bundle(data, tile), tile.number * WIDTH):
                if seq < size and leaf.split(b"\n", 4)[3:4] == [b"disclosure"]:
                    found[seq] = len(found) + 1
    return found
