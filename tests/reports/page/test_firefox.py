"""Firefox ESR opens the page too, and comes to the same verdicts."""

import json
from pathlib import Path

from tests.reports.bundles import Sample
from tests.reports.page import programs
from tests.reports.page.samples import believing, cosigned, evidence, write

PUPPETEER = programs.PAGE / "node_modules/puppeteer-core/lib/esm/puppeteer/puppeteer-core.js"


def test_firefox_proves_all_five_with_a_policy(samples: dict[str, Sample], built: Path) -> None:
    path = write(built / "firefox.html", cosigned(evidence(samples["party"].path)))
    firefox = programs.needed("firefox-esr", "firefox-esr")
    policy = believing(samples["party"].fingerprint)
    said = json.loads(programs.node("firefox.mjs", str(PUPPETEER), firefox, path.as_uri(), policy))
    assert said["wrong"] == []
    assert said["before"]["order"] == "NOT PROVEN"
    assert set(said["after"].values()) == {"PROVEN"}
    assert said["rows"] == 3
