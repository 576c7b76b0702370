"""TOML that people write: whatever is wrong with it is one error, and reading it takes neither long nor much."""

from pathlib import Path

import pytest

from vault import toml

DEEP = {"brackets": b"a = " + b"[" * 60_000, "braces": b"a = " + b"{a=" * 20_000}
LONG = {
    "a byte too many": b"#" * (toml.MAX_FILE + 1),
    "a dot too many": b"a." * (toml.MAX_DOTS + 1) + b"a = 1",
    "decimal of 5,000 digits": b"a = " + b"9" * 5_000,
    "hexadecimal of 5,000 digits": b"a = 0x" + b"f" * 5_000,
    "65 bits": b"a = 9223372036854775808",
    "65 bits below zero": b"a = -9223372036854775809",
    "65 bits in a list in a table": b"[a.b]\nc = [1, [0xffffffffffffffffff]]",
}
WRONG = {"not UTF-8": b"a = '\xff'", "key twice": b"a = 1\na = 2", "no value": b"a ="}


@pytest.mark.parametrize("data", [*DEEP.values(), *LONG.values(), *WRONG.values()], ids=[*DEEP, *LONG, *WRONG])
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(toml.NotToml):
        toml.parse(data)


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), True, 0])
def test_numbers_of_64_bits_are_read(value: int) -> None:
    assert toml.parse(f"a = {value}".lower().encode()) == {"a": value}


def test_as_many_dots_and_bytes_as_there_may_be_are_read() -> None:
    data = b"a = '" + b"." * toml.MAX_DOTS + b"'\n#"
    assert toml.parse(data.ljust(toml.MAX_FILE, b"x")) == {"a": "." * toml.MAX_DOTS}


def test_an_error_does_not_repeat_a_long_key() -> None:
    with pytest.raises(toml.NotToml) as caught:
        toml.parse(b"[" + b"k" * 30_000 + b"]\n[" + b"k" * 30_000 + b"]")
    assert len(str(caught.value)) < 300


def test_a_file_without_an_end_is_not_read_to_it() -> None:
    with pytest.raises(toml.NotToml):
        toml.read(Path("/dev/zero"))
