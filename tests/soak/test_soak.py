"""The soak's umbrella: one table of all parts, and an exit code that tells."""

from pathlib import Path

import pytest

from tests.soak.__main__ import PARTS, main
from tests.soak.table import Result, Row


def whole(folder: Path) -> Result:
    assert list(folder.iterdir()) == []
    return Result([Row("init, EIO", {"injected": 1_400, "lost": 0})])


def broken(folder: Path) -> Result:
    return Result([Row("a byte", {"flipped": 3, "lost": 1})], ["a byte nobody missed"])


def test_parts_share_one_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], {"faults": whole, "damage": broken}) == 1
    assert capsys.readouterr().out.splitlines() == [
        "| part | what | injected | lost | flipped |",
        "| --- | --- | ---: | ---: | ---: |",
        "| faults | init, EIO | 1,400 | 0 |  |",
        "| damage | a byte |  | 1 | 3 |",
        "damage: a byte nobody missed",
        "1 broken",
    ]


def test_named_parts_run_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faults"], {"faults": whole, "damage": broken}) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 broken"


def test_faults_strangers_and_reports_are_parts() -> None:
    assert {"faults", "strangers", "reports"} <= set(PARTS)
