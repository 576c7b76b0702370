"""Pages made of sample bundles: with a cosignature beside them, changed, hostile, large."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.evidence.signers import Signer
from vault.evidence import note, policy
from vault.evidence.note import ED25519_COSIGNATURE
from vault.reports import page as pages

FOLDER = "data/evidence"
AUDITOR = Signer("auditor.example/a", "test auditor", ED25519_COSIGNATURE)
TIME = 1_800_000_000

Files = dict[str, bytes]


def evidence(bundle: Path) -> Files:
    """The files of data/evidence, named as below it."""
    folder = bundle / FOLDER
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def cosigned(files: Mapping[str, bytes], signer: Signer = AUDITOR, time: int = TIME) -> Files:
    """The same, its checkpoint cosigned."""
    read = note.parse(files["checkpoint"])
    signed = note.render(read.text, [*read.unverified_signatures, signer.cosign(read.text, time)])
    return {**files, "checkpoint": signed}


def believing(fingerprint: str, signer: Signer = AUDITOR) -> str:
    """The policy of a reader who believes this auditor, which is his one witness too."""
    lines = [
        policy.FORMAT,
        f"fingerprint {fingerprint}",
        f"auditor {signer.key}",
        "",
        f"witness a {signer.key}",
        "quorum a",
    ]
    return "".join(f"{line}\n" for line in lines)


def write(path: Path, files: Mapping[str, bytes]) -> Path:
    """The page over these files."""
    path.write_bytes(pages.render(files))
    return path


def opened(page: Page, path: Path) -> Page:
    """The page once it has judged, or failed."""
    page.goto(path.as_uri())
    page.wait_for_selector("body[data-took], body[data-state=failed]", timeout=60_000)
    return page


def bring(page: Page, *, fingerprint: str = "", policy: str = "") -> None:
    """What a reader types, and the button; returns once the verdicts are new."""
    page.evaluate("document.getElementById('verdicts').replaceChildren()")
    page.fill("#fingerprint", fingerprint)
    page.fill("#policy", policy)
    page.click("#outside button[type=submit]")
    page.wait_for_selector(".verdict")


def verdicts(page: Page) -> dict[str, str]:
    """The states shown."""
    shown: dict[str, str] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.verdict')].map(v => [v.dataset.verdict, v.dataset.state]))"
    )
    return shown


def states(answer: Mapping[str, Any]) -> dict[str, str]:
    """The states that judge.mjs found."""
    return {name: one["state"] for name, one in answer["verdicts"].items()}


def embedded(html: bytes) -> dict[str, Any]:
    """What the blocks of a page hold, read as a browser would find them."""
    found: dict[str, Any] = {}
    for block in html.decode().split('<script type="application/json" class="evidence">')[1:]:
        found |= json.loads(block.partition("</script>")[0])
    return found
