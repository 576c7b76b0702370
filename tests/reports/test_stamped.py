"""Time in a report: stamps over report.note, and those over the ledger that bound each transmittal."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.anchoring.authority import Authority, openssl_accepts
from tests.anchoring.conftest import rsa_tsa, tsa  # noqa: F401 - fixtures
from tests.anchoring.desks import tsa_at
from tests.anchoring.serving import served
from tests.desk import Desk
from tests.reports import bundles, reading
from tests.reports.bundles import PARTY
from vault import stamping
from vault.archive import Archive
from vault.errors import Unavailable
from vault.evidence import checkpoint, consistency_path, merkle
from vault.reports import making, preparing
from vault.reports.asking import Asked
from vault.reports.rules import Options
from vault.reports.sealing import Asking


@pytest.fixture
def stamped(desk: Desk, tsa: Authority) -> Iterator[Archive]:  # noqa: F811
    """The vault with a TSA."""
    with served(tsa) as server, desk.opened() as archive:
        archive.config = replace(archive.config, tsas=(tsa_at(server, tsa),))
        yield archive


def write(archive: Archive, target: Path, asked: Asked = PARTY) -> making.Made:
    return making.make(archive, preparing.prepare(archive, asked, Options()), target)


def test_the_note_is_stamped_and_openssl_accepts_the_token(
    stamped: Archive,
    folder: Path,
    tsa: Authority,  # noqa: F811
) -> None:
    made = write(stamped, folder / "x")
    assert made.seal.stamps == 1
    openssl_accepts(made.path / "report-1.tsr", made.path / "report.note", tsa.folder / "root.pem")
    assert (made.path / "report-1.pem").read_bytes().startswith(b"-----BEGIN CERTIFICATE")


def test_one_tsa_of_two_is_enough_and_the_other_is_named(
    stamped: Archive,
    folder: Path,
    rsa_tsa: Authority,  # noqa: F811
) -> None:
    (good,) = stamped.config.tsas
    stamped.config = replace(stamped.config, tsas=(replace(good, name="gone", url="http://127.0.0.1:9/"), good))
    made = write(stamped, folder / "x")
    assert (made.seal.stamps, len(made.seal.failed)) == (1, 1)
    assert made.seal.failed[0].startswith("gone: ")
    assert {"report-1.tsr"} == {path.name for path in made.path.glob("*.tsr")}
    stamped.config = replace(stamped.config, tsas=(replace(good, roots=rsa_tsa.folder / "root.pem"),))
    before = stamped.ledger.size()
    with pytest.raises(Unavailable, match="no TSA gave a time stamp that holds") as told:
        making.make(stamped, preparing.prepare(stamped, PARTY, Options(), dry=True), folder / "y")
    assert "--no-stamp" in told.value.hint
    assert [path.name for path in folder.iterdir()] == ["x"]
    assert stamped.ledger.size() == before


def test_no_stamp_is_asked_for_where_none_is_wanted(stamped: Archive, folder: Path) -> None:
    prepared = preparing.prepare(stamped, PARTY, Options())
    making.make(stamped, prepared, folder / "x", Asking(stamp=False))
    assert not list((folder / "x").glob("report-*"))


def test_each_transmittal_has_the_anchor_before_and_the_token_over_it(
    stamped: Archive, desk: Desk, folder: Path
) -> None:
    """Of four stamps only the two that bound entry 16 go along."""
    sizes = []
    for _ in range(4):
        sizes.append(checkpoint.parse_text(stamping.anchor(stamped)[0].note.decode().split("\n\n")[0] + "\n").size)
        bundles.run(desk, "disclose a.txt --to 'Ministry of Commerce'")
    assert sizes == [13, 15, 17, 19]  # anchors are entries 13, 15, 17, 19, transmittals 14, 16, 18, 20
    stamped.checkpoint()
    made = write(stamped, folder / "x", Asked(numbers=(6,)))  # entry 16
    files, head = reading.evidence(made.path), reading.statement(made.path).checkpoint
    assert {name.split("/")[1] for name in files if name.startswith("anchors/")} == {"15", "17"}
    assert {"entries/000015.entry", "entries/000016.entry"} < files.keys()
    assert "entries/000013.entry" not in files
    for size in (15, 17):
        path = consistency_path.parse(files[f"consistency/{size}.proof"])
        old = checkpoint.open_checkpoint(files[f"anchors/{size}/checkpoint"], stamped.history.log)
        merkle.check_consistency(path.old, path.new, path.hashes, old.root, head.root)
        (token,) = (name for name in files if name.startswith(f"anchors/{size}/") and name.endswith(".tsr"))
        assert token.replace(".tsr", ".pem") in files
    assert preparing.prepare(stamped, Asked(numbers=(8,)), Options(), dry=True).unstamped == 1


def test_a_stamp_over_the_reports_own_checkpoint_needs_no_path(stamped: Archive, folder: Path) -> None:
    stamping.anchor(stamped)
    made = making.make(stamped, preparing.prepare(stamped, PARTY, Options(), dry=False), folder / "x")
    files = reading.evidence(made.path)
    assert {name.split("/")[1] for name in files if name.startswith("anchors/")} == {"13"}
    assert not [name for name in files if name.startswith("consistency/")]


def test_a_token_that_is_damaged_does_not_go_along(stamped: Archive, folder: Path) -> None:
    stamping.anchor(stamped)
    (token,) = stamped.folder.anchors.path.glob("*/*.tsr")
    token.write_bytes(token.read_bytes()[:-1])
    prepared = preparing.prepare(stamped, PARTY, Options())
    assert not [name for name in prepared.evidence if name.startswith("anchors/")]
