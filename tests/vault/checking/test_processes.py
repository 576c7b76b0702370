"""A crew of processes finds what one process finds, is gone afterwards, and says so when one of it is killed."""

import os
import signal
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from tests.vault.checking import findings
from tests.vault.machine import Machine, spoken
from vault.archive import Archive
from vault.checking import steps
from vault.checking.examiner import Brief
from vault.checking.parts import Part, plan, whole
from vault.checking.processes import processes
from vault.checking.steps import Effort
from vault.errors import Unavailable
from vault.verify.progress import silent

CREW = Effort(part=2, span=1, processes=2)


@pytest.fixture
def longer(archive: Archive) -> Archive:
    """A ledger of a few parts."""
    archive.append([spoken() for _ in range(5)])
    return archive


@pytest.mark.parametrize("documents", [False, True])
def test_finds_nothing_wrong_where_nothing_is(longer: Archive, documents: bool) -> None:
    told: list[tuple[int, int]] = []
    report = steps.check(longer, documents=documents, effort=CREW, progress=lambda *far: told.append(far))
    assert report == findings.check(longer, documents=documents)
    assert report.passes()
    assert (11, 11) in told
    assert active_children() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_wrap SET wrap=zeroblob(72) WHERE seq=8",
        "DELETE FROM entry WHERE seq=7",
        "UPDATE node SET hash=zeroblob(32) WHERE level=0 AND number=5",
        "UPDATE entry SET number=number+100 WHERE kind='disclosure' AND seq>6",
        "UPDATE entry SET leaf=(SELECT leaf FROM entry WHERE seq=8) WHERE seq=9",
        "DELETE FROM document WHERE size=7",
    ],
)
def test_finds_the_same_harm(longer: Archive, statement: str) -> None:
    longer.database.execute(statement)
    report = steps.check(longer, documents=True, effort=CREW)
    assert report == findings.check(longer, documents=True)
    assert not report.passes()


def test_a_file_that_cannot_be_opened_again_is_an_error_of_the_check(machine: Machine, longer: Archive) -> None:
    with processes(Brief.of(longer, None, deep=False), 2) as crew:
        machine.place.database.rename(machine.place.path / "aside")
        with pytest.raises(Unavailable, match="cannot be read"):
            list(crew.walk(plan(longer.ledger, longer.config.origin, 2), silent))


def test_a_process_that_is_killed_is_told_of(longer: Archive) -> None:
    with processes(Brief.of(longer, None, deep=False), 2) as crew:
        walks = crew.walk(_endless(longer), silent)
        next(walks)
        child = active_children()[0].pid
        assert child is not None
        os.kill(child, signal.SIGKILL)
        with pytest.raises(Unavailable, match="was ended from outside"):
            list(walks)


def _endless(archive: Archive) -> Iterator[Part]:
    (part,) = whole(archive.config.origin)
    while True:
        yield part
