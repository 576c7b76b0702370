"""Armor: one text for each file, but for line ends and the white space around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.sealing import armor
from vault.sealing.errors import Damaged

BEGIN, END = b"-----BEGIN AGE ENCRYPTED FILE-----\n", b"-----END AGE ENCRYPTED FILE-----\n"
TEXT = armor.encode(bytes(100))

REJECTS = {
    "nothing": b"",
    "no begin": TEXT[len(BEGIN) :],
    "no end": TEXT[: -len(END)],
    "end only begun": TEXT[:-5],
    "another type": TEXT.replace(b"AGE ENCRYPTED FILE", b"PGP MESSAGE"),
    "lower case": TEXT.replace(b"BEGIN AGE", b"begin age"),
    "text before": b"see below:\n" + TEXT,
    "text after": TEXT + b"as above\n",
    "two armors": TEXT + TEXT,
    "a header line": TEXT.replace(BEGIN, BEGIN + b"Version: 1\n\n"),
    "a checksum": TEXT.replace(END, b"=aaaa\n" + END),
    "space at the end of a line": TEXT.replace(b"AA\n", b"AA \n", 1),
    "space before a line": TEXT.replace(b"\nAA", b"\n AA", 1),
    "space behind the marker": TEXT.replace(b"-----\n", b"----- \n", 1),
    "empty line": TEXT.replace(BEGIN, BEGIN + b"\n"),
    "empty last line": TEXT.replace(END, b"\n" + END),
    "line of 63": BEGIN + b"A" * 63 + b"\n" + b"A" * 5 + b"\n" + END,
    "line of 65": BEGIN + b"A" * 65 + b"\n" + b"AAA\n" + END,
    "padding left out": TEXT.replace(b"=", b""),
    "padding in the middle": BEGIN + b"AA==AA==\n" + END,
    "not canonical": BEGIN + b"AB==\n" + END,
    "URL base64": BEGIN + b"__--\n" + END,
    "old Mac line ends": TEXT.replace(b"\n", b"\r"),
    "no-break space around": b"\xa0" + TEXT,
}


@given(st.binary(max_size=500))
def test_what_is_written_is_read(data: bytes) -> None:
    assert armor.decode(armor.encode(data)) == data


@pytest.mark.parametrize("size", [0, 1, 47, 48, 49, 95, 96, 97])
def test_lines_have_64_columns(size: int) -> None:
    lines = armor.encode(bytes(size)).split(b"\n")[1:-2]
    assert all(len(line) == 64 for line in lines[:-1])
    assert all(0 < len(line) <= 64 for line in lines)
    assert len(lines) == -(-size // 48)


@pytest.mark.parametrize("text", [TEXT.replace(b"\n", b"\r\n"), TEXT[:-1], b" \n\t" + TEXT + b"\n\n ", b"\r\n" + TEXT])
def test_line_ends_and_white_space_around_may_differ(text: bytes) -> None:
    assert armor.decode(text) == bytes(100)


@pytest.mark.parametrize("text", REJECTS.values(), ids=REJECTS)
def test_any_other_spelling_is_damaged(text: bytes) -> None:
    with pytest.raises(Damaged) as caught:
        armor.decode(text)
    assert caught.value.part == "armor"


@given(st.binary(max_size=200))
def test_hostile_bytes_are_damaged_and_nothing_worse(data: bytes) -> None:
    for hostile in (data, BEGIN + data + b"\n" + END):
        try:
            armor.decode(hostile)
        except Damaged:
            continue
