"""Which documents go with a report: those of the transmittals it selects, where their size and SHA-256 are shown."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from vault.archive import Archive
from vault.catalog.projection import items_of
from vault.documents.table import Document
from vault.errors import NotFound
from vault.filenames import safe_name
from vault.reports.pieces import Piece


class Enclosed(NamedTuple):
    """A document: its name in data/documents, where it is stored."""

    name: str
    document: Document


class Enclosures(NamedTuple):
    """The documents, and how many items have none to give: spoken, erased, or with a withheld hash."""

    documents: tuple[Enclosed, ...]
    without: int

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(one.document.size for one in self.documents)


def enclose(archive: Archive, seqs: Iterable[int], shown: Mapping[int, Piece] | None) -> Enclosures:
    """Those of these transmittals, in the order of their entries and items; none where nothing is to go along."""
    found, missing = list[Enclosed](), 0
    for seq in seqs if shown is not None else ():
        values = dict(_items((shown or {})[seq]))
        for number, whole in enumerate(items_of(archive.read(seq).values()), 1):
            seen = values.get(number, {})
            if not {"size", "sha256"} <= seen.keys():
                missing += 1
                continue
            try:
                document = archive.find_document(whole)
            except NotFound:
                missing += 1
                continue
            called = seen.get("name")
            found.append(Enclosed(_name(seq, number, called if isinstance(called, str) else ""), document))
    return Enclosures(tuple(found), missing)


def _items(piece: Piece) -> Iterator[tuple[int, dict[str, object]]]:
    """The shown values of each item, by its number."""
    found: dict[int, dict[str, object]] = {}
    for name, value in (piece.record.values() if piece.record else {}).items():
        first, number, rest = (*name.split(".", 2), "", "")[:3]
        if first == "item" and number.isdigit():
            found.setdefault(int(number), {})[rest] = value
    yield from found.items()


def _name(seq: int, item: int, name: str) -> str:
    """`000017-1-plan.pdf`; what a system could act on is taken out of the name."""
    plain = safe_name(name).replace("%", "_") if name else ""  # a manifest would encode it, and sha256sum not know why
    return f"{seq:06}-{item}" + (f"-{plain}" if plain else "")
