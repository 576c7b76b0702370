"""What has to hold after a fault in `dvault init`: a whole vault or none, a whole identity or none, a way to go on."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from keys import identity_file
from keys.identity import Identity
from keys.identity_file import OpenIdentity
from tests.desk import Desk
from tests.faults import claims
from tests.faults.claims import Lost
from tests.faults.passphrases import Cheap
from tests.faults.scenarios import ORIGIN
from tests.faults.strace import Outcome
from vault import doctoring, founding, opening
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Damaged, NotFound, Refused
from vault.evidence.verdicts import State
from vault.folder import Folder, read_config
from vault.records import parties


@dataclass(frozen=True, slots=True)
class Founding:
    """What `init` left of a desk."""

    desk: Desk
    passphrase: str = field(repr=False)

    @property
    def settings(self) -> Path:
        """The folder of the identity and of the user's configuration."""
        return self.desk.folder / "config" / "disclosure-vault"

    @property
    def place(self) -> Folder:
        """Where the vault was to be."""
        return Folder(self.desk.folder / "vault")

    def judge(self, outcome: Outcome) -> None:
        """Raise AssertionError where a promise is broken."""
        identity = self._identity()
        made = self.place.config.exists()
        if not made and (outcome.code == 0 or "fingerprint" in outcome.stdout):
            raise Lost(f"acknowledged and not there: {outcome}")
        claims.check(outcome, written=made)
        if made:
            assert identity is not None, "a vault without its identity"
            self._lives(identity, outcome)
        else:
            self._is_none()
            self._make_again(identity)

    def _identity(self) -> OpenIdentity | None:
        """Whole or absent: a part of one does not load, another passphrase does not open it."""
        path = self.settings / "identity"
        return identity_file.load(path).unlock([Cheap(self.passphrase)]) if path.exists() else None

    def _lives(self, identity: OpenIdentity, outcome: Outcome) -> None:
        archive = opening.open_archive(self.place, read_config(self.place), identity, self.desk.pins())
        fingerprint = archive.fingerprint
        self._serves(archive)
        if "fingerprint" in outcome.stdout:
            assert fingerprint in outcome.stdout
        if outcome.code == 0:
            assert str(self.place.path) in (self.settings / "config.toml").read_text()
        known = self._identity()
        assert known is not None
        assert known.identity.fingerprint_of(ORIGIN) == fingerprint

    def _serves(self, archive: Archive) -> None:
        doctoring.clean(archive, (self.settings,))
        assert doctoring.examine(archive, (self.settings,)) == []
        report = check(archive, documents=True)
        faults = [fault for faults in report.faults.values() for fault in faults]
        assert [str(fault) for fault in faults if fault.state is State.BROKEN] == []
        archive.append([parties.draft("party", {"name": "Next Ltd"})])
        archive.database.close()

    def _is_none(self) -> None:
        """Every other command says that there is no vault, or that half of one is to be removed."""
        with pytest.raises((NotFound, Damaged)) as caught:
            read_config(self.place)
        assert isinstance(caught.value, NotFound) or "remove the folder" in caught.value.hint

    def _make_again(self, found: OpenIdentity | None) -> None:
        """In the same place, after what it says is to be removed."""
        protector = Cheap(self.passphrase)
        identity = found or identity_file.create(self.settings / "identity", Identity.generate(), [protector])
        try:
            archive = self._make(identity)
        except Refused as exc:
            if "remove the folder" not in exc.hint:
                raise
            shutil.rmtree(self.place.path)
            archive = self._make(identity)
        self._serves(archive)

    def _make(self, identity: OpenIdentity) -> Archive:
        return founding.create(self.place.path, founding.Charter(ORIGIN), identity, self.desk.pins())
