"""Good examples changed as by an attacker who knows the format: bits, slices, lines, and pieces of other examples."""

from hypothesis import strategies as st

Edit = tuple[str, int, int, int, bytes]

_PIECES = [
    b"\n", b"\n\n", b"\r\n", b" ", b"=", b"+", b"\0", b"\xff", b"\x7f", b"0", b"-1", b"9" * 40, b"1e3", b"true", b'"',
    b"\\u0000", b"\xe2\x80\x94 ", b"\xe2\x80\xae", b"\xed\xa0\x80", b"[" * 3_000, b"{", b"9" * 5_000, b"a." * 999,
    b"--- ", b"-> ", b"\xef\xbb\xbf", b"\xc2\xa0", b"\xc2\xad",
]  # fmt: skip
_PLACE = st.integers(0, 1 << 16)
_EDIT = st.tuples(
    st.sampled_from(["flip", "cut", "drop", "repeat", "put", "splice", "line dropped", "line moved", "line repeated"]),
    _PLACE, _PLACE, _PLACE,
    st.sampled_from(_PIECES) | st.binary(max_size=4),
)  # fmt: skip


def changed(examples: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of `examples` after one to five edits, or now and then any bytes."""
    pair = st.tuples(st.sampled_from(examples), st.sampled_from(examples))
    edited = st.builds(_edited, pair, st.lists(_EDIT, min_size=1, max_size=5))
    return st.one_of(edited, edited, edited, st.binary(max_size=64))


def _edited(pair: tuple[bytes, bytes], edits: list[Edit]) -> bytes:
    data, other = pair
    for sort, first, second, third, piece in edits:
        data = _by_line(sort, data, first, second) if "line" in sort else _by_byte(sort, data, first, second, piece)
        if sort == "splice":
            start, end = sorted((second % (len(other) + 1), third % (len(other) + 1)))
            at = first % (len(data) + 1)
            data = data[:at] + other[start:end] + data[at:]
    return data


def _by_byte(sort: str, data: bytes, first: int, second: int, piece: bytes) -> bytes:
    at = first % (len(data) + 1)
    end = min(len(data), at + second % 50)
    match sort:
        case "flip" if at < len(data):
            return data[:at] + bytes([data[at] ^ 1 << second % 8]) + data[at + 1 :]
        case "cut":
            return data[:at]
        case "drop":
            return data[:at] + data[end:]
        case "repeat":
            return data[:end] + data[at:]
        case "put":
            return data[:at] + piece + data[at:]
    return data


def _by_line(sort: str, data: bytes, first: int, second: int) -> bytes:
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    line = lines[first % len(lines)] if sort == "line repeated" else lines.pop(first % len(lines))
    if sort != "line dropped":
        lines.insert(second % (len(lines) + 1), line)
    return b"".join(lines)
