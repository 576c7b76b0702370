"""The head of a ledger: compared with what was seen and signed before, signed, pinned. Never below, never beside.

Only a signature or a pin makes a head one that must come again; what the tables say of themselves counts for nothing
here. [Whoever may write the files but holds no signing key cuts the ledger, and the next checkpoint blesses the cut.]
"""

from dataclasses import field
from datetime import datetime

from keys.signing import LogSigner
from vault.errors import Damaged, Refused, Unavailable, Unpinned, VaultError
from vault.evidence import merkle
from vault.evidence.chain import Chain
from vault.evidence.checkpoint import Checkpoint, open_checkpoint, parse_text
from vault.evidence.defined import mutable
from vault.evidence.members import KeyHistory
from vault.evidence.note import parse as parse_note
from vault.evidence.strict import Malformed
from vault.ledger.keys import declared
from vault.ledger.sqlcipher import SqlcipherLedger
from vault.ledger.store import Head
from vault.pins import Pin, Pins

MEND = "mend it before anything else"
RESTORE = "restore the vault from a backup; `dvault verify` says what is wrong"


@mutable()
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
                "find the newer copy, ledger.db and ledger.db-wal together, or ask whoever keeps the backups; if it is"
                f" lost for good, found one that says so: dvault init DIR --origin NEW --continues {history.origin};"
                f" the pin is {self.pins.path(self.fingerprint)}",
            )
        (leaf,) = self.ledger.leaves(pin.last_seq, pin.last_seq + 1)
        agrees = (pin.origin, pin.last_hash) == (history.origin, merkle.leaf_hash(leaf))
        if agrees and pin.checkpoint:
            seen = self._open(pin.checkpoint, history, "pinned checkpoint")
            agrees = self.ledger.root(seen.size) == seen.root
        if not agrees:
            raise Refused(
                f"this vault was forked or rewritten: it lacks entry {pin.last_seq} as it was seen on this machine",
                "two copies may have gone on by themselves, or the pin is damaged; keep both, and compare them with a"
                f" checkpoint of others; the pin is {self.pins.path(self.fingerprint)}",
            )

    def refuse_forged_tail(self, pin: Pin | None, history: KeyHistory) -> None:
        """Judge what came after the last entry this machine has seen: O(entries by others since).

        Whoever adds to an entry that nobody may sign makes it harder to take out again, checkpoint or not.
        """
        head = self.ledger.head()
        size = pin.last_seq + 1 if pin else head.size
        if size < head.size:
            self._follow(self._resumed(size, merkle.peaks_at(size, self.ledger.node), history), head)

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
            kind, next_ = (
                (Unpinned, "mend it before anything else") if isinstance(exc, Unavailable) else (type(exc), exc.hint)
            )
            hint = f"{next_}; entry {head.size - 1} is in the ledger: do not repeat it"
            raise kind(f"entry {head.size - 1} was written, but not pinned: {exc}", hint) from exc

    def _advance(self, history: KeyHistory, head: Head, note: bytes) -> None:
        pin = Pin.of(history.origin, head.size - 1, head.last, note)
        self.pins.advance(self.fingerprint, pin, lambda known: self.refuse_without(known, history))

    def sign(self, log: LogSigner, history: KeyHistory, time: datetime) -> tuple[Checkpoint, bytes]:
        """The checkpoint of the head, signed: to be called under the append lock only.

        What was seen is in it, and what was signed before is its beginning: from the peaks of that checkpoint on, every
        leaf is read back, judged by the keys of its place and hashed. `Damaged` and `Refused` leave the log key unused.
        """
        if log.keys != history.log:  # the old key after a rotation: nobody would take its signature
            raise Refused("the log key at hand is not the one in force", "open the vault again")
        self.refuse_rollback(history)
        head = self.ledger.head()
        chain = self._signed_before(history, head)
        self._follow(chain, head)
        checkpoint = Checkpoint(history.origin, chain.size, chain.root)
        note = log.sign(checkpoint, int(time.timestamp()))
        self._remember(note, checkpoint)
        return checkpoint, note

    def signed(self, history: KeyHistory, head: Head) -> bytes:
        """The stored checkpoint if it is over `head`, else nothing; to be called under the append lock.

        As in signing, one that does not hold, or that the ledger is below or beside of, is refused.
        """
        note = self.ledger.checkpoint()
        if note is None or (chain := self._signed_before(history, head)).size != head.size:
            return b""
        self._follow(chain, head)
        return note

    def _signed_before(self, history: KeyHistory, head: Head) -> Chain:
        """The chain up to the newest stored checkpoint; the empty one where there is none, and all is judged anew."""
        note = self.ledger.checkpoint()
        if note is None:
            return Chain(history.origin)
        signed = self._open(note, history, "stored checkpoint")
        if signed.size > head.size:
            raise Refused(f"a checkpoint of {signed.size} entries was signed, and there are {head.size}", RESTORE)
        peaks = merkle.peaks_at(signed.size, self.ledger.node)
        if merkle.fold_peaks(peaks) != signed.root:
            raise Damaged(f"the tree hashes are not those of checkpoint {signed.size}", RESTORE)
        return self._resumed(signed.size, peaks, history)

    def _resumed(self, size: int, peaks: list[bytes], history: KeyHistory) -> Chain:
        """The chain after `size` entries, trusted so far; `history` is that of the whole ledger."""
        chain = Chain(history.origin, size, peaks, bytes.fromhex(self.fingerprint), self._leaf_hash(size - 1))
        newer = self.ledger.last_key_entry() >= size
        chain.keys = declared(self.ledger, history.origin, size).history if newer else history
        return chain

    def _follow(self, chain: Chain, head: Head) -> None:
        """Judge what nobody has vouched for yet. [Who may write but not sign puts an entry there; once a checkpoint is
        over it, it can never be taken out again.]"""
        for leaf in self.ledger.leaves(chain.size, head.size):
            where = f"entry {chain.size}"
            try:
                _judge(chain, leaf)
            except Malformed as exc:
                raise Damaged(f"nothing is added or signed while {where} stands: {exc}", RESTORE) from exc
        if (chain.last_hash, chain.root) != (head.last, self.ledger.root(head.size)):
            raise Damaged("the tree hashes are not those of the entries", "dvault doctor --rebuild")

    def _open(self, note: bytes, history: KeyHistory, where: str) -> Checkpoint:
        """The checkpoint in a note, its signatures verified once."""
        if note not in self._opened:
            size = parse_text(parse_note(note, where).text, where).size
            if not size:
                raise Malformed(where, "a checkpoint over at least the genesis", size)
            self._remember(note, open_checkpoint(note, history.log_at(size), where))
        return self._opened[note]

    def _remember(self, note: bytes, checkpoint: Checkpoint) -> None:
        """The last two: what was pinned before, and what was signed after it."""
        self._opened = dict([*self._opened.items()][-1:]) | {note: checkpoint}


def _judge(chain: Chain, leaf: bytes) -> None:
    _, faults = chain.read(leaf)
    for fault in faults:
        raise Malformed(fault.where, fault.expected, fault.found)
