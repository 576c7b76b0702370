"""Every link from one document to another leads somewhere, and every file a document names is there."""

import re
from pathlib import Path

import pytest

from tests.docs.documents import DOCUMENTS, ROOT, headings, names, spans

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"(?:vault|keys|cli|tests|docs|\.ci)/[\w./-]*[\w/]")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_links_lead_somewhere(document: Path) -> None:
    for target in _LINK.findall(_FENCE.sub("", document.read_text())):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), f"{target} is not there"
        assert not anchor or anchor in headings(found), f"{target} has no such heading"


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_files_named_are_there(document: Path) -> None:
    named = [span for span in spans(document) if _PATH.fullmatch(span)]
    assert [path for path in named if not (ROOT / path).exists()] == []
