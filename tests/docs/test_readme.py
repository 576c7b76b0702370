"""What the README tells a newcomer to type works, as it stands there."""

from pathlib import Path

from tests.docs.documents import ROOT, blocks
from tests.docs.newcomer import Newcomer

README = ROOT / "README.md"


def test_first_use_works_as_written(tmp_path: Path) -> None:
    (block,) = blocks(README, "First use", "sh")
    newcomer = Newcomer(tmp_path)
    done = newcomer.run(block)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "returned.pdf").read_bytes() == (tmp_path / "EUC-4711.pdf").read_bytes()


def test_first_use_is_six_lines() -> None:
    (block,) = blocks(README, "First use", "sh")
    assert block.count("\n") == 6


def test_verify_says_today_what_the_readme_says(tmp_path: Path) -> None:
    newcomer = Newcomer(tmp_path)
    newcomer.run("dvault init ~/vault --origin magnets.example/disclosures")
    newcomer.run("dvault party add Ganzhou && dvault disclose EUC-4711.pdf --to ganzhou")
    shown = newcomer.run("dvault verify").stdout
    states = {line.split()[0]: "NOT PROVEN" not in line for line in shown.splitlines() if "PROVEN" in line}
    rows = [
        [cell.strip() for cell in row.split("|")] for row in README.read_text().splitlines() if row.startswith("| ")
    ]
    told = {row[1]: row[3] == "yes" for row in rows if row[1] in states}
    assert told == states
    assert len(states) == 5
