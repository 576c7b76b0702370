"""The targets under atheris for a moment: `python -m tests.fuzz` does so for longer."""

import importlib.util

import pytest

from tests.fuzz.runs import fuzz
from tests.fuzz.targets import TARGETS

SECONDS = 8

if importlib.util.find_spec("atheris") is None:
    pytest.skip("atheris has no wheel for this machine", allow_module_level=True)


def test_fuzzing_by_coverage_finds_nothing_in_a_moment() -> None:
    done = fuzz(list(TARGETS), SECONDS)
    assert not done.finding, f"{done.target}: {done.found!r}\n{done.finding}"
    assert done.executions > 100
