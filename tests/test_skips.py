"""In CI a skip is a failure, so that nothing goes unchecked because a tool or test data went missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


def run_pytest(folder: Path, test: str, *, ci: str) -> str:
    """What pytest says of one test file under our hooks."""
    (folder / "test_one.py").write_text(f"import pytest\n{test}\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-rA", "test_one.py"]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(REPOSITORY)}
    environment.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout


SKIPS = {
    "in the test": "def test_it():\n    pytest.skip('no such tool')",
    "by a mark": "@pytest.mark.skip(reason='no such tool')\ndef test_it():\n    pass",
    "in a fixture": "@pytest.fixture\ndef tool():\n    pytest.skip('no such tool')\ndef test_it(tool):\n    pass",
    "of a whole file": "pytest.skip('no such tool', allow_module_level=True)",
}


@pytest.mark.parametrize("test", SKIPS.values(), ids=SKIPS)
def test_skip_fails_in_ci_and_says_why(tmp_path: Path, test: str) -> None:
    said = run_pytest(tmp_path, test, ci="true")
    assert "skipped in CI: Skipped: no such tool" in said or "skipped in CI: no such tool" in said
    assert "1 failed" in said or "1 error" in said


@pytest.mark.parametrize("test", SKIPS.values(), ids=SKIPS)
def test_skip_is_a_skip_elsewhere(tmp_path: Path, test: str) -> None:
    assert "1 skipped" in run_pytest(tmp_path, test, ci="")


def test_missing_hardware_is_a_skip_in_ci_too(tmp_path: Path) -> None:
    test = "def test_it():\n    pytest.skip('needs hardware: a smart card')"
    assert "1 skipped" in run_pytest(tmp_path, test, ci="true")


def test_expected_failure_is_no_skip(tmp_path: Path) -> None:
    # The text of a made-up test: nothing of ours is expected to fail.
    test = "@pytest.mark.xfail(reason='known')\ndef test_it():\n    raise AssertionError"
    assert "1 xfailed" in run_pytest(tmp_path, test, ci="true")


def test_test_that_passes_passes_in_ci(tmp_path: Path) -> None:
    assert "1 passed" in run_pytest(tmp_path, "def test_it():\n    pass", ci="true")
