"""A report is there whole and logged, or not at all: full disks, kills, a name that is taken meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.reports import reading
from tests.reports.bundles import PARTY
from tests.vault.documents.test_local import files_of_at_most
from vault.archive import Archive
from vault.errors import Refused, Stopped, Unavailable
from vault.evidence import note, tiles
from vault.evidence import statement as statements
from vault.evidence.tiles import ENTRIES, Tile
from vault.reports import logged, making, preparing
from vault.reports.making import Made
from vault.reports.rules import Options
from vault.reports.sealing import Asking

UNSTAMPED = Asking(stamp=False)
SOON = datetime.now(UTC) + timedelta(hours=1)


def make(archive: Archive, target: Path, options: Options = Options(documents=True)) -> Made:  # noqa: B008 - frozen
    return making.make(archive, preparing.prepare(archive, PARTY, options), target, UNSTAMPED)


def copy(desk: Desk, folder: Path) -> Desk:
    from tests.cli import clerk as clerks

    return clerks.copy(desk, folder)


@pytest.mark.parametrize("part", ["accounting", "tables", "paper.printing", "paper.contents", "page"])
def test_without_one_of_its_forms_there_is_no_report(
    archive: Archive, folder: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """[An installation that lacks a part: the report without its page looks like one that has none.]"""
    monkeypatch.setitem(sys.modules, f"vault.reports.{part}", None)
    with pytest.raises(Unavailable, match=f"cannot be made.*{part}"):
        make(archive, folder / "x")
    assert not list(folder.iterdir())


@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_of_one_checkpoint_and_clock_it_has_the_same_bytes(desk: Desk, folder: Path, name: str) -> None:
    found = []
    for number in ("one", "two"):
        (folder / number).mkdir()
        with copy(desk, folder / f"desk-{number}").opened() as archive:
            archive.clock = lambda: SOON
            options = Options(documents=True, ledger=True, recipient="Counsel LLP")
            found.append(reading.files(make(archive, folder / number / name, options).path))
    assert found[0] == found[1]
    if name == "x.zip":
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()


def test_it_is_an_entry_of_its_own_that_no_client_is_found_by(archive: Archive, folder: Path) -> None:
    options = Options(recipient="Counsel LLP", purpose="audit", documents=True)
    made = make(archive, folder / "x", options)
    signed, record = archive.entry(made.seq), archive.read(made.seq)
    assert (signed.entry.kind, signed.entry.tags) == ("report", ())
    assert record.values() == {
        "tagmanifest-sha256": made.tag_manifest.hex(), "for": "Counsel LLP", "purpose": "audit",
        "query.1": "party: Ganzhou Magnet", "checkpoint": 13, "transmittals": "1, 3-4",
        "withheld.1": "purpose other-client", "withheld.2": "subject.1 other-client",
        "withheld.3": "term.3 other-client", "documents": 5,
    }  # fmt: skip
    text = note.parse((made.path / "report.note").read_bytes()).text
    assert statements.split_sealed(text)[1] == made.tag_manifest
    assert statements.split_sealed(text)[0].encode() == (made.path / "data/evidence/statement").read_bytes()


def test_who_it_is_for_is_not_stated_where_nobody_says(archive: Archive, folder: Path) -> None:
    made = make(archive, folder / "x", Options())
    assert archive.read(made.seq).values()["for"] == "not stated"


def test_numbers_are_told_as_ranges() -> None:
    assert logged.ranges([1, 2, 3, 5, 7, 8]) == "1-3, 5, 7-8"
    assert logged.ranges([]) == "none"


def test_the_whole_ledger_goes_along_up_to_the_checkpoint(archive: Archive, folder: Path) -> None:
    made = make(archive, folder / "x", Options(ledger=True, recipient="Counsel LLP"))
    files = reading.evidence(made.path)
    assert files["ledger/checkpoint"] == files["checkpoint"]
    bundle = tiles.parse_bundle(files["ledger/tile/entries/000.p/13"], Tile(ENTRIES, 0, 13))
    assert bundle[9] == files["entries/000009.entry"]
    assert reading.statement(made.path).counts.ledger
    assert not (folder / "x" / "data/evidence/ledger/.dvault").exists()


@pytest.mark.parametrize("name", ["x", "x.zip"])
@pytest.mark.parametrize("size", [10, 300, 3_000])
def test_a_full_disk_leaves_nothing_and_logs_nothing(archive: Archive, folder: Path, name: str, size: int) -> None:
    prepared, before = preparing.prepare(archive, PARTY, Options()), archive.ledger.size()
    with files_of_at_most(size), pytest.raises(Unavailable, match="cannot be written"):
        making.make(archive, prepared, folder / name, UNSTAMPED)
    assert list(folder.iterdir()) == []
    assert archive.ledger.size() == before


@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_a_document_that_is_damaged_stops_it(archive: Archive, folder: Path, name: str) -> None:
    for path in archive.folder.segments.iterdir():
        path.write_bytes(bytes(path.stat().st_size))
    before = archive.ledger.size()
    with pytest.raises(Exception, match=r"payload|authentic|damaged|header|segment"):
        make(archive, folder / name)
    assert list(folder.iterdir()) == []
    assert archive.ledger.size() == before


def test_an_erased_document_is_left_out_and_counted(archive: Archive, folder: Path) -> None:
    archive.database.execute("UPDATE document SET header=NULL WHERE size=1")
    prepared = preparing.prepare(archive, PARTY, Options(documents=True))
    assert prepared.enclosures.without == 3  # the two, and what was spoken
    assert prepared.statement.counts.documents == 3


def test_a_clock_behind_the_ledger_stops_it_unless_a_reason_is_given(archive: Archive, folder: Path) -> None:
    prepared = preparing.prepare(archive, PARTY, Options())
    archive.clock = lambda: datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(Stopped, match="clock"):
        making.make(archive, prepared, folder / "x", UNSTAMPED)
    assert list(folder.iterdir()) == []
    made = making.make(archive, prepared, folder / "x", UNSTAMPED, clock_reason="battery")
    assert archive.read(made.seq).values()["clock-reason"] == "battery"


def test_a_taken_name_is_refused_before_anything_is_written(archive: Archive, folder: Path) -> None:
    (folder / "x").mkdir()
    before = archive.ledger.size()
    prepared = preparing.prepare(archive, PARTY, Options())
    with pytest.raises(Refused, match="exists"):
        making.make(archive, prepared, folder / "x", UNSTAMPED)
    assert archive.ledger.size() == before


@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_a_name_that_is_taken_meanwhile_leaves_an_entry_and_says_so(archive: Archive, folder: Path, name: str) -> None:
    """Logged first: [a report in somebody's hands of which no entry knows]."""
    prepared = preparing.prepare(archive, PARTY, Options(documents=True))
    before = archive.ledger.size()
    with pytest.raises(Unavailable, match="could not be given its name") as told:
        making.make(archive, prepared, folder / name, UNSTAMPED, lambda _: (folder / name).write_text("mine"))
    assert f"entry {before} logs a report that was not handed over" in told.value.hint
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_text() == "mine"


def kill_at(desk: Desk, target: Path, moment: Callable[[], bool]) -> None:
    """Start the program and kill it once `moment` says so."""
    line = [sys.executable, "-m", "cli.main", "report", "--party", "ganzhou", "--with-documents", "-o", str(target)]
    environment = {**os.environ, **desk.environment}
    program = subprocess.Popen(
        line, cwd=desk.folder, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while program.poll() is None and not moment():
        time.sleep(0.0005)
    program.send_signal(signal.SIGKILL)
    program.wait()


@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_a_kill_while_writing_leaves_nothing_under_the_name(desk: Desk, folder: Path, name: str) -> None:
    kill_at(desk, folder / name, lambda: any(folder.iterdir()))
    assert all(path.name.endswith(".tmp") for path in folder.iterdir())
    with desk.opened() as archive:
        assert archive.ledger.count("report") == 0
        make(archive, folder / name)
    assert reading.statement(folder / name).counts.documents == 5
