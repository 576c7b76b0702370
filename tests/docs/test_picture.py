"""The picture in the README shows what the program prints today."""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from tests.docs import picture
from tests.transcript import Home

_MASKS = (
    (r"[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}", "DAY"),
    (r"[0-9]{2}:[0-9]{2} CES?T", "TIME"),
    (r"\b[0-9a-f]{64}\b", "HASH"),
)


def words(svg: str) -> Counter[str]:
    """What stands in a drawing, without what differs from run to run; rows may wrap otherwise on another day."""
    texts = ElementTree.fromstring(svg).iterfind(".//{*}text")  # noqa: S314 - our own file
    whole = " ".join(text.text or "" for text in texts)
    for pattern, name in _MASKS:
        whole = re.sub(pattern, name, whole)
    return Counter(whole.split())


def test_picture_shows_what_the_program_prints(tmp_path: Path) -> None:
    drawn = picture.draw(picture.record(Home(tmp_path)))
    assert words(drawn) == words(picture.TARGET.read_text()), "run: python -m tests.docs.picture"


def test_picture_is_self_contained() -> None:
    committed = picture.TARGET.read_text()
    assert re.findall(r"(?:https?:)?//[^\s\"')]+", committed) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in committed


def test_chinese_characters_take_two_columns_each() -> None:
    root = ElementTree.fromstring(picture.TARGET.read_text())  # noqa: S314 - our own file
    found = [text for text in root.iterfind(".//{*}text") if text.text == "赣州磁材有限公司"]
    assert found
    assert all(float(text.attrib["textLength"]) == round(16 * picture._CELL, 1) for text in found)
