"""Bech32 (BIP 173) as age uses it for keys: a readable prefix, then bytes and a checksum in base 32.

Of BIP 173 only the limit of 90 characters does not hold: the checksum is then no promise to find every few errors, so
whoever decodes a key also checks its length. Keys are one case throughout, and the case is part of the prefix:
recipients are lower case, identities upper case.
"""

from base64 import b32decode, b32encode

MAX_CHARACTERS = 4096  # twice the longest key there is (1,959: a hybrid recipient), so that no input costs much

_RFC = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ALPHABET = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = bytes(_ALPHABET.find(code) & 0xFF for code in range(256))  # 255 for what is no digit
# RFC 4648 takes bits into digits in the same order and differs in the digits alone.
_FROM_RFC, _TO_RFC = bytes.maketrans(_RFC, _ALPHABET), bytes.maketrans(bytes(range(32)), _RFC)
_CHECKSUM_SIZE = 6
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _row(top: int) -> int:
    """The sum of the generators that the five bits of `top` select."""
    row = 0
    for bit, generator in enumerate(_GENERATORS):
        row ^= generator if top >> bit & 1 else 0
    return row


_TABLE = tuple(_row(top) for top in range(32))


def encode(prefix: str, data: bytes) -> str:
    """`data` under `prefix`, in the prefix's case. ValueError for a prefix that is mixed, empty or not plain ASCII."""
    _check_prefix(prefix)
    lower = prefix.lower()
    digits = _digits(data)
    checksum = _polymod(_expand(lower) + digits.translate(_VALUES) + bytes(_CHECKSUM_SIZE)) ^ 1
    ending = bytes(_ALPHABET[checksum >> 5 * place & 31] for place in reversed(range(_CHECKSUM_SIZE)))
    text = f"{lower}1{(digits + ending).decode()}"
    return text if prefix == lower else text.upper()


def decode(text: str) -> tuple[str, bytes]:
    """The prefix, in the case it was written in, and the data.

    ValueError for anything that `encode` does not write; it never shows the text, which may be a secret key.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"longer than {MAX_CHARACTERS} characters")
    if not text.isascii():  # before case is looked at: the Kelvin sign in lower case is a k
        raise ValueError("not plain ASCII")
    if text not in (text.lower(), text.upper()):
        raise ValueError("upper and lower case are mixed")
    prefix, separator, tail = text.rpartition("1")
    if not separator or len(tail) < _CHECKSUM_SIZE:
        raise ValueError("not Bech32: no separator 1 followed by at least 6 characters")
    _check_prefix(prefix)
    digits = tail.lower().encode()
    words = digits.translate(_VALUES)
    if max(words) > 31:
        raise ValueError("a character that Bech32 does not use")
    if _polymod(_expand(prefix.lower()) + words) != 1:
        raise ValueError("the checksum is wrong: mistyped or cut")
    data = _data(words[:-_CHECKSUM_SIZE])
    if _digits(data) != digits[:-_CHECKSUM_SIZE]:  # another spelling of the same bytes
        raise ValueError("the bits left over are not zero padding")
    return prefix, data


def _check_prefix(prefix: str) -> None:
    if not prefix or not all("!" <= character <= "~" for character in prefix):
        raise ValueError("the prefix is empty or not plain ASCII")
    if prefix not in (prefix.lower(), prefix.upper()):
        raise ValueError("the prefix mixes upper and lower case")


def _digits(data: bytes) -> bytes:
    """The bits of `data` five by five, as digits of Bech32; zeros fill the last one."""
    return b32encode(data).rstrip(b"=").translate(_FROM_RFC)


def _data(words: bytes) -> bytes:
    """The whole bytes that these numbers of five bits hold; bits left over are dropped."""
    digits = words.translate(_TO_RFC)
    missing = -len(digits) % 8
    return b32decode(digits + b"A" * missing)[: len(words) * 5 // 8]


def _expand(prefix: str) -> bytes:
    """The prefix as the checksum sees it: high bits, a zero, low bits."""
    codes = prefix.encode()
    return bytes([*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)])


def _polymod(words: bytes) -> int:
    remainder = 1
    for word in words:
        remainder = (remainder & 0x1FFFFFF) << 5 ^ word ^ _TABLE[remainder >> 25]
    return remainder
