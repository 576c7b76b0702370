"""docs/verify-by-hand.md does what it says, with stock tools; docs/expert.md lists the steps that the program takes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.documents import ROOT, blocks
from tests.verify.folders import filled, honest, write
from vault.evidence.strict import base64_text
from vault.verify.steps import STEPS

BY_HAND = ROOT / "docs" / "verify-by-hand.md"


def run(folder: Path, command: str) -> str:
    done = subprocess.run(["bash", "-ec", command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_commands_by_hand_hold_for_an_honest_ledger(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    ledger = filled(300)
    write(tmp_path / "ledger", honest(ledger))
    said = [run(tmp_path, command) for command in blocks(BY_HAND, language="sh")]
    assert said[2].split()[0] == ledger.fingerprint.hex()
    named, previous = said[3].split("\n")[:2]
    assert previous == f"previous {named}"
    assert said[4] == f"root holds: {base64_text(ledger.tree().root)}\n"
    assert "Verified Successfully" in said[5]


def test_commands_by_hand_fail_for_a_changed_entry(tmp_path: Path) -> None:
    files = honest(filled(3))
    data = files["tile/entries/000.p/5"]
    files["tile/entries/000.p/5"] = data.replace(b"disclosure\n2026-11-22T17:41", b"disclosure\n2026-11-22T16:41", 1)
    assert files["tile/entries/000.p/5"] != data
    write(tmp_path / "ledger", files)
    cut, root = blocks(BY_HAND, language="sh")[1], blocks(BY_HAND, language="sh")[4]
    run(tmp_path, cut)
    with pytest.raises(AssertionError, match="another root"):
        run(tmp_path, root)


def test_steps_told_to_experts_are_those_of_the_program() -> None:
    rows = re.findall(
        r"^\| ([0-9]+) \| ([^|]+) \| ([^|]+) \|$", (ROOT / "docs" / "expert.md").read_text(), re.MULTILINE
    )
    assert rows == [(str(step.number), step.name, step.asks) for step in STEPS]
