"""Under which terms values are filed, as the table of fields says."""

from collections.abc import Callable, Mapping

from vault.evidence import terms
from vault.evidence.record import Value
from vault.evidence.strict import Malformed
from vault.records.fields import TABLE, Field
from vault.records.values import Unfit, name_of
from vault.records.words import NOT_STATED

Values = Mapping[str, Value]


def terms_of(kind: str, values: Values) -> list[str]:
    """The terms of a record of `kind` with these values by line name; `Unfit` names a value that has no term.

    A name, and each alias, is filed under the country: no country is `-`. A matter has a term once both its authority
    and its number are stated.
    """
    return [
        term
        for known in TABLE[kind]
        if known.term
        for value in known.values(values)
        if value != NOT_STATED and (term := _term(kind, known, str(value), values))
    ]


def _term(kind: str, known: Field, value: str, values: Values) -> str:
    try:
        return _FORMED[known.term](kind, value, values)
    except Malformed as exc:
        raise Unfit(f"{name_of(known)}: expected {exc.expected}, got {exc.found}") from exc


def _register(kind: str, value: str, _: Values) -> str:
    return terms.register_id(kind, *value.split(":", 1))


def _name(kind: str, value: str, values: Values) -> str:
    return terms.legal_name(kind, _stated(values, "country"), value)


def _matter(_: str, value: str, values: Values) -> str:
    authority = _stated(values, "authority")
    return terms.matter(authority, value) if authority else ""


def _stated(values: Values, name: str) -> str:
    value = str(values.get(name, ""))
    return "" if value == NOT_STATED else value


_FORMED: dict[str, Callable[[str, str, Values], str]] = {
    "register": _register,
    "name": _name,
    "matter": _matter,
    "class": lambda _, value, __: terms.category(value),
    "document": lambda _, value, __: terms.document(bytes.fromhex(value)),
}
