"""Hybrid keys, `age1pq1…` and `AGE-SECRET-KEY-PQ-1…`: ML-KEM-768 with X25519, secret while either of the two holds.

HPKE base mode (RFC 9180) with MLKEM768-X25519 (X-Wing, draft-ietf-hpke-pq), HKDF-SHA256, ChaCha20Poly1305.
"""

import hashlib
from dataclasses import field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from keys import bech32
from keys.age.stanza import BadKey, BadStanza, Stanza, encode_argument, sole_argument
from keys.age.x25519 import refuse_low_order
from vault.evidence.defined import frozen

RECIPIENT_PREFIX = "age1pq"
IDENTITY_PREFIX = "AGE-SECRET-KEY-PQ-"
SEED_SIZE = 32
PUBLIC_SIZE = 1184 + 32  # ML-KEM-768 encapsulation key || X25519 public key

_TYPE = "mlkem768x25519"
_INFO = b"age-encryption.org/mlkem768x25519"
_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
_ENC_SIZE = 1088 + 32  # ML-KEM-768 ciphertext || ephemeral X25519 public key


@frozen()
class HybridRecipient:
    """A public hybrid key of 1,216 bytes; BadKey for one that no seed makes, as far as that shows."""

    public: bytes = field(repr=False)
    _key: hpke.MLKEM768X25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lattice, curve = self.public[:-32], self.public[-32:]
        refuse_low_order(curve)
        try:
            first = MLKEM768PublicKey.from_public_bytes(lattice)  # checks the modulus, FIPS 203 section 7.2
        except ValueError as exc:
            raise BadKey("not an age recipient: no ML-KEM-768 key in it") from exc
        key = hpke.MLKEM768X25519PublicKey(first, X25519PublicKey.from_public_bytes(curve))
        object.__setattr__(self, "_key", key)

    def __str__(self) -> str:
        return bech32.encode(RECIPIENT_PREFIX, self.public)

    @property
    def post_quantum(self) -> bool:
        """True."""
        return True

    def wrap(self, file_key: bytes) -> Stanza:
        """A stanza under a key newly encapsulated to this one."""
        sealed = _SUITE.encrypt(file_key, self._key, _INFO)
        return Stanza(_TYPE, (encode_argument(sealed[:_ENC_SIZE]),), sealed[_ENC_SIZE:])


@frozen(eq=False)
class HybridIdentity:
    """A secret hybrid key, kept as its seed of 32 bytes."""

    _seed: bytes = field(repr=False)
    _key: hpke.MLKEM768X25519PrivateKey = field(init=False, repr=False)
    _curve: X25519PrivateKey = field(init=False, repr=False)
    _recipient: HybridRecipient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self._seed) != SEED_SIZE:  # SHAKE would take any
            raise BadKey(f"a hybrid identity is a seed of {SEED_SIZE} bytes, this one has {len(self._seed)}")
        expanded = hashlib.shake_256(self._seed).digest(96)
        lattice = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        curve = X25519PrivateKey.from_private_bytes(expanded[64:])
        public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        object.__setattr__(self, "_key", hpke.MLKEM768X25519PrivateKey(lattice, curve))
        object.__setattr__(self, "_curve", curve)
        object.__setattr__(self, "_recipient", HybridRecipient(public))

    def recipient(self) -> HybridRecipient:
        """The public half."""
        return self._recipient

    def secret_text(self) -> str:
        """The secret key as text, for a file that only its owner reads."""
        return bech32.encode(IDENTITY_PREFIX, self._seed)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """The file key, None where it is not for us, BadStanza where it is malformed."""
        if stanza.type != _TYPE:
            return None
        enc = sole_argument(stanza, _ENC_SIZE)
        try:
            return _SUITE.decrypt(enc + stanza.body, self._key, _INFO)
        except InvalidTag:
            self._refuse_low_order(enc[-32:])
            return None

    def _refuse_low_order(self, share: bytes) -> None:
        """HPKE reports a low-order share like a foreign stanza; age.md calls it malformed, so ask again."""
        try:
            self._curve.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError as exc:
            raise BadStanza(f"stanza {_TYPE}: its X25519 share is a point of low order") from exc
