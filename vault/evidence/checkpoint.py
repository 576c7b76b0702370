"""Checkpoints: what a log claims of itself at one moment (C2SP tlog-checkpoint v1.0.0), with both log signatures.

A checkpoint of ours has no extension lines and two signatures under the origin's name: Ed25519 (`0x01`) and the log's
own ML-DSA-44 cosignature (`0x06`), so that neither a broken curve nor a broken lattice alone forges a history.
"""

import struct
from typing import NamedTuple

from vault.evidence import ed25519
from vault.evidence.defined import frozen
from vault.evidence.merkle import EMPTY_ROOT, HASH_SIZE
from vault.evidence.note import (
    ED25519,
    ED25519_COSIGNATURE,
    ML_DSA_44_COSIGNATURE,
    Key,
    Note,
    Signature,
    check_name,
    parse,
    signatures_by,
    verify,
)
from vault.evidence.strict import base64_bytes, base64_text, decimal, refuse

MAX_CHECKPOINT = 1 << 18
_TIMESTAMP = struct.Struct(">Q")
_SIGNATURE_SIZES = {ED25519_COSIGNATURE: 64, ML_DSA_44_COSIGNATURE: 2420}


class Checkpoint(NamedTuple):
    """A tree head: the log's origin, its number of entries, the Merkle root over them (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64_text(self.root)}\n"


@frozen()
class LogKeys:
    """The two public keys of a log, both under its origin as name; both have to sign.

    `ed25519` signs as the log (`0x01`), `ml_dsa` as its own cosigner (`0x06`), and is never counted as a witness.
    """

    ed25519: Key
    ml_dsa: Key

    def __post_init__(self) -> None:
        """Refuse keys of another type or of two names."""
        if (self.ed25519.kind, self.ml_dsa.kind) != (ED25519, ML_DSA_44_COSIGNATURE):
            refuse("log keys", "an Ed25519 key and an ML-DSA-44 cosignature key", "other types")
        if self.ed25519.name != self.ml_dsa.name:
            refuse("log keys", f"one name, {self.ed25519.name}", self.ml_dsa.name)


def parse_text(text: str, where: str = "checkpoint") -> Checkpoint:
    """Read the note text of a checkpoint without extension lines."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        refuse(where, "three lines: origin, size, root (no extension lines)", f"{len(lines) - 1} lines")
    check_name(lines[0], f"{where}, origin")
    size = decimal(lines[1], f"{where}, size")
    root = base64_bytes(lines[2], f"{where}, root", size=HASH_SIZE)
    if size == 0 and root != EMPTY_ROOT:
        refuse(where, "the root of the empty tree at size 0", lines[2])
    return Checkpoint(lines[0], size, root)


def open_checkpoint(data: bytes, keys: LogKeys, where: str = "checkpoint") -> Checkpoint:
    """The checkpoint in a note that both keys of its log have signed; else `Malformed`."""
    note = parse(data, where, limit=MAX_CHECKPOINT)
    checkpoint = parse_text(note.text, where)
    if checkpoint.origin != keys.ed25519.name:
        refuse(where, f"origin {keys.ed25519.name}", checkpoint.origin)
    verify(note, keys.ed25519, where)
    verify_cosignature(note, keys.ml_dsa, where)
    return checkpoint


def verify_cosignature(note: Note, key: Key, where: str = "checkpoint") -> int:
    """The POSIX time, in seconds, at which `key` cosigned the checkpoint in `note`.

    Of several lines by one key all must hold; the oldest time is returned. It is the cosigner's word, never proof of
    time when the cosigner is the log itself; 0 from an ML-DSA-44 key says nothing of time or of having seen no larger
    tree (C2SP tlog-cosignature v1.0.1 and v1.1.0-rc.1). Raises `Malformed`.
    """
    if key.kind not in _SIGNATURE_SIZES:
        raise ValueError("a log's Ed25519 signature is verified in vault.evidence.note")
    claimed = signatures_by(note, key)
    if not claimed:
        refuse(where, f"a cosignature by {key.name} ({key.id.hex()})", "none")
    return min(_verify_one(note, key, signature, where) for signature in claimed)


def _verify_one(note: Note, key: Key, signature: Signature, where: str) -> int:
    place = f"{where}, cosignature of {key.name}"
    if len(signature.value) != _TIMESTAMP.size + _SIGNATURE_SIZES[key.kind]:
        refuse(place, f"8 + {_SIGNATURE_SIZES[key.kind]} bytes", f"{len(signature.value)} bytes")
    (time,) = _TIMESTAMP.unpack_from(signature.value)
    if time >> 63:
        refuse(place, "a time below 2^63", time)
    message = cosigned_message(key, time, note.text, where)
    if key.kind == ED25519_COSIGNATURE:
        ed25519.verify(key.public, message, signature.value[_TIMESTAMP.size :], place)
    else:
        _verify_ml_dsa(key.public, message, signature.value[_TIMESTAMP.size :], place)
    return int(time)


def cosigned_message(key: Key, time: int, text: str, where: str = "checkpoint") -> bytes:
    """The bytes that cosigner `key` signs at `time` for the checkpoint `text`.

    Ed25519: a text line with the time, then the note text; the name is not bound, so one key is one cosigner.
    ML-DSA-44: the binary `subtree/v1` structure, which binds the cosigner's name, the origin, the size and the root
    (start is 0 for a checkpoint).
    """
    checkpoint = parse_text(text, where)
    if key.kind == ED25519_COSIGNATURE:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    return b"".join(
        [
            b"subtree/v1\n\0",
            _short(key.name),
            _TIMESTAMP.pack(time),
            _short(checkpoint.origin),
            struct.pack(">QQ", 0, checkpoint.size),
            checkpoint.root,
        ]
    )


def _short(value: str) -> bytes:
    encoded = value.encode()
    return bytes([len(encoded)]) + encoded


def _verify_ml_dsa(public: bytes, message: bytes, signature: bytes, where: str) -> None:
    from cryptography.exceptions import InvalidSignature  # 20 ms of import that entries never need
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        refuse(where, "a valid ML-DSA-44 signature", signature[:16].hex() + "...")
