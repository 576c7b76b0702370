"""What a verifier says of handmade bundles, in one letter a verdict."""

from pathlib import Path

from vault.evidence.verdicts import Verdict
from vault.verify.bundles import judging
from vault.verify.bundles.judging import Judged
from vault.verify.outside import Outside

NOBODY = Outside()


def judge(path: Path, outside: Outside = NOBODY) -> Judged:
    return judging.judge(path, outside)


def letters(found: Judged) -> str:
    """`PPNNB`: integrity, order, origin, time, completeness: PROVEN, NOT PROVEN, BROKEN."""
    return "".join(str(found.report.state(verdict))[0] for verdict in Verdict)


def faults(found: Judged, verdict: Verdict) -> str:
    """All that speaks against a verdict."""
    return "\n".join(str(fault) for fault in found.report.faults[verdict])
