"""Writes anchors.json and the example bytes in docs/format/anchors.md: time-stamp tokens over the example checkpoint.

python -m tests.vectors.generate_anchors
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha1, sha256, sha512
from typing import Any

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests import vectors
from tests.anchoring.authority import POLICY, STAMPING, Certified, Life, certify, sign_reply, unsorted
from tests.evidence.ledgers import Ledger, seed
from tests.vectors import example
from vault.anchoring.reply import read
from vault.evidence.strict import base64_text

ABOUT = (
    "Time-stamp replies (RFC 3161) over the bytes of `note`, judged under `roots` (certificates in DER, base64). "
    "Accept: the token says `time`, within `accuracy` microseconds where it states one. Keys are test keys."
)
TEXT = example.FORMATS / "anchors.md"
NOTE = example.checkpoint()
TIME = datetime(2026, 11, 22, 17, 43, 40, 250_000, UTC)
_WIDTH = 76


def _key(word: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(seed(f"test TSA {word}")) >> 8, ec.SECP256R1())


ROOT = certify("Example Root", _key("root"), None, None, serial=1)
MIDDLE = certify("Example Authority", _key("authority"), ROOT, None, serial=2)
TSA = certify("Example TSA", _key("tsa"), MIDDLE, STAMPING, serial=3)
OTHER_ROOT = certify("Example Root", _key("another root"), None, None, serial=1)


def info(**changes: Any) -> tsp.TSTInfo:
    """What an ordinary token over the example checkpoint says, with changes; None takes a field out."""
    told = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(NOTE).digest()},
        "serial_number": 4711,
        "gen_time": TIME,
        "accuracy": {"seconds": 1},
        "nonce": 17,
    }
    return tsp.TSTInfo({name: value for name, value in (told | changes).items() if value is not None})


def token(by: Certified = TSA, **changes: Any) -> bytes:
    """The reply that says so."""
    return sign_reply(info(**changes), by, [MIDDLE.der])


@cache
def anchored() -> Ledger:
    """The example ledger, and the `anchor` entry behind it."""
    made = deepcopy(example.ledger())
    tree = made.tree()
    made.public("anchor", f"checkpoint {tree.size} {base64_text(tree.root)}", f"token {sha256(token()).hexdigest()}")
    return made


def blocks() -> dict[str, str]:
    """The text of each block of docs/format/anchors.md, by its name."""
    folded = base64_text(token())
    lines = [folded[at : at + _WIDTH] for at in range(0, len(folded), _WIDTH)]
    return {
        "anchor": anchored().leaves[-1].decode(),
        "token": "".join(f"{line}\n" for line in lines),
        "tsa-root": ROOT.pem.decode(),
    }


def fill(text: str) -> str:
    """The format text with its blocks as `blocks` has them."""
    made = blocks()
    pattern = re.compile(r"(<!-- example: ([a-z-]+) -->\n```text\n)(.*?)(```\n)", re.DOTALL)
    return pattern.sub(lambda found: found[1] + made[found[2]] + found[4], text)


def build() -> str:
    """The text of the vector file."""
    common = {"note": NOTE.decode(), "roots": [base64_text(ROOT.der)]}
    return vectors.spell(ABOUT, [*_good(), *_bad()], **common)


def _good() -> Iterator[vectors.Case]:
    yield _accept("ordinary", token())
    yield _accept("no accuracy", token(accuracy=None), accuracy=None)
    milliseconds = token(accuracy={"millis": 20, "micros": 5})
    yield _accept("accuracy below a second", milliseconds, accuracy=20_005)
    other = unsorted(token())
    yield _accept("certificates in one order", other)
    yield _accept("certificates in another order", read(other, "token").der)
    longer = {"hash_algorithm": {"algorithm": "sha512"}, "hashed_message": sha512(NOTE).digest()}
    yield _accept("imprint by SHA-512", token(message_imprint=longer))
    yield _accept("dated before the checkpoint says", token(gen_time=TIME - timedelta(days=9)), days=-9)


def _bad() -> Iterator[vectors.Case]:
    yield _reject("over other bytes", token(message_imprint=_imprint(NOTE[:-1])), "the imprint is of the exact note")
    text = NOTE.partition(b"\n\n")[0] + b"\n"
    yield _reject("over the text alone", token(message_imprint=_imprint(text)), "the signature lines are stamped too")
    short = {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": sha1(NOTE, usedforsecurity=False).digest()}
    yield _reject("imprint by SHA-1", token(message_imprint=short), "SHA-256 or longer")
    yield _reject("granted with modifications", _status(1), "the status is exactly granted")
    yield _reject("rejection", bytes.fromhex("30053003020102"), "the status is exactly granted")
    yield _reject("granted, no token", bytes.fromhex("30053003020100"), "there is a token")
    yield _reject("cut", token()[:-1], "a whole reply")
    yield _reject("more behind it", token() + b"\0", "a whole reply and nothing else")
    yield _reject("token without status", tsp.TimeStampResp.load(token())[1].dump(), "a whole reply")
    yield _reject("another root of the same name", token(), "its chain leads to a root of the verifier", [OTHER_ROOT])
    yield _reject("under the authority below the root", token(), "a root is one that signed itself", [MIDDLE])
    yield _reject("no root", token(), "without roots nothing is accepted", [])
    yield _reject("no usage", token(by=_signer(None)), "extended key usage timeStamping")
    yield _reject("usage not critical", token(by=_signer(STAMPING, critical=False)), "the usage is critical")
    both = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.SERVER_AUTH])
    yield _reject("another usage beside", token(by=_signer(both)), "timeStamping is the only usage")
    yield _reject("another key", token(by=Certified(_key("thief"), TSA.certificate)), "the signature holds")
    yield _reject("before its certificate", token(gen_time=datetime(2019, 1, 1, tzinfo=UTC)), "valid at that time")
    yield _reject("after its certificate", token(gen_time=datetime(2046, 1, 1, tzinfo=UTC)), "valid at that time")
    yield _reject("names no certificate", sign_reply(info(), TSA, [MIDDLE.der], []), "a signed hash of the certificate")
    other = sign_reply(info(), TSA, [MIDDLE.der], [MIDDLE.der])
    yield _reject("names another certificate", other, "the signed hash is that of the signer's certificate")
    twin = certify("Example TSA", _key("twin"), MIDDLE, STAMPING, serial=3)
    yield _reject(
        "two certificates of one name", sign_reply(info(), TSA, [MIDDLE.der, twin.der]), "one is the signer's"
    )
    old = certify("Old Authority", _key("old"), ROOT, None, serial=4, life=Life(last=datetime(2026, 1, 1, tzinfo=UTC)))
    late = certify("Example TSA", _key("late"), old, STAMPING, serial=5)
    expired = sign_reply(info(), late, [old.der])
    yield _reject("an authority that ended before", expired, "the whole chain is valid at the stated time")


def _signer(usage: x509.ExtendedKeyUsage | None, *, critical: bool = True) -> Certified:
    return certify("Example Server", _key("server"), MIDDLE, usage, critical=critical, serial=6)


def _imprint(data: bytes) -> dict[str, Any]:
    return {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(data).digest()}


def _status(number: int) -> bytes:
    return token().replace(bytes.fromhex("3003020100"), bytes([0x30, 3, 2, 1, number]), 1)


def _accept(name: str, made: bytes, *, accuracy: int | None = 1_000_000, days: int = 0) -> vectors.Case:
    time = (TIME + timedelta(days=days)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {"name": name, "expect": "accept", "time": time, "accuracy": accuracy, "token": base64_text(made)}


def _reject(name: str, made: bytes, why: str, roots: list[Certified] | None = None) -> vectors.Case:
    case = {"name": name, "expect": "reject", "why": why, "token": base64_text(made)}
    return case if roots is None else case | {"roots": [base64_text(one.der) for one in roots]}


def write() -> None:
    """Replace the vectors and the example bytes."""
    vectors.write("anchors", build())
    TEXT.write_text(fill(TEXT.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write()
