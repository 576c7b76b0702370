"""What has to hold after a fault in a command that asks somebody outside, or that hands something out."""

import re
from dataclasses import dataclass
from hashlib import sha256

from keys import durable
from tests.desk import Desk
from tests.faults import claims
from tests.faults.outsiders import COSIGNED
from tests.faults.scenarios import ANCHOR, ENTRIES, EXPORT, EXPORT_MORE, EXPORTED, PROOF, WIDE, WITNESS, Bench, Scenario
from tests.faults.starting import Ended
from tests.faults.strace import Outcome
from vault import doctoring
from vault.anchoring import naming
from vault.archive import Archive
from vault.checking.steps import check
from vault.errors import Misuse, NotFound, Refused
from vault.evidence.verdicts import State, Verdict
from vault.verify import asking
from vault.verify.outside import Outside

EXISTS = 3  # exit code: refused
_REPEATED = (EXPORT, EXPORT_MORE, WITNESS)  # safe to repeat, done or not
_INDEX = re.compile(rf"entry {ENTRIES} (?:was written|is in the ledger)")


@dataclass(frozen=True, slots=True)
class Handed:
    """What such a command left of a desk."""

    bench: Bench
    desk: Desk
    scenario: Scenario

    def written(self, archive: Archive) -> bool:
        """Whether all that the command does is there; AssertionError where what is there is not whole."""
        if self.scenario == ANCHOR:
            return self._is_anchored(archive)
        if self.scenario == WITNESS:
            return self._is_cosigned(archive)
        if self.scenario == PROOF:
            return self._is_proven(archive.fingerprint)
        return self._exported(archive.fingerprint) == archive.ledger.size()

    def _is_anchored(self, archive: Archive) -> bool:
        """Each token that is there is whole, and over the note beside it; what an entry names is there."""
        kept, size = archive.folder.anchors, archive.ledger.size()
        assert size in (ENTRIES, ENTRIES + 1, ENTRIES + 2)
        for length in kept.sizes():
            for digest in kept.tokens(length):
                token = kept.token(length, digest)
                assert token is not None
                assert sha256(token).hexdigest() == digest, "half a token"
                assert kept.note(length) is not None, "a token without what it is over"
        named = list(naming.named(archive.ledger))
        assert len(named) == (size == ENTRIES + 2)
        return bool(named)

    def _is_cosigned(self, archive: Archive) -> bool:
        size = archive.ledger.size()
        assert size in (ENTRIES, ENTRIES + 1)
        notes = [note.decode() for _, note in archive.ledger.checkpoints(size - 1, size)]
        found = [note.count(COSIGNED) for note in notes]
        assert found in ([0], [2]), "half cosigned"
        return found == [2]

    def _exported(self, fingerprint: str) -> int:
        """How many entries a stranger finds in the export, all in order; 0 where he is told that there is none."""
        folder = self.desk.folder / "out"
        try:
            report = asking.look(str(folder), Outside(fingerprint), None).report
        except (NotFound, Misuse, Refused):
            assert not (folder / "checkpoint").exists()
            return 0
        assert State.BROKEN not in map(report.state, Verdict), report.faults
        assert report.checkpoint == report.entries
        sizes = (EXPORTED, WIDE) if self.scenario == EXPORT_MORE else (ENTRIES,)
        assert report.entries in sizes, "neither the old nor the new"
        assert report.passes() or report.entries == EXPORTED, report.faults  # then what is there beyond it is named
        return report.entries

    def _is_proven(self, fingerprint: str) -> bool:
        path = self.desk.folder / "receipt"
        if not path.exists():
            return False
        found = asking.prove(path, Outside(fingerprint))
        assert found.report.passes(found.required), "half a receipt"
        return True

    def is_said(self, archive: Archive, outcome: Outcome, *, written: bool) -> None:
        """What it says is so. An index entry before what was asked for is no reason not to repeat."""
        if self.scenario in _REPEATED:
            assert written or outcome.code or outcome.killed
            return
        index = _INDEX.search(outcome.stderr) if self.scenario == ANCHOR else None
        claims.check(outcome, written=written or (index is not None and archive.ledger.size() > ENTRIES))

    def repeat(self, outcome: Outcome, *, written: bool) -> None:
        """The same command once more does it, or says that it is done."""
        ended = self.bench.again(self.desk, self.scenario)
        assert "Traceback" not in ended.stderr, ended.stderr
        if self.scenario == PROOF and written:
            assert (ended.code, "exists" in ended.stderr) == (EXISTS, True), ended
            return
        assert ended.code == 0, f"does not work again: {ended.stderr} (at first {outcome.stderr})"
        with self.desk.opened() as archive:
            self._is_done(archive, ended)
            if self.scenario.asks:
                assert doctoring.examine(archive) == []
                assert (report := check(archive)).passes(), report.faults

    def _is_done(self, archive: Archive, ended: Ended) -> None:
        if self.scenario == ANCHOR:
            assert naming.orphans(archive.ledger, archive.folder.anchors) == {}
            assert "stamped " in ended.stderr
        elif self.scenario == WITNESS:
            assert self._is_cosigned(archive)
            assert COSIGNED in ended.stdout
        elif self.scenario == PROOF:
            assert self._is_proven(archive.fingerprint)
        else:
            assert self._exported(archive.fingerprint) == archive.ledger.size()
            assert not [path for path in (self.desk.folder / "out").rglob("*") if durable.is_temporary(path.name)]
            names = {path.name for path in (self.desk.folder / "out").rglob("*.p")}
            assert len(names) in (1, 2), "outgrown tiles stay"


def pending(archive: Archive, scenario: Scenario) -> list[doctoring.Finding]:
    """What doctor finds, but a time stamp that the next `checkpoint --anchor` enters, and says so."""
    found = doctoring.examine(archive)
    return [one for one in found if scenario != ANCHOR or one.harm or "checkpoint --anchor" not in one.next]
