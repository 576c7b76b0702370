"""How people name things: `T-000017`, `T-17`, `17`, `T-000017/2`, `P-0001`."""

import re

from vault.errors import Misuse

_TRANSMITTAL = re.compile(r"(?:[Tt]-)?0*([1-9][0-9]{0,17})(?:/0*([1-9][0-9]{0,5}))?", re.ASCII)
_OBJECT = re.compile(r"[PSMRpsmr]-[0-9]{1,18}", re.ASCII)


def transmittal_number(said: str) -> int:
    """The number in `T-000017`."""
    return transmittal_item(said)[0]


def transmittal_item(said: str) -> tuple[int, int | None]:
    """The numbers in `T-000017/2`; no item is None."""
    match = _TRANSMITTAL.fullmatch(said.strip())
    if not match:
        raise Misuse(f"{said!r} names no transmittal", "say it like T-000017, or T-000017/2 for its second item")
    return int(match[1]), int(match[2]) if match[2] else None


def is_object(said: str) -> bool:
    """Whether `said` looks like the id of a party, subject, matter or request."""
    return bool(_OBJECT.fullmatch(said.strip()))
