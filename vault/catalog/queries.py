"""Asking the catalog: finding a party by any of its names, listing transmittals, looking one up.

In the costs, n is the number of transmittals, k that of objects of one kind, found is what comes back.
"""

import json
from collections.abc import Iterator

from vault.catalog.answers import Filter, Listed, Registered, Transmittal
from vault.catalog.folding import MAX_NAME, folded, name_key
from vault.database import Database
from vault.errors import Misuse, NotFound
from vault.evidence import terms
from vault.evidence.strict import utc_text
from vault.names import parse_object, transmittal_id

_SHOWN = 5  # candidates named where a name could be several


class Catalog:
    """The catalog tables of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def registered(self, kind: str) -> Iterator[Registered]:
        """All objects of a kind, oldest first: O(k)."""
        rows = self._database.iterate(f"{_REGISTERED} WHERE kind=? ORDER BY number", (kind,))
        return (_registered(row) for row in rows)

    def by_id(self, said: str) -> Registered:
        """The object with this id, void or not; `NotFound` if there is none: O(log k)."""
        parsed = parse_object(said)
        if parsed is None:
            raise Misuse(f"{said!r} is no id", "ids look like P-0001, S-0001, M-0001, R-0001")
        kind, id_ = parsed
        row = self._database.row(f"{_REGISTERED} WHERE kind=? AND number=?", (kind, int(id_[2:])))
        if row is None:
            raise NotFound(f"{id_} is not in this vault", f"dvault {kind} list shows what there is")
        return _registered(row)

    def resolve(self, kind: str, said: str) -> Registered:
        """The one object that `said` names: its id, SCHEME:VALUE, a name or alias, or a unique part of a name.

        O(log k) but for a part of a name, which costs O(k). A void object is found by its id only.
        """
        parsed = parse_object(said)
        if parsed and parsed[0] == kind:
            return self.by_id(said)
        found = self._called(kind, said)
        if len(found) > 1:
            names = ", ".join(f"{one.id} {one.name}" for one in found[:_SHOWN])
            more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise Misuse(f"{said!r} could be {names}{more}", "say the id")
        if not found:
            add = f"dvault {kind} add {json.dumps(said[:MAX_NAME], ensure_ascii=False)}"
            hint = f"{add} adds it; dvault {kind} list shows what there is"
            raise NotFound(f"no {kind} is called {said[:MAX_NAME]!r}", hint)
        return found[0]

    def _called(self, kind: str, said: str) -> list[Registered]:
        if not folded(said):
            return []
        for term in _terms(kind, said):
            if exact := self.with_term(kind, term):
                return exact
        return [_registered(row) for row in self._database.rows(_PARTLY, (kind, folded(said)))]

    def with_term(self, kind: str, term: str) -> list[Registered]:
        """All objects of a kind, but void ones, that go by this term: O(log k + found)."""
        return [_registered(row) for row in self._database.rows(_EXACTLY, (kind, term))]

    def transmittal(self, number: int) -> Transmittal:
        """One transmittal by number; `NotFound` if there is none: O(log n)."""
        row = self._database.row(f"{_TRANSMITTAL} WHERE number=?", (number,))
        if row is None:
            raise NotFound(f"{transmittal_id(number)} is not in this vault", "dvault log shows the transmittals")
        return _transmittal(row)

    def transmittals(self, wanted: Filter) -> list[Transmittal]:
        """The transmittals that match, by number.

        O(found log n) by ids or times; a substring, which any line but a term may hold, reads all n.
        """
        conditions, parameters = ["1"], list[object]()
        for id_ in wanted.ids:
            conditions.append("number IN (SELECT number FROM link WHERE id=?)")
            parameters.append(id_)
        for moment, comparison in ((wanted.since, ">="), (wanted.until, "<")):
            if moment is not None:
                conditions.append(f"event_time {comparison} ?")
                parameters.append(utc_text(moment))
        if wanted.text:
            conditions.append("instr(words, ?)")
            parameters.append(folded(wanted.text))
        sql = f"{_TRANSMITTAL} WHERE {' AND '.join(conditions)} ORDER BY number DESC LIMIT ?"
        return [_transmittal(row) for row in reversed(self._database.rows(sql, [*parameters, wanted.limit]))]

    def disclosed(self, sha256: str) -> list[str]:
        """The items with this content, as `T-000017/2`, in their order: O(log n + found)."""
        sql = "SELECT number, place FROM item WHERE sha256=? ORDER BY number, place"
        return [f"{transmittal_id(number)}/{place}" for number, place in self._database.rows(sql, (sha256,))]

    def items(self, number: int) -> list[Listed]:
        """The items of a transmittal: O(log n + found)."""
        sql = "SELECT place, name, size, sha256 FROM item WHERE number=? ORDER BY place"
        return [Listed(*row) for row in self._database.rows(sql, (number,))]

    def follow_ups(self, seq: int) -> list[tuple[int, str]]:
        """(seq, kind) of the entries that follow up entry `seq`: O(log n + found)."""
        return self._database.rows("SELECT seq, kind FROM follow_up WHERE of_seq=? ORDER BY seq", (seq,))

    def counts(self) -> dict[str, int]:
        """How many objects of each kind there are: O(n)."""
        counted = dict(self._database.rows("SELECT kind, count(*) FROM registered GROUP BY kind"))
        return counted | {"disclosure": self._database.row("SELECT count(*) FROM transmittal")[0]}


_REGISTERED = "SELECT kind, number, seq, void, stated FROM registered"
_NAMED = f"{_REGISTERED} JOIN lookup USING(kind, number) WHERE kind=? AND void=0"
_EXACTLY = f"{_NAMED} AND term=? ORDER BY number"
_PARTLY = f"{_NAMED} AND term>='name:' AND term<'name;' AND instr(substr(term, 6), ?) GROUP BY number ORDER BY number"
_TRANSMITTAL = "SELECT number, seq, event_time, stated, items, bytes, void FROM transmittal"


def _registered(row: tuple[str, int, int, int, str]) -> Registered:
    kind, number, seq, void, stated = row
    return Registered(kind, number, seq, bool(void), json.loads(stated))


def _transmittal(row: tuple[int, int, str, str, int, int, int]) -> Transmittal:
    number, seq, event_time, stated, items, size, void = row
    return Transmittal(number, seq, event_time, json.loads(stated), items, size, bool(void))


def _terms(kind: str, said: str) -> list[str]:
    """What `said` is in the table `lookup`: SCHEME:VALUE, AUTHORITY:NUMBER of a matter, a whole name."""
    first, colon, second = said.partition(":")
    if not colon:
        return [name_key(said)]
    try:
        term = terms.matter(first, second) if kind == "matter" else terms.register_id(kind, first, second)
    except ValueError:
        return [name_key(said)]  # a name with a colon, or a request, which has no term
    return [term, name_key(said)]
