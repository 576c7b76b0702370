"""The small faults that are put into a module: one operator, constant, condition or statement changed at a time."""

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

# What an error says is not tested word by word: no fault is put into the arguments of these.
_SAYING = frozenset((
    "refuse", "Malformed", "Damaged", "NotForUs", "BadKey", "BadStanza", "ValueError", "broken", "not_proven", "_cut",
))  # fmt: skip
_PLACES = frozenset(("where", "place"))

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.Break: ast.Continue,
    ast.Continue: ast.Break,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one fault: the line it is in, what it is, the tree to compile.

    `statement` is the statement at the top of the module that it is in, `member` the one in a class there.
    """

    line: int
    what: str
    tree: ast.Module
    statement: ast.AST
    member: ast.AST | None


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module's source, in the order of its lines."""
    tree = ast.parse(source)
    for path, node in _places(tree, ()):
        statement = _step(tree, path[:1])
        member = _step(statement, path[1:2]) if isinstance(statement, ast.ClassDef) else None
        for what, changed in _changes(node):
            yield Mutant(getattr(node, "lineno", 0), what, _replaced(tree, path, changed), statement, member)


def _step(node: ast.AST, path: "_Path") -> ast.AST:
    for name, number in path:
        child = getattr(node, name)
        node = child if number is None else child[number]
    return node


_Path = tuple[tuple[str, int | None], ...]


def _places(node: ast.AST, path: _Path) -> Iterator[tuple[_Path, ast.AST]]:
    """All nodes that a fault may be put into, each with the way to it."""
    yield path, node
    for name, value in ast.iter_fields(node):
        if _is_said(node, name):
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for number, child in children:
            if isinstance(child, ast.expr | ast.stmt | ast.keyword | ast.arguments | ast.comprehension | ast.withitem):
                yield from _places(child, (*path, (name, number)))


def _is_said(node: ast.AST, name: str) -> bool:
    """Annotations, decorators, docstrings, arguments of errors, names of places."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called in _SAYING:
            return True
        case ast.Assign(targets=[ast.Name(id=target)]) if target in _PLACES:
            return True
        case ast.arguments():
            return name != "kw_defaults"  # the others are names of places
        case ast.Raise():
            return name == "cause"
    return name in ("annotation", "returns", "decorator_list", "bases", "format_spec")


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    yield from _swapped(node)
    match node:
        case ast.Constant(value=value):
            for other in _others(value):
                yield f"{value!r:.40} -> {other!r:.40}", ast.Constant(other)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not dropped", operand
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            if not isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp):
                yield "condition turned", _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Expr(value=ast.Call() | ast.Await() | ast.YieldFrom()) | ast.Raise() | ast.AugAssign():
            yield "statement dropped", ast.Pass()
        case ast.Call(keywords=keywords):
            for number, keyword in enumerate(keywords):
                if keyword.arg not in ("where", "repr"):
                    kept = keywords[:number] + keywords[number + 1 :]
                    yield f"argument {keyword.arg} dropped", _with(node, keywords=kept)


def _swapped(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.Compare):
        for number, op in enumerate(node.ops):
            for other in _swap(op):
                ops = [*node.ops[:number], other, *node.ops[number + 1 :]]
                yield _named(op, other), _with(node, ops=ops)
    elif isinstance(node, ast.BoolOp | ast.BinOp | ast.AugAssign):
        for other in _swap(node.op):
            yield _named(node.op, other), _with(node, op=other)
    else:
        for other in _swap(node):
            yield _named(node, other), other


def _swap(op: ast.AST) -> list[ast.AST]:
    return [_SWAPS[type(op)]()] if type(op) in _SWAPS else []


def _named(op: ast.AST, other: ast.AST) -> str:
    return f"{type(op).__name__} -> {type(other).__name__}"


def _others(value: object) -> Iterator[bool | int | bytes | str]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, bytes):
        yield b"XX" + value
    elif isinstance(value, str):
        yield "XX" + value
        for number in re.finditer(r"(?<=[{,])\d+(?=[,}])", value):  # how often a pattern repeats
            yield value[: number.start()] + str(int(number[0]) + 1) + value[number.end() :]


def _with(node: ast.AST, **changed: object) -> ast.AST:
    other = copy.copy(node)
    for name, value in changed.items():
        setattr(other, name, value)
    return other


def _replaced(tree: ast.Module, path: _Path, changed: ast.AST) -> ast.Module:
    """A copy of the tree along the way, with `changed` at its end."""
    if not path:
        return tree
    whole: ast.AST = copy.copy(tree)
    top, parent = whole, whole
    for depth, (name, number) in enumerate(path):
        old = getattr(parent, name)
        child = old if number is None else old[number]
        new = changed if depth == len(path) - 1 else copy.copy(child)
        if depth == len(path) - 1:
            ast.copy_location(new, child)
        setattr(parent, name, new if number is None else [*old[:number], new, *old[number + 1 :]])
        parent = new
    assert isinstance(top, ast.Module)
    return ast.fix_missing_locations(top)
