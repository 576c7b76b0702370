"""Tags a stranger can check: ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381 section 5.5, suite 0x03), the verifying half.

A proof is Gamma (32 bytes) || c (16) || s (32, little endian). Whoever knows the public key and the input learns from a
valid proof the one output (beta, 64 bytes) that this key has for this input; a tag is its first half.

Stricter than the RFC in one point: the key and Gamma are of prime order, not just on the curve. The RFC's equations
also hold for points with a part of order 2, 4 or 8 whenever that divides c, and one tag would have several proofs.
`keys.vrf` holds the proving half. Try-and-increment takes longer for some inputs: time it only where they are known.
"""

from hashlib import sha512

from nacl.bindings import (
    crypto_core_ed25519_add,
    crypto_core_ed25519_is_valid_point,
    crypto_core_ed25519_sub,
    crypto_scalarmult_ed25519_base_noclamp,
    crypto_scalarmult_ed25519_noclamp,
)
from nacl.exceptions import CryptoError

from vault.evidence.strict import Malformed, refuse

PUBLIC_SIZE = 32
PROOF_SIZE = 80
TAG_SIZE = 32

ORDER = 2**252 + 27742317777372353535851937790883648493  # q, of the prime-order group (RFC 8032 section 5.1)
_PRIME = 2**255 - 19  # the field's p
_SIGN = 1 << 255  # the top bit of an encoded point is the sign of x, the rest is y
_IDENTITY = bytes([1]) + bytes(31)

_SUITE = b"\x03"
_ENCODE, _CHALLENGE, _OUTPUT = b"\x01", b"\x02", b"\x03"  # domain separators, front; the back one is always zero
_BACK = b"\x00"


def term_input(term: str) -> bytes:
    """The VRF input for `term`; text that is not valid Unicode is `Malformed`."""
    try:
        return b"disclosure-vault/term/v1\n" + term.encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed("term", "text without lone surrogates") from None  # terms are secret, the cause would show it


def tag(beta: bytes) -> bytes:
    """The tag (32 bytes) that stands in an entry: the first half of an output."""
    return beta[:TAG_SIZE]


def check_public(public: bytes, where: str) -> None:
    """Refuse a key that is not a canonical point of prime order (section 5.4.5, and more). Once per key is enough."""
    if len(public) != PUBLIC_SIZE or not crypto_core_ed25519_is_valid_point(public):
        refuse(where, "a VRF public key: a canonical point of prime order", public.hex())


def verify(checked_public: bytes, alpha: bytes, proof: bytes, where: str = "VRF proof") -> bytes:
    """The output (64 bytes) of `checked_public`, which has passed `check_public`, for `alpha`; else `Malformed`.

    RFC 9381 section 5.3: U = sB - cY, V = sH - c Gamma, and c must be the challenge over all of them.
    """
    if len(proof) != PROOF_SIZE:
        refuse(where, f"{PROOF_SIZE} bytes", f"{len(proof)} bytes")
    gamma, c, s = proof[:32], proof[32:48], proof[48:]
    if not crypto_core_ed25519_is_valid_point(gamma):
        refuse(where, "Gamma, a canonical point of prime order", gamma.hex())
    if int.from_bytes(s, "little") >= ORDER:
        refuse(where, "s below the group's order", s.hex())
    h = encode_to_curve(checked_public, alpha)
    c_scalar = c + bytes(16)
    try:
        u = _difference(crypto_scalarmult_ed25519_base_noclamp(s), c_scalar, checked_public)
        v = _difference(crypto_scalarmult_ed25519_noclamp(s, h), c_scalar, gamma)
    except CryptoError as exc:
        # libsodium refuses to multiply by zero: a valid proof with c = 0 or s = 0 takes 2^128 tries to find. It also
        # refuses points of other order, so a key that nobody checked proves nothing either.
        raise Malformed(where, "a key of prime order, c and s not zero", proof.hex()) from exc
    if challenge(checked_public, h, gamma, u, v) != c:  # public values: no secret to protect by constant time
        refuse(where, "a proof by this key for this input", proof.hex())
    return output(_eight_times(gamma))


def _difference(left: bytes, c: bytes, point: bytes) -> bytes:
    return crypto_core_ed25519_sub(left, crypto_scalarmult_ed25519_noclamp(c, point))


def encode_to_curve(public: bytes, alpha: bytes) -> bytes:
    """H, the point of prime order that the key `public` has for `alpha` (section 5.4.1.1, try and increment)."""
    prefix = sha512(_SUITE + _ENCODE + public + alpha)
    for counter in range(256):
        attempt = prefix.copy()
        attempt.update(bytes([counter]) + _BACK)
        if (point := point_from_hash(attempt.digest())) is not None:
            return point
    return refuse("VRF input", "a point within 256 attempts (the odds against it are 2^256)")


def point_from_hash(digest: bytes) -> bytes | None:
    """8P for the point P that the first 32 bytes of `digest` encode; None if they encode none or 8P is the identity.

    RFC 8032 section 5.1.3 refuses y >= p, which libsodium's addition would reduce, and x = 0 with its sign set: the
    two such points, (0, 1) and (0, -1), become the identity, so they need no check of their own.
    """
    encoded = digest[:32]
    if int.from_bytes(encoded, "little") & ~_SIGN >= _PRIME:
        return None
    try:
        point = _eight_times(encoded)
    except CryptoError:
        return None
    return None if point == _IDENTITY else point


def _eight_times(point: bytes) -> bytes:
    # Doubled by addition: libsodium multiplies points of prime order only.
    for _ in range(3):
        point = crypto_core_ed25519_add(point, point)
    return point


def challenge(public: bytes, h: bytes, gamma: bytes, u: bytes, v: bytes) -> bytes:
    """c: 16 bytes over five encoded points (section 5.4.3)."""
    return sha512(b"".join([_SUITE, _CHALLENGE, public, h, gamma, u, v, _BACK])).digest()[:16]


def output(eight_gamma: bytes) -> bytes:
    """Beta: 64 bytes over the encoded point 8 Gamma (section 5.2)."""
    return sha512(_SUITE + _OUTPUT + eight_gamma + _BACK).digest()
