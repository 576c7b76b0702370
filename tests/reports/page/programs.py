"""Programs that run the page: node, and browsers without a window. Skips where one is missing."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[2] / "vault/reports/page"
JS = PAGE / "js"
# No sandbox: in a container there is none to be had. The rest keeps the browser from asking anybody anything.
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def needed(program: str, package: str) -> str:
    """Where it is; skips where it is not."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"Debian package {package} is not installed")
    return found


def node(script: str, *arguments: str, said: str = "") -> str:
    """What a script of this folder prints."""
    command = [needed("node", "nodejs"), str(HERE / script), *arguments]
    done = subprocess.run(command, input=said, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def judged(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the page's judge says of each job; see judge.mjs."""
    asked = "".join(f"{json.dumps(job)}\n" for job in jobs)
    return [json.loads(line) for line in node("judge.mjs", str(JS), said=asked).splitlines()]


@contextmanager
def chromium(width: int = 1280) -> Iterator[Page]:
    """A blank page of Debian's Chromium. Whatever goes wrong in it fails the test, asking the network too."""
    path = needed("chromium", "chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=_FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 1000})
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("request", lambda one: None if one.url.startswith(("file:", "blob:")) else wrong.append(one.url))
        yield page
        browser.close()
        assert not wrong
