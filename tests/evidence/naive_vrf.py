"""ECVRF-EDWARDS25519-SHA512-TAI word by word after RFC 9381, slow and plain: the judge of `vault.evidence.vrf`.

It follows the RFC and no more, so it accepts points of mixed order where ours refuses them.
"""

from hashlib import sha512

from tests.evidence.naive_ed25519 import BASE, IDENTITY, L, P, Point, add, decode, encode, multiply


def string_to_point(data: bytes) -> Point | None:
    """RFC 8032 section 5.1.3, which knows one encoding of each point."""
    try:
        point = decode(data)
    except ValueError:
        return None
    return point if encode(point) == data else None


def secret_scalar(seed: bytes) -> int:
    digest = int.from_bytes(sha512(seed).digest()[:32], "little")
    return digest & (1 << 254) - 8 | 1 << 254


def interpret(digest: bytes) -> Point | None:
    """Section 5.4.1.1, steps 5 C and D: interpret_hash_value_as_a_point, then the cofactor."""
    point = string_to_point(digest[:32])
    return None if point is None or (eight := multiply(8, point)) == IDENTITY else eight


def encode_to_curve(public: bytes, alpha: bytes) -> Point:
    attempts = (sha512(b"\x03\x01" + public + alpha + bytes([counter, 0])).digest() for counter in range(256))
    return next(point for point in map(interpret, attempts) if point is not None)


def challenge(*points: Point) -> int:
    digest = sha512(b"\x03\x02" + b"".join(encode(point) for point in points) + b"\x00").digest()
    return int.from_bytes(digest[:16], "little")


def prove(seed: bytes, alpha: bytes) -> bytes:
    x = secret_scalar(seed)
    public = multiply(x, BASE)
    h = encode_to_curve(encode(public), alpha)
    nonce = sha512(sha512(seed).digest()[32:] + encode(h)).digest()
    return respond(x, int.from_bytes(nonce, "little") % L, public, h, multiply(x, h))


def respond(x: int, k: int, public: Point, h: Point, gamma: Point) -> bytes:
    """Section 5.1, steps 6 to 8, whatever the key and Gamma really are."""
    c = challenge(public, h, gamma, multiply(k, BASE), multiply(k, h))
    return encode(gamma) + c.to_bytes(16, "little") + ((k + c * x) % L).to_bytes(32, "little")


def verify(public: bytes, alpha: bytes, proof: bytes) -> bytes | None:
    """Section 5.3 with validate_key: the output, or None for INVALID."""
    y, gamma = string_to_point(public), string_to_point(proof[:32])
    c, s = int.from_bytes(proof[32:48], "little"), int.from_bytes(proof[48:], "little")
    if len(proof) != 80 or y is None or gamma is None or multiply(8, y) == IDENTITY or s >= L:
        return None
    return output(gamma) if equations_hold(y, public, alpha, gamma, c, s) else None


def equations_hold(y: Point, public: bytes, alpha: bytes, gamma: Point, c: int, s: int) -> bool:
    h = encode_to_curve(public, alpha)
    u = add(multiply(s, BASE), multiply(c, negate(y)))
    v = add(multiply(s, h), multiply(c, negate(gamma)))
    return challenge(y, h, gamma, u, v) == c


def negate(point: Point) -> Point:
    return -point[0] % P, point[1]


def output(gamma: Point) -> bytes:
    return sha512(b"\x03\x03" + encode(multiply(8, gamma)) + b"\x00").digest()
