"""Classes of named fields as `dataclasses` makes them, without what each costs at every start of the program.

`dataclasses` writes the methods of a class as text and compiles it, a millisecond each, and a disclosure of a third of
a second loads forty. Here the methods are written once, and find the fields by a plan of the class. Declared as there
(`field`, `InitVar`, `__post_init__`, the same errors), `replace`, `fields` and `asdict` of `dataclasses` and type
checkers take one for the other.
docs/adr/0021-classes-without-compiling.md
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, InitVar, field
from typing import Any, ClassVar, NamedTuple, TypeVar, dataclass_transform, get_origin

_Class = TypeVar("_Class", bound=type[Any])

_FIELDS = "__dataclass_fields__"  # by which the functions of `dataclasses` know what they can replace or list
_KEPT, _PASSED_ON = (vars(dataclasses)[name] for name in ("_FIELD", "_FIELD_INITVAR"))  # and which of them is kept


class _Plan(NamedTuple):
    """What the methods have to know of a class."""

    parameters: tuple[str, ...]  # of `__init__`, in their order
    defaults: Mapping[str, Any]
    factories: Mapping[str, Callable[[], Any]]
    passed_on: tuple[str, ...]  # parameters that only `__post_init__` gets
    setters: Mapping[str, Callable[[Any, Any], None]]  # of the fields, in their order
    compared: tuple[str, ...]
    shown: tuple[str, ...]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(*, eq: bool = True) -> Callable[[_Class], _Class]:
    """A class of slots, as `dataclass(frozen=True, slots=True, eq=eq)` makes it; it has no base but `object`."""
    equal = {"__eq__": _eq, "__hash__": _hash} if eq else {}
    return lambda declared: _define(declared, {"__setattr__": _refuse, "__delattr__": _refuse, **equal})


@dataclass_transform(field_specifiers=(field,))
def mutable() -> Callable[[_Class], _Class]:
    """A class of slots, as `dataclass(slots=True)` makes it; it has no base but `object`."""
    return lambda declared: _define(declared, {"__eq__": _eq, "__hash__": None})


def _define(declared: _Class, methods: Mapping[str, Any]) -> _Class:
    """The class once more, with a slot for each field: slots cannot be added to one that is there."""
    own = {name: value for name, value in declared.__dict__.items() if name not in ("__dict__", "__weakref__")}
    fields = {name: _field(name, kind, own.pop(name, MISSING)) for name, kind in own["__annotations__"].items()}
    passed_on = {name: one for name, one in fields.items() if isinstance(one.type, InitVar)}
    stored = tuple(name for name in fields if name not in passed_on)
    hints = {name: one.default for name, one in passed_on.items() if one.default is not MISSING}  # `replace` reads them
    given = {"__init__": _init, "__repr__": _repr, "__getstate__": _getstate, "__setstate__": _setstate, **methods}
    make: Any = type(declared)
    made = make(
        declared.__name__,
        (),
        {**given, **hints, **own, "__slots__": stored, "__match_args__": stored, _FIELDS: fields},
    )
    made.__qualname__ = declared.__qualname__
    made.__defined__ = _plan(made, fields, tuple(passed_on), stored)
    return made  # type: ignore[no-any-return]  # it stands in for what was declared


def _field(name: str, kind: Any, value: Any) -> "Field[Any]":
    if ClassVar in (kind, get_origin(kind)) or (isinstance(kind, str) and "Var" in kind):
        raise TypeError(f"{name}: no ClassVar, and no InitVar in quotes, which is not told from a field")
    one: Any = value if isinstance(value, Field) else field(default=value)
    one.name, one.type, one._field_type = name, kind, _PASSED_ON if isinstance(kind, InitVar) else _KEPT
    return one  # type: ignore[no-any-return]


def _plan(made: Any, fields: "Mapping[str, Field[Any]]", passed_on: tuple[str, ...], stored: tuple[str, ...]) -> _Plan:
    return _Plan(
        tuple(name for name, one in fields.items() if one.init),
        {name: one.default for name, one in fields.items() if one.default is not MISSING},
        {name: one.default_factory for name, one in fields.items() if callable(one.default_factory)},
        passed_on,
        {name: getattr(made, name).__set__ for name in stored},
        tuple(name for name in stored if fields[name].compare),
        tuple(name for name in stored if fields[name].repr),
    )


def _init(self: Any, *arguments: Any, **named: Any) -> None:
    plan: _Plan = self.__defined__
    given = dict(zip(plan.parameters, arguments, strict=False))
    if len(arguments) > len(given) or not given.keys().isdisjoint(named):
        raise TypeError(f"{type(self).__name__}() got more arguments than its fields {plan.parameters}")
    given |= named
    if len(given) < len(plan.parameters) or named:
        _complete(type(self).__name__, plan, given)
    for name, put in plan.setters.items():
        if name in given:
            put(self, given[name])
        elif name in plan.defaults:
            put(self, plan.defaults[name])
        elif name in plan.factories:
            put(self, plan.factories[name]())
    if hasattr(self, "__post_init__"):
        self.__post_init__(*(given[name] for name in plan.passed_on))


def _complete(who: str, plan: _Plan, given: dict[str, Any]) -> None:
    """Refuse what is no parameter, and what is left out without a default; fill in what is only passed on."""
    missing = [name for name in plan.parameters if name not in {**given, **plan.defaults, **plan.factories}]
    unknown = [name for name in given if name not in plan.parameters]
    if missing or unknown:
        raise TypeError(f"{who}() is called without {missing}, and with {unknown}, which it does not know")
    for name in plan.passed_on:
        given.setdefault(name, plan.defaults.get(name))


def _repr(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__defined__.shown)
    return f"{type(self).__qualname__}({shown})"


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__defined__.compared])


def _eq(self: Any, other: object) -> bool:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _refuse(self: Any, name: str, _value: object = None) -> None:
    raise FrozenInstanceError(f"{type(self).__name__}.{name} is never changed")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, name) for name in self.__defined__.setters]


def _setstate(self: Any, state: list[Any]) -> None:
    for put, value in zip(self.__defined__.setters.values(), state, strict=True):
        put(self, value)
