"""What the lines of a record may be called, in which order they stand, and which names say how a value is spelled."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from vault.evidence import terms
from vault.evidence.strict import Malformed, base64_bytes, hex_bytes, refuse

MAX_NAME = 64
MAX_ITEMS = 1_000  # of one transmittal; more become consecutive transmittals
MAX_TERMS = 1_200  # an entry holds as many tags

APPROVED, APPROVAL, SENDING = 1, 2, 3
_SENDING = frozenset(("clock-reason", "event-time", "event-time-basis", "late-reason", "reference"))
_CAPS = {"item": MAX_ITEMS, "term": MAX_TERMS}

_NAME = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*")
_NUMBER = re.compile(r"\.([0-9]+)(?![a-z0-9-])")
# Names of which other parts of the format make use: nothing else may begin like them.
_SHAPES = {"term": re.compile(r"term\.[0-9]+"), "approval": re.compile(r"approval\.[0-9]+\.[a-z][a-z0-9-]*")}
_SHAPED = tuple(_SHAPES)
_APPROVAL_ENTRY = re.compile(r"approval\.[0-9]+\.entry")
_BYTES = ("sha256", "name-bytes")
_SMALL = 200  # lines


def group(name: str) -> int:
    """Where a line stands: APPROVED lines, then each APPROVAL, then when and how it was sent (SENDING)."""
    if name in _SENDING:
        return SENDING
    return APPROVAL if name.startswith("approval.") else APPROVED


def is_term(name: str) -> bool:
    """Whether the line holds a term, `term.<n>`."""
    return name.startswith("term.")


def is_approval(name: str) -> bool:
    """Whether the line holds the number of an approval's entry, `approval.<n>.entry`."""
    return name.startswith("approval.") and _APPROVAL_ENTRY.fullmatch(name) is not None


class Shape(NamedTuple):
    """The places of a record's terms and approvals, and of all lines whose name says how the value is spelled."""

    terms: tuple[int, ...]
    approvals: tuple[int, ...]
    spelled: tuple[int, ...]


def shape(names: tuple[str, ...], where: str) -> Shape:
    """The shape of a record with these names; refuses what `check_names` refuses."""
    try:
        return (_remembered if len(names) <= _SMALL else _remembered_large)(names)
    except Malformed:
        check_names(names, where)  # once more, to say where
        raise


def _shape(names: tuple[str, ...]) -> Shape:
    check_names(names, "record")
    terms = tuple(place for place, name in enumerate(names) if is_term(name))
    approvals = tuple(place for place, name in enumerate(names) if is_approval(name))
    hashes = (place for place, name in enumerate(names) if name.endswith(_BYTES))
    return Shape(terms, approvals, (*terms, *approvals, *hashes))


# Records come in few shapes: a year of disclosures repeats a dozen lists of names, a series of transmittals two.
_remembered = lru_cache(maxsize=1_000)(_shape)
_remembered_large = lru_cache(maxsize=2)(_shape)


def check_names(names: Sequence[str], where: str) -> None:
    """Refuse names that are no names, repeated, numbered with a gap, too many, or out of their order."""
    seen: set[str] = set()
    numbers: dict[str, set[str]] = {}
    for name in names:
        if name in seen or len(name) > MAX_NAME or not _NAME.fullmatch(name):
            refuse(where, "names of lower-case letters, digits, hyphens and dots, each once", name)
        seen.add(name)
        shape = _SHAPES.get(name.partition(".")[0]) if name.startswith(_SHAPED) else None
        if shape and not shape.fullmatch(name):
            refuse(where, "terms named term.<n>, approvals approval.<n>.<what>", name)
        for number in _NUMBER.finditer(name):
            numbers.setdefault(name[: number.start()], set()).add(number[1])
    _check_numbers(numbers, seen, where)
    _check_order(names, where)


def _check_numbers(numbers: dict[str, set[str]], seen: set[str], where: str) -> None:
    for prefix, found in numbers.items():
        # A gap would hide that a numbered thing is missing: `recipient.1`, `recipient.3`.
        if found != set(map(str, range(1, len(found) + 1))):
            refuse(where, f"numbers from 1 without a gap after `{prefix}`", sorted(found)[:8])
        if prefix == "approval" and not all(f"approval.{number}.entry" in seen for number in found):
            refuse(where, "the entry of each approval, approval.<n>.entry")
        if len(found) > _CAPS.get(prefix, len(found)):
            refuse(where, f"at most {_CAPS[prefix]} of `{prefix}`", len(found))


def _check_order(names: Sequence[str], where: str) -> None:
    # What came after the approval must not pass for approved: only approvals, times and the reference may follow it.
    groups = [group(name) for name in names]
    if groups != sorted(groups) or groups[:1] != [APPROVED]:
        refuse(where, "one approved line or more, then approvals, then times and reference")


def check_value(name: str, value: str | int | bool, where: str) -> None:
    """Refuse a value that is not spelled as its name demands. Values are secret: none is in the error."""
    if is_term(name):
        terms.check(value, where)
    elif is_approval(name):
        if type(value) is not int:
            refuse(where, "the number of an entry as a number")
    elif name.endswith(_BYTES):
        _check_bytes(name, value, f"{where}, line {name}")


def _check_bytes(name: str, value: str | int | bool, where: str) -> None:
    last = name.rpartition(".")[2]
    text = value if isinstance(value, str) else ""
    try:
        if last == "sha256" or last.endswith("-sha256"):
            hex_bytes(text, where, size=32)
        elif last == "name-bytes":
            _check_name_bytes(base64_bytes(text, where), where)
    except Malformed as exc:
        raise Malformed(where, exc.expected) from None


def _check_name_bytes(name: bytes, where: str) -> None:
    try:
        name.decode()
    except UnicodeDecodeError:
        return
    refuse(where, "a file name that is not UTF-8; others stand as they are")
