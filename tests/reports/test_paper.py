"""The paper: what a reader finds on it, that it is what it says, and that nothing in a record can set it."""

import json
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from tests.reports import hostile
from tests.reports.firm import Story, year
from vault.errors import Unavailable
from vault.reports.accounting import account
from vault.reports.paper import fonts
from vault.reports.paper.contents import View
from vault.reports.paper.printing import pdf
from vault.reports.tables import json_bytes

_CHECKPOINT = b"magnets.example/disclosures\n4\nAAAA\n\n\xe2\x80\x94 magnets.example/disclosures AAAA\n"


def printed(story: Story) -> bytes:
    return pdf(account(story.statement(), story.pieces()), View(bytes(32), _CHECKPOINT, story.pieces()[:1]))


@pytest.fixture(scope="module")
def paper() -> bytes:
    return printed(year())


def text_of(data: bytes, folder: Path) -> str:
    path = folder / "paper.pdf"
    path.write_bytes(data)
    return subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout


def test_the_same_bytes_again(paper: bytes) -> None:
    assert printed(year()) == paper


def test_says_that_it_is_pdf_a_3b_and_holds_the_accounting(paper: bytes) -> None:
    story = year()
    with pikepdf.open(BytesIO(paper)) as document:
        metadata = document.open_metadata()
        assert (metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance")) == ("3", "B")
        assert list(document.attachments) == ["disclosures.json"]
        attached = document.attachments["disclosures.json"].get_file().read_bytes()
    assert attached == json_bytes(account(story.statement(), story.pieces()))


@pytest.mark.parametrize(
    "words",
    [
        "Ganzhou Magnet Co., Ltd.", "赣州磁铁有限公司", "生产线照片_2026.jpg", "licence application 2026-117",
        "T-000001", "Studio Bianchi, Milano", "This paper states none of them", "It does not show", "Released by",
        "Received by", "DRAFT for counsel", "FRE 902(11)", "How to verify", "Integrity annex", "Late entry",
        "gap between", "other-designation",
    ],
)  # fmt: skip
def test_a_reader_finds(paper: bytes, tmp_path: Path, words: str) -> None:
    flat = "".join(text_of(paper, tmp_path).split()).lower()
    assert "".join(words.split()).lower() in flat


def test_hostile_texts_are_set_as_texts(tmp_path: Path) -> None:
    flat = "".join(text_of(printed(hostile.story()), tmp_path).split()).replace("\u200b", "")
    assert "<script>alert(1)</script>.pdf" in flat
    assert '#import"/etc/passwd":*$x$@cite' in flat
    assert "[U+202E]" in flat
    assert "[U+001B]" in flat
    assert "4,000,000characters" in flat
    assert "root:" not in flat


def test_what_is_withheld_is_not_in_it(tmp_path: Path) -> None:
    story = year()
    story.withhold(("item.*.name", "trade-secret"), ("item.*.sha256", "trade-secret"), ("subject", "other-client"))
    data = printed(story)
    flat = "".join(text_of(data, tmp_path).split())
    assert "Müller" not in flat
    assert "EUC-4711.pdf" not in flat
    assert "[withheld:trade-secret]" in flat
    with pikepdf.open(BytesIO(data)) as document:
        attached = json.loads(document.attachments["disclosures.json"].get_file().read_bytes())
    assert "EUC-4711.pdf" not in json.dumps(attached, ensure_ascii=False)


def test_fonts_that_are_missing_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_TEXT", ("no-such-font.ttf",))
    with pytest.raises(Unavailable, match=r"no-such-font\.ttf is missing"):
        fonts._folder()


def test_a_character_that_no_font_has_is_printed_as_its_number() -> None:
    assert fonts.printable("😀 磁 é") == "[U+1F600] 磁 é"
