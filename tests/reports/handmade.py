"""Bundles by hand: written from the format text alone, out of a test ledger with every secret in hand.

A second writer beside vault.reports, so that verifiers are judged by more than the exporter; and a dishonest one, since
whoever owns the vault has all keys and can sign anything.

    made = Handmade(ledger())
    files = made.files()                       # an honest bundle: name -> bytes
    files = made.files(lacking={9})            # under an index that lacks entry 9, and without that entry
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Any

from tests.evidence.ledgers import ORIGIN, Ledger, signer, tag, vrf_line
from tests.evidence.signers import Signer
from tests.evidence.trees import nodes_over
from tests.vectors import generate_index
from tests.verify.folders import files_of, keys_of
from tests.verify.lists import AUDITOR, audited, indexed, proof_of, term_proof
from vault.evidence import entry, merkle, note, record
from vault.evidence.checkpoint import Checkpoint
from vault.evidence.consistency_path import ConsistencyPath
from vault.evidence.index import kind_tag
from vault.evidence.index_proof import IndexProof
from vault.evidence.index_proofs import render as render_proofs
from vault.evidence.index_proofs import render_terms
from vault.evidence.members import KEY_KINDS
from vault.evidence.policy import Policy
from vault.evidence.proof import Proof
from vault.evidence.quorum import parse as parse_quorum
from vault.evidence.record import Record, Value
from vault.evidence.statement import Counts, Excluded, Query, Selected, Statement, Withheld
from vault.verify.outside import Outside

GANZHOU, NAME, OTHER = (
    "party:lei:529900T8BM49AURSDO55",
    "party-name:CN:ganzhou magnet co., ltd.",
    "party:vat:DE811907980",
)
ORDER, END_USE = "class:order", "class:end-use"
DRAWING = b"drawing of the rotor"
COSIGNED = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MADE = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
EVIDENCE = "data/evidence/"
Files = dict[str, bytes]


def hashed(data: bytes) -> str:
    return sha256(data).hexdigest()


@dataclass
class Story:
    """The ledger of the samples. `stamp` makes a token over a note; without it there is no anchor entry.

    0 genesis, 1 m2 joins, 2 the party's record; transmittals 3 (GANZHOU, a drawing), 4 (OTHER), 5 (GANZHOU, in March);
    6 an anchor over 0 to 4; 7 a second index key; transmittal 8 (GANZHOU), 9 a correction of 8, 10 a receipt of 3,
    11 the index. With `more` another transmittal (OTHER) before the index, under the same keys. The index is false if
    it is `lacking` entries.
    """

    stamp: Callable[[bytes], bytes] | None = None
    origin: str = ORIGIN
    more: bool = False
    lacking: Collection[int] = ()
    ledger: Ledger = field(init=False)
    anchors: dict[int, tuple[bytes, list[bytes]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        made = self.ledger = Ledger.founded(self.origin)
        made.admit("m2", "recorder")
        made.record("party", [("name", "Ganzhou Magnet")], [GANZHOU, NAME], by="m2")
        item: list[tuple[str, Value]] = [
            ("item.1.name", "rotor.pdf"),
            ("item.1.size", len(DRAWING)),
            ("item.1.sha256", hashed(DRAWING)),
        ]
        self.disclose("2026-11-20T10:00:00+01:00", "confidential", [GANZHOU, NAME, ORDER], *item)
        self.disclose("2026-11-21T10:00:00+01:00", "confidential", [OTHER, ORDER])
        self.disclose("2026-03-01+01:00", "internal", [GANZHOU, END_USE])
        self._anchor(5)
        made.change_keys(vrf_line(2, self.origin))
        made.generation = 2
        self.disclose("2026-11-22T18:00:00+01:00", "public", [GANZHOU, NAME, ORDER])
        made.record(
            "correction", [("corrects", 8), ("designation", "confidential")], ["entry:8", GANZHOU, NAME], by="m2"
        )
        made.record("receipt", [("note", "arrived")], ["entry:3", GANZHOU, NAME], by="m2")
        if self.more:
            self.disclose("2026-11-22T19:00:00+01:00", "public", [OTHER])
        indexed(made, lacking=self.lacking)

    def disclose(self, when: str, designation: str, terms: Sequence[str], *more: tuple[str, Value]) -> None:
        """A transmittal."""
        pairs: list[tuple[str, Value]] = [
            ("kind", "disclosure"),
            ("purpose", "licence"),
            ("designation", designation),
            *more,
        ]
        self.ledger.record("disclosure", [*pairs, ("event-time", when)], terms, by="m2")

    def _anchor(self, size: int) -> None:
        if self.stamp is None:
            self.ledger.public("backup", f"size {size}", f"objects 1 {'ab' * 32}")
            return
        tree = Checkpoint(self.ledger.origin, size, merkle.root(self.ledger.leaves[:size]))
        signed = self.ledger.log.sign(tree)
        token = self.stamp(signed)
        self.anchors[size] = signed, [token]
        root = tree.text.split("\n")[2]
        self.ledger.public("anchor", f"checkpoint {size} {root}", f"token {hashed(token)}")


def index_line(made: Ledger) -> str:
    """The line of a true index over all entries."""
    return generate_index.index_line(made)


PARTY = Query(filters=("party: Ganzhou Magnet",), complete=(NAME, GANZHOU))


@dataclass
class Handmade:
    """What somebody hands over of a story, honest unless told otherwise.

    `excluded` are entries with reasons; `hidden` names withheld by entry, `patterns` what the statement says of them.
    """

    story: Story
    query: Query = PARTY
    excluded: Mapping[int, str] = field(default_factory=dict)
    hidden: Mapping[int, Collection[str]] = field(default_factory=dict)
    patterns: Sequence[Withheld] = ()
    documents: Mapping[str, bytes] = field(default_factory=dict)
    ledger_too: bool = False
    by: str = "m1"
    auditor: Signer | None = AUDITOR
    lacking: Collection[int] = ()
    numbers: Mapping[int, int] = field(default_factory=dict)
    stated: Callable[[Statement], Statement] = lambda one: one
    left_out: Collection[int] = ()
    time: int = int(COSIGNED.timestamp())

    @property
    def ledger(self) -> Ledger:
        return self.story.ledger

    def tags(self, term: str) -> list[bytes]:
        """Of a term by each index key."""
        return [tag(term, g, self.ledger.origin) for g in range(1, self.ledger.generation + 1)]

    def shown(self) -> list[int]:
        """The numbers of the entries that belong into the bundle."""
        read = [entry.parse(leaf).entry for leaf in self.ledger.leaves]
        wanted = {t for term in self.query.complete for t in self.tags(term)}
        found = {one.seq for one in read if wanted & set(one.tags) or (self.query.every and one.kind == "disclosure")}
        found |= {seq for seq, number in self._numbers().items() if number in self.query.chosen}
        for one in read:
            if any(set(self.tags(f"entry:{seq}")) & set(one.tags) for seq in found):
                found.add(one.seq)
        found |= {one.seq for one in read if one.kind == "anchor"} | {len(read) - 1}
        return sorted(found - set(self.lacking) - set(self.left_out))

    def _numbers(self) -> dict[int, int]:
        read = [entry.parse(leaf).entry for leaf in self.ledger.leaves]
        counted = {one.seq: n for n, one in enumerate((one for one in read if one.kind == "disclosure"), 1)}
        return {**counted, **self.numbers}

    def record_of(self, seq: int) -> Record | None:
        """As it is shown."""
        whole = self.ledger.records.get(seq)
        return record.withhold(whole, self.hidden.get(seq, ())) if whole else None

    def statement(self) -> Statement:
        """What the bundle says of itself."""
        shown, tree, numbers = self.shown(), self.ledger.tree(), self._numbers()
        records = {seq: one for seq in shown if (one := self.record_of(seq))}
        lines = [line for one in records.values() for line in one.lines]
        open_ = sum(isinstance(line, record.Line) for line in lines)
        span = (min(records), max(records)) if records else None
        size = sum(map(len, self.documents.values()))
        counts = Counts(len(shown), open_, len(lines) - open_, span, 0, len(self.documents), size, self.ledger_too)
        selected = [Selected(numbers[seq], seq) for seq in shown if seq in numbers and seq not in self.excluded]
        excluded = [Excluded(seq, why) for seq, why in sorted(self.excluded.items())]
        made = Statement(
            MADE, self.by, tree, self.query, tuple(sorted(self.patterns)), tuple(selected), tuple(excluded), counts,
            "Counsel LLP", "annual audit",
        )  # fmt: skip
        return self.stated(made)

    def files(self) -> Files:
        """All files, sealed."""
        said = str(self.statement()).encode()
        made = {EVIDENCE + name: data for name, data in self._evidence()}
        made |= {EVIDENCE + "statement": said, "data/HOW-TO-VERIFY.md": b"read this\n", "data/verify.py": b"pass\n"}
        made |= {f"data/documents/{name}": data for name, data in self.documents.items()}
        return sealed(made, self.by)

    def checkpoint(self) -> bytes:
        """The checkpoint, cosigned by the auditor if there is one."""
        return audited(self.ledger, self.auditor, self.time) if self.auditor else self.ledger.checkpoint()

    def _evidence(self) -> Iterator[tuple[str, bytes]]:
        made, size, signed = self.ledger, self.ledger.size, self.checkpoint()
        node = nodes_over([merkle.leaf_hash(leaf) for leaf in made.leaves])
        yield "checkpoint", signed
        alone = note.parse(signed)
        alone = alone._replace(unverified_signatures=(made.log.ed25519.sign(alone.text),))
        keys = [seq for seq, leaf in enumerate(made.leaves) if entry.parse(leaf).entry.kind in KEY_KINDS]
        names = {seq: f"keys/{seq:06}" if seq else "genesis" for seq in keys}
        names |= {seq: f"entries/{seq:06}" for seq in self.shown()}
        for seq, name in names.items():
            yield f"{name}.entry", made.leaves[seq]
            yield f"{name}.tlog-proof", bytes(Proof(seq, tuple(merkle.inclusion_proof(seq, size, node)), alone))
            if one := self.record_of(seq):
                yield f"{name}.record", record.render_shown(one)
        yield from self._lists()
        yield from self._anchored(node)
        if self.ledger_too:
            tiles = files_of(made.leaves, signed, keys_of(made))
            yield from ((f"ledger/{name}", data) for name, data in tiles.items())

    def _lists(self) -> Iterator[tuple[str, bytes]]:
        made, lacking = self.ledger, self.lacking
        for kind in ("genesis", "key", "party", "disclosure"):
            yield f"index/kind-{kind}.proof", bytes(proof_of(made, kind_tag(kind), lacking=lacking))
        yield "index/terms.proofs", self.proofs(self.query.complete)
        yield "index/follow-ups.proofs", self.proofs(f"entry:{seq}" for seq in self.shown() if seq in made.records)
        if self.query.within:
            every = [self.term(term, g) for term in self.query.within for g in self.generations]
            yield (
                "index/within.proofs",
                render_terms((one.tag, one.unverified_shown) for one in every if one.unverified_shown),
            )

    @property
    def generations(self) -> range:
        return range(1, self.ledger.generation + 1)

    def term(self, term: str, generation: int) -> IndexProof:
        """The proof of a term by an index key."""
        return term_proof(self.ledger, term, generation, lacking=self.lacking)

    def proofs(self, terms: Any) -> bytes:
        """A file of the proofs of terms."""
        return render_proofs(self.term(term, g) for term in terms for g in self.generations)

    def _anchored(self, node: merkle.Node) -> Iterator[tuple[str, bytes]]:
        for size, (signed, tokens) in self.story.anchors.items():
            yield f"anchors/{size}/checkpoint", signed
            yield from ((f"anchors/{size}/{hashed(token)}.tsr", token) for token in tokens)
            if size != self.ledger.size:
                hashes = tuple(merkle.consistency_proof(size, self.ledger.size, node))
                yield f"consistency/{size}.proof", bytes(ConsistencyPath(size, self.ledger.size, hashes))


def remade(files: Mapping[str, bytes]) -> Files:
    """The same with the manifests that fit it: what anybody can do, and the seal does not cover."""
    tags = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "report.note")
    payload = {name: data for name, data in files.items() if name.startswith("data/")}
    made = {name: data for name, data in files.items() if name not in tags}
    made["bagit.txt"] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    made["bag-info.txt"] = b"Payload-Oxum: %d.%d\n" % (sum(map(len, payload.values())), len(payload))
    made["manifest-sha256.txt"] = manifest(payload)
    names = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")
    made["tagmanifest-sha256.txt"] = manifest({name: made[name] for name in names})
    return made | ({"report.note": files["report.note"]} if "report.note" in files else {})


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Lines in the order of the names' bytes."""
    names = sorted(files, key=str.encode)
    return "".join(f"{hashed(files[n])}  {n.replace('%', '%25')}\n" for n in names).encode()


def sealed(files: Mapping[str, bytes], by: str = "m1", origin: str = "") -> Files:
    """The same with manifests and a seal by a member: what its maker can do."""
    made = remade(files)
    stated = files[EVIDENCE + "statement"].decode()
    text = f"{stated}tagmanifest {hashed(made['tagmanifest-sha256.txt'])}\n"
    origin = origin or stated.split("\n")[1].removeprefix("origin ")
    return made | {"report.note": note.render(text, [signer(by, origin).sign(text)])}


def write(folder: FilePath, files: Mapping[str, bytes]) -> FilePath:
    """The files in a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def load(folder: FilePath) -> Files:
    """The files of a bundle that lies in a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def believing(ledger: Ledger, roots: Sequence[bytes] = (), auditor: Signer = AUDITOR) -> Outside:
    """What a verifier brings who knows the ledger's fingerprint and believes an auditor, who is his witness too."""
    quorum = parse_quorum(f"witness a {auditor.key}\nquorum a\n")
    return Outside(policy=Policy(ledger.fingerprint, (auditor.key,), tuple(roots), quorum))
