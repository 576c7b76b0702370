"""Signed notes: text a person can read, an empty line, signature lines (C2SP signed-note v1.0.0).

```
magnets.example/disclosures
3
Y+wcdkH30bukGulCNDiLpyXSI1Yhjc9c7GJtQ48pKy0=

— magnets.example/disclosures mdXydn...
```
"""

import re
from collections.abc import Iterable
from dataclasses import InitVar, field
from hashlib import sha256
from typing import NamedTuple

from vault.evidence import ed25519
from vault.evidence.defined import frozen
from vault.evidence.strict import base64_bytes, base64_text, refuse
from vault.evidence.strict import text as strict_text

ED25519 = 0x01
ED25519_COSIGNATURE = 0x04
ML_DSA_44_COSIGNATURE = 0x06
COSIGNERS = (ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE)

KEY_ID_SIZE = 4
MAX_NOTE = 1 << 20
MAX_NAME = 255  # bytes of UTF-8: what the length byte of an ML-DSA-44 cosigned message holds
MAX_SIGNATURES = 64  # the specification asks readers for at least 16

_DASH = "— "
# No `+`, no control character of ASCII, none of Unicode's White_Space (written out: `str.isspace` and the `\s` of other
# languages differ in places), and no lone surrogate, which an argument of the command line may hold.
_NAME = re.compile(r"[^+\x00-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff]+")
_PUBLIC_SIZES = {ED25519: 32, ED25519_COSIGNATURE: 32, ML_DSA_44_COSIGNATURE: 1312}


@frozen()
class Key:
    """A public key that signs notes: its name, its signature type and the public bytes, all checked.

    No `Key` exists whose Ed25519 point is not canonical and of prime order, so verifying need not look again. `where`
    names the place in errors. `id` is SHA-256(name || LF || type || public)[:4]: a hint which key to try, never an
    identity, since anyone can make a key of a wanted id.
    """

    name: str
    kind: int
    public: bytes
    where: InitVar[str] = "key"
    id: bytes = field(init=False)

    def __post_init__(self, where: str) -> None:
        """Refuse a name, a type or public bytes that no note of ours is signed with."""
        check_name(self.name, where)
        if len(self.public) != _PUBLIC_SIZES.get(self.kind):
            found = f"type {self.kind}, {len(self.public)} bytes"
            refuse(where, "an Ed25519 (1), Ed25519 cosignature (4) or ML-DSA-44 cosignature (6) key", found)
        if self.kind != ML_DSA_44_COSIGNATURE:
            ed25519.check_public(self.public, where)
        hashed = sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)
        object.__setattr__(self, "id", hashed.digest()[:KEY_ID_SIZE])

    def __str__(self) -> str:
        """The vkey: `<name>+<key id in hex>+<base64(type || public)>`."""
        return f"{self.name}+{self.id.hex()}+{base64_text(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, vkey: str, where: str = "vkey") -> "Key":
        """Read a vkey of one of the three types used here; refuse any other."""
        parts = vkey.split("+", 2)  # base64 may hold further "+"
        if len(parts) != 3:
            refuse(where, "<name>+<key id>+<base64>", vkey)
        name, key_id, encoded = parts
        decoded = base64_bytes(encoded, where)
        key = cls(name, int.from_bytes(decoded[:1], "big"), decoded[1:], where)
        if key_id != key.id.hex():
            refuse(where, f"key id {key.id.hex()}", key_id)
        return key


class Signature(NamedTuple):
    """One signature line, not yet verified: key name, key id, and the bytes after the id."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        """The line, without its LF."""
        return f"{_DASH}{self.name} {base64_text(self.key_id + self.value)}"


class Note(NamedTuple):
    """A parsed note: `text` ends in LF; signatures are as found, none of them verified."""

    text: str
    unverified_signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        """The one spelling of this note."""
        return render(self.text, self.unverified_signatures)


def render(text: str, signatures: Iterable[Signature]) -> bytes:
    """The bytes of a note whose `text` ends in LF."""
    return "".join([text, "\n", *(f"{signature}\n" for signature in signatures)]).encode()


def parse(data: bytes, where: str = "note", *, limit: int = MAX_NOTE) -> Note:
    """Read a note of at most `limit` bytes; the text ends at the last empty line."""
    whole = strict_text(data, where, limit=limit)
    text, separator, lines = whole.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        refuse(where, "text, an empty line and signature lines, each ending in a newline")
    found = lines[:-1].split("\n")
    if len(found) > MAX_SIGNATURES:
        refuse(where, f"at most {MAX_SIGNATURES} signatures", len(found))
    return Note(text + "\n", tuple(_parse_signature(line, where) for line in found))


def _parse_signature(line: str, where: str) -> Signature:
    name, _, encoded = line[len(_DASH) :].partition(" ")
    if not line.startswith(_DASH):
        refuse(where, "a signature line: an em dash, the key name, base64", line)
    check_name(name, where)
    decoded = base64_bytes(encoded, where)
    if len(decoded) <= KEY_ID_SIZE:
        refuse(where, "a key id and a signature", line)
    return Signature(name, decoded[:KEY_ID_SIZE], decoded[KEY_ID_SIZE:])


def check_name(name: str, where: str) -> None:
    """Refuse a key name or origin that is empty, over 255 bytes, or holds white space, control characters or `+`."""
    if not _NAME.fullmatch(name) or len(name.encode()) > MAX_NAME:
        refuse(where, "a name of 1 to 255 bytes without white space or +", name)


def signatures_by(note: Note, key: Key) -> list[Signature]:
    """The note's signature lines that claim `key` by name and id, still unverified."""
    return [s for s in note.unverified_signatures if s.name == key.name and s.key_id == key.id]


def verify(note: Note, key: Key, where: str = "note") -> None:
    """Refuse unless every line that claims the Ed25519 `key`, and at least one, holds over the note's text.

    Lines of other keys are ignored, as the specification says; a known key whose signature fails is not.
    """
    if key.kind != ED25519:
        raise ValueError("cosignatures are verified in vault.evidence.checkpoint")
    claimed = signatures_by(note, key)
    if not claimed:
        refuse(where, f"a signature by {key.name} ({key.id.hex()})", "none")
    message = note.text.encode()
    for signature in claimed:
        ed25519.verify(key.public, message, signature.value, f"{where}, signature of {key.name}")
