"""Filling the catalog: one entry with its record after the other, in the transaction that appends them."""

import json
from collections.abc import Mapping
from datetime import datetime

from vault.catalog.tables import NAMES, SCHEMA
from vault.database import Database, statements
from vault.evidence import terms
from vault.evidence.record import Value
from vault.evidence.strict import Malformed, utc_text

PREFIXES = {"party": "P", "subject": "S", "matter": "M", "request": "R"}
LINKED = ("recipient", "subject", "matter", "request")

Values = Mapping[str, Value]


def object_id(kind: str, number: int) -> str:
    """`P-0001`: the name by which people call the `number`th object of a kind."""
    return f"{PREFIXES[kind]}-{number:04d}"


def transmittal_id(number: int) -> str:
    """`T-000017`."""
    return f"T-{number:06d}"


def project(database: Database, seq: int, kind: str, time: datetime, values: Values) -> int:
    """Take entry `seq` into the catalog; returns its number among its kind (0 if the kind has none)."""
    if kind == "disclosure":
        return _add_transmittal(database, seq, time, values)
    if kind in PREFIXES:
        return _register(database, seq, kind, values)
    if kind == "correction":
        _correct(database, seq, values)
    return 0


def rebuild(database: Database) -> None:
    """Empty the catalog; the caller projects every entry again, in the same transaction."""
    for name in NAMES:
        database.execute(f"DROP TABLE IF EXISTS {name}")
    for statement in statements(SCHEMA):
        database.execute(statement)


def _next_number(database: Database, sql: str, *parameters: object) -> int:
    return int(database.row(sql, parameters)[0] or 0) + 1


def _add_transmittal(database: Database, seq: int, time: datetime, values: Values) -> int:
    number = _next_number(database, "SELECT max(number) FROM transmittal")
    items = list(items_of(values))
    event = str(values.get("event-time") or utc_text(time))
    head = {name: value for name, value in values.items() if not name.startswith(("item.", "term."))}
    words = " ".join(str(value) for name, value in values.items() if not name.startswith("term."))
    database.execute(
        "INSERT INTO transmittal VALUES(?, ?, ?, ?, ?, ?, ?, 0)",
        (
            number,
            seq,
            utc_text(datetime.fromisoformat(event)),
            json.dumps(head, ensure_ascii=False),
            len(items),
            sum(int(item.get("size", 0)) for item in items),
            words.casefold(),
        ),
    )
    database.executemany(
        "INSERT INTO item VALUES(?, ?, ?, ?, ?)",
        [
            (number, place, str(item.get("name", "")), item.get("size"), item.get("sha256"))
            for place, item in enumerate(items, 1)
        ],
    )
    links = {(id_, number, relation) for id_, relation in _links(values)}
    database.executemany("INSERT INTO link VALUES(?, ?, ?)", sorted(links))
    return number


def items_of(values: Values) -> list[dict[str, Value]]:
    """The items of a disclosure, each with its values by the names of `fields.ITEM`."""
    items: dict[int, dict[str, Value]] = {}
    for name, value in values.items():
        if name.startswith("item."):
            _, number, rest = name.split(".", 2)
            items.setdefault(int(number), {})[rest] = value
    return [items[number] for number in sorted(items)]


def _links(values: Values) -> list[tuple[str, str]]:
    links = []
    for name, value in values.items():
        first, *rest = name.split(".")
        if first in LINKED and rest and rest[-1] == "id":
            relation = str(values.get(f"{first}.{rest[0]}.relation", "")) if first == "recipient" else first
            links.append((str(value), relation))
    return links


def _register(database: Database, seq: int, kind: str, values: Values) -> int:
    number = _next_number(database, "SELECT max(number) FROM registered WHERE kind=?", kind)
    id_ = object_id(kind, number)
    stated = {name: value for name, value in values.items() if not name.startswith("term.")}
    database.execute(
        "INSERT INTO registered VALUES(?, ?, ?, ?, ?, 0, ?)",
        (kind, number, id_, seq, _name_of(stated), json.dumps(stated, ensure_ascii=False)),
    )
    _index_names(database, id_, values)
    return number


def _name_of(values: Values) -> str:
    return str(values.get("name") or values.get("title") or values.get("text", ""))


def _index_names(database: Database, id_: str, values: Values) -> None:
    found = [str(value) for name, value in values.items() if name.startswith("term.")]
    for name, value in values.items():
        if name in ("name", "number", "title") or name.startswith("alias."):
            try:
                found.append("name:" + terms.fold(str(value), "name"))
            except Malformed:
                continue  # a number is no name
    database.executemany("INSERT OR IGNORE INTO lookup VALUES(?, ?)", [(term, id_) for term in found])


def _correct(database: Database, seq: int, values: Values) -> None:
    target = int(values["corrects"])
    database.execute("INSERT INTO follow_up VALUES(?, ?, 'correction')", (target, seq))
    changed = {name: value for name, value in values.items() if name.split(".")[0] not in _ABOUT_THE_CORRECTION}
    void = int(values.get("void") is True)
    if row := database.row("SELECT stated FROM transmittal WHERE seq=?", (target,)):
        _correct_transmittal(database, target, json.loads(row[0]) | changed, void)
    elif row := database.row("SELECT stated, id FROM registered WHERE seq=?", (target,)):
        stated = json.loads(row[0]) | changed
        database.execute(
            "UPDATE registered SET stated=?, name=?, void=max(void, ?) WHERE seq=?",
            (json.dumps(stated, ensure_ascii=False), _name_of(stated), void, target),
        )
        _index_names(database, row[1], values)


_ABOUT_THE_CORRECTION = frozenset(("corrects", "reason", "void", "term"))


def _correct_transmittal(database: Database, seq: int, stated: dict[str, Value], void: int) -> None:
    moment = utc_text(datetime.fromisoformat(str(stated["event-time"])))
    database.execute(
        "UPDATE transmittal SET stated=?, event_time=?, words=words || ' ' || ?, void=max(void, ?) WHERE seq=?",
        (
            json.dumps(stated, ensure_ascii=False),
            moment,
            " ".join(map(str, stated.values())).casefold(),
            void,
            seq,
        ),
    )
