"""HOW-TO-VERIFY.md of a bundle does what it says, with stock tools, in the bundle's folder."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.reports import bundles


@pytest.fixture
def page(desk: Desk, folder: Path) -> Path:
    return bundles.sample(desk, folder, "documents").path / "data" / "HOW-TO-VERIFY.md"


def commands(page: Path, about: str) -> str:
    """The block of commands behind these words."""
    return page.read_text().split(f"**{about}", 1)[1].split("```sh\n", 1)[1].split("```", 1)[0]


def run(page: Path, about: str) -> str:
    script = commands(page, about)
    done = subprocess.run(
        ["bash", "-ec", script], cwd=page.parents[1], capture_output=True, text=True, env={**os.environ}, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_files_are_those_that_were_sealed(page: Path) -> None:
    first, second = run(page, "The files are those").splitlines()
    assert first.split()[0] == second.split()[1]
    (page.parent / "documents" / "000007-1-a.txt").write_text("b")
    with pytest.raises(AssertionError, match=r"FAILED|did NOT match"):
        run(page, "The files are those")


def test_the_fingerprint_is_that_of_the_ledger(page: Path, desk: Desk) -> None:
    with desk.opened() as archive:
        assert run(page, "The fingerprint").split()[0] == archive.fingerprint


def test_the_seal_holds(page: Path) -> None:
    assert "Verified Successfully" in run(page, "The seal")
    note = page.parents[1] / "report.note"
    note.write_bytes(note.read_bytes().replace(b"transmittal 1 7", b"transmittal 1 9"))
    with pytest.raises(AssertionError):
        run(page, "The seal")


def test_a_record_is_what_its_entry_commits_to(page: Path) -> None:
    """Entry 7 shows all; the command is for any other too, withheld lines and all."""
    first, second = run(page, "A record").splitlines()
    assert first == second
    page.write_text(page.read_text().replace("entries/000007", "entries/000009"))
    assert len({*run(page, "A record").splitlines()}) == 1


def test_a_document_is_found_in_a_record(page: Path) -> None:
    said = run(page, "A document")
    digests = {line.split()[0] for line in said.splitlines() if "data/documents" in line}
    assert len(digests) == 4
    assert digests == set(re.findall('"([0-9a-f]{64})"', said))
