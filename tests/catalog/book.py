"""A catalog by itself, filled with drafts as a ledger would number them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vault import database
from vault.catalog import projection, tables
from vault.catalog.queries import Catalog
from vault.database import Database, Schema
from vault.records import parties
from vault.records.corrections import Change, Target, draft
from vault.records.disclosure import Disclosure, Item, Recipient
from vault.records.draft import Draft
from vault.records.parties import Snapshot

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Recording(Database):
    """A database that keeps what it was asked."""

    asked: list[str]

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Keep, then do."""
        self.asked.append(sql)
        super().execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Keep, then do."""
        self.asked.append(sql)
        super().executemany(sql, rows)

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """Keep, then ask."""
        self.asked.append(sql)
        return super().rows(sql, parameters)

    def row(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        """Keep, then ask."""
        self.asked.append(sql)
        return super().row(sql, parameters)


class Book:
    """`add` takes a draft in as the next entry; one hour passes between two."""

    def __init__(self, folder: Path) -> None:
        made = database.create(folder / "catalog.db", b"k" * 32, Schema(1, tables.SCHEMA))
        self.database = Recording(made.path, made._connection, b"k" * 32)
        self.database.asked = []
        self.catalog = Catalog(self.database)
        self.seq = 0
        self.drafts: list[Draft] = []

    def add(self, made: Draft) -> int:
        """Returns the number of its entry."""
        self.seq += 1
        self.drafts.append(made)
        time = START + timedelta(hours=self.seq)
        projection.project(self.database, self.seq, made.kind, time, dict(made.pairs()))
        return self.seq

    def party(self, name: str, **stated: object) -> int:
        """A new party; `register` and `alias` take lists."""
        return self._object("party", name=name, **stated)

    def subject(self, name: str, **stated: object) -> int:
        """A new subject."""
        return self._object("subject", name=name, **stated)

    def matter(self, title: str, **stated: object) -> int:
        """A new matter."""
        return self._object("matter", title=title, **stated)

    def _object(self, kind: str, **stated: object) -> int:
        many = {"register": "register.*", "alias": "alias.*"}
        return self.add(parties.draft(kind, {many.get(name, name): value for name, value in stated.items()}))

    def sent(self, to: str = "P-0001", *items: Item, **stated: object) -> int:
        """A disclosure to one party."""
        found = self.catalog.by_id(to)
        people = (Recipient("to", Snapshot.of(found.id, found.values)),)
        return self.add(Disclosure(stated, people, items or (Item({"narrative": "a call"}),)).draft())

    def correct(self, kind: str, seq: int, stated: dict[str, object] | None = None, *, void: bool = False) -> int:
        """A correction of entry `seq`."""
        made = self.drafts[seq - 1]
        about = {"reason": "slip", **({"void": True} if void else {})}
        return self.add(draft(Target(kind, seq, dict(made.pairs()), made.terms), Change(stated or {}, about)))

    def tables(self) -> dict[str, list[tuple[object, ...]]]:
        """All that the catalog holds, table by table."""
        return {name: sorted(self.database.rows(f"SELECT * FROM {name}")) for name in tables.NAMES}  # noqa: S608
