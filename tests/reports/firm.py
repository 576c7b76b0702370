"""A firm's year in a ledger: what went to Ganzhou Magnet, with all that can follow, and its statement and pieces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from tests.evidence.ledgers import START, Ledger
from vault.evidence import entry, record
from vault.evidence.record import Record
from vault.evidence.statement import Counts, Excluded, Query, Selected, Statement, Withheld, parse
from vault.records import corrections
from vault.records.corrections import Change, Target
from vault.records.disclosure import Disclosure, Item, Recipient, Subject
from vault.records.draft import Draft
from vault.records.matters import Reference
from vault.records.moments import Moment
from vault.records.parties import Snapshot
from vault.reports.pieces import Piece

GANZHOU = Snapshot(
    "P-0001", "赣州磁铁有限公司 Ganzhou Magnet Co., Ltd.", "CN", "江西省赣州市章贡区迎宾大道 168 号",
    "supplier-applicant", ("uscc:91360700MA35F7XX1A",), ("Ganzhou Magnet",), "王小明",
)  # fmt: skip
MOFCOM = Snapshot("P-0002", "中华人民共和国商务部", "CN", "", "authority", (), ("MOFCOM",))
CUSTOMER = Snapshot("S-0001", "Müller Antriebe GmbH", "DE", "", "", ("lei:529900T8BM49AURSDO55",))
SECRET = Snapshot("S-0002", "Winding process W7")
MADE = datetime(2026, 12, 1, 9, 30, 0, 250000, UTC)


def stated(**more: object) -> dict[str, object]:
    """The values of an ordinary disclosure; the names of fields with underscores for hyphens and dots."""
    ordinary: dict[str, object] = {
        "discloser.entity": "Magneta S.p.A.", "discloser.person": "Giulia Ferri",
        "purpose": "licence application 2026-117", "legal-basis": "licence condition",
        "method": "email", "designation": "confidential",
        "marking": "CONFIDENTIAL / 商业秘密", "category.*": ["end-use", "production-volume"], "nda": "NDA-2024-08",
        "event-time": Moment(START, START), "event-time-basis": "observed", "reference": "<a1@mail.example>",
    }  # fmt: skip
    return {name: value for name, value in (ordinary | more).items() if value is not None}


def item(name: str, **more: object) -> Item:
    """An item with a hash of its own."""
    digest = sha256(name.encode()).hexdigest()
    values = {"name": name, "media-type": "application/pdf", "size": 421_888, "sha256": digest,
              "payload-size": 421_920, "payload-sha256": sha256(digest.encode()).hexdigest()}  # fmt: skip
    return Item({**values, **more})  # type: ignore[dict-item]


def to_ganzhou(items: Iterable[Item] = (), subjects: tuple[Subject, ...] = (), **more: object) -> Draft:
    """A disclosure to the supplier, on its way to the ministry."""
    recipients = (Recipient("to", GANZHOU), Recipient("onward", MOFCOM))
    matter = Reference.of("matter", "M-0001", {"title": "Licence NdFeB", "authority": "MOFCOM", "number": "2026-117"})
    request = Reference.of("request", "R-0001", {"from": "MOFCOM", "received": "2026-11-02+01:00", "scope": "beyond"})
    some = tuple(items) or (item("EUC-4711.pdf", **{"document-number": "EUC-4711", "revision": "B", "pages": 4}),)
    return Disclosure(stated(**more), recipients, some, subjects, matter, request).draft()


@dataclass
class Story:
    """A ledger with transmittals, and what a report of it states; `withhold` hides lines by pattern."""

    ledger: Ledger = field(default_factory=Ledger.founded)
    transmittals: list[int] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    excluded: dict[int, str] = field(default_factory=dict)

    def disclose(self, draft: Draft) -> int:
        """Append a transmittal; the number of its entry."""
        seq = self.ledger.size
        self.ledger.record("disclosure", draft.pairs()[: -len(draft.terms) or None] and _lines(draft), draft.terms)
        self.transmittals.append(seq)
        return seq

    def correct(self, seq: int, values: dict[str, object], item: int | None = None, **about: object) -> int:
        """Append a correction of a transmittal."""
        first = self.ledger.records[seq]
        target = Target("item" if item else "disclosure", seq, first.values(), first.terms(), item)
        draft = corrections.draft(target, Change(values, {"reason": "typed wrongly", **about}))
        at = self.ledger.size
        self.ledger.record("correction", _lines(draft), draft.terms)
        return at

    def withhold(self, *patterns: tuple[str, str]) -> None:
        """Withhold the lines of these patterns, for these reasons."""
        self.withheld += [Withheld(*one) for one in patterns]
        self.withheld.sort()

    def pieces(self) -> list[Piece]:
        """All entries, with as much of each record as is shown."""
        return [Piece(entry.parse(leaf), self._shown(seq)) for seq, leaf in enumerate(self.ledger.leaves)]

    def _shown(self, seq: int) -> Record | None:
        whole = self.ledger.records.get(seq)
        if whole is None:
            return None
        names = [line.name for line in whole.lines if any(one.fits(line.name) for one in self.withheld)]
        if seq in self.excluded:
            names = [line.name for line in whole.lines if line.name not in ("event-time", "designation")]
        return record.withhold(whole, names)

    def statement(self, query: Query | None = None, **more: object) -> Statement:
        """The statement that goes with the pieces."""
        numbers = {seq: number for number, seq in enumerate(self.transmittals, 1)}
        shown = [piece.record for piece in self.pieces() if piece.record]
        held = sum(isinstance(line, record.Withheld) for one in shown for line in one.lines)
        lines = sum(len(one.lines) for one in shown)
        seqs = sorted(self.ledger.records)
        span = (seqs[0], seqs[-1]) if seqs else None
        made = Statement(
            MADE, "m1", self.ledger.tree(),
            query or Query(("all that went to Ganzhou Magnet",), ("party-name:CN:mofcom",)),
            tuple(self.withheld),
            tuple(Selected(numbers[seq], seq) for seq in self.transmittals if seq not in self.excluded),
            tuple(Excluded(seq, why) for seq, why in sorted(self.excluded.items())),
            Counts(len(shown), lines - held, held, span, 0, 0, 0, False),
            "Studio Bianchi, Milano", "arbitration 2026/44",
        )  # fmt: skip
        return parse(str(made._replace(**more)).encode())  # type: ignore[arg-type]


def _lines(draft: Draft) -> Sequence[tuple[str, record.Value]]:
    return [pair for pair in draft.pairs() if not pair[0].startswith("term.")]


def year() -> Story:
    """Seven transmittals: an ordinary one, late, oral, corrected, void, overridden, excluded."""
    story = Story()
    story.disclose(to_ganzhou(subjects=(Subject(CUSTOMER, "named"), Subject(SECRET, "inferable"))))
    day = START - timedelta(days=41)
    late = Moment(
        day.replace(hour=0, minute=0, second=0, microsecond=0),
        day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1),
    )
    when: dict[str, object] = {"event-time": late, "event-time-basis": "stated", "late-reason": "found in the mailbox"}
    photos = [item("生产线照片_2026.jpg"), item("Produktionsplan.xlsx")]
    story.disclose(to_ganzhou(photos, (), purpose=None, **when))
    oral = Item({"narrative": "Video call on the winding line; no file was sent.", "present": "王小明, G. Ferri"})
    story.disclose(to_ganzhou([oral], (Subject(CUSTOMER, "redacted"),), method="screen", marking=None, nda=None))
    corrected = story.disclose(to_ganzhou([item("order 4500012.pdf")], designation="internal"))
    story.correct(corrected, {"designation": "trade-secret", "category.*": ["order", "price"]})
    story.correct(corrected, {"revision": "C"}, item=1)
    void = story.disclose(to_ganzhou([item("wrong.pdf")]))
    story.correct(void, {}, void=True, reason="it was never sent")
    findings: dict[str, object] = {
        "inspection.findings": "GPS position in photo.jpg",
        "inspection.override-by": "A. Rossi",
        "inspection.override-reason": "the plant's address is public",
    }
    left_out = story.disclose(to_ganzhou([item("other.pdf")], designation="public"))
    story.excluded[left_out] = "other-designation"
    story.disclose(to_ganzhou([item("photo.jpg")], (Subject(SECRET, "named"),), **findings))
    return story
