"""The pin: what was last seen of each vault, kept outside of it, so that an older copy is noticed and refused.

```
disclosure-vault/pin/v1
magnets.example/disclosures
last 41 <leaf hash of entry 41, base64>
<the newest checkpoint seen: a whole signed note>
```
One file per vault, named by its fingerprint (the genesis leaf hash in hex), replaced durably after each commit.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keys import durable
from vault.errors import Damaged, Unavailable
from vault.evidence.merkle import HASH_SIZE
from vault.evidence.strict import Malformed, base64_bytes, base64_text, decimal, refuse

FORMAT = "disclosure-vault/pin/v1"
MAX_PIN = 1 << 18


@dataclass(frozen=True, slots=True)
class Pin:
    """The last entry seen (number and leaf hash) and the newest checkpoint seen (a note; empty if none)."""

    origin: str
    last_seq: int
    last_hash: bytes
    checkpoint: bytes = b""

    def __bytes__(self) -> bytes:
        """The file's bytes."""
        head = f"{FORMAT}\n{self.origin}\nlast {self.last_seq} {base64_text(self.last_hash)}\n"
        return head.encode() + self.checkpoint


def parse(data: bytes, where: str) -> Pin:
    """Read a pin file."""
    if len(data) > MAX_PIN or data.count(b"\n") < 3:
        refuse(where, "a pin file", f"{len(data)} bytes")
    head, origin, last, checkpoint = data.split(b"\n", 3)
    try:
        fields = last.decode("ascii").split(" ")
        name = origin.decode()
    except UnicodeDecodeError as exc:
        raise Malformed(where, "text") from exc
    if head != FORMAT.encode() or len(fields) != 3 or fields[0] != "last":
        refuse(where, f"{FORMAT}, the origin and the last entry", head)
    seq, hash_ = decimal(fields[1], where), base64_bytes(fields[2], where, size=HASH_SIZE)
    return Pin(name, seq, hash_, checkpoint)


class Pins:
    """The folder of pins of this user on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, fingerprint: str) -> Pin | None:
        """The pin of a vault, None if it was never seen here."""
        path = self._folder / fingerprint
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise Unavailable(f"{path} cannot be read: {exc.strerror}") from exc
        try:
            return parse(data, str(path))
        except Malformed as exc:
            raise Damaged(
                str(exc), "compare the vault with a checkpoint somebody else keeps, then remove this file"
            ) from exc

    def advance(self, fingerprint: str, pin: Pin) -> None:
        """Replace the pin durably unless it already holds a later entry.

        Two processes pin in the order they finish, not the order they appended; the later entry has to stay.
        """
        path = self._folder / fingerprint
        try:
            durable.make_folders(self._folder)
            with _alone(self._folder):
                known = self.read(fingerprint)
                if known is None or known.last_seq <= pin.last_seq:
                    durable.replace(path, bytes(pin))
        except OSError as exc:
            raise Unavailable(f"{path} cannot be written: {exc.strerror}", "mend it, then run `dvault doctor`") from exc


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
