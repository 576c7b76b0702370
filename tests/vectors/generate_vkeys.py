"""Writes vkeys.json: verifier keys of C2SP signed-note, and spellings that look like one."""

from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256

from tests import vectors
from tests.evidence import naive_ed25519 as naive
from tests.evidence.signers import Log, witness

ABOUT = (
    "Verifier keys (vkeys) of C2SP signed-note v1.0.0 with the types 1, 4 and 6; a name has at most 255 bytes, an "
    "Ed25519 key is a canonical point of prime order. Keys are test keys."
)
_LOG = Log("magnets.example/disclosures")
_PUBLIC = _LOG.ed25519.key.public
_GOOD = str(_LOG.ed25519.key)
_NAME, _ID, _KEY = _GOOD.split("+", 2)


def build() -> str:
    """The text of the vector file."""
    return vectors.spell(ABOUT, [*_good(), *_badly_spelled(), *_bad_names(), *_bad_keys()])


def _case(name: str, vkey: str, why: str = "") -> vectors.Case:
    return {"name": name, "expect": "reject" if why else "accept", "why": why, "vkey": vkey}


def _vkey(name: str, key: bytes) -> str:
    """A vkey with the key id that its other parts call for."""
    key_id = sha256(name.encode() + b"\n" + key).digest()[:4]
    return f"{name}+{key_id.hex()}+{b64encode(key).decode()}"


def _good() -> list[vectors.Case]:
    return [
        _case("example of the specification", "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
        _case("Ed25519 log key", _GOOD),
        _case("Ed25519 cosignature key", str(witness("witness.example/w1").key)),
        _case("ML-DSA-44 cosignature key", str(_LOG.ml_dsa.key)),
        _case("a name in Chinese", _vkey("磁铁.example/披露", b"\x01" + _PUBLIC)),
        _case("a name of 255 bytes", _vkey("n" * 255, b"\x01" + _PUBLIC)),
    ]


def _badly_spelled() -> list[vectors.Case]:
    canonical = "the base64 of these bytes is spelled in one way"
    other = b64encode(b"\x01" + naive.encode(naive.BASE)).decode()
    url_safe = next(
        (name, key)
        for name, key in ((f"n{i}", b"\x01" + naive.encode(naive.multiply(i, naive.BASE))) for i in range(1, 100))
        if b"/" in b64encode(key)
    )
    return [
        _case("nothing", "", "three parts are needed"),
        _case("name alone", _NAME, "three parts are needed"),
        _case("no key", f"{_NAME}+{_ID}", "three parts are needed"),
        _case("empty key", f"{_NAME}+{_ID}+", "the type byte is missing"),
        _case("key id of another key", f"{_NAME}+00000000+{_KEY}", "the key id is a hash of the rest"),
        _case("key id in capitals", f"{_NAME}+{_ID.upper()}+{_KEY}", "hex is lower case"),
        _case("key id of three bytes", f"{_NAME}+{_ID[:6]}+{_KEY}", "a key id has four bytes"),
        _case("key id of five bytes", f"{_NAME}+{_ID}00+{_KEY}", "a key id has four bytes"),
        _case("no key id", f"{_NAME}++{_KEY}", "a key id has four bytes"),
        _case("line feed at the end", _GOOD + "\n", canonical),
        _case("space at the end", _GOOD + " ", canonical),
        _case("space at the start", " " + _GOOD, "a name holds no white space"),
        _case("a padding more", _GOOD + "=", canonical),
        _case("a bit that no byte needs", _loose_bit(str(_LOG.ml_dsa.key)), canonical),
        _case("no padding", str(_LOG.ml_dsa.key).rstrip("="), canonical),
        _case("another key", f"{_NAME}+{_ID}+{other}", "the key id is a hash of the rest"),
        _case("base64 for addresses", _url_safe(*url_safe), "the standard alphabet has + and /"),
        _case("another name", f"{_NAME}s+{_ID}+{_KEY}", "the key id covers the name"),
    ]


def _loose_bit(vkey: str) -> str:
    """The same vkey, its last base64 digit one higher: the same bytes, as the lowest two bits stand for nothing."""
    return vkey[:-2] + chr(ord(vkey[-2]) + 1) + "="


def _url_safe(name: str, key: bytes) -> str:
    head, _, _ = _vkey(name, key).rpartition("+")
    return f"{head}+{urlsafe_b64encode(key).decode()}"


def _bad_names() -> list[vectors.Case]:
    space, control = "a name holds no white space", "a note holds no control characters"
    names = {
        "empty": ("", "a name is not empty"),
        "a space": ("a b", space),
        "a no-break space": ("a\u00a0b", space),
        "an em space": ("a\u2003b", space),
        "an ideographic space": ("a\u3000b", space),
        "a line separator": ("a\u2028b", space),
        "a next line": ("a\u0085b", space),
        "a line feed": ("a\nb", control),
        "a tab": ("a\tb", control),
        "a NUL": ("a\0b", control),
        "an escape": ("a\u001b[2Jb", control),
        "256 bytes": ("n" * 256, "at most 255 bytes"),
        "256 bytes in 128 letters": ("é" * 128, "at most 255 bytes"),
    }
    return [
        _case(f"a name of this kind: {what}", _vkey(name, b"\x01" + _PUBLIC), why)
        for what, (name, why) in names.items()
    ]


def _bad_keys() -> list[vectors.Case]:
    size, point = "a key of this type has another size", "the point is not canonical and of prime order"
    mixed = naive.encode(naive.add(naive.decode(_PUBLIC), naive.torsion()[4]))
    keys = {
        "type 0": (b"\x00" + _PUBLIC, "type is 1, 4 or 6"),
        "ECDSA": (b"\x02" + _PUBLIC, "type is 1, 4 or 6"),
        "RFC 6962 tree head": (b"\x05" + _PUBLIC, "type is 1, 4 or 6"),
        "type 255": (b"\xff" + _PUBLIC, "type is 1, 4 or 6"),
        "31 bytes": (b"\x01" + _PUBLIC[:31], size),
        "33 bytes": (b"\x01" + _PUBLIC + b"\0", size),
        "no bytes": (b"\x01", size),
        "ML-DSA-44 of 1311 bytes": (b"\x06" + bytes(1311), size),
        "ML-DSA-44 type, Ed25519 key": (b"\x06" + _PUBLIC, size),
        "Ed25519 type, ML-DSA-44 key": (b"\x01" + _LOG.ml_dsa.key.public, size),
        "the identity": (b"\x01" + naive.encode(naive.IDENTITY), point),
        "y = 0": (b"\x01" + bytes(32), point),
        "mixed order": (b"\x01" + mixed, point),
        "mixed order as cosignature key": (b"\x04" + mixed, point),
        "not on the curve": (b"\x01" + (2).to_bytes(32, "little"), point),
        "identity spelled p + 1": (b"\x01" + (naive.P + 1).to_bytes(32, "little"), point),
    }
    return [_case(f"a key of this kind: {what}", _vkey("log.example", key), why) for what, (key, why) in keys.items()]


if __name__ == "__main__":
    vectors.write("vkeys", build())
