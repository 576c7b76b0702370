"""Writes keyring.json: keyrings of test keys, built line by line, and what a reader has to refuse.

What is sealed in them are not age files: a reader of the keyring does not look inside.
"""

from base64 import b64encode
from hashlib import sha256

from nacl.signing import SigningKey

from keys import age
from tests import vectors
from tests.vectors.generate_identity import predictable

ABOUT = (
    "Keyrings, docs/format/keyring.md, with the vkey of the custodian who has to have signed them. expect is accept or "
    "reject. The sealed parts are placeholders, not age files. Keys are test keys."
)
ORIGIN = "magnets.example/disclosures"

_RANDOM = predictable("keyring")
_HEAD = "disclosure-vault/keyring/v1"
_CUSTODIAN = SigningKey(_RANDOM(32))
_OTHER = SigningKey(_RANDOM(32))
_CONTENT = str(age.generate(False, _RANDOM).recipient())
_HYBRID = str(age.generate(True, _RANDOM).recipient())
_VRF = [b64encode(bytes(SigningKey(_RANDOM(32)).verify_key)).decode() for _ in range(2)]
_HASHES = [b64encode(_RANDOM(32)).decode() for _ in range(4)]
_KEYS = [
    f"key content 1 {_CONTENT}",
    f"key index 1 {_VRF[0]}",
    f"key index 2 {_VRF[1]}",
    f"key log 1 {_HASHES[0]}",
    f"key record 1 {_HASHES[1]}",
]


def sealed(purpose: str, generation: int, member: str) -> str:
    return f"sealed {purpose} {generation} {member} {b64encode(f'{purpose} {generation} {member}'.encode()).decode()}"


_SEALED = [
    sealed("content", 1, "m1"),
    sealed("index", 1, "m1"),
    sealed("index", 1, "m2"),
    sealed("index", 1, "m10"),
    sealed("index", 2, "m1"),
    sealed("index", 2, "m2"),
    sealed("log", 1, "m1"),
    sealed("record", 1, "m1"),
    sealed("record", 1, "m2"),
]
_LINES = [_HEAD, ORIGIN, *_KEYS, *_SEALED]


def build() -> str:
    """The text of the vector file."""
    return vectors.spell(ABOUT, [*_accepted(), *_bad_signatures(), *_bad_keys(), *_bad_sealed(), *_bad_texts()])


def key_id(name: str, key: SigningKey) -> bytes:
    return sha256(name.encode() + b"\n\x01" + bytes(key.verify_key)).digest()[:4]


def signature(text: str, name: str = f"{ORIGIN}/m1", key: SigningKey = _CUSTODIAN) -> str:
    return f"— {name} {b64encode(key_id(name, key) + key.sign(text.encode()).signature).decode()}\n"


def note(lines: list[str]) -> str:
    text = "".join(f"{line}\n" for line in lines)
    return f"{text}\n{signature(text)}"


def vkey(name: str, key: SigningKey) -> str:
    return f"{name}+{key_id(name, key).hex()}+{b64encode(bytes([1]) + bytes(key.verify_key)).decode()}"


def _case(name: str, why: str, file: str) -> vectors.Case:
    expect = "reject" if why else "accept"
    return {"name": name, "expect": expect, "why": why, "custodian": vkey(f"{ORIGIN}/m1", _CUSTODIAN), "file": file}


def _changed(name: str, why: str, old: str, new: str) -> vectors.Case:
    """The good keyring with its first `old` made `new`, and signed again."""
    text = "".join(f"{line}\n" for line in _LINES)
    changed = text.replace(old, new, 1)
    assert changed != text
    return _case(name, why, f"{changed}\n{signature(changed)}")


def _accepted() -> list[vectors.Case]:
    later = [*_KEYS, f"key x-later 1 {'~' * 4096}"]
    return [
        _case("five keys, three members", "", note(_LINES)),
        _changed("a hybrid content key", "", _CONTENT, _HYBRID),
        _case("a purpose nobody knows yet", "", note([_HEAD, ORIGIN, *later, *_SEALED, sealed("x-later", 1, "m1")])),
        _case("one key, one holder", "", note([_HEAD, ORIGIN, _KEYS[0], _SEALED[0]])),
    ]


def _bad_signatures() -> list[vectors.Case]:
    text = "".join(f"{line}\n" for line in _LINES)
    good = signature(text)
    return [
        _case("no signature", "a note", text),
        _case("no signature line", "a note", f"{text}\n"),
        _case("signed by another", "not the custodian's key", f"{text}\n{signature(text, key=_OTHER)}"),
        _case("signed by another member", "not the custodian", f"{text}\n{signature(text, f'{ORIGIN}/m2')}"),
        _case("signed as the log", "not a member's name", f"{text}\n{signature(text, ORIGIN)}"),
        _case("signed in another vault", "not this origin", f"{text}\n{signature(text, 'b.example/m1')}"),
        _case("signed as m01", "not a member's name", f"{text}\n{signature(text, f'{ORIGIN}/m01')}"),
        _case("two signatures", "one signature", f"{text}\n{good}{signature(text, f'{ORIGIN}/m2', _OTHER)}"),
        _case("the same signature twice", "one signature", f"{text}\n{good}{good}"),
        _case("signature of another text", "signature", f"{text}\n{signature(text + ' ')}"),
        _case("a key changed after signing", "signature", f"{text.replace(_HASHES[0], _HASHES[2])}\n{good}"),
        _case("a line after the signature", "a note", f"{text}\n{good}x\n"),
    ]


def _bad_keys() -> list[vectors.Case]:
    return [
        _changed("keys not sorted", "order", f"{_KEYS[3]}\n{_KEYS[4]}", f"{_KEYS[4]}\n{_KEYS[3]}"),
        _changed("a key twice", "generation", f"{_KEYS[3]}\n", f"{_KEYS[3]}\n{_KEYS[3]}\n"),
        _changed("generation 0", "generations start at 1", "key log 1", "key log 0"),
        _changed("generation 2 without 1", "a gap", "key log 1", "key log 2"),
        _changed("generation 3 after 1", "a gap", "key index 2", "key index 3"),
        _changed("generation 01", "one spelling", "key log 1", "key log 01"),
        _changed("generation +1", "one spelling", "key log 1", "key log +1"),
        _changed("purpose in upper case", "purpose", "key log", "key Log"),
        _changed("purpose with a dot", "purpose", "key log", "key log.x"),
        _changed("no value", "value", f" {_HASHES[0]}", ""),
        _changed("empty value", "value", _HASHES[0], ""),
        _changed("two values", "fields", _HASHES[0], f"{_HASHES[0]} x"),
        _changed("value not ASCII", "value", _HASHES[0], "é"),
        _changed("content that is no recipient", "recipient", _CONTENT, _CONTENT[:-1]),
        _changed("content in upper case", "recipient", _CONTENT, _CONTENT.upper()),
        _changed("index of small order", "VRF key", _VRF[0], b64encode(b"\x01" + bytes(31)).decode()),
        _changed("index of 31 bytes", "VRF key", _VRF[0], b64encode(bytes(31)).decode()),
        _changed("log value of 31 bytes", "a hash", _HASHES[0], b64encode(bytes(31)).decode()),
        _changed("record value not base64", "a hash", _HASHES[1], _HASHES[1].rstrip("=")),
        _case("no key", "a key", note([_HEAD, ORIGIN])),
        _case("a key without a holder", "a holder", note([_HEAD, ORIGIN, *_KEYS[:2], _SEALED[0]])),
    ]


def _bad_sealed() -> list[vectors.Case]:
    orphan = sealed("record", 2, "m1")
    first, second, tenth = _SEALED[1:4]
    return [
        _case("a sealed key that is no key", "its key", note([*_LINES, orphan])),
        _changed("sealed keys not sorted", "order", f"{first}\n{second}", f"{second}\n{first}"),
        _changed("m10 before m2", "order by number", f"{second}\n{tenth}", f"{tenth}\n{second}"),
        _changed("a sealed key twice", "each once", first, f"{first}\n{first}"),
        _changed("a member without number", "m<n>", "log 1 m1", "log 1 m"),
        _changed("member m0", "m<n>", "log 1 m1", "log 1 m0"),
        _changed("member m01", "m<n>", "log 1 m1", "log 1 m01"),
        _changed("member by his name", "m<n>", "log 1 m1", "log 1 jane"),
        _changed("sealed in unpadded base64", "base64", "bG9nIDEgbTE=", "bG9nIDEgbTE"),
        _changed("sealed, nothing", "an age file", " bG9nIDEgbTE=", " "),
        _changed("sealed, too much", "65,536 bytes", "bG9nIDEgbTE=", b64encode(bytes(65_537)).decode()),
        _changed("sealed, a field more", "fields", "bG9nIDEgbTE=", "bG9nIDEgbTE= x"),
    ]


def _bad_texts() -> list[vectors.Case]:
    good = note(_LINES)
    return [
        _case("empty", "a note", ""),
        _case("version 2", "version", note(["disclosure-vault/keyring/v2", *_LINES[1:]])),
        _case("another kind of note", "version", note([ORIGIN, "1", _HASHES[0]])),
        _changed("another origin", "not the signer's", ORIGIN, "b.example"),
        _changed("no origin", "the origin", f"{ORIGIN}\n", ""),
        _changed("origin with a space", "the origin", ORIGIN, "a b"),
        _changed("sealed before key", "order", f"{_KEYS[4]}\n{_SEALED[0]}", f"{_SEALED[0]}\n{_KEYS[4]}"),
        _changed("empty line", "a line", f"{_KEYS[4]}\n", f"{_KEYS[4]}\n\n"),
        _changed("unknown line", "a line", f"{_KEYS[4]}\n", f"{_KEYS[4]}\nnote 1 2 3\n"),
        _changed("two spaces", "one space", "key log", "key  log"),
        _changed("space at the end", "no space", f"{_KEYS[4]}\n", f"{_KEYS[4]} \n"),
        _changed("tab", "no control character", "key log", "key\tlog"),
        _case("carriage returns", "no control character", good.replace("\n", "\r\n")),
        _case("byte order mark", "version", "\ufeff" + good),
    ]


if __name__ == "__main__":
    vectors.write("keyring", build())
