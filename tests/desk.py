"""A desk: a vault with its identity, config and state in one folder, used in process or by the real program."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from keys import identity_file
from keys.identity import Identity
from keys.identity_file import OpenIdentity
from keys.protectors.passphrase import Passphrase
from vault import founding, opening
from vault.archive import Archive
from vault.folder import Folder, read_config
from vault.pins import Pins
from vault.records import parties
from vault.records.disclosure import Disclosure, Item, Recipient
from vault.records.draft import Draft
from vault.records.parties import Snapshot

BATCH = 1_000


class Desk:
    """A new vault with one party, P-0001; `environment` is for the program, `dvault` runs it."""

    def __init__(self, folder: Path, *, origin: str = "desk.example/log", classic: bool = False) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        words = secrets.token_urlsafe(16)
        (folder / "passphrase").write_text(words)
        self.identity = identity_file.create(folder / "identity", Identity.generate(), [Passphrase(lambda: words)])
        archive = founding.create(folder / "vault", founding.Charter(origin, classic), self.identity, self.pins())
        archive.append([parties.draft("party", {"name": "Ganzhou Magnet", "country": "CN", "register.*": ["USCC:91"]})])
        archive.database.close()

    @classmethod
    def at(cls, folder: Path, identity: OpenIdentity) -> "Desk":
        """The desk that another process made."""
        desk = cls.__new__(cls)
        desk.folder, desk.identity = folder, identity
        return desk

    @property
    def environment(self) -> dict[str, str]:
        """Where the program finds all of it."""
        return {
            "DVAULT_VAULT": str(self.folder / "vault"),
            "DVAULT_IDENTITY": str(self.folder / "identity"),
            "DVAULT_PASSPHRASE_FILE": str(self.folder / "passphrase"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
        }

    def moved(self, folder: Path) -> "Desk":
        """The desk as it is after somebody copied its folder."""
        other = copy(self)
        other.folder = folder
        other.identity = replace(self.identity, path=folder / "identity")
        return other

    def pins(self) -> Pins:
        """What this desk has seen of vaults."""
        return Pins(self.folder / "state" / "disclosure-vault" / "pins")

    @contextmanager
    def opened(self) -> Iterator[Archive]:
        """The vault, open in this process."""
        place = Folder(self.folder / "vault")
        archive = opening.open_archive(place, read_config(place), self.identity, self.pins())
        try:
            yield archive
        finally:
            archive.database.close()

    def dvault(self, *arguments: str | Path, expect: int = 0) -> str:
        """Standard output of the real program, which has to end with the exit code `expect`."""
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *map(str, arguments)],
            cwd=self.folder, env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == expect, done.stderr
        return done.stdout

    def grow(self, entries: int) -> None:
        """Append oral disclosures to one party until the ledger has this many entries."""
        with self.opened() as archive:
            while (left := entries - archive.ledger.head().size) > 0:
                archive.append([oral() for _ in range(min(left, BATCH))])


def oral() -> Draft:
    """A disclosure without a file, with the fields of an ordinary one."""
    to = Recipient("to", Snapshot("P-0001", "Ganzhou Magnet", "CN", "", "supplier", ("uscc:91",)))
    stated = {
        "purpose": "licence application",
        "legal-basis": "licence condition",
        "method": "oral",
        "designation": "confidential",
        "category.*": ["end-use"],
        "event-time": datetime.now(UTC),
        "event-time-basis": "observed",
    }
    return Disclosure(stated, (to,), (Item({"narrative": f"call {os.urandom(4).hex()}", "present": "A, B"}),)).draft()
