"""Documents in a report: under names that do nothing, whatever somebody called them."""

from pathlib import Path

import pytest

from tests.desk import Desk
from tests.reports import bundles, reading
from vault.reports.asking import Asked
from vault.reports.rules import Options

HOSTILE = (
    "<script>alert(1)</script>.html",
    "=cmd|calc.csv",
    "a\u202etxt.exe",
    "line\nfeed.txt",
    "-rf",
    "100%.txt",
    "x" * 250,
)


@pytest.mark.parametrize("target", ["x", "x.zip"])
def test_hostile_names_name_harmless_files(desk: Desk, folder: Path, target: str) -> None:
    there = desk.folder / "hostile"
    there.mkdir()
    for number, name in enumerate(HOSTILE):
        (there / name.replace("/", "\\")).write_bytes(b"document %d" % number)
    desk.dvault("disclose", there, "--to", "Ministry of Commerce")
    path = bundles.bundle(desk, folder / target, Asked(numbers=(5,)), Options(documents=True)).path
    names = sorted(name for name in reading.files(path) if name.startswith("data/documents/"))
    assert len(names) == len(HOSTILE)
    for number, name in enumerate(names, 1):
        last = name.removeprefix("data/documents/")
        assert last.startswith(f"000013-{number}-")
        assert last.isprintable()
        assert not set(last) & set('<>:"/\\|?*%')
        assert len(name.encode()) < 400


def test_documents_are_the_bytes_that_went_out(desk: Desk, folder: Path) -> None:
    files = reading.files(bundles.sample(desk, folder, "documents").path)
    found = {name: data for name, data in files.items() if name.startswith("data/documents/")}
    assert found == {
        "data/documents/000007-1-a.txt": b"a",
        "data/documents/000009-1-plan.pdf": b"first",
        "data/documents/000009-2-plan.pdf": b"second",
        "data/documents/000009-3-图纸.pdf": b"drawing",
        "data/documents/000011-1-a.txt": b"a",
    }


def test_excluded_ones_give_no_document(desk: Desk, folder: Path) -> None:
    asked = bundles.PARTY._replace(categories=("order",))
    files = reading.files(bundles.bundle(desk, folder / "x", asked, Options(documents=True)).path)
    assert not [name for name in files if name.startswith("data/documents/000009")]
