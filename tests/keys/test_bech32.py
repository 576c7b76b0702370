"""Bech32 as age uses it: one spelling of each key, mistyped ones refused, secrets in no error."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keys import bech32

RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"  # the example of age's documentation
PREFIXES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=83).map(str.lower)


@pytest.mark.parametrize(  # but for the recipient, the valid strings of BIP 173 that are whole bytes
    ("text", "prefix", "data"),
    [
        ("A12UEL5L", "A", ""),
        ("a12uel5l", "a", ""),
        ("?1ezyfcl", "?", ""),
        (
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
            "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio",
            "",
        ),
        (
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
            "abcdef",
            "00443214c74254b635cf84653a56d7c675be77df",
        ),
        (
            "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
            "split",
            "c5f38b70305f519bf66d85fb6cf03058f3dde463ecd7918f2dc743918f2d",
        ),
        (RECIPIENT, "age", "132c442be010fbd57e72603328aa76e71fccc1503aae219327d14d9c9993f472"),
    ],
)
def test_known_string_is_read_and_written(text: str, prefix: str, data: str) -> None:
    assert bech32.decode(text) == (prefix, bytes.fromhex(data))
    assert bech32.encode(prefix, bytes.fromhex(data)) == text


@pytest.mark.parametrize(  # the last nine: BIP 173's invalid strings
    "text",
    [
        "",
        "1",
        RECIPIENT[:-1],
        RECIPIENT + " ",
        RECIPIENT + "\n",
        RECIPIENT.capitalize(),
        RECIPIENT.replace("z", "Z", 1),
        RECIPIENT[:-1] + "q",
        "q" + RECIPIENT,
        "\x201nwldj5",
        "\x7f1axkwrx",
        "\x801eym55h",
        "pzry9x0s0muk",
        "1pzry9x0s0muk",
        "x1b4n0q5v",
        "li1dgmt3",
        "de1lg7wt\xff",
        "A1G7SGD8",
    ],
)
def test_any_other_string_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not|checksum|case|prefix|character"):
        bech32.decode(text)


def test_letter_that_only_lowers_to_ascii_is_refused() -> None:
    text = bech32.encode("AGE-SECRET-KEY-", bytes(range(32)))
    assert "K" in text[16:]
    with pytest.raises(ValueError, match="ASCII"):
        bech32.decode(text[:16] + text[16:].replace("K", "\N{KELVIN SIGN}"))


def test_long_input_is_refused_before_it_is_read() -> None:
    with pytest.raises(ValueError, match="longer than 4096"):
        bech32.decode("a1" + "q" * 4095)


@pytest.mark.parametrize("words", [[0, 1], [0, 31], [0, 0, 0]], ids=["bit set", "all set", "a word too many"])
def test_padding_that_spells_the_same_bytes_differently_is_refused(words: list[int]) -> None:
    prefix = "age"
    checksum = bech32._polymod(bytes([*bech32._expand(prefix), *words, 0, 0, 0, 0, 0, 0])) ^ 1
    whole = [*words, *(checksum >> 5 * (5 - place) & 31 for place in range(6))]
    with pytest.raises(ValueError, match="zero padding"):
        bech32.decode(prefix + "1" + "".join(chr(bech32._ALPHABET[word]) for word in whole))


@pytest.mark.parametrize("prefix", ["", "Age", "a e", "ä", "a\n"])
def test_prefix_without_one_spelling_is_not_written(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        bech32.encode(prefix, b"")


@given(PREFIXES, st.binary(max_size=1500), st.booleans())
@example("age1pq", bytes(1216), False)
def test_what_is_written_is_read(prefix: str, data: bytes, upper: bool) -> None:
    prefix = prefix.upper() if upper else prefix
    assert bech32.decode(bech32.encode(prefix, data)) == (prefix, data)


@given(st.text(max_size=100))
def test_what_is_read_is_written_the_same(text: str) -> None:
    try:
        prefix, data = bech32.decode(text)
    except ValueError:
        return
    assert bech32.encode(prefix, data) == text


@given(st.integers(0, len(RECIPIENT) - 1), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l1"))
def test_one_changed_character_is_noticed(place: int, character: str) -> None:
    changed = RECIPIENT[:place] + character + RECIPIENT[place + 1 :]
    if changed != RECIPIENT:
        with pytest.raises(ValueError, match=r"checksum|not Bech32"):
            bech32.decode(changed)


def test_errors_do_not_show_the_text() -> None:
    secret = bech32.encode("AGE-SECRET-KEY-", bytes(range(32)))
    for spoilt in (secret[:-1], secret + "!", secret.replace("Q", "q", 1), secret + "é", "x" + secret):
        with pytest.raises(ValueError, match=r"not|checksum|case|character") as caught:
            bech32.decode(spoilt)
        assert secret[16:30] not in str(caught.value)
        assert caught.value.__cause__ is None
