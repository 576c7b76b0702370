"""Filling the catalog: one entry with its record after the other, in the transaction that appends them.

Adding an entry costs O(log n) and its own size, whatever the number of entries before. What another program wrote and
this one can't read is left out, never an error: one odd record must not keep all others from being listed.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from vault.catalog.folding import folded, name_key
from vault.catalog.tables import NAMES, SCHEMA
from vault.database import Database, statements
from vault.evidence.record import Value
from vault.evidence.strict import utc_text
from vault.names import LETTERS
from vault.records import corrections, moments
from vault.records.fields import main_field
from vault.records.filing import terms_of
from vault.records.values import Unfit

Values = Mapping[str, Value]

_ITEM = re.compile(r"item\.([0-9]+)\.(.+)", re.ASCII)
_LINKED = ("recipient", "subject", "matter", "request")


def project(database: Database, seq: int, kind: str, time: datetime, values: Values, number: int = 0) -> int:
    """Take entry `seq` into the catalog; returns its number among its kind (0 if the kind has none).

    That is the next one, unless `number` says it: where the record of one before was erased, its number stays free.
    """
    if kind == "disclosure":
        return _add_transmittal(database, seq, time, values, number)
    if kind in LETTERS:
        return _register(database, seq, kind, values, number)
    if kind == "correction":
        _correct(database, seq, values)
    return 0


def rebuild(database: Database) -> None:
    """Empty the catalog; the caller projects every entry again, in the same transaction."""
    for name in NAMES:
        database.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in statements(SCHEMA):
        database.execute(statement)


def items_of(values: Values) -> list[dict[str, Value]]:
    """The items of a disclosure, each with its values by the names of `fields.ITEM`."""
    items: dict[int, dict[str, Value]] = {}
    for name, value in values.items():
        if name.startswith("item.") and (match := _ITEM.fullmatch(name)):
            items.setdefault(int(match[1]), {})[match[2]] = value
    return [items[number] for number in sorted(items)]


def _next_number(database: Database, sql: str, *parameters: object) -> int:
    return int(database.row(sql, parameters)[0] or 0) + 1


def _add_transmittal(database: Database, seq: int, time: datetime, values: Values, number: int) -> int:
    number = number or _next_number(database, "SELECT max(number) FROM transmittal")
    items, stated = items_of(values), _stated(values)
    total = sum(size for item in items if isinstance(size := item.get("size", 0), int))
    database.execute(
        "INSERT INTO transmittal VALUES(?, ?, ?, ?, ?, ?, ?, 0)",
        (number, seq, _event_time(stated) or utc_text(time), _json(stated), len(items), total, _words(values)),
    )
    database.executemany(
        "INSERT INTO item VALUES(?, ?, ?, ?, ?)",
        [
            (number, place, str(item.get("name", "")), item.get("size"), item.get("sha256"))
            for place, item in enumerate(items, 1)
        ],
    )
    _link(database, number, stated)
    return number


def _register(database: Database, seq: int, kind: str, values: Values, number: int) -> int:
    number = number or _next_number(database, "SELECT max(number) FROM registered WHERE kind=?", kind)
    stated = _stated(values)
    database.execute("INSERT INTO registered VALUES(?, ?, ?, 0, ?)", (kind, number, seq, _json(stated)))
    _index_names(database, kind, number, stated)
    return number


def _correct(database: Database, seq: int, values: Values) -> None:
    target, void = values.get("corrects"), values.get("void") is True
    if not isinstance(target, int):
        return
    database.execute("INSERT INTO follow_up VALUES(?, ?, 'correction')", (target, seq))
    if row := database.row("SELECT number, stated, event_time FROM transmittal WHERE seq=?", (target,)):
        number, before, event_time = row
        stated = _stated(corrections.apply(json.loads(before), values))
        database.execute(
            "UPDATE transmittal SET stated=?, event_time=?, words=words || ?, void=max(void, ?) WHERE number=?",
            (_json(stated), _event_time(stated) or event_time, "\n" + _words(values), void, number),
        )
        _link(database, number, stated)
    elif row := database.row("SELECT kind, number, stated FROM registered WHERE seq=?", (target,)):
        kind, number, before = row
        stated = _stated(corrections.apply(json.loads(before), values))
        sql = "UPDATE registered SET stated=?, void=max(void, ?) WHERE kind=? AND number=?"
        database.execute(sql, (_json(stated), void, kind, number))
        _index_names(database, kind, number, stated)


def _link(database: Database, number: int, stated: Values) -> None:
    """Which objects a transmittal names: as it stands now."""
    ids = {str(stated[name]) for name in stated if name.split(".")[0] in _LINKED and name.endswith(".id")}
    database.execute("DELETE FROM link WHERE number=?", (number,))
    database.executemany("INSERT INTO link VALUES(?, ?)", [(id_, number) for id_ in sorted(ids)])


def _index_names(database: Database, kind: str, number: int, stated: Values) -> None:
    """What an object is called: as it stands now, so that nothing is sent to a name that was wrong."""
    database.execute("DELETE FROM lookup WHERE kind=? AND number=?", (kind, number))
    found = {*_terms(kind, stated), *(name_key(str(stated[name])) for name in stated if _is_name(kind, name))}
    database.executemany("INSERT INTO lookup VALUES(?, ?, ?)", [(kind, term, number) for term in sorted(found)])


def _terms(kind: str, stated: Values) -> list[str]:
    try:
        return terms_of(kind, stated)
    except Unfit:
        return []


def _is_name(kind: str, name: str) -> bool:
    return name in (main_field(kind).name, "number") or name.startswith("alias.")


def _stated(values: Values) -> dict[str, Value]:
    return {name: value for name, value in values.items() if not name.startswith(("item.", "term."))}


def _event_time(stated: Values) -> str | None:
    moment = moments.read(stated.get("event-time"))
    return utc_text(moment.start) if moment else None


def _words(values: Values) -> str:
    return "\n".join(_texts(values))


def _texts(values: Values) -> Iterable[str]:
    return (folded(str(value)) for name, value in values.items() if not name.startswith("term."))


def _json(values: Values) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
