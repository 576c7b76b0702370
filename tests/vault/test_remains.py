"""What is left of a vault that does not open: each file by name, what is lost with it, from what it comes back."""

import os
import shutil
from pathlib import Path

import pytest

from tests.vault.machine import Machine, spoken
from vault.doctoring import Finding
from vault.errors import Damaged
from vault.remains import examine

REFUSAL = Damaged("it does not open", "look closer")


def findings(machine: Machine) -> list[Finding]:
    first, *others = examine(REFUSAL, machine.place, machine.identity.path)
    assert (first.what, first.next, first.harm) == ("it does not open", "look closer", True)
    return others


@pytest.fixture
def closed(machine: Machine) -> Machine:
    """A machine whose identity file is there as well, as `dvault init` leaves it."""
    with machine.opened():
        pass
    machine.identity.save(machine.identity.identity)
    return machine


def test_a_sound_vault_has_nothing_but_its_refusal(closed: Machine) -> None:
    assert findings(closed) == []


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("identity", "your own keys"),
        ("vault/keyring", "nothing in this vault opens"),
        ("vault/ledger.db", "all entries and records"),
        ("vault/segments", "the contents of all documents"),
    ],
)
def test_what_is_missing_is_named_with_what_is_lost(closed: Machine, name: str, lost: str) -> None:
    path = closed.folder / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    (finding,) = findings(closed)
    assert str(path) in finding.what
    assert lost in finding.lost
    assert finding.next
    assert finding.harm


@pytest.mark.parametrize("name", ["identity", "vault/keyring", "vault/ledger.db"])
def test_a_fifo_in_its_place_is_no_reason_to_wait(closed: Machine, name: str) -> None:
    (closed.folder / name).unlink()
    os.mkfifo(closed.folder / name, 0o600)
    said = [finding.what for finding in findings(closed)]
    assert any("no regular file" in what for what in said)


def test_a_damaged_log_is_named_with_what_lies_behind(machine: Machine, tmp_path: Path) -> None:
    with machine.opened() as archive:
        archive.append([spoken()])
        left = machine.copied(tmp_path / "left")
    log = left.place.database.with_name("ledger.db-wal")
    whole = log.read_bytes()
    told = [finding for finding in findings(left) if "ledger.db-wal" in finding.what]
    assert [finding.harm for finding in told] == [False]
    log.write_bytes(whole[:100] + b"x" + whole[101:])
    (told,) = [[one for one in findings(left) if "ledger.db-wal" in one.what]]
    assert [finding.harm for finding in told] == [True]
    assert "commits lie from there on" in told[0].what


def test_looking_changes_nothing(closed: Machine) -> None:
    before = {path: path.read_bytes() for path in closed.folder.rglob("*") if path.is_file()}
    findings(closed)
    assert {path: path.read_bytes() for path in closed.folder.rglob("*") if path.is_file()} == before
