"""Each value has one accepted spelling."""

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.evidence import strict
from vault.evidence.strict import Malformed

INTEGERS = st.integers(0, strict.MAX_SAFE)
TEXTS = st.text()  # without surrogates
ARRAYS = st.lists(TEXTS | INTEGERS | st.booleans(), max_size=6)


def test_malformed_says_where_what_was_expected_and_found() -> None:
    error = Malformed("entry 17", "a number", "x")
    assert str(error) == "entry 17: expected a number, found 'x'"
    assert (error.where, error.expected, error.found) == ("entry 17", "a number", "'x'")


def test_malformed_shows_an_empty_value_but_no_missing_one() -> None:
    assert str(Malformed("a", "b", "")) == "a: expected b, found ''"
    assert str(Malformed("a", "b")) == "a: expected b"


def test_malformed_shows_hostile_bytes_escaped_and_short() -> None:
    error = Malformed("a", "b", "\x1b[2J\u202e" + "x" * 1000)
    assert error.found.startswith("'\\x1b[2J\\u202ex")
    assert len(error.found) == 80
    assert error.found.endswith("...")
    assert Malformed("a", "b", "x" * 78).found == repr("x" * 78)
    assert Malformed("a", "b", "x" * 79).found == repr("x" * 79)[:77] + "..."
    assert "x" * 78 not in repr(error)


def test_malformed_comes_whole_out_of_another_process() -> None:
    error = pickle.loads(pickle.dumps(Malformed("entry 17", "a number", "x")))  # noqa: S301  # made in this line
    assert str(error) == "entry 17: expected a number, found 'x'"
    assert error.found == "'x'"


def test_text_is_utf8_without_control_characters() -> None:
    assert strict.text("é\n\u007f\u0085 ~".encode(), "t", limit=100) == "é\n\u007f\u0085 ~"


@pytest.mark.parametrize(
    "data", [bytes([code]) for code in range(32) if code != 10] + [b"\xff", b"\xc0\x80", b"\xed\xa0\x80"]
)
def test_text_refuses(data: bytes) -> None:
    with pytest.raises(Malformed):
        strict.text(b"a" + data + b"b", "t", limit=100)


def test_text_is_at_most_as_long_as_its_limit_in_bytes() -> None:
    assert strict.text("éé".encode(), "t", limit=4) == "éé"
    with pytest.raises(Malformed, match="at most 3 bytes, found '4 bytes'"):
        strict.text("éé".encode(), "t", limit=3)


def test_text_names_the_bad_byte() -> None:
    with pytest.raises(Malformed, match=r"byte 2: b'\\\\xff'"):
        strict.text(b"ab\xffc", "t", limit=100)
    with pytest.raises(Malformed, match="found '2 of them'"):
        strict.text(b"a\rb\0c", "t", limit=100)


@given(st.integers(0, 2**63 - 1))
def test_decimal_reads_what_str_writes(number: int) -> None:
    assert strict.decimal(str(number), "n") == number


@pytest.mark.parametrize(
    "value",
    [
        "",
        "00",
        "01",
        "+1",
        "-1",
        "-0",
        " 1",
        "1 ",
        "1\n",
        "1_0",
        "1.0",
        "1e3",
        "0x1",
        "١",
        "１",
        "²",
        "9223372036854775808",
        "99999999999999999999",
        "9" * 5000,
        "1\u00a0",
    ],
)
def test_decimal_refuses(value: str) -> None:
    with pytest.raises(Malformed):
        strict.decimal(value, "n")


def test_decimal_has_a_limit() -> None:
    assert strict.decimal("255", "n", limit=255) == 255
    assert strict.decimal("9223372036854775807", "n") == 2**63 - 1
    with pytest.raises(Malformed):
        strict.decimal("256", "n", limit=255)


@given(st.binary())
def test_base64_reads_what_it_writes(data: bytes) -> None:
    assert strict.base64_bytes(strict.base64_text(data), "b") == data
    assert strict.base64_bytes(strict.base64_text(data), "b", size=len(data)) == data


@given(st.binary(min_size=1), st.data())
def test_base64_changed_in_one_place_is_refused_or_another_value(data: bytes, choices: st.DataObject) -> None:
    spelled = strict.base64_text(data)
    place = choices.draw(st.integers(0, len(spelled) - 1))
    changed = spelled[:place] + choices.draw(st.characters(max_codepoint=0x1FF)) + spelled[place + 1 :]
    try:
        read = strict.base64_bytes(changed, "b")
    except Malformed:
        return
    assert (read == data) == (changed == spelled)


@pytest.mark.parametrize(
    "value",
    [
        "Zg",
        "Zg=",
        "Zg===",
        "Zh==",
        "Zg==\n",
        "\nZg==",
        " Zg==",
        "Z g==",
        "Zg= =",
        "Zm9v=",
        "Z",
        "=",
        "====",
        "Zm9vZg",
        "Zm-_",
        "Zm9vZg==Zg==",
        "Zg==Zm9v",
        "Zm9v\u0301",
        "Zm9é",
        "\ud800Zm9",
        "Zm9v\0",
    ],
)
def test_base64_refuses(value: str) -> None:
    with pytest.raises(Malformed):
        strict.base64_bytes(value, "b")


@pytest.mark.parametrize("size", [0, 2, 4])
def test_base64_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(Malformed, match=f"expected {size} bytes in base64, found '3 bytes'"):
        strict.base64_bytes("Zm9v", "b", size=size)


@given(st.binary())
def test_hex_reads_lower_case(data: bytes) -> None:
    assert strict.hex_bytes(data.hex(), "h", size=len(data)) == data


@pytest.mark.parametrize("value", ["", "0", "000", "0A0b", "0g0b", " 0ab", "0ab ", "0x0a", "٠٠٠٠", "0a 0b", "00000a"])
def test_hex_refuses(value: str) -> None:
    with pytest.raises(Malformed):
        strict.hex_bytes(value, "h", size=2)


@given(st.datetimes(timezones=st.just(UTC)))
def test_time_reads_what_it_writes(time: datetime) -> None:
    assert strict.utc_time(strict.utc_text(time), "t") == time


def test_time_is_written_with_four_digits_of_year_in_utc() -> None:
    assert strict.utc_text(datetime(7, 1, 2, 3, 4, 5, tzinfo=UTC)) == "0007-01-02T03:04:05.000000Z"
    beijing = timezone(timedelta(hours=8))
    assert strict.utc_text(datetime(2026, 1, 1, 7, 0, 0, 1, tzinfo=beijing)) == "2025-12-31T23:00:00.000001Z"


def test_time_read_carries_utc() -> None:
    assert strict.utc_time("2026-11-22T17:39:28.123456Z", "t").utcoffset() == timedelta(0)


def test_time_without_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        strict.utc_text(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "2026-11-22T17:39:28Z",
        "2026-11-22T17:39:28.123Z",
        "2026-11-22T17:39:28.1234567Z",
        "2026-11-22T17:39:28,123456Z",
        "2026-11-22T17:39:28.123456",
        "2026-11-22T17:39:28.123456z",
        "2026-11-22T17:39:28.123456+00:00",
        "2026-11-22 17:39:28.123456Z",
        "2026-11-22t17:39:28.123456Z",
        "20261122T173928.123456Z",
        "2026-W47-7T17:39:28.123456Z",
        "2026-11-22T17:39:28.123456Z\n",
        " 2026-11-22T17:39:28.123456Z",
        "2026-11-22T24:00:00.000000Z",
        "2026-11-22T17:60:28.123456Z",
        "2026-11-22T17:39:60.123456Z",
        "2026-02-29T17:39:28.123456Z",
        "2026-00-22T17:39:28.123456Z",
        "2026-13-22T17:39:28.123456Z",
        "0000-01-01T00:00:00.000000Z",
        "２026-11-22T17:39:28.123456Z",
        "-026-11-22T17:39:28.123456Z",
        "2026-11-22T17:39:28.12345٦Z",
        "2026-11-22T33:39:28.123456Z",
    ],
)
def test_time_refuses(value: str) -> None:
    with pytest.raises(Malformed):
        strict.utc_time(value, "t")


@given(ARRAYS)
def test_json_reads_what_it_writes(value: list[object]) -> None:
    spelled = strict.json_text(value, "j")
    read = strict.json_array(spelled, "j")
    assert read == value
    assert [type(part) for part in read] == [type(part) for part in value]


@given(ARRAYS, st.data())
def test_json_changed_in_one_place_is_refused_or_another_value(value: list[object], choices: st.DataObject) -> None:
    spelled = strict.json_text(value, "j")
    place = choices.draw(st.integers(0, len(spelled)))
    inserted = choices.draw(st.sampled_from(' \t\n,[]{}"\\0-+.eEtfn\x00a\u2028'))
    changed = spelled[:place] + inserted + spelled[place + choices.draw(st.integers(0, 1)) :]
    try:
        read = strict.json_array(changed, "j")
    except Malformed:
        return
    assert changed == spelled or repr(read) != repr(value)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "1",
        '"a"',
        "{}",
        '{"a":1}',
        "[",
        "[]]",
        "[] ",
        " []",
        "[]\n",
        "[1, 2]",
        "[1 ,2]",
        "[1,]",
        "[,1]",
        "[-1]",
        "[-0]",
        "[01]",
        "[+1]",
        "[1.0]",
        "[1e3]",
        "[0.5]",
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
        "[9007199254740992]",
        "[18446744073709551616]",
        f"[{'9' * 5000}]",
        "[null]",
        "[[]]",
        "[{}]",
        "[" * 100_000,
        '["\\u0061"]',
        '["\\/"]',
        '["\\u000A"]',
        '["\\n", 1]',
        '["\\ud800"]',
        '["\\ud83d\\ude00"]',
        '["\ud800"]',
        '["\t"]',
        '["\x00"]',
        "['a']",
        '["a",]',
        '["a"]["b"]',
        "[True]",
        "\ufeff[]",
    ],
)
def test_json_refuses(line: str) -> None:
    with pytest.raises(Malformed):
        strict.json_array(line, "j")


def test_json_keeps_letters_and_the_largest_safe_integer() -> None:
    line = '["磁铁\\n\\u0000\\u001f\x7f\u2028😀",9007199254740991,0,true,false]'
    assert strict.json_array(line, "j") == ["磁铁\n\0\x1f\x7f\u2028😀", 2**53 - 1, 0, True, False]


@pytest.mark.parametrize("part", [None, 1.0, -1, 2**53, [], {}, b"a", float("nan")])
def test_json_writes_nothing_it_would_not_read(part: object) -> None:
    with pytest.raises(Malformed):
        strict.json_text([part], "j")


@pytest.mark.parametrize("line", ['["secret" ]', '["secret",null]', '["secret\\ud800"]', '["secret'])
def test_json_errors_do_not_show_the_line(line: str) -> None:
    with pytest.raises(Malformed) as caught:
        strict.json_array(line, "j")
    shown = [str(caught.value), repr(caught.value)]
    assert not any("secret" in text for text in shown)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("digit", "XGg/:@`")
def test_neighbours_of_hex_digits_are_none(digit: str) -> None:
    with pytest.raises(Malformed, match="4 lower-case hex digits"):
        strict.hex_bytes(f"00{digit}0", "field", size=2)
