"""Checking what people and files state, field by field, before it becomes a record line."""

import re
from collections.abc import Callable
from datetime import date, datetime

from vault.evidence import terms
from vault.evidence.record import Value
from vault.evidence.strict import MAX_SAFE, Malformed, hex_bytes
from vault.records.fields import Field, Type
from vault.records.moments import Moment

MAX_TEXT = 4 << 20  # characters; with four bytes each a record line still has room
_SHOWN = 40  # characters of a value in an error

_WORD = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
# Only this one spelling: fromisoformat also takes week dates and days without hyphens.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class Unfit(ValueError):
    """A stated value that does not fit its field; the sentence names the field and what would fit."""


def fit(field: Field, value: object) -> Value:
    """`value` as the record line's value of `field`, or `Unfit`. Times are read by `times` before they come here."""
    try:
        return _FITTERS[field.type](field, value)
    except Malformed as exc:
        raise Unfit(f"{name_of(field)}: expected {exc.expected}, got {exc.found}") from exc


def name_of(field: Field) -> str:
    """What people know a field by."""
    return f"--{field.option}" if field.option and not field.main else field.name


def _expected(field: Field, what: str, value: object = "") -> Unfit:
    shown = str(value)[:_SHOWN]
    return Unfit(f"{name_of(field)}: expected {what}" + (f", got {shown!r}" if shown else ""))


def _text(field: Field, value: object) -> str:
    text = _exact(field, value).strip()
    if not text:
        raise _expected(field, "some text")
    return text


def _exact(field: Field, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _expected(field, "some text", value)
    if len(value) > MAX_TEXT:
        raise _expected(field, f"at most {MAX_TEXT} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _expected(field, "text that is valid Unicode") from None
    return value


def _number(field: Field, value: object) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(text) or int(text) > MAX_SAFE:
        raise _expected(field, "a whole number from 0", text)
    return int(text)


def _flag(field: Field, value: object) -> bool:
    if value is not True:
        raise _expected(field, "yes or nothing", value)
    return True


def _time(field: Field, value: object) -> str:
    if isinstance(value, Moment):
        return str(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise _expected(field, "a day or a time with its zone", value)
    return value.isoformat(timespec="seconds")


def _date(field: Field, value: object) -> str:
    text = str(value).strip()
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass  # the 31st of February
    raise _expected(field, "a day like 2026-11-22", text)


def _folded(field: Field, value: object) -> str:
    """`Trade secret` is `trade-secret`."""
    return "-".join(_text(field, value).casefold().replace("_", " ").split())


def _word(field: Field, value: object) -> str:
    word = _folded(field, value)
    if not _WORD.fullmatch(word):
        raise _expected(field, f"a word like {', '.join(field.choices[:4])}", value)
    return word


def _choice(field: Field, value: object) -> str:
    choice = _folded(field, value)
    if choice not in field.choices:
        raise _expected(field, f"one of {', '.join(field.choices)}", value)
    return choice


def _country(field: Field, value: object) -> str:
    text = _text(field, value)
    country = text.upper()
    if not _COUNTRY.fullmatch(country) or not text.isascii():  # the sharp s in capitals is two letters
        raise _expected(field, "a country in two letters like CN", value)
    return country


def _register(field: Field, value: object) -> str:
    scheme, colon, number = _text(field, value).partition(":")
    if not colon:
        raise _expected(field, "SCHEME:VALUE like lei:529900T8BM49AURSDO55", value)
    return terms.register_id("party", scheme, number).removeprefix("party:")


def _hash(field: Field, value: object) -> str:
    return hex_bytes(_text(field, value).lower(), name_of(field), size=32).hex()


_FITTERS: dict[Type, Callable[[Field, object], Value]] = {
    Type.TEXT: _text,
    Type.NAME: _exact,
    Type.NUMBER: _number,
    Type.FLAG: _flag,
    Type.TIME: _time,
    Type.DATE: _date,
    Type.WORD: _word,
    Type.CHOICE: _choice,
    Type.COUNTRY: _country,
    Type.REGISTER: _register,
    Type.HASH: _hash,
}
