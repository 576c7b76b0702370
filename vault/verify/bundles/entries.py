"""Steps 1 to 4 and 10: the entries of a bundle, one after the other, each with its place, its signer and its record.

What is kept of an entry is small: its bytes and its record are let go once they are judged.
"""

from collections.abc import Iterator, Sequence
from sys import intern
from typing import NamedTuple

from vault.errors import NotFound
from vault.evidence import entry as entries
from vault.evidence import proof as proofs
from vault.evidence import record as records
from vault.evidence import references
from vault.evidence.binding import check_record
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.entry import SignedEntry
from vault.evidence.members import KEY_KINDS, KeyHistory
from vault.evidence.merkle import check_inclusion
from vault.evidence.note import Note, render
from vault.evidence.record import Record, Value, Withheld
from vault.evidence.references import Filed
from vault.evidence.strict import Malformed, refuse
from vault.evidence.verdicts import Verdict, broken, from_malformed
from vault.verify.bundles import layout
from vault.verify.bundles.reading import Bundle
from vault.verify.progress import Progress
from vault.verify.report import Report
from vault.verify.vouching import Histories, Signers, judging

_ED25519 = 64  # bytes of the log's own signature; the other one has 2,428
_DECIDING = ("event-time", "designation", "corrects", "corrects-item")
_AT_A_TIME = 256

HIDDEN = None
"""The value of a deciding line that is withheld."""


class Shown(NamedTuple):
    """An entry of the bundle, its bytes let go; of its record the lines that decide, and the names of withheld ones.

    `deciding` holds `HIDDEN` for a line that is withheld, nothing for one that is not there. `lines` are those shown,
    `approved` says that the record names an approval.
    """

    signed: SignedEntry
    has_record: bool = False
    deciding: dict[str, Value | None] = {}  # noqa: RUF012 - a NamedTuple's default, never written to
    withheld: tuple[str, ...] = ()
    lines: int = 0
    approved: bool = False

    @property
    def seq(self) -> int:
        """Its number."""
        return self.signed.entry.seq

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.signed.entry.kind


def _numbered(signed: SignedEntry, seq: int) -> SignedEntry:
    """The entry under the number that its file has; where it names another, step 2 has told."""
    return signed if signed.entry.seq == seq else signed._replace(entry=signed.entry._replace(seq=seq))


class Reader:
    """Reads entries of a bundle under one checkpoint; what is wrong goes into `report`."""

    def __init__(self, bundle: Bundle, claimed: Checkpoint, checkpoint: Note, report: Report) -> None:
        self._bundle, self._claimed, self._report = bundle, claimed, report
        own = [one for one in checkpoint.unverified_signatures if one.name == claimed.origin]
        self._alone = render(checkpoint.text, [one for one in own if len(one.value) == _ED25519])
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._filed: dict[int, Filed] = {}
        self._shared: dict[frozenset[str], frozenset[str]] = {}
        self._there = frozenset(bundle.names)
        self.at_place = set[int]()
        """The numbers of the entries that stand in the tree at their place."""

    def keys(self, seqs: Sequence[int]) -> tuple[list[SignedEntry], Histories]:
        """Genesis and key entries, and steps 3 to 5 of them; no histories where one of them cannot stand."""
        placed = [(seq, self.placed(layout.key_name(seq), seq)) for seq in (0, *seqs)]
        found = [_numbered(one, seq) for seq, one in placed if one is not None]
        histories: Histories = []
        with judging(self._report, Verdict.ORIGIN):
            state = KeyHistory(self._claimed.origin)
            for signed in found:
                where = f"entry {signed.entry.seq}"
                if signed.entry.kind not in KEY_KINDS:
                    refuse(where, "a genesis or key entry", signed.entry.kind)
                state = state.after(signed, where)
                histories.append((signed.entry.seq, state))
        return found, histories if len(histories) == 1 + len(seqs) else []

    def placed(self, name: str, seq: int) -> SignedEntry | None:
        """Steps 1 and 2 of the entry in `name`; None where it cannot be read."""
        where = f"entry {seq}"
        try:
            signed = entries.parse(self._bundle.read(f"{name}.entry", layout.LIMITS["entry"]), where)
        except NotFound:
            return None  # the layout has told it
        except Malformed as exc:
            self._report.add([from_malformed(Verdict.INTEGRITY, exc)])
            return None
        try:
            proof = self._proof(name, where)
        except NotFound:
            return signed
        except Malformed as exc:
            self._report.add([from_malformed(Verdict.INTEGRITY, exc)])
            return signed
        with judging(self._report, Verdict.ORDER):
            self._check_place(signed, proof, seq, where)
        return signed

    def path(self, name: str) -> tuple[bytes, ...]:
        """The hashes of a proof, once more."""
        return self._proof(name, name).hashes

    def _proof(self, name: str, where: str) -> proofs.Proof:
        data = self._bundle.read(f"{name}.tlog-proof", layout.LIMITS["tlog-proof"])
        proof = proofs.parse(data, f"{where}, proof")
        if proof.unverified_extra:
            refuse(f"{where}, proof", "no line `extra`", "one")
        return proof

    def _check_place(self, signed: SignedEntry, proof: proofs.Proof, seq: int, where: str) -> None:
        """[A proof of a checkpoint of its own for each entry: each is of another fork.]"""
        entry, claimed = signed.entry, self._claimed
        if bytes(proof.unverified_checkpoint) != self._alone:
            refuse(where, "a proof under the one checkpoint, by the log's Ed25519 line alone", "another")
        if (entry.origin, entry.seq, proof.index) != (claimed.origin, seq, seq):
            refuse(where, f"number {seq} of {claimed.origin}", f"{entry.seq} of {entry.origin}, path of {proof.index}")
        check_inclusion(signed.hash, seq, claimed.size, proof.hashes, claimed.root, where)
        self.at_place.add(seq)

    def shown(self, seqs: Sequence[int], histories: Histories, progress: Progress) -> Iterator[Shown]:
        """Each entry of entries/ that can be read, judged but for its index and its report."""
        signers = Signers(histories, self._claimed.origin) if histories else None
        for number, seq in enumerate(seqs):
            if number % _AT_A_TIME == 0:
                progress(number, len(seqs))
            signed = self.placed(layout.entry_name(seq), seq)
            if signed is None:
                continue
            if signers:
                with judging(self._report, Verdict.ORIGIN):
                    signers.check(_numbered(signed, seq))
            yield self._with_record(signed, seq)
        progress(len(seqs), len(seqs))

    def _with_record(self, signed: SignedEntry, seq: int) -> Shown:
        """Step 10."""
        name = f"{layout.entry_name(seq)}.record"
        light, where = _numbered(signed, seq)._replace(leaf=b""), f"record of entry {seq}"
        if (signed.entry.record is not None) != (name in self._there):
            expected = "a record beside each entry that commits to one, and no other"
            self._report.add([broken(Verdict.INTEGRITY, where, expected, name)])
            return Shown(light, has_record=signed.entry.record is not None)
        if signed.entry.record is None:
            return Shown(light)
        try:
            record = records.parse_shown(self._bundle.read(name, layout.LIMITS["record"]), where)
            check_record(record, signed, where)
        except Malformed as exc:
            self._report.add([from_malformed(Verdict.INTEGRITY, exc)])
            return Shown(light, has_record=True)
        self._check_filed(record, signed, seq, where)
        return self._facts(light, record)

    def _check_filed(self, record: Record, signed: SignedEntry, number: int, where: str) -> None:
        """[A correction that is in no list of what it corrects.] What is followed up was read before: it is earlier."""
        for reference in references.of(record, signed):
            with judging(self._report, Verdict.INTEGRITY):
                references.check_filed(reference, where)
                for seq in reference.filed.entries if reference.filed else ():
                    if earlier := self._filed.get(seq):
                        references.check_follow_up(reference, seq, earlier, where)
        if all(not isinstance(record.lines[place], Withheld) for place in record.shape.terms):
            filed = Filed.of(record)
            shared = self._shared.setdefault(filed.shared, filed.shared)  # the same few parties, again and again
            self._filed[number] = Filed(filed.entries, shared)

    def _facts(self, signed: SignedEntry, record: Record) -> Shown:
        deciding: dict[str, Value | None] = {}
        withheld: list[str] = []
        for line in record.lines:
            hidden = isinstance(line, Withheld)
            if hidden:
                withheld.append(intern(line.name))
            if line.name in _DECIDING:
                deciding[line.name] = HIDDEN if isinstance(line, Withheld) else line.value
        names = tuple(withheld)
        names = self._names.setdefault(names, names)  # a year of reports withholds the same few lines
        approved = bool(record.shape.approvals)
        return Shown(signed, True, deciding, names, len(record.lines) - len(withheld), approved)
