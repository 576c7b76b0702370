"""Programs that are not ours open what a real vault writes: Go's note and tlog, and the age programs."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.judges.golang import Judge
from tests.samples import SAMPLES
from vault.evidence import consistency
from vault.evidence.strict import base64_text


@pytest.fixture
def documents(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / name for name in SAMPLES]
    for path in paths:
        path.write_bytes(SAMPLES[path.name]())
    return paths


def test_go_recomputes_the_root_of_a_real_checkpoint(tmp_path: Path, documents: list[Path], go_judge: Judge) -> None:
    desk = Desk(tmp_path / "desk")
    for document in documents:
        desk.dvault("disclose", document, "--to", "ganzhou")
    desk.dvault("correct", "T-000002", "--purpose", "licence", "--reason", "was not stated")
    checkpoint = desk.dvault("checkpoint").encode()
    with desk.opened() as archive:
        leaves, vkey = list(archive.ledger.leaves()), archive.history.log.ed25519
    assert len(leaves) == 7  # the index too
    assert go_judge.root(vkey, checkpoint, leaves).startswith("holds: 7 entries, root ")


def test_go_reads_a_ledger_that_was_exported_twice(tmp_path: Path, go_judge: Judge) -> None:
    desk = Desk(tmp_path / "desk")
    for entries in (300, 700):
        desk.grow(entries)
        desk.dvault("ledger", "export", "out")
    vkey = (desk.folder / "out" / "log.vkey").read_text().split("\n")[0]
    said = go_judge.tiles(vkey, desk.folder / "out", 299)
    assert said.startswith("holds: 700 entries, root ")


def test_go_believes_that_an_older_export_is_the_beginning_of_a_newer_one(tmp_path: Path, go_judge: Judge) -> None:
    desk = Desk(tmp_path / "desk")
    desk.grow(300)
    desk.dvault("ledger", "export", "out")
    old = desk.folder / "out" / "checkpoint"
    kept = old.read_bytes()
    (desk.folder / "kept").write_bytes(kept)
    desk.grow(700)
    desk.dvault("ledger", "export", "out")
    proof = consistency.parse(desk.dvault("proof", "--consistency", "kept").encode())
    assert (proof.old, proof.new) == (kept, old.read_bytes())
    vkey = (desk.folder / "out" / "log.vkey").read_text().split("\n")[0]
    said = go_judge.consistency(vkey, proof.old, proof.new, map(base64_text, proof.hashes))
    assert said == "holds: 300 is a prefix of 700"


def test_debian_age_opens_what_a_classic_vault_gives_sealed(tmp_path: Path, documents: list[Path]) -> None:
    if shutil.which("age") is None:
        pytest.skip("Debian package age is not installed")
    desk = Desk(tmp_path / "desk", classic=True)
    desk.dvault("disclose", *documents, "--to", "ganzhou")
    desk.dvault("keys", "export-age-identity", "--yes", "-o", "content.key")
    for place, document in enumerate(documents, 1):
        desk.dvault("get", f"T-000001/{place}", "--sealed", "-o", f"{place}.age")
        command = ["age", "-d", "-i", "content.key", f"{place}.age"]
        opened = subprocess.run(command, cwd=desk.folder, capture_output=True, check=True)
        assert opened.stdout == document.read_bytes()


def test_export_of_the_content_key_is_in_the_ledger(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk")
    desk.dvault("keys", "export-age-identity", "--yes", "-o", "content.key")
    with desk.opened() as archive:
        assert archive.entry(archive.ledger.head().size - 1).entry.kind == "export"
    assert (desk.folder / "content.key").stat().st_mode & 0o777 == 0o600
