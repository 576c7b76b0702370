"""What the exporter writes, stamped, comes to what it should under the TSA's root; a token exchanged does not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.anchoring.authority import Authority
from tests.anchoring.conftest import tsa  # noqa: F401 - a fixture
from tests.anchoring.desks import tsa_at
from tests.anchoring.serving import served
from tests.desk import Desk
from tests.reports.bundles import PARTY
from tests.verify.bundles.judged import faults, judge, letters
from vault import stamping
from vault.archive import Archive
from vault.evidence.verdicts import Verdict
from vault.reports import making, preparing
from vault.reports.rules import Options
from vault.verify.outside import Outside


@pytest.fixture
def stamped(desk: Desk, tsa: Authority) -> Iterator[Archive]:  # noqa: F811
    """The vault with a TSA, its checkpoint stamped."""
    with served(tsa) as server, desk.opened() as archive:
        archive.config = replace(archive.config, tsas=(tsa_at(server, tsa),))
        stamping.anchor(archive)
        yield archive


def test_time_is_proven_by_the_root_and_the_seal_says_when(
    stamped: Archive,
    folder: Path,
    tsa: Authority,  # noqa: F811
) -> None:
    path = making.make(stamped, preparing.prepare(stamped, PARTY, Options()), folder / "x.zip").path
    found = judge(path, Outside(stamped.fingerprint, tsa_roots=tsa.roots))
    assert letters(found) == "PPNPN", faults(found, Verdict.TIME)
    assert any("report-1.tsr: the report was there by" in remark for remark in found.report.remarks)
    assert letters(judge(path, Outside(stamped.fingerprint))) == "PPNNN"


def test_a_stamp_over_another_seal_breaks_time(
    stamped: Archive,
    folder: Path,
    tsa: Authority,  # noqa: F811
) -> None:
    path = making.make(stamped, preparing.prepare(stamped, PARTY, Options()), folder / "x").path
    (path / "report-1.tsr").write_bytes(tsa.stamp(b"another seal"))
    assert letters(judge(path, Outside(stamped.fingerprint, tsa_roots=tsa.roots))) == "PPNBN"
