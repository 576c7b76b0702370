"""The pin: what was last seen of each vault, kept outside of it, so that an older copy is noticed and refused.

```
disclosure-vault/pin/v1
magnets.example/disclosures
since founded
last 41 <leaf hash of entry 41, base64>
<the newest checkpoint seen: a whole signed note, or nothing>
```
One file per vault, named by its fingerprint (the genesis leaf hash in hex), replaced durably after each commit.
docs/format/ledger.md, The pin.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from keys import durable, provenance
from keys.provenance import Provenance
from vault.errors import Damaged, Unavailable
from vault.evidence import note
from vault.evidence.checkpoint import MAX_CHECKPOINT, parse_text
from vault.evidence.defined import frozen
from vault.evidence.merkle import HASH_SIZE
from vault.evidence.strict import Malformed, base64_bytes, base64_text, decimal, refuse

FORMAT = "disclosure-vault/pin/v1"
MAX_PIN = MAX_CHECKPOINT + 1024


@frozen()
class Pin:
    """The last entry seen (number and leaf hash), and the newest checkpoint seen: a note, empty if there was none.

    `since` says what the acquaintance with the vault began with; a pin taken at first use notices an older copy from
    then on, and vouches for nothing before. `covered` is the number of entries the checkpoint claims; its signatures
    are verified when it is used.
    """

    origin: str
    last_seq: int
    last_hash: bytes
    checkpoint: bytes = b""
    covered: int = 0
    since: Provenance = Provenance.FIRST_USE

    @classmethod
    def of(cls, origin: str, last_seq: int, last_hash: bytes, checkpoint: bytes, where: str = "pin") -> "Pin":
        """The pin with this checkpoint, which has to be of this origin and over entries up to the last one."""
        covered = 0
        if checkpoint:
            claimed = parse_text(note.parse(checkpoint, where, limit=MAX_CHECKPOINT).text, where)
            covered = claimed.size
            if claimed.origin != origin or not 0 < covered <= last_seq + 1:
                refuse(where, f"a checkpoint of {origin} over at most {last_seq + 1} entries", claimed.text)
        return cls(origin, last_seq, last_hash, checkpoint, covered)

    def __bytes__(self) -> bytes:
        """The file's bytes."""
        head = f"{FORMAT}\n{self.origin}\nsince {self.since}\nlast {self.last_seq} {base64_text(self.last_hash)}\n"
        return head.encode() + self.checkpoint

    def joined(self, other: "Pin") -> "Pin":
        """The later of two pins of one history, with the newer of their checkpoints and the better beginning."""
        later = max(self, other, key=lambda pin: pin.last_seq)
        newer = max(self, other, key=lambda pin: pin.covered)
        since = self.since.best(other.since)
        return Pin(later.origin, later.last_seq, later.last_hash, newer.checkpoint, newer.covered, since)


def parse(data: bytes, where: str) -> Pin:
    """Read a pin file; the checkpoint in it has a limit of its own."""
    if data.count(b"\n") < 4:
        refuse(where, "four lines and a checkpoint", f"{len(data)} bytes")
    *head, checkpoint = data.split(b"\n", 4)
    try:
        version, origin, since, last = (line.decode() for line in head)
    except UnicodeDecodeError as exc:
        raise Malformed(where, "text") from exc
    fields = last.split(" ")
    if version != FORMAT or len(fields) != 3 or fields[0] != "last":
        refuse(where, f"{FORMAT}, the origin, since and the last entry", version)
    note.check_name(origin, where)
    seq, hash_ = decimal(fields[1], where), base64_bytes(fields[2], where, size=HASH_SIZE)
    return replace(Pin.of(origin, seq, hash_, checkpoint, where), since=_parse_since(since, where))


def _parse_since(line: str, where: str) -> Provenance:
    word, _, name = line.partition(" ")
    known = provenance.parse(name)
    if word != "since" or known is None:
        refuse(where, f"since {', '.join(Provenance)}", line)
    return known


class Pins:
    """The folder of pins of this user on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, fingerprint: str) -> Path:
        """Where the pin of a vault lies."""
        return self.folder / fingerprint

    def read(self, fingerprint: str) -> Pin | None:
        """The pin of a vault, None if it was never seen here."""
        path = self.path(fingerprint)
        try:
            data = durable.read(path, MAX_PIN + 1)
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise Unavailable(f"{path} cannot be read: {exc.strerror}") from exc
        try:
            return parse(data, str(path))
        except Malformed as exc:
            hint = "compare the vault with a checkpoint somebody else keeps, then remove this file"
            raise Damaged(str(exc), hint) from exc

    def refuse_unwritable(self) -> None:
        """Refuse a folder that may not be written, before an entry is: else each one would be written and not pinned.

        What shows only in writing, like a full disk, is for `advance` to say.
        """
        there = next((folder for folder in (self.folder, *self.folder.parents) if folder.exists()), self.folder)
        if not os.access(there, os.W_OK | os.X_OK):
            said = f"{there} cannot be written, where this machine notes what it has seen of each vault"
            raise Unavailable(said, "make it writable; nothing was written")

    def advance(self, fingerprint: str, pin: Pin, refuse_other: Callable[[Pin], None]) -> None:
        """Join `pin` into what is pinned, durably. Idempotent; a pin never goes back.

        Two processes pin in the order they finish, not the order they appended. `refuse_other` raises unless what is
        pinned by then is in the ledger that `pin` is of: [two copies of a vault that go on at the same moment].
        """

        def joined(known: Pin | None) -> Pin:
            if known is None:
                return pin
            refuse_other(known)
            return known.joined(pin)

        self._change(fingerprint, joined)

    def vouch(self, fingerprint: str, since: Provenance) -> None:
        """Say of a pinned vault that its fingerprint is known from outside: founded here, or compared. Durable."""
        self._change(fingerprint, lambda known: replace(known, since=known.since.best(since)) if known else None)

    def _change(self, fingerprint: str, changed: Callable[[Pin | None], Pin | None]) -> None:
        path = self.path(fingerprint)
        try:
            durable.make_folders(self.folder)
            with _alone(self.folder):
                known = self.read(fingerprint)
                new = changed(known)
                if new is not None and new != known:
                    durable.replace(path, bytes(new))
        except OSError as exc:
            raise Unavailable(f"{path} cannot be written: {exc.strerror}", "mend it before anything else") from exc


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    with durable.locked(handle, fcntl.LOCK_EX):
        yield
