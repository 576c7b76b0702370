"""The head of a ledger: compared with what was seen and signed before, signed, pinned. Never below, never beside.

Only a signature or a pin makes a head one that must come again; what the tables say of themselves counts for nothing
here. [Whoever may write the files but holds no signing key cuts the ledger, and the next checkpoint blesses the cut.]
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from keys.signing import LogSigner
from vault.errors import Damaged, Refused, VaultError
from vault.evidence import ed25519, merkle
from vault.evidence import entry as entries
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import Checkpoint, open_checkpoint, parse_text
from vault.evidence.members import KeyHistory
from vault.evidence.note import parse as parse_note
from vault.evidence.strict import Malformed
from vault.ledger.keys import declared
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.ledger.store import Head
from vault.pins import Pin, Pins

_REMEMBERED = 8  # checkpoints whose signatures a process does not verify again
RESTORE = "restore the vault from a backup; `dvault verify` says what is wrong"


@dataclass(slots=True)
class Heads:
    """The heads of one ledger that were signed, and those that were seen on this machine."""

    ledger: SqlcipherLedger
    pins: Pins
    fingerprint: str
    _opened: dict[bytes, Checkpoint] = field(default_factory=dict)

    def refuse_rollback(self, history: KeyHistory) -> Pin | None:
        """Refuse a ledger older than, or beside, what was seen of it before: O(log n). Returns what was seen."""
        pin = self.pins.read(self.fingerprint)
        if pin is not None:
            self.refuse_without(pin, history)
        return pin

    def refuse_without(self, pin: Pin, history: KeyHistory) -> None:
        """Refuse a ledger in which what is pinned is not. The leaf is hashed: a stored hash could be left as it was."""
        size = self.ledger.head().size
        if pin.last_seq >= size:
            raise Refused(
                f"this vault was rolled back: it has {size} entries, {pin.last_seq + 1} were seen on this machine",
                "find the newer copy; if it is lost for good, see docs/operations.md on successors",
            )
        (leaf,) = self.ledger.leaves(pin.last_seq, pin.last_seq + 1)
        agrees = merkle.leaf_hash(leaf) == pin.last_hash
        if agrees and pin.checkpoint:
            seen = self._open(pin.checkpoint, history, "pinned checkpoint")
            agrees = self.ledger.root(seen.size) == seen.root
        if not agrees:
            raise Refused(
                f"this vault was forked or rewritten: it lacks entry {pin.last_seq} as it was seen on this machine",
                "two copies may have gone on by themselves; keep both, and compare them with a checkpoint of others",
            )

    def see(self, history: KeyHistory) -> None:
        """Pin the stored checkpoint if it is newer than what was seen; what is under none is not seen yet.

        One whose signatures do not hold is left to `verify`, which has to be able to open the vault to name it.
        """
        known, note = self.pins.read(self.fingerprint), self.ledger.checkpoint()
        try:
            stored = self._open(note, history, "stored checkpoint") if note else None
        except Malformed:
            stored = None
        if stored and note and (known is None or known.covered < stored.size) and self._holds(stored):
            self._advance(history, Head(stored.size, self._leaf_hash(stored.size - 1)), note)
        elif known is None:
            self._advance(history, Head(1, self._leaf_hash(0)), b"")

    def _holds(self, checkpoint: Checkpoint) -> bool:
        return checkpoint.size <= self.ledger.head().size and self.ledger.root(checkpoint.size) == checkpoint.root

    def _leaf_hash(self, seq: int) -> bytes:
        (leaf,) = self.ledger.leaves(seq, seq + 1)
        return merkle.leaf_hash(leaf)

    def pin(self, history: KeyHistory, head: Head, note: bytes) -> None:
        """Pin what was just committed, durably. The message of a failure says that the entry is in the ledger."""
        try:
            self._advance(history, head, note)
        except VaultError as exc:
            hint = f"{exc.hint}; entry {head.size - 1} is in the ledger: do not repeat it"
            raise type(exc)(f"entry {head.size - 1} was written, but not pinned: {exc}", hint) from exc

    def _advance(self, history: KeyHistory, head: Head, note: bytes) -> None:
        pin = Pin.of(history.origin, head.size - 1, head.last, note)
        self.pins.advance(self.fingerprint, pin, lambda known: self.refuse_without(known, history))

    def sign(self, log: LogSigner, history: KeyHistory, time: datetime) -> tuple[Checkpoint, bytes]:
        """The checkpoint of the head, signed: to be called under the append lock only.

        It extends the highest checkpoint that was signed or seen: from that one's peaks on, every leaf is read back,
        judged by the keys of its place and hashed. `Damaged` and `Refused` leave the log key unused.
        """
        head = self.ledger.head()
        chain = Chain(history.origin)
        for base in self._signed_or_seen(history):
            if base.size > head.size:
                raise Refused(f"a checkpoint of {base.size} entries was signed, and there are {head.size}", RESTORE)
            peaks = merkle.peaks_at(base.size, self.ledger.node)
            if merkle.fold_peaks(peaks) != base.root:
                raise Damaged(f"the tree hashes are not those of checkpoint {base.size}", RESTORE)
            if base.size > chain.size:
                chain = self._resumed(base.size, peaks, history)
        self._follow(chain, head)
        checkpoint = Checkpoint(history.origin, chain.size, chain.root)
        note = log.sign(checkpoint, int(time.timestamp()))
        self._opened = {note: checkpoint}
        return checkpoint, note

    def _signed_or_seen(self, history: KeyHistory) -> Iterator[Checkpoint]:
        pin, stored = self.pins.read(self.fingerprint), self.ledger.checkpoint()
        if stored:
            yield self._open(stored, history, "stored checkpoint")
        if pin and pin.checkpoint and pin.checkpoint != stored:
            yield self._open(pin.checkpoint, history, "pinned checkpoint")

    def _resumed(self, size: int, peaks: list[bytes], history: KeyHistory) -> Chain:
        """The chain after the entries under a checkpoint that holds; `history` is that of the whole ledger."""
        chain = Chain(history.origin, size, peaks, bytes.fromhex(self.fingerprint), self._leaf_hash(size - 1))
        newer = self.ledger.last_key_entry() >= size
        chain.keys = declared(self.ledger, history.origin, size).history if newer else history
        return chain

    def _follow(self, chain: Chain, head: Head) -> None:
        """Judge what no checkpoint covers yet. [Who may write but not sign puts an entry there; once a checkpoint is
        over it, it can never be taken out again.]"""
        for leaf in self.ledger.leaves(chain.size, head.size):
            where = f"entry {chain.size}"
            signed = entries.parse(leaf, where)
            judged = chain.follow(signed)
            if judged.faults:
                raise Damaged(f"no checkpoint is signed over {where}: {judged.faults[0]}", RESTORE)
            if judged.key is not None:  # that of a key entry is verified already
                ed25519.verify(judged.key.public, signed.text_bytes, signed.unverified_signature.value, where)
        if (chain.last_hash, chain.root) != (head.last, self.ledger.root(head.size)):
            raise Damaged("the tree hashes are not those of the entries", "dvault doctor --rebuild")

    def _open(self, note: bytes, history: KeyHistory, where: str) -> Checkpoint:
        """The checkpoint in a note, its signatures verified once."""
        if note not in self._opened:
            if len(self._opened) > _REMEMBERED:
                self._opened.clear()
            claimed = parse_text(parse_note(note, where).text, where)
            if not claimed.size or claimed.origin != history.origin:
                raise Malformed(where, f"a checkpoint of {history.origin}", claimed.text)
            self._opened[note] = open_checkpoint(note, history.log_at(claimed.size), where)
        return self._opened[note]
