"""The three who judge a bundle, side by side: the program, verify.py, and the page with the seal dropped on it.

for ours, alone, page in judged([(files, outside), ...], folder):
    ...  # PPPPB each, in the order of the verdicts
"""

import base64
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.reports import handmade
from tests.reports.handmade import EVIDENCE, Files
from tests.reports.page import programs
from tests.strangers.comparing import NOTHING, Compared, compare_bundle
from vault.evidence.verdicts import Verdict
from vault.verify.outside import Outside

SEAL = ("report.note", "tagmanifest-sha256.txt", "manifest-sha256.txt")


class Three(NamedTuple):
    """What each says, and in which words the first two and the page say it."""

    ours: str
    alone: str
    page: str
    told: Sequence[str]

    @property
    def letters(self) -> tuple[str, str, str]:
        """Of the program, of verify.py, of the page."""
        return self.ours, self.alone, self.page


def job(files: Files, outside: Outside) -> dict[str, Any]:
    """What the page is given of a bundle: see page/judge.mjs."""

    def encoded(names: Iterator[str]) -> dict[str, str]:
        return {name: base64.b64encode(files[name]).decode() for name in names}

    own = encoded(name for name in files if name.startswith(EVIDENCE))
    return {
        "changed": {name.removeprefix(EVIDENCE): data for name, data in own.items()},
        "documents": [[name, len(files[name])] for name in files if name.startswith("data/documents/")],
        "dropped": encoded(name for name in SEAL if name in files),
        "policy": bytes(outside.policy or b"").decode(),
        "fingerprint": "" if outside.policy else outside.fingerprint,
    }


def said(answer: dict[str, Any]) -> str:
    """PPPPB, by an answer of the page."""
    return "".join(answer["verdicts"][verdict]["state"][0] for verdict in Verdict)


def _faults(answer: dict[str, Any]) -> list[str]:
    return [
        f"{verdict} {one['state']}: {one['where']}: {one['expected']}, {one['found']}"
        for verdict in Verdict
        for one in answer["verdicts"][verdict]["faults"]
    ]


def judged(bundles: Sequence[tuple[Files, Outside]], folder: Path) -> Iterator[Three]:
    """Each of the bundles before all three; `folder` is where they lie meanwhile."""
    answers = programs.judged([job(files, outside) for files, outside in bundles])
    for (files, outside), answer in zip(bundles, answers, strict=True):
        found = _side_by_side(files, outside, folder / "report")
        yield Three(found.ours, found.theirs, said(answer), [*found.told, "---", *_faults(answer)])


def _side_by_side(files: Files, outside: Outside, folder: Path) -> Compared:
    shutil.rmtree(folder, ignore_errors=True)
    try:
        return compare_bundle(handmade.write(folder, files), outside)
    except OSError as exc:  # a name that no disk takes
        return Compared(NOTHING, NOTHING, "", [str(exc)])
