"""Asking the catalog: finding a party by any of its names, listing transmittals, looking one up."""

import json
from dataclasses import dataclass
from datetime import datetime

from vault.catalog.projection import Values, transmittal_id
from vault.database import Database
from vault.errors import Misuse, NotFound
from vault.evidence import terms
from vault.evidence.strict import Malformed, utc_text


@dataclass(frozen=True, slots=True)
class Registered:
    """A party, subject, matter or request as it stands after corrections."""

    kind: str
    id: str
    seq: int
    name: str
    void: bool
    values: Values


@dataclass(frozen=True, slots=True)
class Transmittal:
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

    def recipients(self) -> list[tuple[str, str]]:
        """(relation, name) of each recipient."""
        found: list[tuple[str, str]] = []
        while relation := self.values.get(f"recipient.{len(found) + 1}.relation"):
            found.append((str(relation), str(self.values[f"recipient.{len(found) + 1}.name"])))
        return found


@dataclass(frozen=True, slots=True)
class Filter:
    """Which transmittals: ids of linked objects (all must match), from and until an instant, a substring."""

    ids: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    limit: int = -1


class Catalog:
    """The catalog tables of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def registered(self, kind: str) -> list[Registered]:
        """All objects of a kind, oldest first."""
        sql = "SELECT kind, id, seq, name, void, stated FROM registered WHERE kind=? ORDER BY number"
        return [_registered(row) for row in self._database.rows(sql, (kind,))]

    def by_id(self, id_: str) -> Registered:
        """The object with this id; `NotFound` if there is none."""
        sql = "SELECT kind, id, seq, name, void, stated FROM registered WHERE id=?"
        row = self._database.row(sql, (id_.upper(),))
        if row is None:
            raise NotFound(f"{id_} is not in this vault", "dvault party list shows the parties")
        return _registered(row)

    def resolve(self, kind: str, said: str) -> Registered:
        """The one object that `said` names: its id, SCHEME:VALUE, a name or alias, or a unique part of a name."""
        ids = self._named(kind, said)
        if len(ids) > 1:
            names = ", ".join(f"{id_} {self.by_id(id_).name}" for id_ in ids[:5])
            raise Misuse(f"{said!r} could be {len(ids)} entries: {names}", "say the id")
        if not ids:
            add = f"dvault {kind} add {json.dumps(said, ensure_ascii=False)}"
            raise NotFound(f"no {kind} is called {said!r}", f"{add} adds it; dvault {kind} list shows what there is")
        return self.by_id(ids[0])

    def _named(self, kind: str, said: str) -> list[str]:
        exact = self._database.rows(
            "SELECT id FROM registered WHERE kind=? AND id=? AND void=0", (kind, said.strip().upper())
        )
        if exact:
            return [exact[0][0]]
        for term in _terms_of(kind, said):
            found = self._database.rows(
                "SELECT DISTINCT id FROM lookup JOIN registered USING(id) WHERE term=? AND kind=? AND void=0",
                (term, kind),
            )
            if found:
                return [row[0] for row in found]
        part = "%" + _escaped("".join(_folded(said))) + "%"
        sql = (
            "SELECT DISTINCT id FROM lookup JOIN registered USING(id)"
            " WHERE kind=? AND void=0 AND term LIKE ? ESCAPE '\\' AND term LIKE 'name:%' ORDER BY id"
        )
        return [row[0] for row in self._database.rows(sql, (kind, "name:" + part))]

    def with_term(self, term: str) -> list[str]:
        """The ids of all objects that go by this term."""
        sql = "SELECT id FROM lookup JOIN registered USING(id) WHERE term=? AND void=0 ORDER BY id"
        return [row[0] for row in self._database.rows(sql, (term,))]

    def transmittal(self, number: int) -> Transmittal:
        """One transmittal by number; `NotFound` if there is none."""
        row = self._database.row(f"{_SELECT} WHERE number=?", (number,))
        if row is None:
            raise NotFound(f"{transmittal_id(number)} is not in this vault", "dvault log shows the transmittals")
        return _transmittal(row)

    def transmittals(self, wanted: Filter) -> list[Transmittal]:
        """The transmittals that match, by number."""
        conditions, parameters = ["1"], []
        for id_ in wanted.ids:
            conditions.append("number IN (SELECT number FROM link WHERE id=?)")
            parameters.append(id_)
        for moment, comparison in ((wanted.since, ">="), (wanted.until, "<")):
            if moment is not None:
                conditions.append(f"event_time {comparison} ?")
                parameters.append(utc_text(moment))
        if wanted.text:
            conditions.append("instr(words, ?)")
            parameters.append(wanted.text.casefold())
        sql = f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY number DESC LIMIT ?"
        return [_transmittal(row) for row in reversed(self._database.rows(sql, [*parameters, wanted.limit]))]

    def follow_ups(self, seq: int) -> list[tuple[int, str]]:
        """(seq, kind) of the entries that follow up entry `seq`."""
        return self._database.rows("SELECT seq, kind FROM follow_up WHERE of_seq=? ORDER BY seq", (seq,))

    def counts(self) -> dict[str, int]:
        """How many objects of each kind there are."""
        counted = dict(self._database.rows("SELECT kind, count(*) FROM registered GROUP BY kind"))
        return counted | {"disclosure": self._database.row("SELECT count(*) FROM transmittal")[0]}


_SELECT = "SELECT number, seq, event_time, stated, items, bytes, void FROM transmittal"


def _registered(row: tuple[str, str, int, str, int, str]) -> Registered:
    kind, id_, seq, name, void, stated = row
    return Registered(kind, id_, seq, name, bool(void), json.loads(stated))


def _transmittal(row: tuple[int, int, str, str, int, int, int]) -> Transmittal:
    number, seq, event_time, stated, items, size, void = row
    return Transmittal(number, seq, event_time, json.loads(stated), items, size, bool(void))


def _terms_of(kind: str, said: str) -> list[str]:
    found = ["name:" + folded for folded in _folded(said)]
    scheme, colon, value = said.partition(":")
    if colon and kind in ("party", "subject"):
        try:
            found.insert(0, terms.register_id(kind, scheme, value))
        except Malformed:
            return found  # a name with a colon
    return found


def _folded(said: str) -> list[str]:
    try:
        return [terms.fold(said, "name")]
    except Malformed:
        return []


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
