"""Pins: they only go forward, keep the newer checkpoint, and refuse what is beside them."""

import fcntl
import os
import stat
import threading
from pathlib import Path

import pytest

from keys.provenance import Provenance
from tests.evidence.ledgers import Ledger
from vault.errors import Damaged, Refused, Unavailable
from vault.evidence.merkle import leaf_hash
from vault.evidence.strict import Malformed
from vault.pins import Pin, Pins, parse

FINGERPRINT = "ab" * 32


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    ledger = Ledger.founded()
    ledger.disclose()
    return ledger


@pytest.fixture(scope="module")
def checkpoint(ledger: Ledger) -> bytes:
    return ledger.checkpoint()


@pytest.fixture
def pins(tmp_path: Path) -> Pins:
    return Pins(tmp_path / "state" / "pins")


def pin(ledger: Ledger, seq: int = 1, checkpoint: bytes = b"") -> Pin:
    return Pin.of(ledger.origin, seq, leaf_hash(b"%d" % seq), checkpoint)


def agree(_: Pin) -> None:
    """Whatever was pinned is in the ledger."""


def disagree(known: Pin) -> None:
    raise Refused(f"entry {known.last_seq} is another")


def test_a_vault_never_seen_has_no_pin(pins: Pins) -> None:
    assert pins.read(FINGERPRINT) is None


def test_what_is_pinned_is_read_back(pins: Pins, ledger: Ledger, checkpoint: bytes) -> None:
    pins.advance(FINGERPRINT, pin(ledger, 1, checkpoint), agree)
    found = pins.read(FINGERPRINT)
    assert found == pin(ledger, 1, checkpoint)
    assert found is not None
    assert found.covered == 2
    assert pins.read("cd" * 32) is None


def test_a_pin_goes_forward_and_never_back(pins: Pins, ledger: Ledger) -> None:
    for seq in (3, 5, 4, 1):
        pins.advance(FINGERPRINT, pin(ledger, seq), agree)
    assert pins.read(FINGERPRINT) == pin(ledger, 5)


def test_the_newer_checkpoint_stays_beside_the_later_entry(pins: Pins, ledger: Ledger, checkpoint: bytes) -> None:
    pins.advance(FINGERPRINT, pin(ledger, 1, checkpoint), agree)
    pins.advance(FINGERPRINT, pin(ledger, 7), agree)
    found = pins.read(FINGERPRINT)
    assert found is not None
    assert (found.last_seq, found.checkpoint, found.covered) == (7, checkpoint, 2)


def test_what_comes_late_still_brings_its_checkpoint(pins: Pins, ledger: Ledger, checkpoint: bytes) -> None:
    pins.advance(FINGERPRINT, pin(ledger, 7), agree)
    pins.advance(FINGERPRINT, pin(ledger, 1, checkpoint), agree)
    found = pins.read(FINGERPRINT)
    assert found is not None
    assert (found.last_seq, found.covered) == (7, 2)


@pytest.mark.parametrize("seq", [1, 5, 9])
def test_a_pin_of_another_history_is_kept_and_refused(pins: Pins, ledger: Ledger, seq: int) -> None:
    pins.advance(FINGERPRINT, pin(ledger, 5), agree)
    with pytest.raises(Refused, match="entry 5 is another"):
        pins.advance(FINGERPRINT, pin(ledger, seq), disagree)
    assert pins.read(FINGERPRINT) == pin(ledger, 5)


def test_a_pin_remembers_what_it_began_with(pins: Pins, ledger: Ledger) -> None:
    """[Going on as before makes no word from outside of what was taken at first use.]"""
    pins.advance(FINGERPRINT, pin(ledger, 1), agree)
    pins.advance(FINGERPRINT, pin(ledger, 3), agree)
    assert read(pins).since is Provenance.FIRST_USE
    pins.vouch(FINGERPRINT, Provenance.COMPARED)
    pins.advance(FINGERPRINT, pin(ledger, 5), agree)
    pins.vouch(FINGERPRINT, Provenance.FIRST_USE)
    assert (read(pins).since, read(pins).last_seq) == (Provenance.COMPARED, 5)


def test_nobody_vouches_for_what_is_not_pinned(pins: Pins) -> None:
    pins.vouch(FINGERPRINT, Provenance.FOUNDED)
    assert pins.read(FINGERPRINT) is None


def read(pins: Pins) -> Pin:
    found = pins.read(FINGERPRINT)
    assert found is not None
    return found


def test_pinning_again_writes_nothing(pins: Pins, ledger: Ledger, tmp_path: Path) -> None:
    pins.advance(FINGERPRINT, pin(ledger, 5), agree)
    before = (tmp_path / "state" / "pins" / FINGERPRINT).stat()
    pins.advance(FINGERPRINT, pin(ledger, 5), agree)
    assert (tmp_path / "state" / "pins" / FINGERPRINT).stat().st_ino == before.st_ino


def test_many_at_once_leave_the_highest(pins: Pins, ledger: Ledger) -> None:
    threads = [
        threading.Thread(target=pins.advance, args=(FINGERPRINT, pin(ledger, seq), agree)) for seq in range(1, 25)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pins.read(FINGERPRINT) == pin(ledger, 24)


def test_files_and_folders_are_for_their_owner_alone(pins: Pins, ledger: Ledger, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        pins.advance(FINGERPRINT, pin(ledger), agree)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").rglob("*")}
    assert modes == {"pins": 0o700, FINGERPRINT: 0o600}


def test_no_folder_to_write_to_is_unavailable(tmp_path: Path, ledger: Ledger) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(Unavailable, match="cannot be written"):
        Pins(tmp_path / "state" / "pins").advance(FINGERPRINT, pin(ledger), agree)


def test_a_damaged_pin_is_not_taken_for_none(pins: Pins, ledger: Ledger, tmp_path: Path) -> None:
    pins.advance(FINGERPRINT, pin(ledger), agree)
    path = tmp_path / "state" / "pins" / FINGERPRINT
    for data in (b"", path.read_bytes()[:-30], b"x" + path.read_bytes()):
        path.write_bytes(data)
        with pytest.raises(Damaged, match=FINGERPRINT):
            pins.read(FINGERPRINT)
        with pytest.raises(Damaged):
            pins.advance(FINGERPRINT, pin(ledger, 9), agree)
        assert path.read_bytes() == data


def test_a_pin_file_has_one_spelling(ledger: Ledger, checkpoint: bytes) -> None:
    good = bytes(pin(ledger, 1, checkpoint))
    assert bytes(parse(good, "pin")) == good
    for bad in (
        good.replace(b"/pin/v1", b"/pin/v2"),
        good.replace(b"since first-use", b"since trust"),
        good.replace(b"since first-use", b"since"),
        good.replace(b"since first-use", b"first-use"),
        good.replace(b"since first-use\n", b""),
        good.replace(b"last 1 ", b"last 01 "),
        good.replace(b"last 1 ", b"last -1 "),
        good.replace(b"last 1 ", b"last  1 "),
        good.replace(b"last 1 ", b"last 1 A"),
        good.replace(b"last 1 ", b"last 0 "),  # the checkpoint would cover an entry never seen
        good.replace(ledger.origin.encode(), b"other.example/log", 1),
        good.replace(ledger.origin.encode(), b"two words", 1),
        good.replace(ledger.origin.encode(), b"\xff", 1),
        good + b"\n",
        good.rstrip(b"\n"),
        good.split(b"\n")[0],
        bytes(1 << 20),
        good + b"x" * (1 << 20),
    ):
        with pytest.raises(Malformed):
            parse(bad, "pin")


@pytest.mark.parametrize("origin", [b"two words", b"", b"a+b"])
def test_a_pin_without_a_checkpoint_names_an_origin_all_the_same(ledger: Ledger, origin: bytes) -> None:
    good = bytes(pin(ledger, 1))
    assert bytes(parse(good, "pin")) == good
    with pytest.raises(Malformed):
        parse(good.replace(ledger.origin.encode(), origin), "pin")


def test_one_pins_at_a_time(pins: Pins, ledger: Ledger, tmp_path: Path) -> None:
    """Between reading what is pinned and replacing it nobody else may come."""
    pins.advance(FINGERPRINT, pin(ledger, 1), agree)
    handle = os.open(tmp_path / "state" / "pins", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    thread = threading.Thread(target=pins.advance, args=(FINGERPRINT, pin(ledger, 2), agree))
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    os.close(handle)
    thread.join()
    assert pins.read(FINGERPRINT) == pin(ledger, 2)
