"""Artefacts in sections: each of them left out, twice, elsewhere, or with another one behind."""

from collections.abc import Callable, Sequence

import pytest

from vault.evidence import sections
from vault.evidence.strict import Malformed


def check_place(
    parse: Callable[[bytes], object], format_: str, parts: Sequence[tuple[str, str]], place: int, *, optional: bool
) -> None:
    """AssertionError unless `parse` refuses each; `optional` says that this section may be left out."""
    left = [*parts[:place], *parts[place + 1 :]]
    twice = [*parts[:place], parts[place], *parts[place:]]
    moved = [*left, parts[place]] if place < len(parts) - 1 else [*parts, ("more", "")]
    for wrong in (twice, moved) if optional else (left, twice, moved):
        with pytest.raises(Malformed):
            parse(sections.render(format_, wrong))
