"""A ledger that takes up another one whose newest entries are lost for good, and says so in its first entry.

A ledger whose tail is lost is never gone on with: whoever has seen the tail would find a fork. The old vault stays as
it is, to be read; the new one has another name, and `continues <fingerprint> <size> <root>` in its genesis.
"""

from typing import NamedTuple

from keys.identity import Identity
from vault.errors import NotFound, Refused
from vault.evidence import note
from vault.evidence.checkpoint import parse_text
from vault.evidence.entry import Entry
from vault.evidence.public import parse_continues, split
from vault.evidence.strict import base64_text
from vault.pins import Pins

KEYWORD = "continues"


class Predecessor(NamedTuple):
    """The ledger that is taken up: its fingerprint (64 hex digits), and its last known head: size, root (32 bytes)."""

    fingerprint: str
    size: int
    root: bytes

    @property
    def line(self) -> str:
        """The public line of the genesis."""
        return f"{KEYWORD} {self.fingerprint} {self.size} {base64_text(self.root)}"


def predecessor(origin: str, identity: Identity, pins: Pins) -> Predecessor:
    """The ledger called `origin` as this machine has seen it last: by its pin, so that nothing of it has to be left.

    Raises `NotFound` where the identity does not know it, `Refused` where no signed head of it was seen here.
    """
    fingerprint = identity.fingerprint_of(origin)
    if fingerprint is None:
        raise NotFound(f"this identity knows no vault called {origin}", "mind the spelling; vault.toml has the name")
    pin = pins.read(fingerprint)
    if pin is None or not pin.checkpoint:
        said = f"no checkpoint of {origin} was seen on this machine"
        raise Refused(said, f"{KEYWORD} it on the machine that has seen its newest one")
    seen = parse_text(note.parse(pin.checkpoint, "pin").text, "pin")
    return Predecessor(fingerprint, seen.size, seen.root)


def claimed(genesis: Entry) -> Predecessor | None:
    """What a genesis says of another ledger: the word of its founder, which proves nothing."""
    for keyword, value in map(split, genesis.public_lines):
        if keyword == KEYWORD:
            fingerprint, size, root = parse_continues(value, "genesis")
            return Predecessor(fingerprint.hex(), size, root)
    return None
