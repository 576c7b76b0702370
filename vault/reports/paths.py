"""What a record line is a line of, whichever record it stands in: `recipient.name` also in the party's own record."""

from collections.abc import Iterator
from functools import lru_cache

from vault.records.fields import CORRECTION, EXPOSED, RECIPIENT, TABLE, Field, Type

Path = tuple[str, ...]

_OWN = frozenset(known.name for known in CORRECTION)
_WHOSE = {"party": "recipient", "subject": "subject", "matter": "matter", "request": "request", "item": "item"}
_SNAPSHOTS = (("recipient", "party"), ("subject", "subject"), ("matter", "matter"), ("request", "request"))

TERMS: dict[str, tuple[Path, ...]] = {
    "party": (("recipient", "register"),),
    "party-name": (("recipient", "name"), ("recipient", "alias"), ("recipient", "country")),
    "subject": (("subject", "register"),),
    "subject-name": (("subject", "name"), ("subject", "alias"), ("subject", "country")),
    "matter": (("matter", "authority"), ("matter", "number")),
    "document": (("item", "sha256"),),
    "class": (("category",),),
    "entry": (("corrects",),),
}
"""The lines that a term of each sort shows."""


@lru_cache(maxsize=1 << 14)
def of_line(kind: str, name: str) -> Path:
    """The path of a line called `name` in a record of `kind`: a correction's is that of what it corrects, or `item`."""
    parts = tuple(part for part in name.split(".") if not part.isdigit())
    whose = _WHOSE.get(kind)
    return parts if whose is None or name in _OWN or parts[0] in ("term", "matter") else (whose, *parts)


@lru_cache(maxsize=1 << 14)
def pattern(name: str, parts: int) -> str:
    """The first `parts` words of a line's name, `*` standing for the numbers between them."""
    kept: list[str] = []
    for part in name.split("."):
        if not part.isdigit() and not parts:
            break
        kept.append("*" if part.isdigit() else part)
        parts -= not part.isdigit()
    return ".".join(kept[:-1] if kept[-1] == "*" else kept)


def _fields() -> Iterator[tuple[Path, Field]]:
    for kind, fields in TABLE.items():
        yield from ((of_line(kind, known.name.removesuffix(".*")), known) for known in fields)
    for prefix, kind in _SNAPSHOTS:
        yield from (((prefix, *known.name.removesuffix(".*").split(".")), known) for known in TABLE[kind])
    for prefix, own in (("recipient", RECIPIENT), ("subject", EXPOSED)):
        yield from (((prefix, known.name), known) for known in own)
    yield from (((prefix, "id"), Field("id", Type.TEXT, "id")) for prefix in ("matter", "request"))


FIELDS: dict[Path, Field] = dict(_fields())
