"""Records: what was disclosed, line by salted line, so that each line can be shown or withheld by itself.

A line is the compact JSON array `["<salt>","<name>",<value>]`. Its leaf input is `<name> LF <base64 SHA-256(line)> LF`,
and the record root, which the entry shows, is the RFC 6962 tree hash over the leaf inputs. A withheld line is shown as
its leaf input, never as a bare leaf hash. [A bare hash can stand for an inner node: a record of eight lines was shown
as four lines and one "withheld leaf" under the same root, hiding a second recipient.]
"""

import re
from binascii import b2a_base64
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from vault.evidence import merkle, naming
from vault.evidence.strict import Malformed, base64_bytes, base64_text, json_array, json_text, refuse

SALT_SIZE = 16
MAX_LINE = 16 << 20  # bytes of UTF-8
MAX_LINES = 100_000
MAX_RECORD = 64 << 20  # bytes, all lines with their LF
_SURELY_SHORT = MAX_LINE // 4  # characters: no more bytes of UTF-8 than allowed, whatever they are

Value = str | int | bool

# Base64 of 16 bytes: its last digit holds two bits, so only four digits are canonical there.
_SALT = r"[A-Za-z0-9+/]{21}[AQgw]=="
_SALT_ALONE = re.compile(_SALT)
# A line that has one reading and one spelling at sight: no escape, and an integer that is safe by its length. What JSON
# has to escape (quotes, backslashes, controls) is not in it, so that `json_text` would write just this.
_PLAIN = re.compile(rf'\["{_SALT}","([a-z0-9.-]+)",(?:"([^"\\\x00-\x1f]*)"|(0|[1-9][0-9]{{0,14}})|(true|false))\]')
_SHOWN, _WITHHELD = "= ", "- "


class Line(NamedTuple):
    """One salted line. `text` is what is hashed and stored: never serialised a second time."""

    name: str
    value: Value
    text: str

    def __repr__(self) -> str:
        """The name alone: the rest is secret."""
        return f"Line(name={self.name!r})"

    @property
    def hash(self) -> bytes:
        """SHA-256 of the line, 32 bytes."""
        return sha256(self.text.encode()).digest()


class Withheld(NamedTuple):
    """A line of which only the name and the SHA-256 (32 bytes) are shown."""

    name: str
    hash: bytes


class Record(NamedTuple):
    """A record's lines in their order, some of them perhaps withheld; names and shown values are checked."""

    lines: tuple[Line | Withheld, ...]

    @property
    def shape(self) -> naming.Shape:
        """Where its terms and approvals stand."""
        return naming.shape(tuple([line.name for line in self.lines]), "record")

    @property
    def root(self) -> bytes:
        """The RFC 6962 tree hash over the leaf inputs, 32 bytes."""
        return merkle.root(leaf_inputs(self.lines))

    @property
    def approved_root(self) -> bytes:
        """The tree hash over the lines before the approvals and the sending: what an `approval` entry approves."""
        return merkle.root(leaf_inputs([line for line in self.lines if naming.group(line.name) == naming.APPROVED]))

    @property
    def term_count(self) -> int:
        """The number of terms, shown and withheld: as many as its entry has tags."""
        return len(self.shape.terms)

    def values(self) -> dict[str, Value]:
        """The shown values by name."""
        return {line.name: line.value for line in self.lines if isinstance(line, Line)}

    def terms(self) -> list[str]:
        """The shown terms this record is filed under."""
        terms = map(self.lines.__getitem__, self.shape.terms)
        return [str(line.value) for line in terms if isinstance(line, Line)]


def leaf_inputs(lines: Iterable[Line | Withheld]) -> list[bytes]:
    """Of each line `<name> LF <base64 SHA-256(line)> LF`: what the tree is over, all that a withheld line still shows.

    Written out in one place, as the check of a long ledger spends most of its time here.
    """
    return [
        b"%b\n%b"  # base64 comes with the LF
        % (line.name.encode(), b2a_base64(sha256(line.text.encode()).digest() if isinstance(line, Line) else line.hash))
        for line in lines
    ]


def build(pairs: Sequence[tuple[str, Value]], salts: bytes) -> Record:
    """A record of (name, value) pairs; `salts` holds 16 fresh random bytes for each, never used before."""
    split = [salts[at : at + SALT_SIZE] for at in range(0, len(salts), SALT_SIZE)]
    if len(salts) != SALT_SIZE * len(pairs) or len(set(split)) != len(pairs):
        # With a salt seen in another line, a withheld value could be guessed and the guess confirmed.
        raise ValueError(f"{len(pairs)} lines need {SALT_SIZE} bytes of salt each, no two of them equal")
    built = _checked([_build_line(salt, *pair) for salt, pair in zip(split, pairs, strict=True)], "record")
    if len(render(built)) > MAX_RECORD:
        refuse("record", f"at most {MAX_RECORD} bytes")
    return built


def _build_line(salt: bytes, name: str, value: Value) -> Line:
    where = f"record, line {name}"
    encoded = base64_text(salt)
    text = f'["{encoded}","{name}","{value}"]' if isinstance(value, str) else f'["{encoded}","{name}",{value}]'
    if _PLAIN.fullmatch(text) is None or (isinstance(value, str) and not value.isascii()):
        text = json_text([encoded, name, value], where)  # escapes, large integers, lone surrogates
    _check_size(text, where)
    return Line(name, value, text)


def parse(data: bytes, where: str = "record") -> Record:
    """Read a whole record: its lines, each ending in LF."""
    return _checked([_read_line(line, number, where) for number, line in enumerate(_lines(data, where), 1)], where)


def render(record: Record) -> bytes:
    """The bytes that `parse` reads; only for a record with nothing withheld."""
    if not all(isinstance(line, Line) for line in record.lines):
        raise ValueError("a record with withheld lines is rendered by render_shown")
    return "".join(f"{line.text}\n" for line in record.lines if isinstance(line, Line)).encode()


def withhold(record: Record, names: Iterable[str]) -> Record:
    """The same record with the lines of these names withheld; its root is unchanged."""
    hidden = frozenset(names)
    if unknown := hidden.difference(line.name for line in record.lines):
        raise ValueError(f"no such lines to withhold: {', '.join(sorted(unknown))}")  # a slip would show a secret
    return Record(tuple(Withheld(line.name, line.hash) if line.name in hidden else line for line in record.lines))


def parse_shown(data: bytes, where: str = "shown record") -> Record:
    """Read a shown record: each line `= <the line>` or `- <name> <base64 SHA-256(line)>`."""
    lines = enumerate(_lines(data, where), 1)
    return _checked([_parse_shown_line(line, number, where) for number, line in lines], where)


def render_shown(record: Record) -> bytes:
    """The bytes that `parse_shown` reads."""
    return "".join(
        f"{_SHOWN}{line.text}\n" if isinstance(line, Line) else f"{_WITHHELD}{line.name} {base64_text(line.hash)}\n"
        for line in record.lines
    ).encode()


def _parse_shown_line(line: str, number: int, where: str) -> Line | Withheld:
    mark, rest = line[:2], line[2:]
    if mark == _SHOWN:
        return _read_line(rest, number, where)
    where = f"{where}, line {number}"
    if mark != _WITHHELD:
        refuse(where, "a line starting with `= ` or `- `")
    name, _, encoded = rest.partition(" ")
    return Withheld(name, base64_bytes(encoded, where, size=merkle.HASH_SIZE))


def _read_line(text: str, number: int, where: str) -> Line:
    """A line, at sight or by parsing it as JSON."""
    plain = _PLAIN.fullmatch(text)
    if plain is None or len(text) > _SURELY_SHORT:
        return _parse_line(text, f"{where}, line {number}")
    name, string, integer, boolean = plain.groups()
    if string is not None:
        return Line(name, string, text)
    return Line(name, int(integer) if integer else boolean == "true", text)


def _parse_line(text: str, where: str) -> Line:
    _check_size(text, where)
    array = json_array(text, where)
    if len(array) != 3:
        refuse(where, '["<salt>","<name>",<value>]')
    salt, name, value = array
    if not isinstance(salt, str) or not isinstance(name, str) or not isinstance(value, Value):
        refuse(where, "a salt and a name as strings, then a string, integer or boolean")
    if not _SALT_ALONE.fullmatch(salt):
        refuse(where, f"a salt of {SALT_SIZE} bytes in base64")
    return Line(name, value, text)


def _check_size(text: str, where: str) -> None:
    if len(text) > _SURELY_SHORT and len(text.encode()) > MAX_LINE:
        refuse(where, f"a line of at most {MAX_LINE} bytes")


def _lines(data: bytes, where: str) -> list[str]:
    if len(data) > MAX_RECORD:
        refuse(where, f"a record of at most {MAX_RECORD} bytes", f"{len(data)} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise Malformed(where, "UTF-8 text", f"byte {exc.start}") from None
    lines = text.split("\n")
    if lines.pop():
        refuse(where, "lines that each end in a newline")
    return lines


def _checked(lines: Sequence[Line | Withheld], where: str) -> Record:
    """A record is never made otherwise, so every rule on whole records stands in here and in `naming`."""
    if len(lines) > MAX_LINES:
        refuse(where, f"at most {MAX_LINES} lines", len(lines))
    shape = naming.shape(tuple([line.name for line in lines]), where)
    for line in map(lines.__getitem__, shape.spelled):
        if isinstance(line, Line):
            naming.check_value(line.name, line.value, where)
    terms = [line.value for line in map(lines.__getitem__, shape.terms) if isinstance(line, Line)]
    if len(set(terms)) != len(terms):  # one term, one tag
        refuse(where, "each term once")
    return Record(tuple(lines))
