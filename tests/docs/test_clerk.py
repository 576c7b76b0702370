"""A clerk's first hour is one session: one vault, and each transmittal at one time."""

import re

from tests.docs.documents import ROOT

TEXT = (ROOT / "docs" / "clerk.md").read_text("utf-8")


def test_the_vault_has_one_fingerprint() -> None:
    assert len(set(re.findall(r"^fingerprint +([0-9a-f]{64})$", TEXT, re.MULTILINE))) == 1


def test_each_transmittal_has_one_time() -> None:
    times = set(re.findall(r"^(T-[0-9]{6})[ \t]+([0-9]+ \w+ [0-9]{4} [0-9]{2}:[0-9]{2} [A-Z]+)", TEXT, re.MULTILINE))
    assert len(times) == len({transmittal for transmittal, _ in times}) == 4
