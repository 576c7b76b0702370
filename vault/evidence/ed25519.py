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


def check_public(public: bytes, where: str) -> None:
    """Refuse a public key that is not a canonical point of prime order. Once per key is enough."""
    if len(public) != PUBLIC_SIZE or not crypto_core_ed25519_is_valid_point(public):
        refuse(where, "an Ed25519 public key: a canonical point of prime order", public.hex())


def verify(checked_public: bytes, message: bytes, signature: bytes, where: str) -> None:
    """Refuse unless `signature` over `message` is by `checked_public` (passed by `check_public` before).

    libsodium refuses S >= L and small-order R, computes R' = SB - kA and compares its encoding with R. With A of
    prime order R' is too, so a non-canonical or mixed-order R cannot match.
    """
    if len(signature) != SIGNATURE_SIZE:
        refuse(where, f"a signature of {SIGNATURE_SIZE} bytes", f"{len(signature)} bytes")
    try:
        crypto_sign_open(signature + message, checked_public)
    except CryptoError:
        refuse(where, "a valid Ed25519 signature", signature.hex())
