"""HOW-TO-VERIFY.md: from the bundle and a fingerprint that came another way to a verdict, with stock tools."""

from vault.evidence.statement import Statement

_TEXT = """\
# How to verify this report

STUB
"""


def text(statement: Statement, fingerprint: str) -> str:
    """The page for one report."""
    return _TEXT.format(size=statement.checkpoint.size, fingerprint=fingerprint)
