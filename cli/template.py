"""Options from TOML: `--from FILE.toml`, and the [defaults] of vault.toml."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from vault.errors import Misuse, NotFound

_NOT_IN_FILES = ("from", "yes", "dry_run", "json", "vault")


def use(ctx: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Take what the file says as defaults of the command's options; the command line goes first.

    File names are those beside the template, so that a folder with its template can be moved.
    """
    if path is None:
        return
    known = {_spelling(param): param for param in ctx.command.params}
    several = {name: param.multiple or param.nargs == -1 for name, param in known.items() if name not in _NOT_IN_FILES}
    said = checked(_load(path), several, str(path))
    if "files" in said:
        said["files"] = [name if name == "-" else str(path.parent / name) for name in said["files"]]
    ctx.default_map = {**(ctx.default_map or {}), **{str(known[name].name): value for name, value in said.items()}}


def _spelling(param: click.Parameter) -> str:
    """How a file spells an option: as the command line does."""
    return param.opts[0].removeprefix("--").replace("-", "_")


def checked(values: Mapping[str, object], known: Mapping[str, bool], where: str) -> dict[str, Any]:
    """Values as the command line would give them; `known` says which names there are and which may hold a list."""
    named = {name.replace("-", "_"): value for name, value in values.items()}
    if unknown := sorted(named.keys() - known.keys()):
        raise Misuse(f"{where}: {unknown[0]} is not known", f"known: {', '.join(sorted(known))}")
    return {name: _read(value, f"{where}: {name}", several=known[name]) for name, value in named.items()}


def _load(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise NotFound(f"{path} does not exist") from exc
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise Misuse(f"{path} cannot be read: {exc}", 'it should be TOML, like to = "P-0001"') from exc


def _read(value: object, where: str, *, several: bool) -> str | list[str] | bool:
    if several:
        return [_text(one, where) for one in (value if isinstance(value, list) else [value])]
    return value if isinstance(value, bool) else _text(value, where)


def _text(value: object, where: str) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Misuse(f"{where}: expected text", 'in quotes, or several as ["one", "two"]')
    return str(value)
