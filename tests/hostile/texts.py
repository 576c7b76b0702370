"""Texts that mean harm: to a terminal, to a reader's eye, to a file system, to a parser."""

CONTROLS = {
    "newline": "Ganzhou\nT-000099\tforged",
    "carriage return": "Ganzhou\rforged",
    "tab": "a\tb",
    "escape": "\x1b[2J\x1b]0;owned\x07red",
    "C1 escape": "\x9b31mred",
    "backspace": "abc\b\b\bxyz",
    "override": "invoice\u202efdp.exe",
    "isolates": "\u2066left\u2067right\u2069",
    "zero width": "Gan\u200bzhou",
    "line separator": "one\u2028two\u2029three",
    "byte order mark": "\ufeffGanzhou",
    "tag characters": "Ganzhou\U000e0041\U000e007f",
    "10 kB": "x" * 10_000,
    "combining": "Z" + "\u0301" * 200,
}
"""Valid Unicode that a free text may hold; it is kept exactly and shown inert."""

_RANGES = [(0, 0x09), (0x0B, 0x20), (0x7F, 0xA0), (0x200B, 0x200C), (0x2028, 0x202F), (0x2066, 0x206A)]

ACTED_ON = frozenset(chr(code) for start, stop in _RANGES for code in range(start, stop)) | {"\ufeff", "\U000e0041"}
"""What must never reach a terminal as it is; the tab of a line on a pipe parts its columns."""

NO_TEXT = {"not UTF-8": b"Gr\xf6\xdfe", "lone surrogate": b"\xed\xa0\x80", "cut": b"a\xc3"}
"""Bytes that are no text: an argument on Linux can hold any but NUL."""

FILE_NAMES = {
    b"CON": "_CON",
    b"nul.txt": "_nul.txt",
    b"COM1.pdf": "_COM1.pdf",
    b"a:b": "a_b",
    b"trailing.": "trailing",
    b"trailing ": "trailing",
    b"...": "_",
    b"-rf": "_-rf",
    b"~root": "_~root",
    b".bashrc": "bashrc",
    b"a\\b": "b",
    b"new\nline": "new_line",
    b"\x1b[31mred": "_[31mred",
    b"tab\there": "tab_here",
    "\u202etxt.exe".encode(): "_txt.exe",
    b"Gr\xf6\xdfe": "Gr\ufffd\ufffde",
    b"\xed\xa0\x80": "\ufffd\ufffd\ufffd",
    b"x" * 255: "x" * 200,
    b"'$(id)'": "'$(id)'",
    b"%s%n": "%s%n",
}
"""File names as they lie on a disk, and the name `get` may choose for them."""
