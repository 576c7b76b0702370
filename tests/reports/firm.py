"""A firm's year in a ledger: what went to Ganzhou Magnet, with all that can follow, and its statement and pieces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

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

GANZHOU = Snapshot("P-0001", "赣州磁铁有限公司 Ganzhou Magnet Co., Ltd.", "CN", "江西省赣州市章贡区迎宾大道 168 号",
                   "supplier-applicant", ("uscc:91360700MA35F7XX1A",), ("Ganzhou Magnet",), "王小明")  # fmt: skip
MOFCOM = Snapshot("P-0002", "中华人民共和国商务部", "CN", "", "authority", (), ("MOFCOM",))
CUSTOMER = Snapshot("S-0001", "Müller Antriebe GmbH", "DE", "", "", ("lei:529900T8BM49AURSDO55",))
SECRET = Snapshot("S-0002", "Winding process W7")
ASKED = Query(("all that went to Ganzhou Magnet",), ("party-name:CN:mofcom",))
MADE = datetime(2026, 12, 1, 9, 30, 0, 250000, UTC)


def stated(**more: object) -> dict[str, object]:
    """The values of an ordinary disclosure; the names of fields with underscores for hyphens and dots."""
    ordinary: dict[str, object] = {
        "discloser.entity": "Magneta S.p.A.", "discloser.person": "Giulia Ferri",
        "purpose": "licence application 2026-117", "legal-basis": "licence condition", "method": "email",
        "designation": "confidential",
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
        self.ledger.record("disclosure", _lines(draft), draft.terms)
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
            MADE, "m1", self.ledger.tree(), query or ASKED,
            tuple(self.withheld),
            tuple(Selected(numbers[seq], seq) for seq in self.transmittals if seq not in self.excluded),
            tuple(Excluded(seq, why) for seq, why in sorted(self.excluded.items())),
            Counts(len(shown), lines - held, held, span, 0, 0, 0, False),
            "Studio Bianchi, Milano", "arbitration 2026/44",
        )  # fmt: skip
        return parse(str(made._replace(**more)).encode())  # type: ignore[arg-type]


def _lines(draft: Draft) -> Sequence[tuple[str, record.Value]]:
    return [pair for pair in draft.pairs() if not pair[0].startswith("term.")]


HOSTILE = (
    "<script>alert(1)</script>.pdf", "=cmd|' /C calc'!A0", "a\u202egpj.exe", "ctl\x00\x07\x1b[31m.txt", "＝1+1",
    "\t=1+1",
    '#import "@preview/x": *; $x^2$ @ref *b* _i_ \\ `raw` #eval("1") </div>', "x;=1+1", "\u200b-1", "line\r\n=2",
    "\ufeff+3",
    "\U0001f600 \ue000 \U00020000.png", "W" * 3_000, "שלום 123.pdf", "_x003D_1", "@SUM(1)", "&amp; \\\" %00 {{7*7}}",
)  # fmt: skip
LARGE = "X" * (4 << 20) + "5 MB"  # as large as a field can be


def hostile() -> Story:
    """A transmittal with names and texts that mean harm to whatever shows them."""
    story = Story()
    story.disclose(to_ganzhou([item(name) for name in HOSTILE], note="=1+1\n=2", marking=HOSTILE[6]))
    story.disclose(to_ganzhou([item("a.pdf", narrative=LARGE[: 4 << 20])], purpose=LARGE[-(4 << 20) :]))
    return story


def year() -> Story:
    """Seven transmittals: an ordinary one, late, oral, corrected, void, overridden, excluded."""
    story = Story()
    story.disclose(to_ganzhou(subjects=(Subject(CUSTOMER, "named"), Subject(SECRET, "inferable"))))
    day = datetime(2026, 10, 12, tzinfo=UTC)
    late: dict[str, Any] = {"event-time": Moment(day, day + timedelta(days=1)), "event-time-basis": "stated",
            "late-reason": "found in the mailbox", "purpose": None}  # fmt: skip
    story.disclose(to_ganzhou([item("生产线照片_2026.jpg"), item("Produktionsplan.xlsx")], **late))
    oral = Item({"narrative": "Video call on the winding line; no file was sent.", "present": "王小明, G. Ferri"})
    story.disclose(to_ganzhou([oral], (Subject(CUSTOMER, "redacted"),), method="screen", marking=None, nda=None))
    corrected = story.disclose(to_ganzhou([item("order 4500012.pdf")], designation="internal"))
    story.correct(corrected, {"designation": "trade-secret", "category.*": ["order", "price"]})
    story.correct(corrected, {"revision": "C"}, item=1)
    void = story.disclose(to_ganzhou([item("wrong.pdf")]))
    story.correct(void, {}, void=True, reason="it was never sent")
    findings = {"inspection.findings": "GPS position in photo.jpg", "inspection.override-by": "A. Rossi",
                "inspection.override-reason": "the plant's address is public"}  # fmt: skip
    left_out = story.disclose(to_ganzhou([item("other.pdf")], designation="public"))
    story.excluded[left_out] = "other-designation"
    story.disclose(to_ganzhou([item("photo.jpg")], (Subject(SECRET, "named"),), **findings))
    return story
