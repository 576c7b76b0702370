"""X25519 keys, `age1…` and `AGE-SECRET-KEY-1…`: age's classic kind, that every age client knows."""

from dataclasses import field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys import bech32
from keys.age.stanza import BadKey, BadStanza, Stanza, encode_argument, sole_argument
from vault.evidence.defined import frozen

RECIPIENT_PREFIX = "age"
IDENTITY_PREFIX = "AGE-SECRET-KEY-"
KEY_SIZE = 32

_TYPE = "X25519"
_INFO = b"age-encryption.org/v1/X25519"
_NONCE = bytes(12)  # each wrapping key is used once
_ANY_SCALAR = bytes(KEY_SIZE)


@frozen()
class X25519Recipient:
    """A public X25519 key of 32 bytes; BadKey for a point of low order, with which nothing would be secret."""

    public: bytes
    _key: X25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        refuse_low_order(self.public)
        object.__setattr__(self, "_key", X25519PublicKey.from_public_bytes(self.public))

    def __str__(self) -> str:
        return bech32.encode(RECIPIENT_PREFIX, self.public)

    @property
    def post_quantum(self) -> bool:
        """False: who keeps the file until there are quantum computers can open it then."""
        return False

    def wrap(self, file_key: bytes) -> Stanza:
        """A stanza under the key agreed between a fresh key pair and this one."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        cipher = _cipher(ephemeral.exchange(self._key), share, self.public)
        return Stanza(_TYPE, (encode_argument(share),), cipher.encrypt(_NONCE, file_key, None))


@frozen(eq=False)
class X25519Identity:
    """A secret X25519 key of 32 bytes."""

    _secret: bytes = field(repr=False)
    _key: X25519PrivateKey = field(init=False, repr=False)
    _recipient: X25519Recipient = field(init=False, repr=False)

    def __post_init__(self) -> None:
        key = X25519PrivateKey.from_private_bytes(self._secret)
        object.__setattr__(self, "_key", key)
        object.__setattr__(self, "_recipient", X25519Recipient(key.public_key().public_bytes_raw()))

    def recipient(self) -> X25519Recipient:
        """The public half."""
        return self._recipient

    def secret_text(self) -> str:
        """The secret key as text, for a file that only its owner reads."""
        return bech32.encode(IDENTITY_PREFIX, self._secret)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """The file key, None where it is not for us, BadStanza where it is malformed."""
        if stanza.type != _TYPE:
            return None
        share = sole_argument(stanza, KEY_SIZE)
        try:
            shared = self._key.exchange(X25519PublicKey.from_public_bytes(share))
        except ValueError as exc:  # all zero: every identity would open it
            raise BadStanza(f"stanza {_TYPE}: its share is a point of low order") from exc
        try:
            return _cipher(shared, share, self._recipient.public).decrypt(_NONCE, stanza.body, None)
        except InvalidTag:
            return None


def refuse_low_order(public: bytes) -> None:
    """BadKey for a point that agrees on zero with every key: each scalar is a multiple of 8 (RFC 7748 section 5)."""
    try:
        X25519PrivateKey.from_private_bytes(_ANY_SCALAR).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as exc:
        raise BadKey("not an age recipient: its X25519 key is not 32 bytes, or a point of low order") from exc


def _cipher(shared: bytes, share: bytes, public: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), KEY_SIZE, share + public, _INFO).derive(shared))
