"""Vaults that are made once a run and copied for each test."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli import clerk as clerks
from tests.cli.clerk import Clerk
from tests.desk import Desk


@pytest.fixture(scope="session")
def parties_template(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Nothing disclosed yet."""
    return clerks.template(tmp_path_factory.mktemp("cli") / "desk", documents={})


@pytest.fixture(scope="session")
def logged_template(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """T-1 to Ganzhou in January, T-2 to counsel, T-3 with two documents of one name and a talk."""
    return clerks.template(
        tmp_path_factory.mktemp("cli") / "desk",
        "disclose a.txt --to ganzhou --at '2025-01-05 09:00Z' --purpose Lizenzantrag --category order --matter M-1",
        "disclose a.txt --to müller --onward mofcom --subject magneti --request R-1",
        "disclose one/plan.pdf two/plan.pdf --to ganzhou --narrative talk",
        documents={"a.txt": b"a", "one/plan.pdf": b"first", "two/plan.pdf": b"second"},
    )


@pytest.fixture
def _zone() -> Iterator[None]:
    """The machine's own zone again, once the environment says so."""
    yield
    time.tzset()


@pytest.fixture
def clerk(
    _zone: None,
    parties_template: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Clerk:
    """Somebody at a vault with parties."""
    return Clerk(clerks.copy(parties_template, tmp_path / "desk"), monkeypatch, capfd)


@pytest.fixture
def logged(
    _zone: None,
    logged_template: Desk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Clerk:
    """Somebody at a vault with three transmittals, T-1 to T-3, in entries 7 to 9."""
    return Clerk(clerks.copy(logged_template, tmp_path / "desk"), monkeypatch, capfd)
