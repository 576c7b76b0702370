"""The documents of the project, and what can be taken out of one: code spans, blocks of commands, headings."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def names(documents: list[Path]) -> list[str]:
    """Their paths from the top folder, to name tests by."""
    return [str(document.relative_to(ROOT)) for document in documents]


def blocks(document: Path, heading: str = "", language: str = "") -> list[str]:
    """The fenced blocks, of one language or all, below the heading of that text or anywhere."""
    text = document.read_text()
    if heading:
        text = re.split(r"^#+ ", text.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    return [body for found, body in _BLOCK.findall(text) if language in ("", found)]


def spans(document: Path) -> list[str]:
    """The code spans outside blocks."""
    return _SPAN.findall(_BLOCK.sub("", document.read_text()))


def headings(document: Path) -> set[str]:
    """The anchors of the headings, spelled as the usual renderers do."""
    found = _HEADING.findall(_BLOCK.sub("", document.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in found}
