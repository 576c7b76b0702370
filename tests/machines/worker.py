"""A process among many at one vault: one act after another, each told as soon as it is durable.

    python -m tests.machines.worker DESK NAME ROLE TURNS

A line of JSON on standard output is an acknowledgement: whatever happens to the process afterwards, it has to hold.
"""

import json
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from keys import identity_file
from keys.identity_file import OpenIdentity
from keys.protectors.passphrase import Passphrase
from vault import correcting, disclosing, doctoring, opening, reviewing
from vault.archive import Archive
from vault.catalog.projection import items_of
from vault.checking.steps import check
from vault.correcting import Links
from vault.disclosing import Said
from vault.documents.sources import gather
from vault.folder import Folder, read_config
from vault.names import transmittal_id
from vault.pins import Pins
from vault.records import parties


def contents(name: str, turn: int) -> list[bytes]:
    """What worker `name` discloses in its `turn`, for whoever knows both. The first is disclosed by all others too."""
    rng = random.Random(f"{name} {turn}")
    own = [rng.randbytes(rng.choice((0, 1, 4_096, 70_000, 300_000))) for _ in range(rng.randint(0, 2))]
    return [random.Random(turn % 3).randbytes(20_000), *own]


@dataclass
class Worker:
    """Who opens the vault anew for each act, as a process of its own would; only Argon2 is paid once."""

    desk: Path
    name: str
    identity: OpenIdentity

    def open(self) -> Archive:
        """The vault."""
        place = Folder(self.desk / "vault")
        return opening.open_archive(
            place, read_config(place), self.identity, Pins(self.desk / "state" / "disclosure-vault" / "pins")
        )

    def do(self, act: str, turn: int) -> None:
        """One act, and its acknowledgement."""
        archive = self.open()
        try:
            told = ACTS[act](self, archive, turn)
        finally:
            archive.database.close()
        print(json.dumps({"act": act, "turn": turn, **told}), flush=True)

    def disclose(self, archive: Archive, turn: int) -> Mapping[str, object]:
        """Documents, some of them known."""
        folder = self.desk / "papers" / f"{self.name}-{turn}"
        folder.mkdir(parents=True)
        for place, content in enumerate(contents(self.name, turn), 1):
            (folder / f"{place}.bin").write_bytes(content)
        sources, _ = gather(folder)
        said = Said({"purpose": f"{self.name} {turn}"}, to=("ganzhou",), sources=tuple(sources))
        (done,) = disclosing.write(archive, disclosing.plan(archive, said, archive.clock()))
        return {"seq": done.seq, "number": done.number}

    def correct(self, archive: Archive, turn: int) -> Mapping[str, object]:
        """The newest transmittal, whoever's it is."""
        count = archive.ledger.count("disclosure")
        if not count:
            return {}
        named = reviewing.name(transmittal_id(count))
        stated, about = {"note": f"{self.name} {turn}"}, {"reason": "because"}
        return {"seq": correcting.correct(archive, named, stated, about, Links()).done.seq}

    def register(self, archive: Archive, turn: int) -> Mapping[str, object]:
        """Somebody new."""
        (done,) = archive.append([parties.draft("party", {"name": f"{self.name} {turn}", "country": "DE"})])
        return {"seq": done.seq, "number": done.number}

    def sign(self, archive: Archive, turn: int) -> Mapping[str, object]:
        """A checkpoint to be kept."""
        return {"note": archive.checkpoint().decode()}

    def verify(self, archive: Archive, turn: int) -> Mapping[str, object]:
        """All of it, while others go on."""
        report = check(archive, documents=True)
        faults = [str(fault) for found in report.faults.values() for fault in found if fault.where not in NEVER_PROVEN]
        assert not faults or not report.transmittals, faults  # without a disclosure order is not proven
        return {"entries": report.entries}

    def read(self, archive: Archive, turn: int) -> Mapping[str, object]:
        """The newest transmittal, with its documents."""
        if not (count := archive.ledger.count("disclosure")):
            return {}
        found = archive.catalog.transmittal(count)
        for item in items_of(archive.read(found.seq).values()):
            with open("/dev/null", "wb", buffering=0) as sink:  # noqa: PTH123
                archive.get(archive.find_document(item), sink)
        return {"read": found.seq}

    def examine(self, archive: Archive, turn: int) -> Mapping[str, object]:
        """Damage there must be none."""
        harm = [finding.what for finding in doctoring.examine(archive) if finding.harm]
        assert not harm, harm
        return {}

    def clean(self, archive: Archive, turn: int) -> Mapping[str, object]:
        """What died processes left, and nothing else."""
        return {"removed": doctoring.clean(archive)}


NEVER_PROVEN = ("anchor", "index")  # time and completeness need what a vault of today has not

ACTS: Mapping[str, Callable[[Worker, Archive, int], Mapping[str, object]]] = {
    "disclose": Worker.disclose, "correct": Worker.correct, "register": Worker.register, "sign": Worker.sign,
    "verify": Worker.verify, "read": Worker.read, "examine": Worker.examine, "clean": Worker.clean,
}  # fmt: skip

ROLES: Mapping[str, tuple[str, ...]] = {
    "clerk": ("disclose", "disclose", "correct", "disclose", "register", "read"),
    "custodian": ("sign", "disclose"),
    "doctor": ("clean", "examine"),
    "auditor": ("verify", "read"),
}


def main(desk: str, name: str, role: str, turns: str) -> None:
    """Work; a fault ends the process with a traceback, which fails the test."""
    folder = Path(desk)
    words = (folder / "passphrase").read_text()
    worker = Worker(folder, name, identity_file.load(folder / "identity").unlock([Passphrase(lambda: words)]))
    for turn in range(int(turns)):
        worker.do(ROLES[role][turn % len(ROLES[role])], turn)


if __name__ == "__main__":
    main(*sys.argv[1:])
