"""Ed25519 verification by the strictest reading, so that every verifier agrees on every signature.

A and R decode canonically, are not the identity and are of prime order; S < L; the cofactorless equation holds
(RFC 8032 section 5.1.7 leaves these open; Chalkias et al., "Taming the many EdDSAs", 2020, shows what differs).
[`cryptography` accepts the identity as a key that signs every text; some verifiers accept mixed-order A or R.]
"""

from nacl.bindings import crypto_core_ed25519_is_valid_point, crypto_sign_open
from nacl.exceptions import CryptoError

from vault.evidence.strict import refuse

PUBLIC_SIZE = 32
SIGNATURE_SIZE = 64

# By a good key over the empty message, but its R carries the point of order 2: true only of the equation with cofactor.
_MIXED_PUBLIC = bytes.fromhex("35df7f5b6bbd33e85ddb10ea88b0690264a3d5c18edf8d90afaf2a00fd20edba")
_MIXED_SIGNATURE = bytes.fromhex(
    "cf2900476dbaf68805ba6e8ae7ffe2cfd409314a332d6a6cfa29f022bb035f43"
    "725da4eabbb9b8827b31162f7ce784d244842ee56eecd831e0e393598808b404"
)


def check_public(public: bytes, where: str) -> None:
    """Refuse a public key that is not a canonical point of prime order. Once per key is enough."""
    if len(public) != PUBLIC_SIZE or not crypto_core_ed25519_is_valid_point(public):
        refuse(where, "an Ed25519 public key: a canonical point of prime order", public.hex())


def verify(checked_public: bytes, message: bytes, signature: bytes, where: str) -> None:
    """Refuse unless `signature` over `message` is by `checked_public`, which has passed `check_public` before.

    libsodium refuses S >= L and R of small order. Up to 1.0.22 it compares the encoding of SB - kA with R: of prime
    order as A is, so no other R can match. Its development branch multiplies by the cofactor; there R is looked at too.
    """
    if len(signature) != SIGNATURE_SIZE:
        refuse(where, f"a signature of {SIGNATURE_SIZE} bytes", f"{len(signature)} bytes")
    if not _sodium_accepts(checked_public, message, signature):
        refuse(where, "a valid Ed25519 signature", signature.hex())
    if _WITH_COFACTOR and not crypto_core_ed25519_is_valid_point(signature[:PUBLIC_SIZE]):
        refuse(where, "an Ed25519 signature with R of prime order", signature.hex())


def _sodium_accepts(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        crypto_sign_open(signature + message, public)
    except CryptoError:
        return False
    return True


_WITH_COFACTOR = _sodium_accepts(_MIXED_PUBLIC, b"", _MIXED_SIGNATURE)
