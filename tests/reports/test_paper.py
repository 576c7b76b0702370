"""The paper: PDF/A-3b with the accounting inside, in Latin and Chinese; it claims nothing and runs nothing."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

from tests.docs.test_words import FORBIDDEN
from tests.reports.firm import Story, hostile, item, to_ganzhou, year
from vault.errors import Unavailable
from vault.evidence.statement import Query
from vault.reports.accounting import account
from vault.reports.paper import contents, fonts
from vault.reports.paper.contents import View
from vault.reports.paper.printing import TAGGED, pdf
from vault.reports.tables import json_bytes


def printed(story: Story, query: Query | None = None) -> bytes:
    view = View(story.ledger.fingerprint, b"text\n\n\xe2\x80\x94 log AAAA\n", title="Accounting of disclosures")
    return pdf(account(story.statement(query), story.pieces()), view)


@pytest.fixture(scope="module")
def paper() -> bytes:
    return printed(year())


@pytest.fixture(scope="module")
def words(paper: bytes) -> str:
    return text_of(paper)


def text_of(paper: bytes) -> str:
    """What pdftotext finds, words apart by one space: lines break where the page wants it."""
    if shutil.which("pdftotext") is None:
        pytest.skip("Debian package poppler-utils is not installed")
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=paper, capture_output=True, check=True)
    return " ".join(done.stdout.decode().replace("\u200b", "").replace("\u00a0", " ").split())


def inside(paper: bytes) -> bytes:
    """All of it with every stream unpacked."""
    whole = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper)) as opened:
        opened.save(whole, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.all)
        attached = b"".join(opened.attachments[name].get_file().read_bytes() for name in opened.attachments)
    return whole.getvalue() + attached


def test_it_carries_the_marks_of_pdfa_3b_and_the_accounting_as_json(paper: bytes) -> None:
    story = year()
    with pikepdf.open(io.BytesIO(paper)) as opened:
        with opened.open_metadata() as metadata:
            assert metadata.pdfa_status == "3B"
        assert list(opened.attachments) == ["disclosures.json"]
        spec = opened.attachments["disclosures.json"]
        assert spec.obj.AFRelationship == "/Data"
        assert spec.get_file().mime_type == "application/json"
        attached = spec.get_file().read_bytes()
        assert "/OutputIntents" in opened.Root
        assert "/Encrypt" not in opened.trailer
    assert attached == json_bytes(account(story.statement(), story.pieces()))


def test_the_same_bytes_each_time(paper: bytes) -> None:
    assert printed(year()) == paper


def test_names_in_latin_and_chinese_are_found(words: str) -> None:
    for name in ("赣州磁铁有限公司 Ganzhou Magnet Co., Ltd.", "中华人民共和国商务部", "生产线照片_2026.jpg", "王小明",
                 "Müller Antriebe GmbH", "Giulia Ferri", "Studio Bianchi, Milano"):  # fmt: skip
        assert name in words


def test_all_its_chapters_are_there(words: str) -> None:
    for title in ("In short", "Scope and query", "Accounting", "Exposure", "Exceptions", "Custody sheet T-000001",
                  "Integrity annex", "How to verify", "Certificate of the custodian (draft, United States)",
                  "Statement of the custodian (draft, European Union)"):  # fmt: skip
        assert title in words
    assert "6 disclosures of 7 items to 2 parties, 1 of them taken back later (void)." in words
    assert year().ledger.fingerprint.hex() in words


def test_what_has_no_records_has_no_chapter() -> None:
    words = text_of(printed(Story()))
    assert "No disclosure is accounted for here." in words
    for absent in ("Exposure", "Custody sheet T", "Anchors"):
        assert absent not in words


def test_it_states_no_verdict_and_signs_nothing(words: str) -> None:
    assert "This paper states none of them" in words
    assert words.count("DRAFT for counsel. Not signed, not to be signed as it stands.") == 2
    assert (
        FORBIDDEN.findall(words.replace("otherwise qualified to speak", "").replace("I am qualified to use", "")) == []
    )


def test_every_exception_of_the_accounting_is_on_it(words: str) -> None:
    story = year()
    for one in account(story.statement(), story.pieces()).exceptions:
        assert one.sort in words
        assert one.transmittal in words
    assert "GPS position in photo.jpg" in words


def test_a_withheld_correction_is_marked_as_one() -> None:
    story = Story()
    story.correct(story.disclose(to_ganzhou(purpose="licence")), {"purpose": "audit"})
    story.withhold(("purpose", "privilege"))
    (row,) = contents.rows(account(story.statement(), story.pieces()))
    assert row["notes"] == ["corrected"]


def test_without_a_term_it_says_that_nobody_can_see_what_else_there_is() -> None:
    story = Story()
    story.disclose(to_ganzhou())
    assert "what else there is, nobody can see" in text_of(printed(story, Query()))


def test_hostile_names_are_text() -> None:
    paper = printed(hostile())
    words = text_of(paper)
    for shown in ("<script>alert(1)</script>.pdf", "=cmd|' /C calc'!A0", "a[U+202E]gpj.exe", "ctl[U+0000][U+0007]",
                  '#import "@preview/x": *; $x^2$ @ref *b* _i_ \\ `raw` #eval("1") </div>', "[U+1F600] [U+E000]",
                  "{{7*7}}", "line[U+000A]=2",
                  "cut here: 4,194,304 characters, whole in disclosures.json"):  # fmt: skip
        assert shown in words, shown
    with pikepdf.open(io.BytesIO(paper)) as opened:
        kinds = {str(one.get("/S")) for one in opened.objects if isinstance(one, pikepdf.Dictionary)}
        assert not kinds & {"/JavaScript", "/Launch", "/URI", "/SubmitForm", "/GoToR"}
        assert "/OpenAction" not in opened.Root
        assert len(opened.pages) < 30  # a field of 4 MB fills no hundred pages


def test_withheld_values_are_nowhere_in_it() -> None:
    story = Story()
    story.disclose(to_ganzhou([item("geheim-4711.pdf")], purpose="privileged advice", note="in clear"))
    story.withhold(("item.*.name", "trade-secret"), ("item.*.sha256", "trade-secret"), ("purpose", "privilege"),
                   ("term", "security"))  # fmt: skip
    paper = printed(story)
    words, whole = text_of(paper), inside(paper)
    assert "in clear" in words
    assert b"in clear" in whole
    assert "privilege: purpose" in words
    for secret in ("geheim-4711", "privileged advice", str(item("geheim-4711.pdf").values["sha256"])):
        assert secret not in words
        assert secret.encode() not in whole


def test_what_does_not_fit_on_paper_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in (("MAX_ROWS", 4), ("MAX_SHEETS", 2)):
        monkeypatch.setattr(f"vault.reports.paper.contents.{name}", limit)
    monkeypatch.setattr("vault.reports.paper.custody.MAX_SHEETS", 2)
    monkeypatch.setattr("vault.reports.paper.custody.MAX_ITEMS", 2)
    words = text_of(printed(year()))
    assert "4 more transmittals have no sheet on this paper" in words
    assert "2 more transmittals have no row on this paper" in words
    assert "1 more item has no line on this paper" in words


def test_a_large_report_is_printed_without_tags() -> None:
    story = Story()
    draft = to_ganzhou()
    for _ in range(TAGGED + 1):
        story.disclose(draft)
    with pikepdf.open(io.BytesIO(printed(story))) as opened:
        assert "/StructTreeRoot" not in opened.Root
    with pikepdf.open(io.BytesIO(printed(year()))) as opened:
        assert "/StructTreeRoot" in opened.Root


class TestFonts:
    def test_what_they_print_stays_and_what_they_lack_is_named(self) -> None:
        for text in ("赣州磁铁有限公司", "Società", "приклад", "한국", "ひらがな", "שלום", "العربية", "→ “” …"):
            assert fonts.printable(text) == text
        assert fonts.printable("a\U0001f600b\ue000") == "a[U+1F600]b[U+E000]"

    def test_without_fonts_there_is_no_paper_with_boxes_but_an_error(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(fonts, "files", lambda _: tmp_path)
        fonts.families.cache_clear()
        try:
            with pytest.raises(Unavailable, match=r"SourceSans3-Regular\.ttf is missing"):
                printed(Story())
        finally:
            fonts.families.cache_clear()

    def test_a_character_that_slips_through_is_an_error_that_shows_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """PDF/A has no box for it: typst refuses. Its words may hold a name."""
        monkeypatch.setattr(contents, "printable", lambda text: text)
        story = Story()
        story.disclose(to_ganzhou(purpose="secret \U0001f600"))
        with pytest.raises(Unavailable) as caught:
            printed(story)
        assert "secret" not in f"{caught.value} {caught.value.hint}"
        assert "\U0001f600" not in f"{caught.value} {caught.value.hint}"


def test_data_reaches_typst_as_strings_alone() -> None:
    """No data is in the source that typst reads as markup; the templates read three inputs, as JSON or bytes."""
    folder = Path(contents.__file__).parent / "set"
    sources = "".join(path.read_text() for path in folder.glob("*.typ"))
    assert sources.count("sys.inputs") == 3
    assert "json(bytes(sys.inputs.data))" in sources
    assert "json(bytes(sys.inputs.cards))" in sources
    for reading in ("eval(", "include ", "plugin(", "read(", "markup"):
        assert reading not in sources.replace("none is read as markup", "")
    assert json.loads(json.dumps({"a": "#x"})) == {"a": "#x"}
