"""The index key: makes tags and proves them; `vault.evidence.vrf` verifies (ECVRF-EDWARDS25519-SHA512-TAI, RFC 9381).

All arithmetic with the secret is libsodium's, which runs in constant time; Python's integers do not.
"""

from hashlib import sha512

from nacl.bindings import (
    crypto_core_ed25519_scalar_add,
    crypto_core_ed25519_scalar_mul,
    crypto_core_ed25519_scalar_reduce,
    crypto_scalarmult_ed25519_base_noclamp,
    crypto_scalarmult_ed25519_noclamp,
)

from vault.evidence import vrf

SEED_SIZE = 32
REMEMBERED = 1 << 15  # tags, in some 8 MB
_EIGHT = bytes([8]) + bytes(31)


class IndexKey:
    """A VRF key from its 32-byte seed; `public` (32 bytes) is public, and all that `repr` shows.

    It remembers the newest tags it made: the same parties come again and again.
    """

    __slots__ = ("_eight_scalar", "_known", "_nonce_key", "_scalar", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise ValueError(f"an index key is made from {SEED_SIZE} bytes")
        digest = sha512(seed).digest()  # RFC 8032 section 5.1.5: the scalar, clamped, then the nonces' key
        clamped = bytes([digest[0] & 248]) + digest[1:31] + bytes([digest[31] & 127 | 64])
        # Every point multiplied below has order q, so the scalar may be reduced; it is never zero (8q > 2^255).
        self._scalar = crypto_core_ed25519_scalar_reduce(clamped + bytes(32))
        self._eight_scalar = crypto_core_ed25519_scalar_mul(_EIGHT, self._scalar)
        self._nonce_key = digest[32:]
        self._known: dict[bytes, bytes] = {}
        self.public = crypto_scalarmult_ed25519_base_noclamp(self._scalar)

    def __repr__(self) -> str:
        return f"IndexKey(public={self.public.hex()})"

    def tag(self, alpha: bytes) -> bytes:
        """The tag (32 bytes) for `alpha`, without its proof."""
        known = self._known.get(alpha)
        if known is None:
            if len(self._known) == REMEMBERED:
                del self._known[next(iter(self._known))]
            known = self._known[alpha] = self._tag(alpha)
        return known

    def _tag(self, alpha: bytes) -> bytes:
        # The output hashes 8 Gamma = 8 (xH). H is eight times a point of the curve and not the identity, so its order
        # is q and 8 (xH) = (8x mod q) H: one multiplication instead of three, and three doublings saved.
        h = vrf.encode_to_curve(self.public, alpha)
        return vrf.tag(vrf.output(crypto_scalarmult_ed25519_noclamp(self._eight_scalar, h)))

    def prove_tag(self, alpha: bytes) -> tuple[bytes, bytes]:
        """The tag for `alpha` and the proof of it, at the cost of the proof and one multiplication."""
        proof = self.prove(alpha)
        return vrf.tag(vrf.output(crypto_scalarmult_ed25519_noclamp(_EIGHT, proof[:32]))), proof

    def prove(self, alpha: bytes) -> bytes:
        """The proof (80 bytes) that `tag(alpha)` is this key's (RFC 9381 section 5.1).

        The nonce k is a hash over secret and H (section 5.4.2.2): a repeated or biased one would give the key away.
        """
        h = vrf.encode_to_curve(self.public, alpha)
        gamma = crypto_scalarmult_ed25519_noclamp(self._scalar, h)
        k = crypto_core_ed25519_scalar_reduce(sha512(self._nonce_key + h).digest())
        u = crypto_scalarmult_ed25519_base_noclamp(k)
        v = crypto_scalarmult_ed25519_noclamp(k, h)
        c = vrf.challenge(self.public, h, gamma, u, v)
        s = crypto_core_ed25519_scalar_add(k, crypto_core_ed25519_scalar_mul(c + bytes(16), self._scalar))
        return gamma + c + s
