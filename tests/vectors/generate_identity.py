"""Writes identity.json: identity files with their passphrases, built line by line, and what a reader has to refuse."""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from itertools import count

from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from nacl.signing import SigningKey

from keys import age
from keys.provenance import Provenance
from tests import vectors

ABOUT = (
    "Identity files, docs/format/identity.md. expect is accept, reject (damaged, or another format) or locked (the "
    "passphrase does not open it). fingerprint is that of the public string. Keys are test keys."
)
PASSPHRASE = "neodym für die Öfen"
VAULTS = (
    ("a.example/two", "11" * 32, Provenance.FIRST_USE),
    ("magnets.example/disclosures", "4c" * 32, Provenance.FOUNDED),
)


def predictable(label: str) -> Callable[[int], bytes]:
    """What stands in for randomness: every call gives other bytes, every run the same."""
    numbers = count()

    def take(size: int) -> bytes:
        seed, blocks = f"disclosure vault test {label} {next(numbers)} ".encode(), -(-size // 32)
        return b"".join(sha256(seed + b"%d" % block).digest() for block in range(blocks))[:size]

    return take


_RANDOM = predictable("identity")
_SEED = _RANDOM(32)
_HYBRID = age.generate(True, _RANDOM)
_CLASSIC = age.generate(False, _RANDOM)
_FILE_KEY = _RANDOM(32)
_SALT = _RANDOM(16)
_WRAP_NONCE = _RANDOM(24)
_BODY_NONCE = _RANDOM(24)

_PUBLIC = "_".join(
    [
        "dvault_public_v1",
        bytes(SigningKey(_SEED).verify_key).hex(),
        str(_CLASSIC.recipient()),
        str(_HYBRID.recipient()),
    ]
)
_SECRETS = [
    f"ed25519 {b64encode(_SEED).decode()}",
    f"hybrid {_HYBRID.secret_text()}",
    f"classic {_CLASSIC.secret_text()}",
]
_KNOWN = [f"vault {origin} {fingerprint} {provenance}" for origin, fingerprint, provenance in VAULTS]


def build() -> str:
    """The text of the vector file."""
    return vectors.spell(
        ABOUT, [*_accepted(), *_locked(), *_lines(), *_bad_public(), *_bad_protectors(), *_bad_bodies()]
    )


def whole(*lines: str) -> str:
    """The file of these lines, with its checksum."""
    text = "".join(f"{line}\n" for line in lines)
    return f"{text}sha256 {sha256(text.encode()).hexdigest()}\n"


def protector(passphrase: bytes, profile: str = "argon2id-2026") -> str:
    key = argon2id.kdf(32, passphrase, _SALT, opslimit=3, memlimit=64 << 20)
    box = SecretBox(key).encrypt(_FILE_KEY, _WRAP_NONCE)
    return f"protector passphrase {profile} {b64encode(_SALT).decode()} {b64encode(bytes(box)).decode()}"


def body(*lines: str) -> str:
    text = "".join(f"{line}\n" for line in lines).encode()
    return f"body {b64encode(bytes(SecretBox(_FILE_KEY).encrypt(text, _BODY_NONCE))).decode()}"


_HEAD = "disclosure-vault/identity/v1"
_LOCK = protector("neodym für die Öfen".encode())
_BODY = body(*_SECRETS, *_KNOWN)
_GOOD = whole(_HEAD, f"public {_PUBLIC}", _LOCK, _BODY)


def _case(name: str, expect: str, why: str, file: str, passphrase: str = PASSPHRASE) -> vectors.Case:
    return {"name": name, "expect": expect, "why": why, "passphrase": passphrase, "file": file}


def _accepted() -> list[vectors.Case]:
    plain = whole(_HEAD, f"public {_PUBLIC}", _LOCK, body(*_SECRETS))
    several = whole(_HEAD, f"public {_PUBLIC}", "protector os-keyring", "protector kms v9 !~", _LOCK, _BODY)
    digits = sha256(_PUBLIC.encode()).hexdigest()
    grouped = " ".join(digits[i : i + 4] for i in range(0, 64, 4))
    cases = [
        _case("two vaults", "accept", "", _GOOD),
        _case("no vault yet", "accept", "", plain),
        _case("protectors nobody knows yet, kept", "accept", "", several),
        _case("decomposed umlauts, another space", "accept", "", _GOOD, "neodym\u00a0fu\u0308r\u3000die O\u0308fen"),
    ]
    return [case | {"public": _PUBLIC, "fingerprint": grouped} for case in cases]


def _locked() -> list[vectors.Case]:
    other = whole(_HEAD, f"public {_PUBLIC}", "protector os-keyring", _BODY)
    tries = [
        "neodym fur die Ofen",
        "Neodym für die Öfen",
        "neodym für die Öfen ",
        "neodym für die Öfen\n",
        "\u0378",
        "",
    ]
    return [
        *(_case(f"passphrase {text!a}", "locked", "another passphrase, or none", _GOOD, text) for text in tries),
        _case("full-width letters", "locked", "NFC, not NFKC", _GOOD, "ｎeodym für die Öfen"),
        _case("no protector that is known", "locked", "a passphrase opens nothing here", other),
    ]


def _lines() -> list[vectors.Case]:
    public = f"public {_PUBLIC}"
    return [
        _case("empty", "reject", "no version", ""),
        _case("version 2", "reject", "unknown version", whole("disclosure-vault/identity/v2", public, _LOCK, _BODY)),
        _case("cut", "reject", "checksum", _GOOD[: len(_GOOD) // 2]),
        _case("cut after a line", "reject", "checksum", _GOOD[: _GOOD.index("body")]),
        _case("no checksum", "reject", "checksum", _GOOD[: _GOOD.index("sha256")]),
        _case("no newline at the end", "reject", "one spelling", _GOOD[:-1]),
        _case("a newline more", "reject", "one spelling", _GOOD + "\n"),
        _case("carriage returns", "reject", "control character", _GOOD.replace("\n", "\r\n")),
        _case("byte order mark", "reject", "version", "\ufeff" + _GOOD),
        _case("one character changed", "reject", "checksum", _GOOD.replace("body ", "body A", 1)),
        _case("checksum in upper case", "reject", "one spelling", _GOOD[:-65] + _GOOD[-65:].upper()),
        _case("public line missing", "reject", "public line", whole(_HEAD, _LOCK, _BODY)),
        _case("body before protector", "reject", "order", whole(_HEAD, public, _BODY, _LOCK)),
        _case("two bodies", "reject", "order", whole(_HEAD, public, _LOCK, _BODY, _BODY)),
        _case("unknown line", "reject", "order", whole(_HEAD, public, _LOCK, "comment x", _BODY)),
        _case("empty line", "reject", "order", whole(_HEAD, public, _LOCK, "", _BODY)),
        _case("body not base64", "reject", "base64", whole(_HEAD, public, _LOCK, _BODY + "=")),
        _case("two spaces", "reject", "one spelling", whole(_HEAD, public, _LOCK, _BODY.replace(" ", "  "))),
    ]


def _bad_public() -> list[vectors.Case]:
    fields = _PUBLIC.removeprefix("dvault_public_v1_").split("_")
    identity_point = "01" + "00" * 31
    changed = {
        "of version 2": _PUBLIC.replace("_v1_", "_v2_"),
        "in upper case": _PUBLIC.upper(),
        "with a field more": _PUBLIC + "_x",
        "without its hybrid recipient": _PUBLIC.rpartition("_")[0],
        "with a key of small order": _PUBLIC.replace(fields[0], identity_point),
        "with a key in upper case": _PUBLIC.replace(fields[0], fields[0].upper()),
        "with its recipients swapped": f"dvault_public_v1_{fields[0]}_{fields[2]}_{fields[1]}",
        "with a mistyped recipient": _PUBLIC[:-1] + ("q" if _PUBLIC[-1] != "q" else "p"),
        "of somebody else": _PUBLIC.replace(fields[0], bytes(SigningKey(bytes(32)).verify_key).hex()),
    }
    return [
        _case(
            f"public string {name}",
            "reject",
            "not that of the secret keys",
            whole(_HEAD, f"public {text}", _LOCK, _BODY),
        )
        for name, text in changed.items()
    ]


def _bad_protectors() -> list[vectors.Case]:
    salt = b64encode(_SALT).decode()
    changed = {
        "none": [],
        "17 of them": [_LOCK] * 17,
        "without a name": ["protector "],
        "name in upper case": ["protector Passphrase x"],
        "two spaces": [_LOCK.replace(" ", "  ")],
        "space at the end": [_LOCK + " "],
        "argument of 8,193 characters": [_LOCK, "protector x " + "y" * 8193],
        "17 arguments": [_LOCK, "protector x" + " y" * 17],
        "not ASCII": [_LOCK, "protector x é"],
        "passphrase without arguments": ["protector passphrase"],
        "numbers in place of a profile": [_LOCK.replace("argon2id-2026", "m=1099511627776,t=3,p=1")],
        "unknown profile": [_LOCK.replace("argon2id-2026", "argon2id-2038")],
        "short salt": [_LOCK.replace(salt, b64encode(_SALT[:15]).decode())],
        "salt of another spelling": [_LOCK.replace(salt, salt.rstrip("="))],
        "short box": [" ".join(_LOCK.split(" ")[:4]) + " " + b64encode(bytes(71)).decode()],
    }
    return [
        _case(f"protectors: {name}", "reject", "not such a line", whole(_HEAD, f"public {_PUBLIC}", *lines, _BODY))
        for name, lines in changed.items()
    ]


def _bad_bodies() -> list[vectors.Case]:
    seed, hybrid, classic = _SECRETS
    changed = {
        "empty": [],
        "secrets in another order": [hybrid, seed, classic],
        "a secret missing": [seed, hybrid],
        "age identities swapped": [seed, f"hybrid {_CLASSIC.secret_text()}", f"classic {_HYBRID.secret_text()}"],
        "short seed": [f"ed25519 {b64encode(_SEED[:31]).decode()}", hybrid, classic],
        "another seed": [f"ed25519 {b64encode(bytes(32)).decode()}", hybrid, classic],
        "another hybrid identity": [seed, f"hybrid {age.generate(True, bytes).secret_text()}", classic],
        "another X25519 identity": [seed, hybrid, f"classic {age.generate(False, bytes).secret_text()}"],
        "identity in lower case": [seed, hybrid.lower(), classic],
        "vaults not sorted": [*_SECRETS, *reversed(_KNOWN)],
        "a vault twice": [*_SECRETS, _KNOWN[0], _KNOWN[0]],
        "two fingerprints of one origin": [*_SECRETS, _KNOWN[0], f"vault {VAULTS[0][0]} {'22' * 32} founded"],
        "short fingerprint": [*_SECRETS, _KNOWN[0].replace("11 ", "1 ")],
        "fingerprint in upper case": [*_SECRETS, f"vault a.example {'AB' * 32} founded"],
        "origin with a plus": [*_SECRETS, f"vault a+b {'11' * 32} founded"],
        "vault without fingerprint": [*_SECRETS, "vault a.example founded"],
        "vault without provenance": [*_SECRETS, f"vault a.example {'11' * 32}"],
        "provenance that is none": [*_SECRETS, f"vault a.example {'11' * 32} trusted"],
        "provenance in upper case": [*_SECRETS, f"vault a.example {'11' * 32} Founded"],
        "unknown line": [*_SECRETS, "note x y"],
    }
    cases = [
        _case(f"body: {name}", "reject", "not such a body", whole(_HEAD, f"public {_PUBLIC}", _LOCK, body(*lines)))
        for name, lines in changed.items()
    ]
    foreign = f"body {b64encode(bytes(SecretBox(bytes(32)).encrypt(b'x', _BODY_NONCE))).decode()}"
    short = f"body {b64encode(bytes(39)).decode()}"
    for name, line in (("under another file key", foreign), ("shorter than its nonce and tag", short)):
        cases.append(_case(f"body: {name}", "reject", "does not open", whole(_HEAD, f"public {_PUBLIC}", _LOCK, line)))
    return cases


if __name__ == "__main__":
    vectors.write("identity", build())
