"""Writes vrf.json: the examples of RFC 9381, and proofs that a verifier with a rule missing would accept."""

from itertools import count

from tests import vectors
from tests.evidence import naive_vrf as naive
from tests.evidence.naive_ed25519 import BASE, IDENTITY, L, P, Point, add, encode, multiply, torsion

ABOUT = (
    "ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381), with key and Gamma of prime order. All hex; proof is Gamma || c || s; "
    "seed and beta stand where expect is accept. The accepted cases are examples 16 to 18 of RFC 9381 appendix B.3. "
    "Refuse key, then proof."
)

_EXAMPLES = [  # RFC 9381 appendix B.3: SK, PK, alpha, pi, beta
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f"
        "26f8a57ccaed74ee1b190bed1f479d9727d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805",
        "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff"
        "66b71dda49d2de59d03450451af026798e8f81cd2e333de5cdf4f3e140fdd8ae",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed593"
        "3bf0864a62558b3ed7f2fea45c92a465301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02",
        "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb"
        "5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "9bc0f79119cc5604bf02d23b4caede71393cedfbb191434dd016d30177ccbf80"
        "96bb474e53895c362d8628ee9f9ea3c0e52c7a5c691b6c18c9979866568add7a2d41b00b05081ed0f58ee5e31b3a970e",
        "645427e5d00c62a23fb703732fa5d892940935942101e456ecca7bb217c61c45"
        "2118fec1219202a0edcf038bb6373241578be7217ba85a2687f7a0310b2df19f",
    ),
]
_SEED, _PUBLIC, _ALPHA, _PROOF, _ = map(bytes.fromhex, _EXAMPLES[2])
_SECRET = naive.secret_scalar(_SEED)
_KEY = multiply(_SECRET, BASE)
_H = naive.encode_to_curve(_PUBLIC, _ALPHA)
_TORSION = torsion()


def build() -> str:
    """The text of the vector file."""
    return vectors.spell(
        ABOUT,
        [
            *_examples(),
            *_changed(),
            *_lengths(),
            *_scalars(),
            *_bad_gammas(),
            *_mixed_gammas(),
            *_mixed_keys(),
            *_bad_keys(),
        ],
    )


def _examples() -> list[vectors.Case]:
    return [
        {"name": f"RFC 9381 example {number}", "expect": "accept", "why": "", "seed": seed}
        | {"key": public, "alpha": alpha, "proof": proof, "beta": beta}
        for number, (seed, public, alpha, proof, beta) in enumerate(_EXAMPLES, 16)
    ]


def _case(name: str, why: str, *, key: bytes = _PUBLIC, alpha: bytes = _ALPHA, proof: bytes = _PROOF) -> vectors.Case:
    return {"name": name, "expect": "reject", "why": why} | {
        "key": key.hex(),
        "alpha": alpha.hex(),
        "proof": proof.hex(),
    }


def _changed() -> list[vectors.Case]:
    return [
        _case("another input", "alpha is hashed to H", alpha=b"\xaf\x83"),
        _case("no input", "alpha is hashed to H", alpha=b""),
        _case("another key", "the key is in H and in the challenge", key=bytes.fromhex(_EXAMPLES[0][1])),
        _case("proof of another input", "alpha is hashed to H", proof=bytes.fromhex(_EXAMPLES[1][3])),
        _case(
            "-Gamma",
            "the other sign of x is another point",
            proof=_PROOF[:31] + bytes([_PROOF[31] ^ 128]) + _PROOF[32:],
        ),
    ]


def _lengths() -> list[vectors.Case]:
    why = "a proof has 80 bytes, a key 32"
    sizes = [_case(f"proof of {size} bytes", why, proof=_PROOF[:size]) for size in (0, 32, 48, 79)]
    return [
        *sizes,
        _case("proof of 81 bytes", why, proof=_PROOF + b"\x00"),
        _case("c of 32 bytes", why, proof=_PROOF[:48] + bytes(16) + _PROOF[48:]),
        _case("key of 31 bytes", why, key=_PUBLIC[:31]),
        _case("key of 33 bytes", why, key=_PUBLIC + b"\x00"),
    ]


def _scalars() -> list[vectors.Case]:
    s, why = int.from_bytes(_PROOF[48:], "little"), "s has to be below q: a second proof of one tag"
    beyond = [_case(f"s + {n} q", why, proof=_PROOF[:48] + (s + n * L).to_bytes(32, "little")) for n in (1, 2, 15)]
    return [
        *beyond,
        _case("s = q", why, proof=_PROOF[:48] + L.to_bytes(32, "little")),
        _case("s = 2^256 - 1", why, proof=_PROOF[:48] + b"\xff" * 32),
        _case("s = 0", "not this challenge", proof=_PROOF[:48] + bytes(32)),
        _case("c = 0", "not this challenge", proof=_PROOF[:32] + bytes(16) + _PROOF[48:]),
        _case("c = 0, s = 0", "not this challenge", proof=_PROOF[:32] + bytes(48)),
        _case("all zero", "Gamma of order 4", proof=bytes(80)),
    ]


def _bad_gammas() -> list[vectors.Case]:
    off_curve = (2).to_bytes(32, "little")
    cases = [_case("Gamma off the curve", "no such point", proof=off_curve + _PROOF[32:])]
    for number, point in enumerate(_TORSION):
        why = "Gamma has small order: the same tag for every input"
        cases.append(_case(f"Gamma, torsion point {number}", why, proof=encode(point) + _PROOF[32:]))
    for name, gamma in _non_canonical():
        cases.append(_case(f"Gamma {name}", "not the encoding of its point", proof=gamma + _PROOF[32:]))
    return cases


def _mixed_gammas() -> list[vectors.Case]:
    """Made by the holder of the key; the equations of the RFC hold, and so would seven other proofs of one tag."""
    cases = []
    for number, point in enumerate(_TORSION[1:], 1):
        proof = _ground(_SECRET, _KEY, _H, add(multiply(_SECRET, _H), point))
        assert naive.verify(_PUBLIC, _ALPHA, proof)
        cases.append(_case(f"Gamma of mixed order, torsion point {number}", "a second proof of one tag", proof=proof))
    return cases


def _mixed_keys() -> list[vectors.Case]:
    cases = []
    for number, point in enumerate(_TORSION[1:], 1):
        public = add(_KEY, point)
        key, h = encode(public), naive.encode_to_curve(encode(public), _ALPHA)
        proof = _ground(_SECRET, public, h, multiply(_SECRET, h))
        assert naive.verify(key, _ALPHA, proof)
        why = "the key is of mixed order: one proof in eight holds, the verifiers of the world disagree"
        cases.append(_case(f"key of mixed order, torsion point {number}", why, key=key, proof=proof))
    return cases


def _bad_keys() -> list[vectors.Case]:
    """Keys that need no secret: without checks their equations hold for whoever asks, Gamma being the identity."""
    cases = [_case("key off the curve", "no such point", key=(2).to_bytes(32, "little"))]
    for number, point in enumerate(_TORSION):
        key, h = encode(point), naive.encode_to_curve(encode(point), _ALPHA)
        proof = _ground(0, point, h, IDENTITY)
        assert naive.equations_hold(point, key, _ALPHA, IDENTITY, *_numbers(proof))
        why = "validate_key: the key has small order, no secret is needed"
        cases.append(_case(f"key, torsion point {number}", why, key=key, proof=proof))
    for name, key in _non_canonical():
        cases.append(_case(f"key {name}", "not the encoding of its point", key=key))
    return cases


def _numbers(proof: bytes) -> tuple[int, int]:
    return int.from_bytes(proof[32:48], "little"), int.from_bytes(proof[48:], "little")


def _ground(secret: int, public: Point, h: Point, gamma: Point) -> bytes:
    """A proof whose challenge is a multiple of 8, so that parts of small order fall out of the equations."""
    proofs = (naive.respond(secret, nonce, public, h, gamma) for nonce in count(1))
    return next(proof for proof in proofs if proof[32] % 8 == 0)


def _non_canonical() -> list[tuple[str, bytes]]:
    """The encodings of y + p for the few y that leave room for it, both signs; and those of x = -0."""
    found = [
        (f"y = p + {y}, sign {sign}", (P + y | sign << 255).to_bytes(32, "little"))
        for y in range(19)
        for sign in (0, 1)
        if y == 1 or naive.string_to_point((y | sign << 255).to_bytes(32, "little"))
    ]
    return [*found, *((f"x = -0, y = {y}", (y % P | 1 << 255).to_bytes(32, "little")) for y in (1, -1))]


if __name__ == "__main__":
    vectors.write("vrf", build())
