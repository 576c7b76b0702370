"""The age header: text that holds the file key, wrapped for each recipient, under a MAC of that file key.

Knows nothing of payloads. C2SP age.md, "Header"; our caps and example bytes: docs/format/sealed-document.md.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.age import BadKey, BadStanza, Identity, Recipient, Stanza
from keys.age.stanza import decode_argument, encode_argument
from vault.sealing.errors import Damaged, NotForUs

MAX_SIZE = 128 * 1024  # bytes; 64 hybrid stanzas take 101 KiB
MAX_STANZAS = 64
MAX_ARGUMENTS = 16

_INTRO = b"age-encryption.org/v1\n"
_COLUMNS = 64
_SCRYPT = "scrypt"
_STANZA = re.compile(
    rb"-> ([!-~]+(?: [!-~]+)*)\n"  # type and arguments, printable ASCII between single spaces
    rb"((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)"  # the body ends with a short line, even if that is empty
)
_MAC = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")


class Header(NamedTuple):
    """A header as written; that its MAC is right only the file key can tell."""

    stanzas: tuple[Stanza, ...]
    unverified_mac: bytes


def wrap(file_key: bytes, recipients: Sequence[Recipient]) -> bytes:
    """A header that gives `file_key` (16 bytes, used for one payload only) to each of 1 to 64 recipients.

    BadKey where hybrid and classic recipients are mixed: the file would be no safer than its weakest stanza.
    """
    if not 1 <= len(recipients) <= MAX_STANZAS:
        raise ValueError(f"a file is sealed to 1 to {MAX_STANZAS} recipients, not {len(recipients)}")
    if len({recipient.post_quantum for recipient in recipients}) != 1:
        raise BadKey("hybrid and X25519 recipients cannot be mixed in one file")
    covered = _covered(recipient.wrap(file_key) for recipient in recipients)
    return covered + _mac_line(_mac(file_key, covered))


def unwrap(data: bytes, identities: Sequence[Identity]) -> bytes:
    """The file key in a header, its MAC checked. NotForUs where no identity opens it, Damaged where it was changed."""
    header = parse(data)
    file_key = _file_key(header.stanzas, identities)
    if not hmac.compare_digest(header.unverified_mac, _mac(file_key, _covered(header.stanzas))):
        raise Damaged("MAC", "the header was changed after it was sealed")
    return file_key


def check(data: bytes, identities: Sequence[Identity]) -> None:
    """Return if one of the identities opens the header and its MAC is right; raise as `unwrap` does."""
    unwrap(data, identities)


def rewrap(data: bytes, identities: Sequence[Identity], recipients: Sequence[Recipient]) -> bytes:
    """A new header for other recipients; the payload it belongs to stays as it is.

    Whoever opened the old header keeps what he learnt: this changes who can, not who could.
    """
    return wrap(unwrap(data, identities), recipients)


def split(data: bytes) -> tuple[bytes, bytes]:
    """A whole age file as header and payload, neither of them checked but for where the header ends."""
    # No other line can start with ---: stanzas start with ->, and base64 has no minus.
    mac = data.find(b"\n---", 0, MAX_SIZE) + 1
    end = data.find(b"\n", mac, MAX_SIZE) + 1
    if not mac or not end:
        raise Damaged("header", f"no line with a MAC in the first {MAX_SIZE} bytes")
    return data[:end], data[end:]


def parse(data: bytes) -> Header:
    """The header that is all of `data`, in the one spelling that `wrap` prints; Damaged otherwise."""
    if len(data) > MAX_SIZE:
        raise Damaged("header", f"{len(data)} bytes, the limit is {MAX_SIZE}")
    if not data.startswith(_INTRO):
        raise Damaged("header", "line 1 is not age-encryption.org/v1")
    try:
        header = _read(data)
    except BadStanza as exc:
        raise Damaged("header", str(exc)) from exc
    if _covered(header.stanzas) + _mac_line(header.unverified_mac) != data:
        raise Damaged("header", "not in the one spelling there is of it")
    return header


def _read(data: bytes) -> Header:
    stanzas: list[Stanza] = []
    position = len(_INTRO)
    while match := _STANZA.match(data, position):
        stanzas.append(_stanza(match))
        position = match.end()
        if len(stanzas) > MAX_STANZAS:
            raise BadStanza(f"more than {MAX_STANZAS} stanzas")
    mac = _MAC.fullmatch(data, position)
    if not stanzas or not mac:
        line = data.count(b"\n", 0, position) + 1
        raise BadStanza(f"line {line} starts neither a stanza nor, as the last, the MAC")
    return Header(tuple(stanzas), decode_argument(mac[1].decode(), "the MAC"))


def _stanza(match: re.Match[bytes]) -> Stanza:
    kind, *args = match[1].decode().split(" ")
    if len(args) > MAX_ARGUMENTS:
        raise BadStanza(f"a stanza with more than {MAX_ARGUMENTS} arguments")
    return Stanza(kind, tuple(args), decode_argument(match[2].replace(b"\n", b"").decode(), "the body of a stanza"))


def _covered(stanzas: Iterable[Stanza]) -> bytes:
    """What the MAC covers: all of the header up to and including `---`."""
    return _INTRO + b"".join(map(_print, stanzas)) + b"---"


def _print(stanza: Stanza) -> bytes:
    body = encode_argument(stanza.body)
    # One column more than there are: a body that fills its last line is followed by an empty one.
    lines = (body[start : start + _COLUMNS] for start in range(0, len(body) + 1, _COLUMNS))
    return "\n".join((" ".join(("->", stanza.type, *stanza.args)), *lines, "")).encode()


def _mac_line(mac: bytes) -> bytes:
    return f" {encode_argument(mac)}\n".encode()


def _mac(file_key: bytes, covered: bytes) -> bytes:
    key = HKDF(SHA256(), 32, None, b"header").derive(file_key)
    return hmac.digest(key, covered, "sha256")


def _file_key(stanzas: tuple[Stanza, ...], identities: Sequence[Identity]) -> bytes:
    _refuse_passphrase(stanzas)
    try:
        for stanza, identity in product(stanzas, identities):
            file_key = identity.unwrap(stanza)
            if file_key is not None:
                return file_key
    except BadStanza as exc:
        raise Damaged("header", str(exc)) from exc
    raise NotForUs(f"sealed to {len(stanzas)} recipients, none of them a key at hand")


def _refuse_passphrase(stanzas: tuple[Stanza, ...]) -> None:
    """Out of scope, but the rule holds: alone, or a recipient could pose as one who knows the passphrase."""
    if all(stanza.type != _SCRYPT for stanza in stanzas):
        return
    if len(stanzas) > 1:
        raise Damaged("header", "a passphrase stanza (scrypt) that is not the only one")
    raise NotForUs("sealed with a passphrase (scrypt): not supported, only X25519 and mlkem768x25519 recipients are")
