"""What docs/counsel.md tells counsel to type of reports is what a transcript runs."""

from tests.docs.documents import ROOT, blocks


def commands(text: str) -> list[str]:
    """The command lines of `dvault report`, each on one line."""
    lines = text.replace("\\\n> ", "").replace("\\\n", "").split("\n")
    return [" ".join(line.removeprefix("$ ").split()) for line in lines if "dvault report" in line]


def test_every_report_that_is_told_is_run() -> None:
    run = commands((ROOT / "tests" / "transcripts" / "report.txt").read_text())
    told = [line for block in blocks(ROOT / "docs" / "counsel.md", "A report") for line in commands(block)]
    assert len(told) == 5
    assert all(any(line.removesuffix(" 2>/dev/null") == one for line in run) for one in told)
