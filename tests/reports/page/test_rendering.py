"""The file itself: what is embedded comes out as it went in, and nothing in it is markup."""

import re
import subprocess
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from tests.reports.page import programs
from tests.reports.page.samples import embedded
from vault.errors import Unavailable
from vault.reports import page as pages
from vault.reports.page import rendering

FILES = {
    "statement": "</script><script>alert(1)</script><!-- {{script}} \u202e\u2028 赣州".encode(),
    "checkpoint": b"\xff\xfe not UTF-8",
    "anchors/4/aa.tsr": b"\x00token",
    "ledger/tile/0/000": b"\x00tile",
}


def test_what_is_embedded_comes_out_as_it_went_in() -> None:
    found = embedded(pages.render(FILES))
    assert found["statement"].encode() == FILES["statement"]
    assert found["checkpoint"] == {"base64": b64encode(FILES["checkpoint"]).decode()}
    assert set(found) == {"statement", "checkpoint"}


def test_foreign_text_is_never_markup_and_never_invisible() -> None:
    html = pages.render(FILES, [("<b>\u202e.pdf", 7)]).decode()
    assert "alert(1)</script>" not in html
    assert html.count("<script") == html.count("</script>")
    assert "\u202e" not in html
    assert "\u2028" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;U+202E.pdf" in html


def test_policy_allows_the_one_program_and_style_and_no_network() -> None:
    html = pages.render(FILES).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    script = html.rpartition("<script>")[2].partition("</script>")[0]
    for part in (script, style[1]):
        assert f"'sha256-{b64encode(sha256(part.encode()).digest()).decode()}'" in policy[1]
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]
    assert "connect-src" not in policy[1]
    assert not re.search(r"<[^>]+ (?:style|on[a-z]+)=", html.partition("<script")[0])


def test_same_files_give_the_same_bytes() -> None:
    assert pages.render(FILES) == pages.render(dict(reversed(FILES.items())))


def test_licences_of_the_programs_in_it_are_in_it() -> None:
    html = pages.render({}).decode()
    for name in ("@noble/curves", "@noble/hashes", "@noble/post-quantum"):
        assert name in html
    assert html.count("The MIT License") >= 3


def test_page_that_was_not_built_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        rendering._built(tmp_path, "built.js")
    assert "make page" in caught.value.hint


def test_bundle_is_that_of_its_sources(tmp_path: Path) -> None:
    before = (programs.PAGE / "built.js").read_bytes()
    node = programs.needed("node", "nodejs")
    subprocess.run([node, "build.mjs", str(tmp_path)], cwd=programs.PAGE, check=True, capture_output=True)
    assert (tmp_path / "built.js").read_bytes() == before


def test_lock_file_names_no_registry() -> None:
    lock = (programs.PAGE / "package-lock.json").read_text("utf-8")
    assert "://" not in lock
    assert lock.count('"integrity": "sha512-') > 30
