"""Both verifiers on one thing, in this process: five letters each, and why they may differ."""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.verify.folders import findings, judge, states
from vault.errors import VaultError
from vault.verify import proving, standalone
from vault.verify.auditing import Audit
from vault.verify.bundles import judging
from vault.verify.bundles.judging import Judged
from vault.verify.outside import Outside

LETTERS = {"PROVEN": "P", "NOT PROVEN": "N", "BROKEN": "B"}
NOTHING = "-----"
"""No verdicts: nothing is there, or it is of no sort that is known."""

ML_DSA = "an ML-DSA-44 signature, which the file skips"
TILES = "order, and anchors with it, by way of a hash tile that is BROKEN"
UNEXPLAINED = "UNEXPLAINED"


class Compared(NamedTuple):
    """What both say, in the order of the verdicts, and why they differ."""

    ours: str
    theirs: str
    why: str
    """Nothing where they agree."""
    told: Sequence[str]


def letters(report: standalone.Report) -> str:
    """PPNNN."""
    return "".join(LETTERS[report.verdict(verdict)[0]] for verdict in standalone.VERDICTS)


def alone(folder: Path, outside: Outside = Outside(), roots: Sequence[Path] = ()) -> standalone.Report:  # noqa: B008
    """What the file says of a folder."""
    report = standalone.Report()
    standalone.check_ledger(folder, brought(outside, roots), report)
    return report


def alone_of_proof(data: bytes, outside: Outside) -> standalone.Report:
    """What the file says of a proof."""
    report = standalone.Report()
    check, _ = standalone.PROOFS[data.split(b"\n")[0].decode()]
    check(data, brought(outside), report)
    return report


def brought(outside: Outside, roots: Sequence[Path] = ()) -> standalone.Outside:
    """The same knowledge for the file."""
    policy = standalone.read_policy(bytes(outside.policy)) if outside.policy else None
    fingerprint = policy.fingerprint if policy else outside.fingerprint
    return standalone.Outside(fingerprint, list(outside.kept), list(roots), policy)


def compare_folder(folder: Path, outside: Outside, roots: Sequence[Path] = ()) -> Compared:
    """Both on a ledger in tile form."""
    return _compared(lambda: judge(folder, outside), lambda: alone(folder, outside, roots))


def alone_of_bundle(path: Path, outside: Outside) -> standalone.Report:
    """What the file says of a bundle, a folder or a zip."""
    report = standalone.Report()
    if path.is_dir():
        standalone.check_bundle(standalone.Folder(path), brought(outside), report)
    else:
        with path.open("rb") as file:
            standalone.check_zip(file, brought(outside), report)
    return report


def compare_bundle(path: Path, outside: Outside) -> Compared:
    """Both on a bundle."""
    return _compared(lambda: judging.judge(path, outside), lambda: alone_of_bundle(path, outside))


def compare_proof(data: bytes, outside: Outside) -> Compared:
    """Both on the bytes of a file."""
    check = proving.kind_of(data)
    first = data.split(b"\n")[0].decode("ascii", "replace")
    if check is None or first not in standalone.PROOFS:
        same = check is None and first not in standalone.PROOFS
        return Compared(NOTHING, NOTHING, "" if same else UNEXPLAINED, [first])
    return _compared(lambda: check(data, outside), lambda: alone_of_proof(data, outside))


def _compared(program: Callable[[], Audit | Judged], file: Callable[[], standalone.Report]) -> Compared:
    ours, theirs, told = NOTHING, NOTHING, list[str]()
    try:
        found = program()
        ours, told = "".join(states(found).values()), findings(found)
    except VaultError as exc:
        told = [str(exc)]
    try:
        report = file()
        theirs, faults = letters(report), [f"{verdict} {state}: {what}" for verdict, state, what in report.faults]
    except (standalone.Refused, standalone.NotThere) as exc:
        faults = [str(exc)]
    return Compared(ours, theirs, _why(ours, theirs, told, faults), [*told, "---", *faults])


def _why(ours: str, theirs: str, told: Sequence[str], faults: Sequence[str]) -> str:
    """Why two may differ: what docs/format lets them; nothing where they agree."""
    if ours == theirs:
        return ""
    pairs = dict(zip(standalone.VERDICTS, zip(ours, theirs, strict=True), strict=True))
    differing = {verdict for verdict, (one, other) in pairs.items() if one != other}
    milder = all(one == other or other != "B" for one, other in pairs.values())

    def said(where: Sequence[str], beginning: str) -> bool:
        return any(one.startswith(beginning) for one in where)

    reasons = {
        ML_DSA: milder and any("valid ML-DSA-44 signature" in one for one in told),
        TILES: ours[0] == theirs[0] == "B" and differing <= {"order", "time", "completeness"} and said(told, "tile/"),
    }
    return next((why for why, holds in reasons.items() if holds), UNEXPLAINED)


def agree(found: Compared) -> dict[str, str]:
    """The letters by verdict, on which both agree."""
    assert not found.why, found
    return dict(zip(standalone.VERDICTS, found.ours, strict=True))


def run(path: Path, *words: str | Path) -> tuple[int, str, str]:
    """Exit code, letters and output of the file by itself."""
    command = [sys.executable, "-I", standalone.__file__, str(path), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    states = re.findall(r"^\w+ +(PROVEN|NOT PROVEN|BROKEN)  ", done.stdout, re.MULTILINE)
    return done.returncode, "".join(map(LETTERS.__getitem__, states)), done.stdout + done.stderr
