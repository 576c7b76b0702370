"""How people name things: `T-000017`, `T-17`, `17`, `T-000017/2`, `P-0001`; and how we print those names."""

import re

from vault.errors import Misuse

LETTERS = {"party": "P", "subject": "S", "matter": "M", "request": "R"}

_KINDS = {letter: kind for kind, letter in LETTERS.items()}
_TRANSMITTAL = re.compile(r"(?:[Tt]-)?0*([1-9][0-9]{0,17})(?:/0*([1-9][0-9]{0,5}))?", re.ASCII)
_OBJECT = re.compile(r"([PSMRpsmr])-0*([1-9][0-9]{0,17})", re.ASCII)


def transmittal_id(number: int, item: int | None = None) -> str:
    """`T-000017`, or `T-000017/2` for its second item."""
    return f"T-{number:06d}" + (f"/{item}" if item else "")


def transmittal_item(said: str) -> tuple[int, int | None]:
    """The numbers in `T-000017/2`; no item is None."""
    match = _TRANSMITTAL.fullmatch(said.strip())
    if not match:
        raise Misuse(f"{said!r} names no transmittal", "say it like T-000017, or T-000017/2 for its second item")
    return int(match[1]), int(match[2]) if match[2] else None


def transmittal_number(said: str) -> int:
    """The number in `T-000017`; an item is too much."""
    number, item = transmittal_item(said)
    if item is not None:
        raise Misuse(f"{said} names an item", f"say the transmittal, {transmittal_id(number)}")
    return number


def object_id(kind: str, number: int) -> str:
    """`P-0001`: the name by which people call the `number`th object of a kind."""
    return f"{LETTERS[kind]}-{number:04d}"


def parse_object(said: str) -> tuple[str, str] | None:
    """(kind, id) of what looks like the id of a party, subject, matter or request; `p-1` is `P-0001`."""
    match = _OBJECT.fullmatch(said.strip())
    if not match:
        return None
    kind = _KINDS[match[1].upper()]
    return kind, object_id(kind, int(match[2]))
