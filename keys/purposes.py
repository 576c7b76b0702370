"""What vault keys are for: how the secret of each purpose is made, and what of it stands in the keyring in clear."""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from keys import age, subkeys
from keys.signing import LOG_SECRET_SIZE, LogSigner
from keys.vrf import SEED_SIZE, IndexKey
from vault.evidence import vrf
from vault.evidence.checkpoint import LogKeys
from vault.evidence.strict import Malformed, base64_bytes, base64_text

CONTENT, INDEX, LOG, RECORD = "content", "index", "log", "record"
RECORD_SIZE = 32

Random = Callable[[int], bytes]


class Purpose(NamedTuple):
    """The three things one can do with a purpose.

    `generate(hybrid, random)` makes a secret. `value(origin, secret)` is its public or check value, ValueError where it
    is no secret of this purpose. `check(value, where)` refuses a value of another form.
    """

    generate: Callable[[bool, Random], bytes]
    value: Callable[[str, bytes], str]
    check: Callable[[str, str], object]


def log_value(keys: LogKeys) -> str:
    """The value that stands for the two public keys of a log."""
    return base64_text(sha256(f"{keys.ed25519}\n{keys.ml_dsa}\n".encode()).digest())


def _generate_content(hybrid: bool, random: Random) -> bytes:
    return age.generate(hybrid, random).secret_text().encode()


def _content_value(_origin: str, secret: bytes) -> str:
    return str(age.parse_identity(secret.decode("ascii")).recipient())


def _check_content(value: str, where: str) -> None:
    try:
        age.parse_recipient(value)
    except age.BadKey as exc:
        raise Malformed(where, "an age recipient", value) from exc


def _record_value(_origin: str, secret: bytes) -> str:
    return base64_text(subkeys.derive(secret, "record/check"))


def _index_value(_origin: str, secret: bytes) -> str:
    return base64_text(IndexKey(secret).public)


def _check_index(value: str, where: str) -> None:
    vrf.check_public(base64_bytes(value, where), where)


def _log_value(origin: str, secret: bytes) -> str:
    return log_value(LogSigner.from_secret(origin, secret).keys)


def _check_hash(value: str, where: str) -> None:
    base64_bytes(value, where, size=32)


KNOWN = {
    CONTENT: Purpose(_generate_content, _content_value, _check_content),
    INDEX: Purpose(lambda _, random: random(SEED_SIZE), _index_value, _check_index),
    LOG: Purpose(lambda _, random: random(LOG_SECRET_SIZE), _log_value, _check_hash),
    RECORD: Purpose(lambda _, random: random(RECORD_SIZE), _record_value, _check_hash),
}
