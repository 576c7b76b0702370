"""HOW-TO-VERIFY.md: from the bundle and a fingerprint that came another way to a verdict, with stock tools."""

from importlib import resources

from vault.evidence.statement import Statement
from vault.evidence.strict import utc_text


def text(statement: Statement) -> str:
    """The page for one report: the text beside this file, filled in."""
    page = resources.files(__package__).joinpath("how_to_verify.md").read_text("utf-8")
    told = {
        "made": utc_text(statement.made),
        "by": statement.by,
        "origin": statement.checkpoint.origin,
        "size": str(statement.checkpoint.size),
    }
    for name, value in told.items():
        page = page.replace(f"@{name}@", value)
    return page
