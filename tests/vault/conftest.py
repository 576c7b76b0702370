"""One identity and one filled vault a run, copied for each test."""

from pathlib import Path

import pytest

from keys import identity_file
from keys.identity import Identity
from keys.identity_file import OpenIdentity
from keys.protectors.passphrase import Passphrase
from tests.vault.machine import Machine, fill, found
from vault.archive import Archive


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> OpenIdentity:
    """A custodian's identity, unlocked."""
    path = tmp_path_factory.mktemp("custodian") / "identity"
    return identity_file.create(path, Identity.generate(), [Passphrase(lambda: "correct horse")])


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> OpenIdentity:
    """Somebody else's identity, unlocked."""
    path = tmp_path_factory.mktemp("stranger") / "identity"
    return identity_file.create(path, Identity.generate(), [Passphrase(lambda: "battery staple")])


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, identity: OpenIdentity) -> Machine:
    """The original that `machine` is copied from."""
    machine = found(tmp_path_factory.mktemp("filled") / "machine", identity)
    fill(machine)
    return machine


@pytest.fixture
def machine(filled: Machine, tmp_path: Path) -> Machine:
    """A machine with a vault of six entries; nothing that is done to it lasts."""
    return filled.copied(tmp_path / "machine")


@pytest.fixture
def archive(machine: Machine) -> "Archive":
    """That vault, open."""
    return machine.open()
