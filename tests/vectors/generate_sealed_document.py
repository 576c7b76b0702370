"""Writes sealed-document.json: sealed documents, header and payload apart, and what a reader has to refuse.

Everything is written out here from C2SP age.md, without our code; only ML-KEM can't be told its randomness, so the one
hybrid stanza is kept from the committed file.
"""

import hmac
from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from keys import age, bech32
from tests import vectors
from tests.vectors.generate_identity import predictable

NAME = "sealed-document"
ABOUT = (
    "Sealed documents, docs/format/sealed-document.md. expect is accept, no match (no identity opens it), or the part "
    "that is damaged: header, MAC, nonce, payload, content. size, sha256 and payload_sha256 are what the record says. "
    "Keys are test keys."
)
CONTENT = b"Rotor E3-12: 52,100 pieces\n"

_RANDOM = predictable(NAME)
_SECRET, _OTHER_SECRET = _RANDOM(32), _RANDOM(32)
_SEED = _RANDOM(32)
_FILE_KEY, _NONCE = _RANDOM(16), _RANDOM(16)
_IDENTITY = bech32.encode("AGE-SECRET-KEY-", _SECRET)
_OTHER = bech32.encode("AGE-SECRET-KEY-", _OTHER_SECRET)
_HYBRID = bech32.encode("AGE-SECRET-KEY-PQ-", _SEED)


def build() -> str:
    """The text of the vector file."""
    cases = [*_accepted(), *_not_for_us(), *_bad_headers(), *_bad_macs(), *_bad_payloads()]
    common = {"content": _padded(CONTENT), "size": len(CONTENT), "sha256": sha256(CONTENT).hexdigest()}
    return vectors.spell(ABOUT, cases, **common)


def _accepted() -> list[vectors.Case]:
    unknown = "-> c2sp.org/unknown-type a !~\n" + "A" * 64 + "\n\n"
    return [
        _case("classic", "the example of the document", _X25519),
        _case("hybrid", "the default", _hybrid(), identities=[_HYBRID]),
        _case("two recipients", "the second opens", _to_other() + _X25519),
        _case("two identities", "the second opens", _X25519, identities=[_OTHER, _IDENTITY]),
        _case("unknown stanza", "ignored, but under the MAC", unknown + _X25519),
        _case("16 arguments", "the limit", "-> a" + " b" * 16 + "\n\n" + _X25519),
        _case("64 stanzas", "the limit", "-> a\n\n" * 63 + _X25519),
        _case("kinds mixed", "read, but never written", _hybrid() + _X25519),
        _case("no content", "one empty chunk", _X25519, content=b""),
    ]


def _not_for_us() -> list[vectors.Case]:
    return [
        _case("another's", "not sealed to him", _X25519, "no match", identities=[_OTHER]),
        _case("nobody's", "no identity at hand", _X25519, "no match", identities=[]),
        _case("type in lower case", "an unknown type", _X25519.replace("X25519", "x25519"), "no match"),
        _case("passphrase", "not supported", _SCRYPT, "no match"),
    ]


def _bad_headers() -> list[vectors.Case]:
    good = _header(_X25519)
    share = _X25519.split()[2]
    zero = f"-> X25519 {_base64(bytes(32))}\n{_base64(bytes(32))}\n"
    return [
        _case("passphrase beside a recipient", "scrypt stands alone", _SCRYPT + _X25519, "header"),
        _case("65 stanzas", "the limit is 64", "-> a\n\n" * 64 + _X25519, "header"),
        _case("17 arguments", "the limit is 16", "-> a" + " b" * 17 + "\n\n" + _X25519, "header"),
        _case("share of low order", "all agree on zero with it", zero, "header"),
        _case("share in padded base64", "one spelling", _X25519.replace(share, share + "="), "header"),
        _case("second argument", "X25519 has one", _X25519.replace(share, share + " a"), "header"),
        _case("long wrapped key", "32 bytes", _stanza(_SECRET, _FILE_KEY + b"more"), "header"),
        _case("no stanza", "at least one", "", "header"),
        _raw("version 2", "version", good.replace("/v1", "/v2"), "header"),
        _raw("carriage returns", "LF", good.replace("\n", "\r\n"), "header"),
        _raw("payload in the header", "nothing after the MAC", good + "\n", "header"),
        _raw("no line end", "all of the MAC's line", good[:-1], "header"),
        _raw("empty header", "not even a version", "", "header"),
    ]


def _bad_macs() -> list[vectors.Case]:
    good = _header(_X25519)
    return [
        _raw("stanza added", "under the MAC", good.replace("-> X", "-> a\n\n-> X"), "MAC"),
        _raw("stanza taken away", "under the MAC", _header(_to_other() + _X25519).replace(_to_other(), ""), "MAC"),
        _raw("MAC of another file key", "under the file key", _header(_X25519, file_key=bytes(16)), "MAC"),
    ]


def _bad_payloads() -> list[vectors.Case]:
    payload, header = _payload(CONTENT), _header(_X25519)
    full = _chunk(bytes(65_536), last=False)
    other = _header(_stanza(_SECRET, bytes(16)), file_key=bytes(16))
    return [
        _raw("nothing", "a nonce", header, "nonce", payload=b""),
        _raw("half a nonce", "16 bytes", header, "nonce", payload=payload[:15]),
        _raw("no chunk", "at least one", header, "payload", payload=payload[:16]),
        _raw("less than a tag", "16 bytes more than content", header, "payload", payload=payload[:31]),
        _raw("cut by a byte", "authentic to its end", header, "payload", payload=payload[:-1]),
        _raw("a byte more", "ends where the record says", header, "payload", payload=payload + b"\x00"),
        _raw("a bit turned", "authentic", header, "payload", payload=payload[:16] + _turned(payload[16:])),
        _raw("another nonce", "authentic", header, "payload", payload=_turned(payload)),
        _raw("chunk not marked last", "cut after it", header, "payload", payload=_NONCE + _chunk(CONTENT, last=False)),
        _raw(
            "empty last chunk", "a full last one is enough", header, "payload",
            payload=_NONCE + full + _chunk(b"", last=True, index=1),
        ),
        _raw("header of another document", "another file key", other, "payload"),
        _raw("not the payload recorded", "payload_sha256", header, "payload", payload_sha256="00" * 32),
        _raw("not the content recorded", "sha256", header, "content", sha256="00" * 32),
    ]  # fmt: skip


def _case(
    name: str,
    why: str,
    stanzas: str,
    expect: str = "accept",
    *,
    identities: list[str] | None = None,
    content: bytes | None = None,
) -> vectors.Case:
    changed: vectors.Case = {} if identities is None else {"identities": identities}
    if content is not None:
        changed |= {"content": _padded(content), "size": len(content), "sha256": sha256(content).hexdigest()}
    payload = _payload(CONTENT if content is None else content)
    return _raw(name, why, _header(stanzas), expect, payload=payload, **changed)


def _raw(
    name: str, why: str, header: str, expect: str, payload: bytes | None = None, **changed: object
) -> vectors.Case:
    sealed = _payload(CONTENT) if payload is None else payload
    return {
        "name": name, "expect": expect, "why": why, "identities": [_IDENTITY], "header": header,
        "payload": _padded(sealed), "payload_sha256": sha256(sealed).hexdigest(), **changed,
    }  # fmt: skip


def _header(stanzas: str, file_key: bytes = _FILE_KEY) -> str:
    covered = f"age-encryption.org/v1\n{stanzas}---"
    mac = hmac.digest(_hkdf(file_key, b"", b"header"), covered.encode(), "sha256")
    return f"{covered} {_base64(mac)}\n"


def _stanza(secret: bytes, wrapped: bytes, ephemeral: bytes = bytes(range(32))) -> str:
    ours = X25519PrivateKey.from_private_bytes(ephemeral)
    theirs = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    share = ours.public_key().public_bytes_raw()
    shared = ours.exchange(X25519PublicKey.from_public_bytes(theirs))
    key = _hkdf(shared, share + theirs, b"age-encryption.org/v1/X25519")
    return f"-> X25519 {_base64(share)}\n{_base64(ChaCha20Poly1305(key).encrypt(bytes(12), wrapped, None))}\n"


def _to_other() -> str:
    return _stanza(_OTHER_SECRET, _FILE_KEY, bytes(range(1, 33)))


def _hybrid() -> str:
    """The stanza of the committed case, or a new one where there is none."""
    try:
        kept = next(case for case in vectors.read(NAME) if case["name"] == "hybrid")
    except FileNotFoundError:
        stanza = age.parse_identity(_HYBRID).recipient().wrap(_FILE_KEY)
        return f"-> {stanza.type} {stanza.args[0]}\n{_base64(stanza.body)}\n"
    start, end = kept["header"].index("-> "), kept["header"].index("---")
    return str(kept["header"][start:end])


def _payload(content: bytes) -> bytes:
    return _NONCE + _chunk(content, last=True)


def _chunk(content: bytes, *, last: bool, index: int = 0) -> bytes:
    key = _hkdf(_FILE_KEY, _NONCE, b"payload")
    return ChaCha20Poly1305(key).encrypt(index.to_bytes(11, "big") + bytes([last]), content, None)


def _hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 for 32 bytes (RFC 5869): extract, and one block of expand."""
    return hmac.digest(hmac.digest(salt, secret, "sha256"), info + b"\x01", "sha256")


def _turned(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def _padded(data: bytes) -> str:
    return b64encode(data).decode()


def _base64(data: bytes) -> str:
    return _padded(data).rstrip("=")


_X25519 = _stanza(_SECRET, _FILE_KEY)
_SCRYPT = f"-> scrypt {_base64(_RANDOM(16))} 18\n{_base64(_RANDOM(32))}\n"

if __name__ == "__main__":
    vectors.write(NAME, build())
