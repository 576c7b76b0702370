"""The pin: what was last seen of each vault, kept outside of it, so that an older copy is noticed and refused.

```
disclosure-vault/pin/v1
magnets.example/disclosures
last 41 <leaf hash of entry 41, base64>
<the newest checkpoint seen: a whole signed note, or nothing>
```
One file per vault, named by its fingerprint (the genesis leaf hash in hex), replaced durably after each commit.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from keys import durable
from vault.errors import Damaged, Unavailable
from vault.evidence import note
from vault.evidence.checkpoint import MAX_CHECKPOINT, parse_text
from vault.evidence.merkle import HASH_SIZE
from vault.evidence.strict import Malformed, base64_bytes, base64_text, decimal, refuse

FORMAT = "disclosure-vault/pin/v1"
MAX_PIN = MAX_CHECKPOINT + 1024


@dataclass(frozen=True, slots=True)
class Pin:
    """The last entry seen (number and leaf hash), and the newest checkpoint seen: a note, empty if there was none.

    `covered` is the number of entries the checkpoint claims; its signatures are verified when it is used.
    """

    origin: str
    last_seq: int
    last_hash: bytes
    checkpoint: bytes = b""
    covered: int = 0

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
        head = f"{FORMAT}\n{self.origin}\nlast {self.last_seq} {base64_text(self.last_hash)}\n"
        return head.encode() + self.checkpoint

    def joined(self, other: "Pin") -> "Pin":
        """The later of two pins of one history, with the newer of their checkpoints."""
        later = max(self, other, key=lambda pin: pin.last_seq)
        newer = max(self, other, key=lambda pin: pin.covered)
        return Pin(later.origin, later.last_seq, later.last_hash, newer.checkpoint, newer.covered)


def parse(data: bytes, where: str) -> Pin:
    """Read a pin file; the checkpoint in it has a limit of its own."""
    if data.count(b"\n") < 3:
        refuse(where, "three lines and a checkpoint", f"{len(data)} bytes")
    head, origin, last, checkpoint = data.split(b"\n", 3)
    try:
        fields, name = last.decode("ascii").split(" "), origin.decode()
    except UnicodeDecodeError as exc:
        raise Malformed(where, "text") from exc
    if head != FORMAT.encode() or len(fields) != 3 or fields[0] != "last":
        refuse(where, f"{FORMAT}, the origin and the last entry", head)
    note.check_name(name, where)
    seq, hash_ = decimal(fields[1], where), base64_bytes(fields[2], where, size=HASH_SIZE)
    return Pin.of(name, seq, hash_, checkpoint, where)


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
        path = self.path(fingerprint)
        try:
            durable.make_folders(self.folder)
            with _alone(self.folder):
                known = self.read(fingerprint)
                if known is not None:
                    refuse_other(known)
                joined = pin if known is None else known.joined(pin)
                if joined != known:
                    durable.replace(path, bytes(joined))
        except OSError as exc:
            raise Unavailable(f"{path} cannot be written: {exc.strerror}", "mend it before anything else") from exc


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        with suppress(OSError):  # the pin is written
            os.close(handle)
