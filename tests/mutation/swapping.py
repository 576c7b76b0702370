"""Putting a fault into a module that is imported already: code objects and constants are exchanged where they are."""

import ast
import sys
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.mutation.mutants import Mutant

_OURS = ("vault", "keys", "tests")


class NotSwapped(Exception):
    """This fault takes effect only in a process that imports the module with it."""


def swap(module: ModuleType, mutant: Mutant, code: CodeType) -> None:
    """Let `module` be faulty from now on, for whoever imported something from it too."""
    fresh = {"__name__": module.__name__, "__file__": module.__file__}
    held = ModuleType(module.__name__)
    held.__dict__.update(fresh)
    sys.modules[module.__name__] = held  # dataclasses look their module up
    try:
        exec(code, held.__dict__)  # noqa: S102 - our own source
    finally:
        sys.modules[module.__name__] = module
    match mutant.statement:
        case ast.FunctionDef(name=name):
            _exchange(vars(module)[name], vars(held)[name])
        case ast.ClassDef(name=name) if isinstance(mutant.member, ast.FunctionDef):
            member = mutant.member.name
            _exchange(vars(vars(module)[name])[member], vars(vars(held)[name])[member])
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            _rebind(name, vars(module)[name], vars(held)[name])
        case _:
            raise NotSwapped


def _exchange(old: Any, new: Any) -> None:
    old, new = _function(old), _function(new)
    old.__code__, old.__defaults__, old.__kwdefaults__ = new.__code__, new.__defaults__, new.__kwdefaults__


def _function(found: Any) -> FunctionType:
    for inner in ("fget", "__func__", "__wrapped__"):
        found = getattr(found, inner, found)
    if not isinstance(found, FunctionType):
        raise NotSwapped
    return found


def _rebind(name: str, old: object, new: object) -> None:
    for module in list(sys.modules.values()):
        if module.__name__.partition(".")[0] in _OURS and vars(module).get(name) is old:
            setattr(module, name, new)
