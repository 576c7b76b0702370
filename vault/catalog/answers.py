"""What the catalog answers with, and what it can be asked for."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from vault.catalog.projection import Values
from vault.evidence.defined import frozen
from vault.names import object_id, transmittal_id
from vault.records.fields import main_field


@frozen()
class Registered:
    """A party, subject, matter or request as it stands after corrections."""

    kind: str
    number: int
    seq: int
    void: bool
    values: Values

    @property
    def id(self) -> str:
        """`P-0001`."""
        return object_id(self.kind, self.number)

    @property
    def name(self) -> str:
        """What it is called: the legal name, the title, the words of a request."""
        return str(self.values.get(main_field(self.kind).name, ""))


class Transmittal(NamedTuple):
    """One line of the log: `values` are those of the record without items and terms, corrections applied."""

    number: int
    seq: int
    event_time: str
    values: Values
    items: int
    bytes: int
    void: bool

    @property
    def id(self) -> str:
        """`T-000017`."""
        return transmittal_id(self.number)

    def recipients(self) -> Iterator[tuple[str, str, str]]:
        """(relation, id, name) of each recipient."""
        number = 1
        while relation := self.values.get(f"recipient.{number}.relation"):
            id_, name = (str(self.values.get(f"recipient.{number}.{part}", "")) for part in ("id", "name"))
            yield str(relation), id_, name
            number += 1


class Listed(NamedTuple):
    """An item as the catalog knows it; size and sha256 (64 hex digits) are None where no file went out."""

    place: int
    name: str
    size: int | None
    sha256: str | None


class Filter(NamedTuple):
    """Which transmittals: ids of objects they name (all must match), from and until an instant, a substring, a cap."""

    ids: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    limit: int = -1
