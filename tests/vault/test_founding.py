"""Making a vault: whole or not at all, for the founder alone, never over anything, retried after any failure."""

import os
import shutil
import stat
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from keys.identity_file import OpenIdentity, load
from keys.protectors.passphrase import Passphrase
from tests.vault.documents.test_local import files_of_at_most
from tests.vault.machine import ORIGIN, Clock, Machine, found, spoken
from vault import founding
from vault.checking.steps import check
from vault.errors import Misuse, Refused, Unavailable, Unpinned, VaultError
from vault.folder import Folder, read_config
from vault.pins import Pins


def test_a_new_vault_has_a_genesis_a_checkpoint_and_a_pin(tmp_path: Path, identity: OpenIdentity) -> None:
    machine = found(tmp_path / "machine", identity)
    with machine.opened() as archive:
        assert archive.ledger.size() == 1
        assert [size for size, _ in archive.ledger.checkpoints()] == [1]
        pin = archive.pins.read(archive.fingerprint)
        assert pin is not None
        assert (pin.last_seq, pin.covered) == (0, 1)
        assert set(archive.history.members) == {"m1"}
        assert archive.known
        assert archive.pinned
        archive.append([spoken()])
        assert check(archive).passes()


def test_the_identity_file_remembers_its_fingerprint(tmp_path: Path, identity: OpenIdentity) -> None:
    machine = found(tmp_path / "machine", identity)
    with machine.opened() as archive:
        reread = load(machine.identity.path).unlock([Passphrase(lambda: "correct horse")])
        assert reread.identity.fingerprint_of(ORIGIN) == archive.fingerprint


@pytest.mark.parametrize("umask", [0, 0o022])
def test_every_file_is_for_its_owner_alone(tmp_path: Path, identity: OpenIdentity, umask: int) -> None:
    before = os.umask(umask)
    try:
        machine = found(tmp_path / "machine", identity)
        with machine.opened() as archive:
            archive.append([spoken()])
            found_modes = {
                path.relative_to(machine.folder): stat.S_IMODE(path.stat().st_mode)
                for top in ("vault", "pins")
                for path in (machine.folder / top, *(machine.folder / top).rglob("*"))
            }
    finally:
        os.umask(before)
    assert {mode for path, mode in found_modes.items() if not (machine.folder / path).is_dir()} == {0o600}
    assert {mode for path, mode in found_modes.items() if (machine.folder / path).is_dir()} == {0o700}
    assert Path("vault/ledger.db-wal") in found_modes


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "two words",
        "a+b",
        "tab\there",
        "münchen.example/log",
        "x" * 255,
        "x" * 248,
        "line\nbreak",
        "\u202eabc",
        "\x7f",
    ],
)
def test_an_origin_that_no_entry_could_bear_is_refused_before_anything_is_made(
    tmp_path: Path, identity: OpenIdentity, origin: str
) -> None:
    with pytest.raises(Misuse, match="--origin"):
        founding.create(tmp_path / "vault", founding.Charter(origin), identity, Pins(tmp_path / "pins"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("origin", ["x" * 247, 'quo"te\\back.example', "{braces}.example/#'!", "a"])
def test_any_other_origin_makes_a_vault_that_opens(tmp_path: Path, identity: OpenIdentity, origin: str) -> None:
    machine = found(tmp_path / "machine", identity, origin=origin)
    with machine.opened() as archive:
        archive.append([spoken()])
        assert archive.config.origin == origin


def test_one_origin_is_one_vault_for_an_identity(tmp_path: Path, identity: OpenIdentity) -> None:
    machine = found(tmp_path / "machine", identity)
    with pytest.raises(Refused, match="knows another vault called"):
        founding.create(tmp_path / "vault", founding.Charter(ORIGIN), machine.identity, machine.pins)
    assert not (tmp_path / "vault").exists()


def test_nothing_is_made_over_a_vault(machine: Machine, stranger: OpenIdentity, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in machine.place.path.rglob("*") if path.is_file()}
    with pytest.raises(Refused, match="is not empty"):
        founding.create(machine.place.path, founding.Charter("other.example/log"), stranger, Pins(tmp_path / "pins"))
    assert {path: path.read_bytes() for path in machine.place.path.rglob("*") if path.is_file()} == before


def test_what_fails_takes_back_what_it_made_and_can_be_repeated(tmp_path: Path, identity: OpenIdentity) -> None:
    mine = replace(identity, path=tmp_path / "identity")
    with files_of_at_most(9_000), pytest.raises(Unavailable, match="keyring cannot be written"):
        founding.create(tmp_path / "vault", founding.Charter(ORIGIN), mine, Pins(tmp_path / "pins"))
    assert not (tmp_path / "vault").exists()
    founding.create(tmp_path / "vault", founding.Charter(ORIGIN), mine, Pins(tmp_path / "pins")).database.close()


class Death(BaseException):
    """The process ends here: nothing tidies up."""


def test_a_pin_that_cannot_be_written_leaves_no_vault(tmp_path: Path, identity: OpenIdentity) -> None:
    (tmp_path / "pins").symlink_to("nowhere")
    with pytest.raises(Unavailable, match=r"no vault was made: .*pins") as caught:
        founding.create(tmp_path / "vault", founding.Charter(ORIGIN), identity, Pins(tmp_path / "pins"))
    assert "in the ledger" not in caught.value.hint
    assert not (tmp_path / "vault").exists()


def test_an_exception_at_any_moment_leaves_nothing(tmp_path: Path, identity: OpenIdentity) -> None:
    def clock() -> datetime:
        raise Death

    with suppress(Death):
        founding.create(tmp_path / "vault", founding.Charter(ORIGIN), identity, Pins(tmp_path / "pins"), clock=clock)
    assert list(tmp_path.iterdir()) == []


def test_a_vault_whose_identity_could_not_be_written_is_whole(tmp_path: Path, identity: OpenIdentity) -> None:
    lost = replace(identity, path=tmp_path / "gone" / "identity")
    with pytest.raises(Unpinned, match="the vault was made, but not noted"):
        founding.create(tmp_path / "vault", founding.Charter(ORIGIN), lost, Pins(tmp_path / "pins"), clock=Clock())
    machine = Machine(tmp_path, replace(identity, path=tmp_path / "identity"))
    with machine.opened() as archive:
        archive.append([spoken()])
    assert load(machine.identity.path).unverified_public == identity.identity.public


@pytest.mark.parametrize(
    "missing", [("vault.toml",), ("vault.toml", "ledger.db"), ("vault.toml", "ledger.db", "keyring")]
)
def test_a_crash_before_the_end_leaves_what_init_explains(
    machine: Machine, identity: OpenIdentity, missing: tuple[str, ...]
) -> None:
    for name in missing:
        (machine.place.path / name).unlink()
    with pytest.raises(Refused, match=r"holds a vault without vault\.toml") as caught:
        founding.create(machine.place.path, founding.Charter("other.example/log"), identity, machine.pins)
    assert "remove the folder and repeat" in caught.value.hint
    with pytest.raises(VaultError):
        read_config(machine.place)
    shutil.rmtree(machine.place.path)
    again = replace(identity, path=machine.folder / "again")
    founding.create(machine.place.path, founding.Charter(ORIGIN), again, machine.pins).database.close()
    assert Folder(machine.place.path).config.exists()
