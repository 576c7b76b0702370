"""Options from TOML: `--from FILE.toml`, and the [defaults] of vault.toml."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path

import click

from vault import toml
from vault.errors import Misuse, NotFound


class Shape(Enum):
    """What a value may be in a file."""

    TEXT = "text"
    TEXTS = "one or more texts"
    FLAG = "true or false"


MAX_TEMPLATE = 1 << 22  # bytes; texts in it have limits of their own

_SHOWN = 80  # characters of a name nobody knows
_NOT_IN_FILES = ("from", "yes", "dry_run", "json", "vault")


def use(ctx: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Take what the file says as defaults of the command's options; the command line goes first.

    File names are those beside the template, so that a folder with its template can be moved.
    """
    if path is None:
        return
    params = {_spelling(param): param for param in ctx.command.params}
    known = {name: _shape(param) for name, param in params.items() if name not in _NOT_IN_FILES}
    said = checked(_load(path), known, str(path))
    files = said.get("files")
    if isinstance(files, list):
        if "" in files:
            raise Misuse(f"{path}: files: an empty name names no file", "leave it out")
        said["files"] = [name if name == "-" else str(path.parent / name) for name in files]
    ctx.default_map = {**(ctx.default_map or {}), **{str(params[name].name): value for name, value in said.items()}}


def _spelling(param: click.Parameter) -> str:
    """How a file spells an option: as the command line does."""
    return param.opts[0].removeprefix("--").replace("-", "_")


def _shape(param: click.Parameter) -> Shape:
    if isinstance(param, click.Option) and param.is_flag:
        return Shape.FLAG
    return Shape.TEXTS if param.multiple or param.nargs == -1 else Shape.TEXT


def checked(values: Mapping[str, object], known: Mapping[str, Shape], where: str) -> dict[str, str | list[str] | bool]:
    """Values as the command line would give them; `known` says which names there are and what each may hold."""
    named = {name.replace("-", "_"): value for name, value in values.items()}
    if unknown := sorted(named.keys() - known.keys()):
        raise Misuse(f"{where}: {unknown[0][:_SHOWN]} is not known", f"known: {', '.join(sorted(known))}")
    return {name: _read(value, known[name], f"{where}: {name}") for name, value in named.items()}


def _load(path: Path) -> dict[str, object]:
    """What the file says. A pipe of the shell may be one, a device never ends, hence the limit."""
    try:
        return toml.read(path, MAX_TEMPLATE)
    except FileNotFoundError as exc:
        raise NotFound(f"{path} does not exist", "mind the spelling") from exc
    except (OSError, toml.NotToml) as exc:
        raise Misuse(f"{path} cannot be read: {exc}", 'it should be TOML, like to = "P-0001"') from exc


def _read(value: object, shape: Shape, where: str) -> str | list[str] | bool:
    if shape is Shape.FLAG and isinstance(value, bool):
        return value
    if shape is Shape.TEXTS:
        return [_text(one, shape, where) for one in (value if isinstance(value, list) else [value])]
    return _text(value, shape, where)


def _text(value: object, shape: Shape, where: str) -> str:
    """Dates, times and numbers may stand without quotes."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if shape is Shape.FLAG or isinstance(value, bool) or not isinstance(value, str | int):
        raise Misuse(f"{where}: expected {shape.value}", 'text stands in quotes; several as ["one", "two"]')
    return str(value)
