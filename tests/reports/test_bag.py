"""The bag is one to stock tools, streams whatever its size, and is the same every time."""

import re
import shutil
import subprocess
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import bagit
import pytest

from tests.desk import Desk
from tests.reports import bundles, reading
from vault.errors import Refused
from vault.reports import containers
from vault.reports.bag import Bag

MADE = datetime(2026, 11, 22, 17, 39, 28, 123456, UTC)


def fill(bag: Bag) -> bytes:
    bag.put("data/b%\n", b"second")
    bag.put("data/a", b"")
    with bag.stream("data/c/d") as sink:
        for _ in range(3):
            assert sink.write(memoryview(b"block")) == 5
    return bag.close(date(2026, 11, 22), "magnets.example/disclosures")


def write(target: Path) -> bytes:
    with containers.opened(target, MADE) as container:
        digest = fill(Bag(container))
        container.finish()
        container.publish(target)
    return digest


@pytest.mark.parametrize("name", ["documents", "within"])
def test_bagit_validates_it(desk: Desk, folder: Path, name: str) -> None:
    path = bundles.sample(desk, folder, name).path
    bag = bagit.Bag(str(path))
    assert bag.validate()
    assert bag.version_info == (1, 0)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_sha256sum_checks_it(desk: Desk, folder: Path) -> None:
    path = bundles.sample(desk, folder, "documents").path
    names = ["manifest-sha256.txt", "tagmanifest-sha256.txt"]
    assert subprocess.run(["sha256sum", "-c", "--strict", "--quiet", *names], cwd=path, check=False).returncode == 0


def test_manifests_name_every_file_once_in_the_order_of_their_bytes(folder: Path) -> None:
    write(folder / "x")
    files = reading.files(folder / "x")
    listed = re.findall(rb"^([0-9a-f]{64})  (.*)$", files["manifest-sha256.txt"], re.MULTILINE)
    assert [name for _, name in listed] == [b"data/a", b"data/b%25%0A", b"data/c/d"]
    tags = re.findall(rb"^[0-9a-f]{64}  (.*)$", files["tagmanifest-sha256.txt"], re.MULTILINE)
    assert tags == [b"bag-info.txt", b"bagit.txt", b"manifest-sha256.txt"]
    assert b"Payload-Oxum: 21.3\n" in files["bag-info.txt"]
    assert files["data/c/d"] == b"blockblockblock"


def test_folder_and_zip_hold_the_same(folder: Path) -> None:
    assert write(folder / "x") == write(folder / "x.zip")
    assert reading.files(folder / "x") == reading.files(folder / "x.zip")


def test_a_zip_is_the_same_every_time_and_of_one_time(folder: Path) -> None:
    write(folder / "one.zip")
    write(folder / "two.ZIP")
    assert (folder / "one.zip").read_bytes() == (folder / "two.ZIP").read_bytes()
    with zipfile.ZipFile(folder / "one.zip") as file:
        assert {info.date_time for info in file.infolist()} == {(2026, 11, 22, 17, 39, 28)}
        assert {info.external_attr >> 16 for info in file.infolist()} == {0o100600}
        assert all(info.filename.startswith("report/") for info in file.infolist())


@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_it_is_for_its_owner_alone_and_nothing_else_is_left(folder: Path, name: str) -> None:
    write(folder / name)
    assert [path.name for path in folder.iterdir()] == [name]
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in [folder / name, *(folder / name).rglob("*")]}
    assert modes.get(True, 0o700) == 0o700
    assert modes[False] == 0o600


@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_a_name_that_is_taken_is_refused(folder: Path, name: str) -> None:
    (folder / name).symlink_to(folder / "nowhere")
    with pytest.raises(Refused, match="exists"):
        write(folder / name)
    (folder / name).unlink()
    with containers.opened(folder / name, MADE) as container:
        fill(Bag(container))
        container.finish()
        (folder / name).write_text("mine")
        with pytest.raises(OSError, match=r"exists|[Nn]ot a directory"):
            container.publish(folder / name)
    assert (folder / name).read_text() == "mine"
    assert [path.name for path in folder.iterdir()] == [name]


@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_memory_does_not_grow_with_a_file(folder: Path, name: str) -> None:
    block = memoryview(bytes(1 << 20))
    tracemalloc.start()
    try:
        with containers.opened(folder / name, MADE) as container, Bag(container).stream("data/x", 96 << 20) as sink:
            for _ in range(96):
                sink.write(block)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.parametrize("name", ["x", "x.zip"])
def test_what_fails_leaves_nothing(folder: Path, name: str) -> None:
    with suppress(KeyError), containers.opened(folder / name, MADE) as container:
        bag = Bag(container)
        bag.put("data/a", b"1")
        with bag.stream("data/b"):
            raise KeyError
    assert list(folder.iterdir()) == []
