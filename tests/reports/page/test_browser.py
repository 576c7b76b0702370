"""The page in Chromium, from a file and without a network: what it proves, what it refuses, what it shows."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.reports.bundles import DOCUMENTS, Sample
from tests.reports.handmade import EVIDENCE, Handmade, Story
from tests.reports.page import programs
from tests.reports.page.samples import believing, bring, cosigned, evidence, opened, verdicts, write
from vault.evidence.record import Value
from vault.evidence.statement import Query

ALL = ("integrity", "order", "origin", "time", "completeness")
PROVEN = dict.fromkeys(ALL, "PROVEN")


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with programs.chromium() as page:
        yield page


@pytest.fixture(scope="module")
def good(samples: dict[str, Sample], built: Path) -> Path:
    """The plain report, cosigned by the auditor that `believing` believes."""
    return write(built / "good.html", cosigned(evidence(samples["party"].path)))


def test_without_a_policy_the_report_vouches_for_itself(browser: Page, good: Path) -> None:
    opened(browser, good)
    assert verdicts(browser) == {"integrity": "PROVEN", **dict.fromkeys(ALL[1:], "NOT PROVEN")}
    assert "self-asserted" in browser.inner_text("#verdicts")
    assert "vouches for itself" in browser.inner_text("#verdict-summary")


def test_policy_proves_all_five_and_says_what_each_does_not(
    browser: Page, good: Path, samples: dict[str, Sample]
) -> None:
    opened(browser, good)
    bring(browser, policy=believing(samples["party"].fingerprint))
    assert verdicts(browser) == PROVEN
    assert browser.locator(".verdict dt", has_text="It never shows").count() == len(ALL)
    steps = browser.inner_text("#steps")
    assert steps.count("NOT CHECKED HERE") == 4  # time stamps, bag, seal, documents
    assert "3 transmittals with 6 items" in browser.inner_text("#answer")
    assert browser.locator("#accounting-body tr").count() == 3


@pytest.mark.parametrize("spelled", ["plain", "grouped"])
def test_typed_fingerprint_proves_order_alone(
    browser: Page, good: Path, samples: dict[str, Sample], spelled: str
) -> None:
    fingerprint = samples["party"].fingerprint
    grouped = " ".join(fingerprint[at : at + 4] for at in range(0, 64, 4)).upper()
    opened(browser, good)
    bring(browser, fingerprint=fingerprint if spelled == "plain" else grouped)
    assert verdicts(browser) == {"integrity": "PROVEN", "order": "PROVEN", **dict.fromkeys(ALL[2:], "NOT PROVEN")}
    assert "a second history was not ruled out" in browser.inner_text("#verdicts")


def test_fingerprint_of_another_vault_breaks_order_and_origin(browser: Page, good: Path) -> None:
    opened(browser, good)
    bring(browser, policy=believing("00" * 32))
    assert verdicts(browser)["order"] == verdicts(browser)["origin"] == "BROKEN"
    assert "Do not rely on this report" in browser.inner_text("#verdict-summary")


def test_policy_that_cannot_be_read_counts_for_nothing(browser: Page, good: Path, samples: dict[str, Sample]) -> None:
    opened(browser, good)
    bring(browser, fingerprint=samples["party"].fingerprint, policy="disclosure-vault/policy/v2\n")
    assert verdicts(browser)["order"] == "NOT PROVEN"
    assert "line 1" in browser.inner_text("#policy-fault")


def test_dropped_correction_breaks_completeness(browser: Page, samples: dict[str, Sample], built: Path) -> None:
    files = cosigned(evidence(samples["party"].path))
    (correction,) = (name for name, data in files.items() if data.split(b"\n")[3:4] == [b"correction"])
    without = {name: data for name, data in files.items() if not name.startswith(correction.removesuffix("entry"))}
    opened(browser, write(built / "dropped.html", without))
    bring(browser, policy=believing(samples["party"].fingerprint))
    assert verdicts(browser)["completeness"] == "BROKEN"


def test_document_is_named_and_another_is_none(browser: Page, good: Path, tmp_path: Path) -> None:
    known, other = tmp_path / "renamed.bin", tmp_path / "other.bin"
    known.write_bytes(DOCUMENTS["图纸.pdf"])
    other.write_bytes(b"never disclosed")
    opened(browser, good)
    browser.set_input_files("#pick", [known, other])
    browser.wait_for_selector("#dropped .is-none")
    said = browser.inner_text("#dropped .is-item")
    assert "item 3 of T-000003" in said
    assert "图纸.pdf" in said


def test_seal_holds_over_the_embedded_evidence_and_breaks_over_another(
    browser: Page, samples: dict[str, Sample], built: Path
) -> None:
    bundle = samples["party"].path
    parts = [bundle / name for name in ("report.note", "tagmanifest-sha256.txt", "manifest-sha256.txt")]
    for name, files, expected in (
        ("sealed", evidence(bundle), "PROVEN"),
        ("unsealed", cosigned(evidence(bundle)), "BROKEN"),  # one line more in the checkpoint
    ):
        opened(browser, write(built / f"{name}.html", files))
        browser.set_input_files("#pick", parts)
        browser.wait_for_selector("#dropped li:has-text('verdicts above')")
        browser.wait_for_selector("#steps tr:has-text('sealed by m1')")
        assert verdicts(browser)["integrity"] == expected


class Hostile(Story):
    """Its first transmittal says everything at once."""

    def disclose(self, when: str, designation: str, terms: Sequence[str], *more: tuple[str, Value]) -> None:
        values: list[tuple[str, Value]] = [
            ("recipient.1.name", "赣州磁材有限公司"),
            ("recipient.1.address", "<img src=x onerror=alert(1)></script><script>alert(2)</script>"),
            ("item.1.name", "annex\u202egnp.exe\u0007"),
            ("item.1.narrative", "=cmd|' /C calc'!A0 <!-- \u200b"),
            ("note", "x" * 5_000_000),
        ]
        super().disclose(when, designation, terms, *(() if more or self.ledger.size > 4 else values))


def test_hostile_content_stays_text(browser: Page, built: Path) -> None:
    made = Handmade(Hostile(), query=Query(every=True))
    files = {name.removeprefix(EVIDENCE): data for name, data in made.files().items() if name.startswith(EVIDENCE)}
    opened(browser, write(built / "hostile.html", files))
    assert verdicts(browser)["integrity"] == "PROVEN"
    shown = browser.inner_text("#main")
    assert "<img src=x onerror=alert(1)></script><script>alert(2)</script>" in shown
    assert "U+202E" in shown
    assert "U+0007" in shown
    assert "\u202e" not in shown
    assert "赣州磁材有限公司" in shown
    assert browser.locator("#main img, #main script").count() == 0
    for summary in browser.locator("details.all-lines > summary").all():  # not of what a long value is folded into
        summary.click()
    browser.wait_for_selector("details.all-lines:nth-of-type(1) table")
    assert len(browser.inner_text("#main")) < 100_000  # five million letters are folded away


def test_record_that_is_not_the_committed_one_is_not_shown(
    browser: Page, samples: dict[str, Sample], built: Path
) -> None:
    files = evidence(samples["party"].path)
    name = next(name for name in files if name.endswith(".record") and b"Lizenzantrag" in files[name])
    forged = {**files, name: files[name].replace(b"Lizenzantrag", b"Geschenkidee")}
    opened(browser, write(built / "forged.html", forged))
    assert verdicts(browser)["integrity"] == "BROKEN"
    assert "Geschenkidee" not in browser.inner_text("#main")
    assert "its record is refused" in browser.inner_text("#accounting")


def test_withheld_lines_are_named_with_their_reason(browser: Page, samples: dict[str, Sample], built: Path) -> None:
    opened(browser, write(built / "withheld.html", evidence(samples["withheld"].path)))
    assert browser.locator("#accounting-body td[data-label=What] .withheld").count() >= 3
    assert browser.locator("#sheets .withheld").count() >= 3
    listed = browser.inner_text("#withheld")
    assert "privilege" in listed
    assert "trade secret" in listed
    assert "图纸.pdf" not in browser.content()


def test_program_that_fails_shows_nothing_green(browser: Page, good: Path, built: Path) -> None:
    text = good.read_text("utf-8")
    broken = built / "failing.html"
    broken.write_text(text.replace('class="evidence">{', 'class="evidence">{{', 1), "utf-8")
    opened(browser, broken)
    assert set(verdicts(browser).values()) == {"NOT CHECKED"}
    assert "this page failed" in browser.inner_text("#verdict-summary")
    assert "must not be relied on" in browser.inner_text("#banner")


def test_accounting_is_sorted_and_searched_by_keyboard(browser: Page, good: Path) -> None:
    opened(browser, good)
    heading = browser.locator("#accounting-head button").nth(1)
    heading.focus()
    heading.press("Enter")
    browser.locator("#accounting-head button").nth(1).press("Enter")
    assert browser.locator("#accounting-head th").nth(1).get_attribute("aria-sort") == "descending"
    assert browser.locator("#accounting-body tr").first.inner_text().startswith("T-000004")
    browser.fill("#seek", "plan.pdf")
    assert browser.locator("#accounting-body tr").count() == 1


def test_nothing_is_inaccessible(browser: Page, good: Path, samples: dict[str, Sample]) -> None:
    axe = (programs.PAGE / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    opened(browser, good)
    bring(browser, policy=believing(samples["party"].fingerprint))
    browser.evaluate(f"() => {{ {axe} }}")
    found = browser.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found["violations"]] == []


def test_print_is_a4(browser: Page, good: Path) -> None:
    opened(browser, good)
    boxes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", browser.pdf(prefer_css_page_size=True))
    assert boxes
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
