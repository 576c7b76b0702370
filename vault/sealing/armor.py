"""ASCII armor: an age file as text, for mail and paste. RFC 7468 in its strict form, as C2SP age.md has it.

Whole files in memory: for export, not for the store.
"""

import binascii

from vault.sealing.errors import Damaged

_BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----\n"
_END = b"-----END AGE ENCRYPTED FILE-----\n"
_LINE = 48  # bytes, 64 columns of base64


def encode(data: bytes) -> bytes:
    """An age file as armor, with LF line ends."""
    lines = (binascii.b2a_base64(data[start : start + _LINE]) for start in range(0, len(data), _LINE))
    return b"".join((_BEGIN, *lines, _END))


def decode(text: bytes) -> bytes:
    """The age file in an armor. Only line ends (LF or CRLF) and white space around it may differ from `encode`."""
    body = text.strip().replace(b"\r\n", b"\n") + b"\n"
    if not body.startswith(_BEGIN) or not body.endswith(_END):
        raise Damaged("armor", "the first and last line are not those of an AGE ENCRYPTED FILE")
    try:
        data = binascii.a2b_base64(body[len(_BEGIN) : -len(_END)].replace(b"\n", b""), strict_mode=True)
    except binascii.Error as exc:
        raise Damaged("armor", "not base64") from exc
    if encode(data) != body:
        raise Damaged("armor", "not the one spelling there is of it")
    return data
