"""Signed notes: text a person can read, an empty line, signature lines (C2SP signed-note v1.0.0).

```
magnets.example/disclosures
3
Y+wcdkH30bukGulCNDiLpyXSI1Yhjc9c7GJtQ48pKy0=

— magnets.example/disclosures mdXydn...
```
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from vault.evidence import ed25519
from vault.evidence.strict import base64_bytes, base64_text, hex_bytes, refuse
from vault.evidence.strict import text as strict_text

ED25519 = 0x01
ED25519_COSIGNATURE = 0x04
ML_DSA_44_COSIGNATURE = 0x06

KEY_ID_SIZE = 4
MAX_NOTE = 1 << 20
MAX_SIGNATURES = 64  # the specification asks readers for at least 16

_DASH = "— "
_PUBLIC_SIZES = {ED25519: 32, ED25519_COSIGNATURE: 32, ML_DSA_44_COSIGNATURE: 1312}


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that signs notes: its name, its signature type and the public bytes.

    `Key.parse` has checked an Ed25519 point; build others only from keys made on this machine.
    """

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """SHA-256(name || LF || type || public)[:4]: a hint which key to try, never an identity."""
        hashed = sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)
        return hashed.digest()[:KEY_ID_SIZE]

    def __str__(self) -> str:
        """The vkey: `<name>+<key id in hex>+<base64(type || public)>`."""
        return f"{self.name}+{self.id.hex()}+{base64_text(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, vkey: str, where: str = "vkey") -> "Key":
        """Read a vkey of one of the three types used here; refuse any other."""
        parts = vkey.split("+", 2)  # base64 may hold further "+"
        if len(parts) != 3:
            refuse(where, "<name>+<key id>+<base64>", vkey)
        check_name(parts[0], where)
        decoded = base64_bytes(parts[2], where)
        kind = decoded[0] if decoded else -1
        if len(decoded) - 1 != _PUBLIC_SIZES.get(kind):
            refuse(where, "an Ed25519 (1), Ed25519 cosignature (4) or ML-DSA-44 cosignature (6) key", vkey)
        key = cls(parts[0], kind, decoded[1:])
        if hex_bytes(parts[1], where, size=KEY_ID_SIZE) != key.id:
            refuse(where, f"key id {key.id.hex()}", parts[1])
        if kind != ML_DSA_44_COSIGNATURE:
            ed25519.check_public(key.public, where)
        return key


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, not yet verified: key name, key id, and the bytes after the id."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        """The line, without its LF."""
        return f"{_DASH}{self.name} {base64_text(self.key_id + self.value)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note: `text` ends in LF; signatures are as found, none of them verified."""

    text: str
    unverified_signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        """The one spelling of this note."""
        return render(self.text, self.unverified_signatures)


def render(text: str, signatures: Iterable[Signature]) -> bytes:
    """The note's bytes."""
    return "".join([text, "\n", *(f"{signature}\n" for signature in signatures)]).encode()


def parse(data: bytes, where: str = "note", *, limit: int = MAX_NOTE) -> Note:
    """Read a note of at most `limit` bytes; the text ends at the last empty line."""
    whole = strict_text(data, where, limit=limit)
    text, separator, lines = whole.rpartition("\n\n")
    if not separator or not text or not lines.endswith("\n"):
        refuse(where, "text, an empty line and signature lines, each ending in a newline")
    found = lines[:-1].split("\n")
    if len(found) > MAX_SIGNATURES:
        refuse(where, f"at most {MAX_SIGNATURES} signatures", len(found))
    return Note(text + "\n", tuple(_parse_signature(line, where) for line in found))


def _parse_signature(line: str, where: str) -> Signature:
    name, _, encoded = line[len(_DASH) :].partition(" ")
    if not line.startswith(_DASH) or not encoded:
        refuse(where, "a signature line: an em dash, the key name, base64", line)
    check_name(name, where)
    decoded = base64_bytes(encoded, where)
    if len(decoded) <= KEY_ID_SIZE:
        refuse(where, "a key id and a signature", line)
    return Signature(name, decoded[:KEY_ID_SIZE], decoded[KEY_ID_SIZE:])


def check_name(name: str, where: str) -> None:
    """Refuse a key name or origin that is empty, over 255 bytes, or holds white space or `+`."""
    if not name or "+" in name or any(c.isspace() for c in name) or len(name.encode()) > 255:
        refuse(where, "a name of 1 to 255 bytes without white space or +", name)


def signatures_by(note: Note, key: Key) -> list[Signature]:
    """The note's signature lines that claim `key` by name and id, still unverified."""
    return [s for s in note.unverified_signatures if s.key_id == key.id and s.name == key.name]


def verify(note: Note, key: Key, where: str = "note") -> None:
    """Refuse unless every line that claims the Ed25519 `key`, and at least one, holds over the note's text.

    Lines of other keys are ignored, as the specification says; a known key whose signature fails is not.
    """
    if key.kind != ED25519:
        raise ValueError("cosignatures are verified in vault.evidence.checkpoint")
    claimed = signatures_by(note, key)
    if not claimed:
        refuse(where, f"a signature by {key.name} ({key.id.hex()})", "none")
    for signature in claimed:
        ed25519.verify(key.public, note.text.encode(), signature.value, f"{where}, signature of {key.name}")
