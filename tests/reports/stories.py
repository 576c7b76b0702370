"""Stories that many tests look at: one TSA, one handmade bundle with all that a policy asks for, one vault, a run."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.anchoring.authority import Authority
from tests.desk import Desk
from tests.reports import bundles, handmade
from tests.reports.handmade import Handmade, Story
from vault.verify.outside import Outside

STAMPED = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A TSA whose answers `openssl ts` makes."""
    return Authority(tmp_path_factory.mktemp("report-tsa"))


@pytest.fixture(scope="session")
def story(authority: Authority) -> Story:
    """The ledger of `handmade`, stamped at entry 4 and at its end."""
    made = Story(lambda note: authority.stamp(note, time=STAMPED))
    end = made.ledger.checkpoint()
    made.anchors[made.ledger.size] = end, [authority.stamp(end, time=LATER)]
    return made


@pytest.fixture(scope="session")
def outside(story: Story, authority: Authority) -> Outside:
    """A verifier who knows the fingerprint and believes the auditor and the TSA."""
    return handmade.believing(story.ledger, authority.roots)


@pytest.fixture(scope="session")
def party(story: Story) -> Handmade:
    """All that the party got, with the drawing: what everybody mutates."""
    return Handmade(story, documents={"000003-1-rotor.pdf": handmade.DRAWING})


@pytest.fixture(scope="session")
def sample_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A real vault, for the exporter's bundles."""
    return bundles.vault(tmp_path_factory.mktemp("reports") / "desk")


Write = Callable[[handmade.Files], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Puts files into a new folder."""
    count = iter(range(1_000_000))

    def put(files: handmade.Files) -> Path:
        return handmade.write(tmp_path / f"bundle-{next(count)}", files)

    return put
