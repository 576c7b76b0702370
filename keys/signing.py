"""Signing: notes by a member's Ed25519 key, checkpoints by the two keys of the log.

Ed25519 is libsodium's (15 us a signature), ML-DSA-44 (FIPS 204) is `cryptography`'s.
"""

import struct
from collections.abc import Callable
from dataclasses import field

from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

from vault.evidence import ed25519
from vault.evidence.checkpoint import Checkpoint, LogKeys, cosigned_message
from vault.evidence.defined import frozen
from vault.evidence.note import ED25519, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, Key, Signature, render

SEED_SIZE = 32
LOG_SECRET_SIZE = 64  # Ed25519 seed || ML-DSA-44 seed


@frozen(eq=False)
class Signer:
    """An Ed25519 key that signs notes under one name."""

    key: Key
    _secret: bytes = field(repr=False)  # as libsodium keeps it: seed || public

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> "Signer":
        """The signer `name` with the key made from a 32-byte seed."""
        if len(seed) != SEED_SIZE:
            raise ValueError(f"a signing key is made from {SEED_SIZE} bytes")
        public, secret = crypto_sign_seed_keypair(seed)
        return cls(Key(name, ED25519, public, "signer"), secret)

    def sign(self, text: str) -> Signature:
        """The signature line for a note's text."""
        if not text.endswith("\n"):
            raise ValueError("a note's text ends in a newline")
        signed = crypto_sign(text.encode(), self._secret)
        return Signature(self.key.name, self.key.id, signed[: ed25519.SIGNATURE_SIZE])

    def note(self, text: str) -> bytes:
        """The whole note: `text` with this one signature."""
        return render(text, [self.sign(text)])


@frozen(eq=False)
class LogSigner:
    """The two keys that sign the checkpoints of one log, and their public halves."""

    keys: LogKeys
    _ed25519: Signer = field(repr=False)
    _ml_dsa: Callable[[bytes], bytes] = field(repr=False)

    @classmethod
    def from_secret(cls, origin: str, secret: bytes) -> "LogSigner":
        """The signer of the log `origin`, from 64 bytes: Ed25519 seed, then ML-DSA-44 seed (FIPS 204's xi)."""
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey  # 16 ms that clerks don't need

        if len(secret) != LOG_SECRET_SIZE:
            raise ValueError(f"a log's secret has {LOG_SECRET_SIZE} bytes")
        first = Signer.from_seed(origin, secret[:SEED_SIZE])
        second = MLDSA44PrivateKey.from_seed_bytes(secret[SEED_SIZE:])
        public = Key(origin, ML_DSA_44_COSIGNATURE, second.public_key().public_bytes_raw())
        return cls(LogKeys(first.key, public), first, second.sign)

    def sign(self, checkpoint: Checkpoint, time: int) -> bytes:
        """The checkpoint as a complete note: the Ed25519 line, then the cosignature of `time` (POSIX seconds).

        It signs what it is given. Never to sign below or beside the highest checkpoint signed or seen is the caller's
        part, under the append lock.
        """
        if checkpoint.origin != self.keys.ml_dsa.name:
            raise ValueError(f"the log keys of {self.keys.ml_dsa.name} sign no checkpoint of {checkpoint.origin}")
        if not 0 <= time < 1 << 63:
            raise ValueError("a cosignature's time is from 0 to 2^63 - 1 seconds")
        key, text = self.keys.ml_dsa, checkpoint.text
        cosigned = struct.pack(">Q", time) + self._ml_dsa(cosigned_message(key, time, text))
        return render(text, [self._ed25519.sign(text), Signature(key.name, key.id, cosigned)])


@frozen(eq=False)
class Cosigner:
    """The keys of a witness: Ed25519 (`0x04`) and, where it has one, ML-DSA-44 (`0x06`), under one name."""

    keys: tuple[Key, ...]
    _sign: tuple[Callable[[bytes], bytes], ...] = field(repr=False)

    @classmethod
    def from_seeds(cls, name: str, ed25519_seed: bytes, ml_dsa_seed: bytes = b"") -> "Cosigner":
        """The cosigner `name`, from one seed of 32 bytes or two; never a key that signs anything else."""
        if len(ed25519_seed) != SEED_SIZE or len(ml_dsa_seed) not in (0, SEED_SIZE):
            raise ValueError(f"a cosigner's keys are made from {SEED_SIZE} bytes each")
        public, secret = crypto_sign_seed_keypair(ed25519_seed)
        keys = [Key(name, ED25519_COSIGNATURE, public, "cosigner")]
        signs: list[Callable[[bytes], bytes]] = [lambda message: crypto_sign(message, secret)[: ed25519.SIGNATURE_SIZE]]
        if ml_dsa_seed:
            from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

            private = MLDSA44PrivateKey.from_seed_bytes(ml_dsa_seed)
            keys.append(Key(name, ML_DSA_44_COSIGNATURE, private.public_key().public_bytes_raw()))
            signs.append(private.sign)
        return cls(tuple(keys), tuple(signs))

    def cosign(self, text: str, time: int) -> tuple[Signature, ...]:
        """The signature lines for a checkpoint's text at `time` (POSIX seconds, above 0).

        It signs what it is given: that this is the largest consistent tree seen for its origin is the caller's part.
        """
        if not 0 < time < 1 << 63:
            raise ValueError("a witness's time is from 1 to 2^63 - 1 seconds")
        stamp = struct.pack(">Q", time)
        pairs = zip(self.keys, self._sign, strict=True)
        return tuple(Signature(k.name, k.id, stamp + sign(cosigned_message(k, time, text))) for k, sign in pairs)
