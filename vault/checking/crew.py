"""Who examines a vault: this process alone, or a crew of them (`processes`)."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from vault.checking.examiner import Brief, Examiner, Read
from vault.checking.parts import Part, Walked
from vault.database import Database
from vault.verify.progress import Progress

Span = tuple[str, str]


class Crew(Protocol):
    """Examines parts and spans; what was found comes in their order."""

    def walk(self, parts: Iterable[Part], progress: Progress) -> Iterator[Walked]:
        """Follow the entries of each part."""

    def read(self, spans: Iterable[Span]) -> Iterator[Read]:
        """Read the documents of each span of segments."""


class Alone:
    """This process, by the connection it has."""

    def __init__(self, brief: Brief, database: Database) -> None:
        self._examiner = Examiner(brief, database)

    def walk(self, parts: Iterable[Part], progress: Progress) -> Iterator[Walked]:
        """Follow the entries of each part."""
        return (self._examiner.walk(part, progress) for part in parts)

    def read(self, spans: Iterable[Span]) -> Iterator[Read]:
        """Read the documents of each span of segments."""
        return map(self._examiner.read, spans)
