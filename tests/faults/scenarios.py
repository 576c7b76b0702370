"""The commands that faults are injected into, and the prepared desk that each trial works on a copy of."""

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from keys import identity_file
from keys.protectors.passphrase import Passphrase
from tests.desk import Desk
from tests.faults.outsiders import COSIGNED, Outsiders
from tests.faults.passphrases import Cheap, lock_cheaply
from tests.faults.starting import Ended, Program, Starter
from tests.faults.strace import Call, Fault, Outcome, calls, inject
from vault import publishing

ORIGIN = "new.example/log"
DOCUMENT_SIZE = 100_000
ENTRIES = 3  # of the prepared desk: genesis, party, disclosure


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command on a desk. `appends` is how many entries it adds; `acknowledges` stands on stdout once that is done.

    Words that begin with @ are files of the desk. `founds` is the one that makes the vault itself, `asks` one that asks
    a TSA or a witness. `desk` is the prepared one that it runs on.
    """

    name: str
    arguments: tuple[str, ...]
    appends: int = 0
    acknowledges: str = ""
    founds: bool = False
    asks: bool = False
    desk: str = "desk"


INIT = Scenario("init", ("init", "@vault", "--origin", ORIGIN), acknowledges="fingerprint ", founds=True, desk="empty")
DISCLOSE = Scenario("disclose", ("disclose", "@document.bin", "--to", "ganzhou", "--yes"), 1, "T-000002\n")
CORRECT = Scenario("correct", ("correct", "T-000001", "--purpose", "licence", "--reason", "typo"), 1, "3\n")
PARTY = Scenario("party add", ("party", "add", "Baotou Alloy"), 1, "P-0002\n")
CHECKPOINT = Scenario("checkpoint", ("checkpoint",), 1, "desk.example/log\n4\n")
GET = Scenario("get", ("get", "T-000001/1", "-o", "@back.bin"), 0, "back.bin\n")
ROTATE = Scenario("keys rotate", ("keys", "rotate", "all"), 1, "content 2\n")
ANCHOR = Scenario("checkpoint --anchor", ("checkpoint", "--anchor"), 2, "desk.example/log\n4\n", asks=True)
WITNESS = Scenario("checkpoint --witness", ("checkpoint", "--witness"), 1, COSIGNED, asks=True)
EXPORT = Scenario("ledger export", ("ledger", "export", "@out"), 0, "out\n")
EXPORT_MORE = replace(EXPORT, name="ledger export, again", desk="wide")
PROOF = Scenario("proof", ("proof", "T-000001", "-o", "@receipt"), 0, "receipt\n")

INWARD = (INIT, DISCLOSE, CORRECT, PARTY, CHECKPOINT, GET, ROTATE)
OUTWARD = (ANCHOR, WITNESS, EXPORT, EXPORT_MORE, PROOF)
SCENARIOS = (*INWARD, *OUTWARD)

EXPORTED, WIDE = 250, 258  # entries: across the end of a full tile, whose partial ones are taken away


class Bench:
    """A prepared desk in `folder`, and the place where trials work on fresh copies of it.

    Several processes may share the desk, each with a place of its own.
    """

    def __init__(self, folder: Path, starter: Starter, place: int = 0) -> None:
        self.folder = folder
        self.starter = starter
        self.place = folder / f"place-{place}"
        self.place.mkdir(exist_ok=True)
        if not (folder / "desk").exists():
            self._prepare()
        opened = identity_file.load(folder / "desk" / "identity").unlock([Cheap(self.passphrase())])
        self.desk = Desk.at(folder / "desk", opened)
        self._outsiders: Outsiders | None = None

    def passphrase(self) -> str:
        """The words that lock the desk's identity, and the one that `init` makes."""
        return (self.folder / "desk" / "passphrase").read_text()

    def document(self, name: str) -> bytes:
        """A document as the clerk has it."""
        return (self.folder / "desk" / name).read_bytes()

    def _prepare(self) -> None:
        desk = Desk(self.folder / "desk")
        (desk.folder / "document.bin").write_bytes(os.urandom(DOCUMENT_SIZE))
        (desk.folder / "first.bin").write_bytes(os.urandom(5_000))
        desk.dvault("disclose", "first.bin", "--to", "ganzhou", "--yes")
        identity = desk.folder / "identity"
        opened = identity_file.load(identity).unlock([Passphrase(self.passphrase)])
        lock_cheaply(identity, opened, self.passphrase())
        new = self.folder / "empty"
        new.mkdir()
        shutil.copy(desk.folder / "passphrase", new)

    def _widen(self) -> None:
        """A desk with more, and with an older export."""
        shutil.copytree(self.folder / "desk", self.folder / "wide")
        desk = self.desk.moved(self.folder / "wide")
        desk.grow(EXPORTED)
        with desk.opened() as archive:
            publishing.publish(archive, desk.folder / "out")
        desk.grow(WIDE)

    def copy(self, scenario: Scenario) -> Desk:
        """A fresh copy, always at the same place, so that runs make the same calls."""
        if scenario.desk == "wide" and not (self.folder / "wide").exists():
            self._widen()
        target = self.place / "trial"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.folder / scenario.desk, target)
        desk = self.desk.moved(target)
        if scenario.asks:
            self._introduce(desk)
        return desk

    def _introduce(self, desk: Desk) -> None:
        """Let the desk know the outsiders, to whom it is new."""
        if self._outsiders is None:
            with desk.opened() as archive:
                log = archive.history.log_at(ENTRIES)
            self._outsiders = Outsiders([log.ed25519, log.ml_dsa])
        self._outsiders.forget()
        self._outsiders.where.tell(desk.folder / "vault")

    def again(self, desk: Desk, scenario: Scenario) -> Ended:
        """The command once more, on a desk that it was run on, without a fault."""
        return self.starter.untraced(self.program(desk, scenario))

    def close(self) -> None:
        """End the outsiders."""
        if self._outsiders is not None:
            self._outsiders.close()

    def calls(self, scenario: Scenario) -> list[Call]:
        """The calls of the scenario on the vault's, the state's, the identity's and the clerk's files."""
        return calls(self.starter, self.program(self.copy(scenario), scenario))

    def program(self, desk: Desk, scenario: Scenario) -> Program:
        """The scenario's command on this desk."""
        words = [str(desk.folder / word[1:]) if word.startswith("@") else word for word in scenario.arguments]
        named = {name: value for name, value in desk.environment.items() if not scenario.founds or name not in _MADE}
        environment = {**os.environ, **named, "PWD": "/"}
        return Program(words, desk.folder, environment, self.place)

    def attempt(self, scenario: Scenario, call: Call, fault: Fault) -> tuple[Desk, Outcome]:
        """Inject one fault into the command on a fresh copy."""
        desk = self.copy(scenario)
        return desk, inject(self.starter, self.program(desk, scenario), call, fault)


_MADE = ("DVAULT_VAULT", "DVAULT_IDENTITY")  # `init` makes them where they are by default
