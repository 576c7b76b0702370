"""Cards of a recovery as a PDF, one page each. It holds the whole secret: who reads it needs no card."""

import json
from collections.abc import Sequence
from importlib.resources import as_file, files
from typing import NamedTuple

from vault.errors import Unavailable
from vault.reports.paper.fonts import families, printable


class Card(NamedTuple):
    """One share as it is printed: of which vault, which of how many, how many make the secret, and its words."""

    origin: str
    fingerprint: str
    number: int
    shares: int
    needed: int
    check: str
    words: tuple[str, ...]


def pdf(cards: Sequence[Card]) -> bytes:
    """A page for each card. `Unavailable` where typst or its fonts are not there; nothing is written by it."""
    import typst

    shown = [card._replace(origin=printable(card.origin))._asdict() for card in cards]
    inputs = {"cards": json.dumps(shown)}
    failed = False
    with as_file(files("vault.reports.paper") / "set") as folder:
        try:
            made = typst.compile(
                folder / "cards.typ", root=folder, font_paths=families(), ignore_system_fonts=True, format="pdf",
                sys_inputs=inputs, timestamp=0,
            )  # fmt: skip
        except typst.TypstError:
            made, failed = b"", True  # what typst says may hold a word of a card, and would be chained to ours
    if failed:
        raise Unavailable("the cards cannot be set by typst", "pip install --force-reinstall typst")
    return bytes(made)
