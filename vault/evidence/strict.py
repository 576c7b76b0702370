"""Strict readers for foreign bytes: one accepted spelling for each value, everything else is `Malformed`.

Foreign bytes never meet bare `int()`, `b64decode()`, `json.loads()` or `fromisoformat()`: those accept many spellings
of one value, and two spellings of one signed value are two histories.
"""

import binascii
import json
import re
from datetime import UTC, datetime
from typing import NoReturn

MAX_SAFE = 2**53 - 1  # integers every JSON reader keeps exactly (RFC 8259 section 6)

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_CONTROLS = bytes(range(0x0A)) + bytes(range(0x0B, 0x20))
_HEX_DIGITS = frozenset("0123456789abcdef")
# The hour is spelled out because newer Pythons read 24:00:00 as the next day's midnight: two spellings of one instant.
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", re.ASCII)


class Malformed(ValueError):
    """Bytes that break a format: `where` they are, what was `expected`, what was `found`.

    `found` is ASCII of at most 80 characters, so that hostile bytes reach no terminal; empty where there is nothing to
    show. Never pass it a secret. Survives pickling, so that a worker process can raise it.
    """

    def __init__(self, where: str, expected: str, found: object = None) -> None:
        shown = "" if found is None else ascii(found)
        self.where = where
        self.expected = expected
        self.found = shown if len(shown) <= 80 else shown[:77] + "..."
        super().__init__(where, expected, self.found)

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}" + (f", found {self.found}" if self.found else "")


def refuse(where: str, expected: str, found: object = None) -> NoReturn:
    """Raise `Malformed`."""
    raise Malformed(where, expected, found)


def text(data: bytes, where: str, *, limit: int) -> str:
    """UTF-8 text of at most `limit` bytes, with none of the ASCII control characters below U+0020 but LF.

    That is what C2SP signed-note forbids. DEL, C1 and bidirectional controls pass: who prints foreign text escapes it.
    """
    if len(data) > limit:
        refuse(where, f"at most {limit} bytes", f"{len(data)} bytes")
    try:
        decoded = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise Malformed(where, "UTF-8 text", f"byte {exc.start}: {data[exc.start : exc.start + 1]!r}") from exc
    found = len(data) - len(data.translate(None, _CONTROLS))  # five times the speed of a regular expression
    if found:
        refuse(where, "no control characters but newline", f"{found} of them")
    return decoded


def decimal(value: str, where: str, *, limit: int = 2**63 - 1) -> int:
    """A non-negative decimal integer up to `limit` (below 10^19): ASCII digits only, no sign, no leading zero."""
    if not _DECIMAL.fullmatch(value) or (number := int(value)) > limit:
        refuse(where, f"a decimal number of at most {limit}", value)
    return number


def base64_bytes(value: str, where: str, *, size: int | None = None) -> bytes:
    """Bytes from padded standard base64 (RFC 4648 section 4), canonical; exactly `size` bytes where given."""
    try:
        decoded = binascii.a2b_base64(value, strict_mode=True)
    except ValueError as exc:  # binascii.Error, or a plain ValueError for text that is not ASCII
        raise Malformed(where, "base64", value) from exc
    if base64_text(decoded) != value:  # non-zero trailing bits spell the same bytes in another way
        refuse(where, "canonical base64", value)
    if size is not None and len(decoded) != size:
        refuse(where, f"{size} bytes in base64", f"{len(decoded)} bytes")
    return decoded


def base64_text(value: bytes) -> str:
    """The one base64 spelling that `base64_bytes` accepts."""
    return binascii.b2a_base64(value, newline=False).decode()


def hex_bytes(value: str, where: str, *, size: int) -> bytes:
    """Exactly `size` bytes from lower-case hex."""
    if len(value) != 2 * size or not _HEX_DIGITS.issuperset(value):
        refuse(where, f"{2 * size} lower-case hex digits", value)
    return bytes.fromhex(value)


def utc_time(value: str, where: str) -> datetime:
    """An instant spelled `2026-11-22T17:39:28.123456Z`, always with six decimals."""
    if not _TIME.fullmatch(value):
        refuse(where, "a time like 2026-11-22T17:39:28.123456Z", value)
    try:
        return datetime.fromisoformat(value)
    except ValueError as exc:
        raise Malformed(where, "an existing date and time", value) from exc


def utc_text(value: datetime) -> str:
    """The one spelling that `utc_time` accepts; `value` must carry a zone."""
    if value.utcoffset() is None:
        raise ValueError("a time without a zone cannot be written")
    # Not strftime: %Y pads the year to four digits with some C libraries and not with others.
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def json_array(line: str, where: str) -> list[object]:
    """A JSON array of strings, safe integers and booleans in the one compact spelling that `json_text` writes.

    Lines of records are secret: what was found is never part of the error.
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, list):
        refuse(where, "a compact JSON array")
    # One comparison settles duplicate spellings: spaces, escapes, 1e3, -0, lone surrogates.
    if json_text(value, where) != line:
        refuse(where, "the compact spelling of its own value")
    return value


def json_text(value: list[object], where: str) -> str:
    """The compact JSON of strings, integers 0..2^53-1 and booleans; anything else is `Malformed`."""
    for part in value:
        if not isinstance(part, str | bool) and not (isinstance(part, int) and 0 <= part <= MAX_SAFE):
            refuse(where, "strings, booleans and integers 0..2^53-1 only")
    spelled = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        spelled.encode()
    except UnicodeEncodeError:
        raise Malformed(where, "text without lone surrogates") from None  # the cause would show the line
    return spelled
