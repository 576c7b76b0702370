"""Options that many commands share, and options made from the table of fields."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from vault.records import times
from vault.records.fields import TABLE, Field, Type
from vault.records.words import NOT_STATED

Command = TypeVar("Command", bound=Callable[..., Any])

_METAVARS = {Type.TIME: "TIME", Type.DATE: "DAY", Type.NUMBER: "N", Type.COUNTRY: "CC"}

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one line per result.")
yes_option = click.option("--yes", is_flag=True, help="Ask nothing.")


def named_vault(ctx: click.Context, _: click.Parameter, value: str | None) -> str | None:
    """The vault this option names, or the one before the command. An empty name would lead to the default vault."""
    if value == "":
        raise click.BadParameter("an empty name names no vault")
    return value or ctx.find_root().obj


vault_option = click.option(
    "--vault", metavar="DIR", callback=named_vault,
    help="The vault; else DVAULT_VAULT, a vault.toml upward from here, the default.",
)  # fmt: skip


class FileName(click.Path):
    """A file or folder that is named: an empty name, as an unset variable leaves it, would be the folder one is in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; `""` and what no system can open are usage errors."""
        if str(value) == "" or "\0" in str(value):
            self.fail("an empty name names no file" if str(value) == "" else "a file name holds no NUL", param, ctx)
        return super().convert(value, param, ctx)


FILE = FileName(path_type=Path, readable=False)  # whether it can be read is known when it is


class Words(click.ParamType[str]):
    """A word that the shell completes; whether it fits is for the table of fields to say."""

    name = "word"

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = words

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The usual words that begin so."""
        return [CompletionItem(word) for word in self._words if word.startswith(incomplete)]


def field_options(fields: Iterable[Field]) -> Callable[[Command], Command]:
    """An option for each of the fields that people type."""
    typed = [known for known in fields if known.option]

    def add(function: Command) -> Command:
        for known in reversed(typed):
            function = _option_of(known)(function)
        return function

    return add


def _option_of(known: Field) -> Callable[[Command], Command]:
    choices = f": {', '.join(known.choices)}" if known.choices else ""
    return click.option(
        f"--{known.option}",
        known.key,
        multiple=known.many,
        type=Words(known.choices) if known.choices else str,
        metavar=_METAVARS.get(known.type) or ("TEXT" if known.type is Type.TEXT else known.type.value.upper()),
        help=f"{known.help[0].upper()}{known.help[1:]}{choices}".removesuffix(".") + ".",
    )


def stated(kind: str, said: dict[str, Any], now: datetime) -> dict[str, object]:
    """What was said on the command line, by field name; what was not said is left out. Times are read as of `now`."""
    found: dict[str, object] = {}
    for known in TABLE[kind]:
        value = said.get(known.key) if known.option else None
        if value not in (None, "", ()):
            found[known.name] = _read(known, value, now)
    return found


def _read(known: Field, value: Any, now: datetime) -> object:
    if known.many:
        return NOT_STATED if value == (NOT_STATED,) else list(value)
    return times.past(value, now) if known.type is Type.TIME and value != NOT_STATED else value
