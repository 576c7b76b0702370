"""Options that many commands share, and options made from the table of fields."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from vault.records import times
from vault.records.fields import TABLE, Field, Type

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one line per result.")
yes_option = click.option("--yes", is_flag=True, help="Ask nothing.")


def _keep_vault(ctx: click.Context, _: click.Parameter, value: str | None) -> str | None:
    return value or ctx.find_root().obj


vault_option = click.option(
    "--vault",
    metavar="DIR",
    callback=_keep_vault,
    help="The vault; else DVAULT_VAULT, a vault.toml upward, the default.",
)


def field_options(kind: str) -> Callable[[Command], Command]:
    """An option for each field of a kind that people type."""

    def add(function: Command) -> Command:
        for known in reversed(TABLE[kind]):
            if known.option:
                function = option_of(known)(function)
        return function

    return add


def option_of(known: Field) -> Callable[[Command], Command]:
    """The command line option of a field."""
    text = known.help + (f": {', '.join(known.choices)}" if known.choices else "") + "."
    metavar = {
        Type.TIME: "TIME",
        Type.DATE: "DATE",
        Type.NUMBER: "N",
        Type.COUNTRY: "CC",
        Type.REGISTER: "SCHEME:VALUE",
    }
    return click.option(
        f"--{known.option}",
        known.key,
        multiple=known.many,
        metavar=metavar.get(known.type, known.option.replace("-", "_").upper()),
        help=text[0].upper() + text[1:],
    )


def stated(kind: str, options: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What was said on the command line, by field name; what was not said is left out. Times are read as of `now`."""
    found = {}
    for known in TABLE[kind]:
        value = options.get(known.key) if known.option else None
        if value not in (None, "", ()):
            found[known.name] = _read(known, value, now)
    return found


def _read(known: Field, value: Any, now: datetime) -> Any:
    if known.many:
        return list(value)
    return times.parse(value, now) if known.type is Type.TIME and isinstance(value, str) else value
