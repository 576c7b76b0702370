"""Test keys that sign notes and cosign checkpoints, made from words: good for tests and vectors, for nothing else."""

import struct
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from nacl.signing import SigningKey

from vault.evidence.checkpoint import Checkpoint, LogKeys, cosigned_message
from vault.evidence.note import ED25519, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, Key, Signature, render


@dataclass(frozen=True)
class Signer:
    """An Ed25519 key under a name; `kind` 1 signs notes, 4 cosigns checkpoints."""

    name: str
    word: str
    kind: int = ED25519

    @cached_property
    def secret(self) -> SigningKey:
        return SigningKey(sha256(self.word.encode()).digest())

    @cached_property
    def key(self) -> Key:
        return Key(self.name, self.kind, bytes(self.secret.verify_key))

    def sign(self, text: str) -> Signature:
        return Signature(self.name, self.key.id, self.secret.sign(text.encode()).signature)

    def cosign(self, text: str, time: int) -> Signature:
        message = cosigned_message(self.key, time, text)
        return Signature(self.name, self.key.id, struct.pack(">Q", time) + self.secret.sign(message).signature)


@dataclass(frozen=True)
class MlDsaSigner:
    """An ML-DSA-44 key under a name; cosigns checkpoints, never twice alike (OpenSSL adds randomness)."""

    name: str
    word: str

    @cached_property
    def secret(self) -> MLDSA44PrivateKey:
        return MLDSA44PrivateKey.from_seed_bytes(sha256(self.word.encode()).digest())

    @cached_property
    def key(self) -> Key:
        return Key(self.name, ML_DSA_44_COSIGNATURE, self.secret.public_key().public_bytes_raw())

    def cosign(self, text: str, time: int) -> Signature:
        signed = self.secret.sign(cosigned_message(self.key, time, text))
        return Signature(self.name, self.key.id, struct.pack(">Q", time) + signed)


@dataclass(frozen=True)
class Log:
    """A log that signs its checkpoints with both keys."""

    origin: str

    @cached_property
    def ed25519(self) -> Signer:
        return Signer(self.origin, f"test log {self.origin}")

    @cached_property
    def ml_dsa(self) -> MlDsaSigner:
        return MlDsaSigner(self.origin, f"test log ML-DSA {self.origin}")

    @cached_property
    def keys(self) -> LogKeys:
        return LogKeys(self.ed25519.key, self.ml_dsa.key)

    def sign(self, checkpoint: Checkpoint, time: int = 1_790_000_000) -> bytes:
        text = checkpoint.text
        return render(text, [self.ed25519.sign(text), self.ml_dsa.cosign(text, time)])


def witness(name: str) -> Signer:
    """A witness that cosigns with Ed25519."""
    return Signer(name, f"test witness {name}", ED25519_COSIGNATURE)
