"""What the README tells a newcomer to type works, as it stands there."""

from pathlib import Path

from tests.docs.documents import ROOT, blocks
from tests.transcript import Home

README = ROOT / "README.md"


def test_first_use_works_as_written(tmp_path: Path) -> None:
    (block,) = blocks(README, "First use", "sh")
    said = Home(tmp_path).run(f"set -e\n{block}")
    assert "[exit" not in said, said
    assert (tmp_path / "returned.pdf").read_bytes() == (tmp_path / "EUC-4711.pdf").read_bytes()


def test_first_use_is_six_lines() -> None:
    (block,) = blocks(README, "First use", "sh")
    assert block.count("\n") == 6


def test_verify_says_today_what_the_readme_says(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.run("dvault init ~/vault --origin magnets.example/disclosures")
    home.run("dvault party add Ganzhou && dvault disclose EUC-4711.pdf --to ganzhou")
    shown = [line.split() for line in home.run("dvault verify").splitlines() if "PROVEN" in line]
    states = {words[0]: words[1] == "PROVEN" for words in shown}
    rows = [
        [cell.strip() for cell in row.split("|")] for row in README.read_text().splitlines() if row.startswith("| ")
    ]
    assert {row[1]: row[3] == "yes" for row in rows if row[1] in states} == states
    assert len(states) == 5
