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


def test_what_strangers_are_given_works_as_written(tmp_path: Path) -> None:
    (first,) = blocks(README, "First use", "sh")
    given, reported = blocks(README, "What it proves, and what it doesn't", "sh")
    home = Home(tmp_path)
    said = home.run(f"set -e\n{first}\ndvault checkpoint > checkpoint.txt\n{given}")
    assert "[exit" not in said, said
    assert "BROKEN" not in said
    told = home.run(reported)  # nobody has recomputed the index, so a judge is not told that the list is whole
    assert told.count("NOT PROVEN") >= 2, told
    assert "BROKEN" not in told
    assert "integrity     PROVEN" in told


def test_the_readme_names_the_five_verdicts_of_verify(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.run("dvault init ~/vault --origin magnets.example/disclosures")
    shown = [line.split()[0] for line in home.run("dvault verify").splitlines() if "PROVEN" in line]
    rows = [row.split("|")[1].strip() for row in README.read_text().splitlines() if row.startswith("| ")]
    assert [row for row in rows if row in shown] == shown
    assert len(shown) == 5
