"""Checking what people and files state, field by field, before it becomes a record line."""

import re
from collections.abc import Callable
from datetime import date, datetime

from vault.evidence import terms
from vault.evidence.record import Value
from vault.evidence.strict import MAX_SAFE, Malformed, hex_bytes
from vault.records.fields import Field, Type

MAX_TEXT = 4 << 20

_WORD = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)


class Unfit(ValueError):
    """A stated value that does not fit its field; the sentence names the field and what would fit."""


def fit(field: Field, value: object) -> Value:
    """`value` as the record line's value of `field`, or `Unfit`."""
    try:
        return _FITTERS[field.type](field, value)
    except Malformed as exc:
        raise Unfit(f"{_name(field)}: expected {exc.expected}, got {exc.found}") from exc


def _name(field: Field) -> str:
    return f"--{field.option}" if field.option else field.name


def _text(field: Field, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Unfit(f"{_name(field)}: expected some text")
    if len(value) > MAX_TEXT:
        raise Unfit(f"{_name(field)}: expected at most {MAX_TEXT} characters, got {len(value)}")
    try:
        value.encode()
    except UnicodeEncodeError as exc:
        raise Unfit(f"{_name(field)}: expected text that is valid Unicode") from exc
    return value.strip()


def _number(field: Field, value: object) -> int:
    text = str(value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit() or int(text) > MAX_SAFE:
        raise Unfit(f"{_name(field)}: expected a whole number from 0, got {text[:40]!r}")
    return int(text)


def _flag(field: Field, value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit(f"{_name(field)}: expected yes or no")
    return value


def _time(field: Field, value: object) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Unfit(f"{_name(field)}: expected a date and time with its zone")
    return value.isoformat(timespec="seconds")


def _date(field: Field, value: object) -> str:
    try:
        return date.fromisoformat(value.isoformat() if isinstance(value, date) else str(value)).isoformat()
    except ValueError as exc:
        raise Unfit(f"{_name(field)}: expected a date like 2026-11-22, got {str(value)[:40]!r}") from exc


def _word(field: Field, value: object) -> str:
    word = _text(field, value)
    if not _WORD.fullmatch(word):
        raise Unfit(f"{_name(field)}: expected a word like {', '.join(field.choices[:4])}; got {word[:40]!r}")
    return word


def _choice(field: Field, value: object) -> str:
    if value not in field.choices:
        raise Unfit(f"{_name(field)}: expected one of {', '.join(field.choices)}; got {str(value)[:40]!r}")
    return str(value)


def _country(field: Field, value: object) -> str:
    country = _text(field, value).upper()
    if not re.fullmatch(r"[A-Z]{2}", country, re.ASCII):
        raise Unfit(f"{_name(field)}: expected a country in two letters like CN, got {country[:40]!r}")
    return country


def _register(field: Field, value: object) -> str:
    scheme, colon, number = _text(field, value).partition(":")
    if not colon:
        raise Unfit(f"{_name(field)}: expected SCHEME:VALUE like lei:529900T8BM49AURSDO55, got {scheme[:40]!r}")
    return terms.register_id("party", scheme, number).removeprefix("party:")


def _hash(field: Field, value: object) -> str:
    return hex_bytes(_text(field, value), _name(field), size=32).hex()


_FITTERS: dict[Type, Callable[[Field, object], Value]] = {
    Type.TEXT: _text,
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
