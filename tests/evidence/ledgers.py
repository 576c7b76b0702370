"""A ledger in a list, with every secret in hand: made from words, the same bytes on each run, good for tests only.

    ledger = Ledger.founded()
    ledger.admit("m2", "recorder")
    ledger.record("disclosure", [("purpose", "licence")], ["entry:0"], by="m2")
    assert examine(ledger.leaves) == []

`Ledger.note` signs any text, so attackers with a member's key are a line each; `examine` is the stranger who checks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from hashlib import sha256, shake_256

from keys import age
from keys.vrf import IndexKey
from tests.evidence.signers import Log, MlDsaSigner, Signer
from vault.evidence import entry, merkle, naming, note, record, references
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import Checkpoint, open_checkpoint, parse_text
from vault.evidence.entry import Entry, SignedEntry
from vault.evidence.record import Record, Value
from vault.evidence.references import Filed
from vault.evidence.strict import base64_text
from vault.evidence.verdicts import Fault, Verdict, broken
from vault.evidence.vrf import term_input

ORIGIN = "magnets.example/disclosures"
START = datetime(2026, 11, 22, 17, 39, 28, 123456, UTC)
Pairs = Sequence[tuple[str, Value]]


def seed(word: str) -> bytes:
    """32 bytes that look random and never change."""
    return sha256(word.encode()).digest()


@cache
def index_key(origin: str, generation: int) -> IndexKey:
    """The VRF key of a generation."""
    return IndexKey(seed(f"test index key {generation} of {origin}"))


@cache
def tag(term: str, generation: int = 1, origin: str = ORIGIN) -> bytes:
    """The tag of a term."""
    return index_key(origin, generation).tag(term_input(term))


@cache
def recipient(word: str, *, hybrid: bool = False) -> str:
    """An age recipient."""
    return str(age.generate(hybrid, lambda size: shake_256(word.encode()).digest(size)).recipient())


def salts(word: str, count: int) -> bytes:
    """Salts for `count` record lines."""
    return shake_256(f"test salts {word}".encode()).digest(count * record.SALT_SIZE)


def signer(name: str, origin: str = ORIGIN) -> Signer:
    """The key of a member, `m2`."""
    return Signer(f"{origin}/{name}", f"test member {name} of {origin}")


class LaterLog(Log):
    """The same log with its next pair of keys."""

    @cached_property
    def ed25519(self) -> Signer:
        return Signer(self.origin, f"test log {self.origin}, later")

    @cached_property
    def ml_dsa(self) -> MlDsaSigner:
        return MlDsaSigner(self.origin, f"test log ML-DSA {self.origin}, later")


def log_lines(log: Log) -> list[str]:
    """The `log` lines that declare both keys of a log."""
    return [f"log {log.ed25519.key}", f"log {log.ml_dsa.key}"]


def vrf_line(generation: int, origin: str = ORIGIN) -> str:
    """The `vrf` line of a generation."""
    return f"vrf {generation} {base64_text(index_key(origin, generation).public)}"


def member_line(name: str, roles: str, origin: str = ORIGIN) -> str:
    """The `member` line of a test member."""
    return f"member {name} {roles} {signer(name, origin).key} {recipient(f'{origin} {name}')}"


@dataclass
class Ledger:
    """Entries of one vault, one a minute, and the records behind them by number."""

    origin: str = ORIGIN
    leaves: list[bytes] = field(default_factory=list)
    records: dict[int, Record] = field(default_factory=dict)
    generation: int = 1
    log: Log = field(init=False)

    def __post_init__(self) -> None:
        self.log = Log(self.origin)

    @classmethod
    def founded(cls, origin: str = ORIGIN) -> "Ledger":
        """A ledger with its genesis: custodian m1, both log keys, index key 1."""
        ledger = cls(origin)
        member = member_line("m1", "custodian", origin)
        ledger.public("genesis", *log_lines(ledger.log), vrf_line(1, origin), member, keyring_line("0"))
        return ledger

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self.leaves)

    @property
    def previous(self) -> bytes:
        """What the next entry names as `previous`."""
        return merkle.leaf_hash(self.leaves[-1]) if self.leaves else merkle.EMPTY_ROOT

    def next_entry(self, kind: str, **body: object) -> Entry:
        """The next entry, not signed and not appended."""
        time = START + timedelta(minutes=self.size)
        return Entry(self.origin, self.size, kind, time, self.previous, **body)  # type: ignore[arg-type]

    def sign(self, unsigned: Entry, by: str = "m1") -> bytes:
        """The leaf of `unsigned` signed by a member, whether or not it may be."""
        return self.note(unsigned.text, by)

    def note(self, text: str, by: str = "m1") -> bytes:
        """Any text signed by a member's key."""
        return note.render(text, [signer(by, self.origin).sign(text)])

    def append(self, leaf: bytes) -> bytes:
        """Append any bytes."""
        self.leaves.append(leaf)
        return leaf

    def public(self, kind: str, *lines: str, by: str = "m1") -> SignedEntry:
        """Append an entry of public lines."""
        return entry.parse(self.append(self.sign(self.next_entry(kind, public_lines=lines), by)))

    def change_keys(self, *lines: str, by: str = "m1") -> SignedEntry:
        """Append a key entry; its keyring is a new one."""
        return self.public("key", *lines, keyring_line(str(self.size)), by=by)

    def change_log(self) -> SignedEntry:
        """Append the key entry from which on the log signs with its next keys."""
        self.log = LaterLog(self.origin)
        return self.change_keys(*log_lines(self.log))

    def admit(self, name: str, roles: str, by: str = "m1") -> SignedEntry:
        """Let a member join."""
        return self.change_keys(member_line(name, roles, self.origin), by=by)

    def record(self, kind: str, pairs: Pairs, terms: Iterable[str] = (), by: str = "m1") -> SignedEntry:
        """Append an entry with a record of `pairs`, filed under `terms`."""
        return self.file(kind, self.build(pairs, terms), by)

    def file(self, kind: str, built: Record, by: str = "m1") -> SignedEntry:
        """Append the entry that commits to `built`."""
        self.records[self.size] = built
        return entry.parse(self.append(self.sign(self.entry_of(kind, built), by)))

    def build(self, pairs: Pairs, terms: Iterable[str] = ()) -> Record:
        """The record of `pairs`, with the terms before what is said of approvals and of the sending."""
        at = next((n for n, (name, _) in enumerate(pairs) if naming.group(name) != naming.APPROVED), len(pairs))
        numbered = [(f"term.{number}", term) for number, term in enumerate(terms, 1)]
        lines = [*pairs[:at], *numbered, *pairs[at:]]
        return record.build(lines, salts(f"{self.origin} {self.size}", len(lines)))

    def entry_of(self, kind: str, built: Record) -> Entry:
        """The next entry, committing to `built`."""
        tags = tuple(sorted(tag(term, self.generation, self.origin) for term in built.terms()))
        return self.next_entry(kind, record=built.root, tags=tags)

    def disclose(self, purpose: str = "licence", by: str = "m1") -> SignedEntry:
        """Append a small disclosure."""
        return self.record("disclosure", [("purpose", purpose)], ["party:lei:529900T8BM49AURSDO55"], by)

    def tree(self) -> Checkpoint:
        """The tree head over all entries."""
        return Checkpoint(self.origin, self.size, merkle.root(self.leaves))

    def checkpoint(self) -> bytes:
        """The tree head signed by both log keys (with other bytes on each call: ML-DSA-44 is randomised)."""
        return self.log.sign(self.tree())

    @property
    def fingerprint(self) -> bytes:
        """What a stranger knows of this ledger from elsewhere."""
        return merkle.leaf_hash(self.leaves[0])


def keyring_line(word: str) -> str:
    """The `keyring` line of some keyring."""
    return f"keyring {seed(f'test keyring {word}').hex()}"


def check_references(built: Record, signed: SignedEntry, earlier: Mapping[int, SignedEntry | Record]) -> None:
    """Refuse what `built` refers to unless these earlier entries and records, by their number, bear it out."""
    approvals = {seq: one for seq, one in earlier.items() if isinstance(one, SignedEntry)}
    for reference in references.of(built, signed):
        references.check_approvals(reference, approvals, references.first_named([reference]))
        references.check_filed(reference)
        for seq in reference.filed.entries if reference.filed else ():
            if isinstance(record_ := earlier.get(seq), Record):
                references.check_follow_up(reference, seq, Filed.of(record_))


def examine(
    leaves: Sequence[bytes], origin: str = ORIGIN, fingerprint: bytes | None = None, checkpoint: bytes | None = None
) -> list[Fault]:
    """What a stranger finds wrong with entries, who knows the origin and perhaps the fingerprint and one checkpoint."""
    chain = Chain(origin)
    faults: list[Fault] = []
    roots = {}
    for leaf in leaves:
        faults += chain.read(leaf)[1]
        roots[chain.size] = chain.root
    if fingerprint not in (None, chain.fingerprint):
        expected, found = "the fingerprint known from outside", chain.fingerprint.hex()
        faults += [broken(verdict, "entry 0", expected, found) for verdict in (Verdict.ORDER, Verdict.ORIGIN)]
    if checkpoint is not None:
        faults += _compare(checkpoint, chain, roots)
    return faults + chain.ending_faults()


def _compare(checkpoint: bytes, chain: Chain, roots: dict[int, bytes]) -> list[Fault]:
    size = parse_text(note.parse(checkpoint).text).size
    if size not in roots:
        return [broken(Verdict.ORDER, "checkpoint", f"at least {size} entries", chain.size)]
    opened = open_checkpoint(checkpoint, chain.keys.log_at(size))
    if opened == Checkpoint(chain.origin, size, roots[size]):
        return []
    return [broken(Verdict.ORDER, "checkpoint", opened.root.hex(), roots[size].hex())]
