"""Ed25519 as RFC 8032 writes it, slow and readable: makes the signatures that no honest signer would.

Second opinion for `vault.evidence.ed25519`, which stands on libsodium. Points are affine (x, y) pairs of integers.
"""

from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def add(one: Point, two: Point) -> Point:
    (x1, y1), (x2, y2) = one, two
    t = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def multiply(scalar: int, point: Point) -> Point:
    total = IDENTITY
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Point:
    """The point of a canonical or non-canonical encoding; ValueError where there is none."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, (number & 2**255 - 1) % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square:
        raise ValueError("not on the curve")
    return (P - x if x & 1 != sign else x) % P, y


BASE = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def torsion() -> list[Point]:
    """The eight points of small order; number i is i times number 1, number 0 the identity."""
    for y in range(2, 100):
        try:
            generator = multiply(L, decode(y.to_bytes(32, "little")))
        except ValueError:
            continue
        if multiply(4, generator) != IDENTITY:
            return [multiply(i, generator) for i in range(8)]
    raise AssertionError("no point of order eight found")


def challenge(commitment: bytes, public: bytes, message: bytes) -> int:
    return int.from_bytes(sha512(commitment + public + message).digest(), "little") % L


def sign(secret: int, nonce: int, public: bytes, commitment: bytes, message: bytes) -> bytes:
    """A signature with R as given: (nonce + k * secret) mod L, whatever `public` and `commitment` really are."""
    response = (nonce + challenge(commitment, public, message) * secret) % L
    return commitment + response.to_bytes(32, "little")


def holds(public: bytes, message: bytes, signature: bytes, *, cofactor: int) -> bool:
    """Whether cofactor * S * B == cofactor * (R + k * A); no check of the points' orders."""
    response = int.from_bytes(signature[32:], "little")
    k = challenge(signature[:32], public, message)
    right = add(decode(signature[:32]), multiply(k, decode(public)))
    return multiply(cofactor * response, BASE) == multiply(cofactor, right)


def is_prime_order(data: bytes) -> bool:
    """Canonical, on the curve, not the identity, and of order L."""
    try:
        point = decode(data)
    except ValueError:
        return False
    return encode(point) == data and point != IDENTITY and multiply(L, point) == IDENTITY
