"""What has to hold of a vault after any fault: nothing lost, nothing half there, nothing false said."""

import io
from dataclasses import dataclass
from pathlib import Path

from keys import durable
from tests.desk import Desk
from tests.faults import claims
from tests.faults.claims import Lost
from tests.faults.founding import Founding
from tests.faults.outward import Handed, pending
from tests.faults.scenarios import CHECKPOINT, DISCLOSE, ENTRIES, GET, OUTWARD, PROOF, ROTATE, Bench, Scenario
from tests.faults.strace import Outcome
from vault import doctoring, giving, renewing
from vault.archive import Archive
from vault.checking.steps import check
from vault.index.store import IndexStore
from vault.records import parties

DOCUMENTED = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the desks of one bench."""

    bench: Bench

    def judge(self, desk: Desk, scenario: Scenario, outcome: Outcome) -> None:
        """Raise AssertionError where a promise is broken; an error of the vault itself is one too."""
        assert "Traceback" not in outcome.stderr, outcome.stderr
        assert "a defect of dvault" not in outcome.stderr, outcome.stderr
        assert outcome.killed or outcome.code in DOCUMENTED, (outcome.code, outcome.stderr)
        if scenario.founds:
            Founding(desk, self.bench.passphrase()).judge(outcome)
        else:
            self._judge_vault(desk, scenario, outcome)
        assert leftovers(desk.folder) == [], "temporary files stay"

    def _judge_vault(self, desk: Desk, scenario: Scenario, outcome: Outcome) -> None:
        identity = (desk.folder / "identity").read_bytes()
        assert identity == (self.bench.folder / "desk" / "identity").read_bytes(), "the identity file was changed"
        handed = Handed(self.bench, desk, scenario)
        with desk.opened() as archive:  # the pin fits, or this is refused
            written = handed.written(archive) if scenario in OUTWARD else self._written(archive, desk, scenario)
            if not written and (outcome.code == 0 or scenario.acknowledges in outcome.stdout):
                raise Lost(f"acknowledged and not there: {outcome}")
            if scenario in OUTWARD:
                handed.is_said(archive, outcome, written=written)
            else:
                claims.check(outcome, written=written)
            if scenario == ROTATE:
                _finish(archive, outcome, written=written)
            doctoring.clean(archive)
            assert pending(archive, scenario) == []
            report = check(archive, documents=True)
            assert report.passes(), [str(fault) for faults in report.faults.values() for fault in faults]
            self._give_back(archive, written=written and scenario == DISCLOSE)
        if scenario in OUTWARD:
            handed.repeat(outcome, written=written)
        _goes_on(desk)
        if scenario == PROOF or (scenario == GET and (outcome.killed or ".dvault-" in outcome.stderr)):
            for path in desk.folder.glob(".dvault-*.tmp"):  # said in docs/life-of-a-disclosure.md: yours to remove
                path.unlink()

    def _written(self, archive: Archive, desk: Desk, scenario: Scenario) -> bool:
        """Whether all of what the command does is there; AssertionError if a part of it is."""
        size, kept = archive.ledger.head().size, _kept(archive)
        assert not kept or scenario == CHECKPOINT
        if scenario == CHECKPOINT:  # index entry, index tables and checkpoint together
            assert size in (ENTRIES, ENTRIES + 1)
            assert kept == (IndexStore(archive.database).head[0] == ENTRIES) == (size > ENTRIES), "half there"
            return kept
        if scenario == GET:
            assert size == ENTRIES
            back = desk.folder / "back.bin"
            assert not back.exists() or back.read_bytes() == self.bench.document("first.bin"), "half given back"
            return back.exists()
        assert size in (ENTRIES, ENTRIES + scenario.appends), "half there"
        return size > ENTRIES

    def _give_back(self, archive: Archive, *, written: bool) -> None:
        names = ["first.bin", "document.bin"] if written else ["first.bin"]
        for number, name in enumerate(names, 1):
            sink = io.BytesIO()
            archive.get(giving.find(archive, number, 1)[1], sink)
            assert sink.getvalue() == self.bench.document(name), f"T-{number:06} is not what was disclosed"
        assert len(list(archive.segments.names())) == len(names)


def _finish(archive: Archive, outcome: Outcome, *, written: bool) -> None:
    """What was cut short is sound, and is gone on with; what was acknowledged left nothing to do."""
    left = list(renewing.unfinished(archive))
    assert not left or (written and outcome.code != 0), f"called done, and left is {left}"
    assert check(archive, documents=True).passes(), f"broken while left is {left}"
    renewing.finish(archive)
    assert list(renewing.unfinished(archive)) == []


def leftovers(folder: Path) -> list[str]:
    """Temporary files anywhere below."""
    return [path.name for path in folder.rglob("*") if durable.is_temporary(path.name) or path.suffix == ".part"]


def _kept(archive: Archive) -> bool:
    """Whether a checkpoint over the prepared desk and its index is kept; the one over the genesis always is."""
    return archive.database.row("SELECT 1 FROM checkpoint WHERE size=? AND kept=1", (ENTRIES + 1,)) is not None


def _goes_on(desk: Desk) -> None:
    """The vault opens once more, something is appended and pinned."""
    with desk.opened() as archive:
        archive.append([parties.draft("party", {"name": "Next Ltd"})])
        size = archive.ledger.head().size
        pin = archive.pins.read(archive.fingerprint)
        assert pin is not None
        assert (pin.last_seq, pin.covered) == (size - 1, size)
