"""Small bundles of a vault: what the verifier's, the page's and the tables' tests judge."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.cli import clerk as clerks
from tests.desk import Desk
from vault.reports import making, preparing, rules
from vault.reports.asking import Asked
from vault.reports.making import Made
from vault.reports.rules import Options
from vault.reports.sealing import Asking

DOCUMENTS = {"a.txt": b"a", "one/plan.pdf": b"first", "two/plan.pdf": b"second", "图纸.pdf": b"drawing"}
LINES = (
    "disclose a.txt --to ganzhou --at '2026-01-05 09:00Z' --purpose Lizenzantrag --category order --matter M-1"
    " --designation confidential",  # T-1, entry 7
    "disclose a.txt --to müller --onward mofcom --subject magneti --request R-1 --at '2026-02-01'",  # T-2, entry 8
    "disclose one/plan.pdf two/plan.pdf 图纸.pdf --to ganzhou --subject magneti --narrative talk --category forecast"
    " --designation trade-secret --at '2026-03-01 10:00Z'",  # T-3, entry 9
    "correct T-1 --purpose 'licence for Società Magneti' --reason 'wrong language'",  # entry 10
    "disclose a.txt --to ganzhou --via müller --at '2026-11-01 08:30+01:00' --category order",  # T-4, entry 11
)
PARTY = Asked(parties=("ganzhou",))
QUERIES: Mapping[str, tuple[Asked, Options]] = {
    "party": (PARTY, Options(recipient="Counsel LLP", purpose="annual audit")),
    "all": (Asked(), Options()),
    "within": (PARTY._replace(categories=("order",)), Options()),
    "subject": (Asked(subjects=("magneti",)), Options()),
    "matter": (Asked(matters=("M-1",)), Options()),
    "designation": (PARTY._replace(designations=("confidential",)), Options()),
    "numbers": (Asked(numbers=(2, 3)), Options()),
    "withheld": (PARTY, Options(withheld=(rules.parse("item.name=trade-secret"), rules.parse("purpose=privilege")))),
    "revealed": (PARTY, Options(revealed=(rules.parse_revealed("subject"),))),
    "documents": (PARTY, Options(documents=True)),
}
"""Samples by name; `party` is the plainest. See `LINES` for what there is."""


@dataclass(frozen=True)
class Sample:
    """A bundle, and the fingerprint of its ledger in hex."""

    path: Path
    fingerprint: str
    made: Made


def vault(folder: Path) -> Desk:
    """A desk with parties, a subject, a matter, four transmittals and a correction; about two seconds."""
    return clerks.template(folder, *LINES, documents=DOCUMENTS)


def bundle(desk: Desk, target: Path, asked: Asked = PARTY, options: Options = Options()) -> Sample:  # noqa: B008 - frozen
    """A bundle of a vault: a folder, or a zip if its name ends so; without time stamps."""
    with desk.opened() as archive:
        made = making.make(archive, preparing.prepare(archive, asked, options), target, Asking(stamp=False))
        return Sample(target, archive.fingerprint, made)


def sample(desk: Desk, folder: Path, name: str = "party") -> Sample:
    """One of `QUERIES`, in a folder of that name."""
    return bundle(desk, folder / name, *QUERIES[name])


def run(desk: Desk, line: str) -> str:
    """The output of a command of the real program."""
    return desk.dvault(*shlex.split(line))
