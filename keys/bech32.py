"""Bech32 (BIP 173) as age uses it for keys: a readable prefix, then bytes and a checksum in base 32.

Of BIP 173 only the limit of 90 characters does not hold: the checksum is then no promise to find every few errors, so
whoever decodes a key also checks its length. Keys are one case throughout, and the case is part of the prefix:
recipients are lower case, identities upper case.
"""

MAX_CHARACTERS = 4096  # twice the longest key there is (1,959: a hybrid recipient), so that no input costs much

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
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
    words = _regroup(data, 8, 5, pad=True)
    lower = prefix.lower()
    checksum = _polymod([*_expand(lower), *words, *bytes(_CHECKSUM_SIZE)]) ^ 1
    words += [checksum >> 5 * (_CHECKSUM_SIZE - 1 - index) & 31 for index in range(_CHECKSUM_SIZE)]
    text = lower + "1" + "".join(_ALPHABET[word] for word in words)
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
    words = _words(tail.lower())
    if _polymod([*_expand(prefix.lower()), *words]) != 1:
        raise ValueError("the checksum is wrong: mistyped or cut")
    return prefix, bytes(_regroup(words[:-_CHECKSUM_SIZE], 5, 8, pad=False))


def _check_prefix(prefix: str) -> None:
    if not prefix or not all("!" <= character <= "~" for character in prefix):
        raise ValueError("the prefix is empty or not plain ASCII")
    if prefix not in (prefix.lower(), prefix.upper()):
        raise ValueError("the prefix mixes upper and lower case")


def _words(tail: str) -> list[int]:
    try:
        return [_VALUES[character] for character in tail]
    except KeyError:
        raise ValueError("a character that Bech32 does not use") from None  # the cause would show it


def _expand(prefix: str) -> list[int]:
    """The prefix as the checksum sees it: high bits, a zero, low bits."""
    codes = prefix.encode()
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)]


def _polymod(words: list[int]) -> int:
    remainder = 1
    for word in words:
        remainder = (remainder & 0x1FFFFFF) << 5 ^ word ^ _TABLE[remainder >> 25]
    return remainder


def _regroup(values: bytes | list[int], width: int, to_width: int, *, pad: bool) -> list[int]:
    """Regroup bits, first bit first; without `pad`, what is left over must be under `width` bits, all zero."""
    groups, pending, count = [], 0, 0
    for value in values:
        pending, count = pending << width | value, count + width
        while count >= to_width:
            count -= to_width
            groups.append(pending >> count)
            pending &= (1 << count) - 1
    if pad and count:
        groups.append(pending << to_width - count)
    elif count >= width or pending:  # another spelling of the same bytes
        raise ValueError("the bits left over are not zero padding")
    return groups
