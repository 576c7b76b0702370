"""The documents claim nothing that the product never claims, and name no machine that they were written on."""

import re
import socket
from pathlib import Path

import pytest

from tests.docs.documents import DOCUMENTS, ROOT, names

FORBIDDEN = re.compile(r"(?i)qualified|court-?proof|immutab|tamper-?proof|unbreakable|military-grade|bank-grade")
# Where a word is said only to say that it is never said.
ALLOWED = {
    "CONTRIBUTING.md": 'Never of this product: "qualified", "court-proof", "immutable", "tamper-proof".',
}
# Folders of whoever wrote it. A vault in somebody's home is an example.
_HERE = re.compile(r"/work/|/root/|/home/")
_HOST = re.compile(r"[a-z]+://([^/\s)>\"`]+)")
_LOOPBACK = re.compile(r"127\.0\.0\.1:[0-9]+;?").fullmatch  # any machine's own
_HOSTS = {"age-encryption.org", "c2sp.org", "github.com", "keepachangelog.com", "semver.org", "www.rfc-editor.org"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_nothing_is_claimed_that_we_never_claim(document: Path) -> None:
    text = document.read_text().replace(ALLOWED.get(str(document.relative_to(ROOT)), "\0"), "")
    assert FORBIDDEN.findall(text) == []


@pytest.mark.parametrize(("document", "sentence"), ALLOWED.items())
def test_allowed_sentences_stand_where_they_are_allowed(document: str, sentence: str) -> None:
    assert sentence in (ROOT / document).read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=names(DOCUMENTS))
def test_no_machine_is_named(document: Path) -> None:
    text = document.read_text()
    assert _HERE.findall(text) == []
    assert {host for host in _HOST.findall(text) if not host.endswith(".example") and not _LOOPBACK(host)} <= _HOSTS
    assert socket.gethostname() not in text.split()
