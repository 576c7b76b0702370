"""What holds for every test: in CI nothing is skipped unseen, and judges from outside are built once a run."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.judges import golang

settings.register_profile("project", deadline=None)  # a busy machine is no bug
settings.load_profile("project")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test fails in CI."""
    report = yield
    _fail_if_skipped_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A skipped file fails in CI."""
    report = yield
    _fail_if_skipped_in_ci(report)
    return report


def _fail_if_skipped_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Only what no CI machine can have, hardware, is a reason there; an expected failure is no skip."""
    if os.environ.get("CI") != "true" or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if "hardware" not in reason:
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {reason}"


@pytest.fixture(scope="session")
def go_judge_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built Go judge, one for all workers of a run."""
    folder = tmp_path_factory.getbasetemp()
    return golang.build((folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "go-judge")


@pytest.fixture
def go_judge(go_judge_program: Path, tmp_path: Path) -> golang.Judge:
    """Debian's Go note and tlog packages, to be asked whether they agree."""
    return golang.Judge(go_judge_program, tmp_path)
