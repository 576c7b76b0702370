"""Writes ed25519.json: signatures on which verifiers of the world disagree, and what ours have to say of each."""

from hashlib import sha256

from tests import vectors
from tests.evidence import naive_ed25519 as naive

ABOUT = (
    "Ed25519 by the strictest reading: A and R canonical and of prime order, S < L, the equation without cofactor. "
    "key, message and signature are hex. Keys are test keys."
)
_SECRET = int.from_bytes(sha256(b"disclosure vault test key").digest(), "little") % naive.L
_NONCE = int.from_bytes(sha256(b"disclosure vault test nonce").digest(), "little") % naive.L
_KEY = naive.multiply(_SECRET, naive.BASE)
_COMMITMENT = naive.multiply(_NONCE, naive.BASE)
_PUBLIC, _R = naive.encode(_KEY), naive.encode(_COMMITMENT)
_TORSION = naive.torsion()


def build() -> str:
    """The text of the vector file."""
    return vectors.spell(ABOUT, [*_honest(), *_changed(), *_mixed_commitments(), *_mixed_keys(), *_small_keys()])


def _case(name: str, public: bytes, message: bytes, signature: bytes, why: str) -> vectors.Case:
    expect = "reject" if why else "accept"
    shown = {"key": public.hex(), "message": message.hex(), "signature": signature.hex()}
    return {"name": name, "expect": expect, "why": why, **shown}


def _honest() -> list[vectors.Case]:
    return [
        _case(f"honest, message of {size} bytes", _PUBLIC, bytes(size), _signed(bytes(size)), "")
        for size in (0, 1, 300)
    ]


def _signed(message: bytes) -> bytes:
    return naive.sign(_SECRET, _NONCE, _PUBLIC, _R, message)


def _changed() -> list[vectors.Case]:
    good = _signed(b"note\n")
    s = int.from_bytes(good[32:], "little")
    beyond = (s + naive.L).to_bytes(32, "little")
    off_curve = (2).to_bytes(32, "little")
    identity = naive.encode(naive.IDENTITY)
    return [
        _case("S + L", _PUBLIC, b"note\n", _R + beyond, "S has to be below L: a second spelling of one signature"),
        _case("S = L", _PUBLIC, b"note\n", _R + naive.L.to_bytes(32, "little"), "S has to be below L"),
        _case("S with its top bit", _PUBLIC, b"note\n", good[:63] + bytes([good[63] | 0x80]), "S has to be below L"),
        _case("another message", _PUBLIC, b"note", good, "signed was note LF"),
        _case("63 bytes", _PUBLIC, b"note\n", good[:63], "too short"),
        _case("65 bytes", _PUBLIC, b"note\n", good + b"\0", "too long"),
        _case("no signature", _PUBLIC, b"note\n", b"", "too short"),
        _case("65 bytes, the last one from the text", _PUBLIC, b"ote\n", good + b"n", "too long: a shifted border"),
        _case("63 bytes, the last one in the text", _PUBLIC, good[63:] + b"note\n", good[:63], "too short: likewise"),
        _case("R identity, S = k a", _PUBLIC, b"", naive.sign(_SECRET, 0, _PUBLIC, identity, b""), "R has small order"),
        _case("A short", _PUBLIC[:31], b"note\n", good, "a key has 32 bytes"),
        _case("A off the curve", off_curve, b"note\n", good, "no such point"),
        _case("A with the other sign", _PUBLIC[:31] + bytes([_PUBLIC[31] ^ 0x80]), b"note\n", good, "another key"),
    ]


def _mixed_commitments() -> list[vectors.Case]:
    cases = []
    for number, point in enumerate(_TORSION[1:], 1):
        commitment = naive.encode(naive.add(_COMMITMENT, point))
        signature = naive.sign(_SECRET, _NONCE, _PUBLIC, commitment, b"")
        cases.append(
            _case(f"R of mixed order, torsion point {number}", _PUBLIC, b"", signature, "holds only with the cofactor")
        )
    return cases


def _mixed_keys() -> list[vectors.Case]:
    why = "A is of mixed order: without the cofactor one message in eight verifies"
    cases = []
    for number, point in enumerate(_TORSION[1:], 1):
        public = naive.encode(naive.add(_KEY, point))
        message = _message_with_challenge_0_mod_8(_R, public)
        signature = naive.sign(_SECRET, _NONCE, public, _R, message)
        cases.append(_case(f"A of mixed order, torsion point {number}", public, message, signature, why))
    return cases


def _small_keys() -> list[vectors.Case]:
    cases = []
    encodings = [naive.encode(point) for point in _TORSION]
    # y = 1 and y = p - 1 with a sign bit that x = 0 doesn't have; y = p and y = p + 1 for 0 and 1.
    encodings += [(1 | 1 << 255).to_bytes(32, "little"), (naive.P - 1 | 1 << 255).to_bytes(32, "little")]
    encodings += [(naive.P + y | sign << 255).to_bytes(32, "little") for y in (0, 1) for sign in (0, 1)]
    for public in encodings:
        message = _message_with_challenge_0_mod_8(_R, public)
        signature = _R + _NONCE.to_bytes(32, "little")
        cases.append(_case(f"A = {public.hex()}", public, message, signature, "A has small order: no secret is needed"))
    return cases


def _message_with_challenge_0_mod_8(commitment: bytes, public: bytes) -> bytes:
    return next(
        message
        for message in (b"%d" % number for number in range(1000))
        if naive.challenge(commitment, public, message) % 8 == 0
    )


if __name__ == "__main__":
    vectors.write("ed25519", build())
